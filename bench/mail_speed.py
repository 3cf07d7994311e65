"""A mailbox of real mails: looked through and read, against a bare parse of the standard library.

`python bench/mail.py --speed [--mb 1000]` runs it, with the real data that TUNESMITH_DATA names.

The mails are those of published archives and of mail libraries' tests, each with an id, a thread
and labels of its own: 5 % from one person, attachments half of the bytes. The floor iterates
`mailbox.mbox` and decodes every text part; ours is the pass over all mails and the reading of all
pieces, in one process; then `curate convert --no-redact`, with one process and with two.
CPU seconds are those of whole processes, start-up included.
"""

from __future__ import annotations

import base64
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from curate.sources.mail.separators import messages

ME = "dana@example.com"
OWN_SHARE, ATTACHED_SHARE, ATTACHMENT_BYTES = 0.05, 0.1, 27_000
FLOOR = """
import mailbox, sys
count = 0
for message in mailbox.mbox(sys.argv[1]):
    for part in message.walk():
        if part.get_content_maintype() == "text":
            part.get_payload(decode=True)
    count += 1
print(count)
"""
OURS = f"""
import sys
from pathlib import Path
from curate.files.inputs import Source
from curate.files.limits import DEFAULT_LIMITS
from curate.sources.base import Reading
from curate.sources.mail.export import plan_mail
source = Source("in.mbox", Path(sys.argv[1]))
plan = plan_mail([source], Reading(me=({ME!r},)), DEFAULT_LIMITS)
if sys.argv[2] == "plan":
    sys.exit(print(len(plan)))
records = rows = 0
for piece in plan.pieces(source):
    chunk = piece.read() if hasattr(piece, "read") else piece
    records += len(chunk.records)
    rows += sum(map(bool, chunk.values))
print(records, rows)
"""


@dataclass
class Cost:
    """What a process cost."""

    cpu: float
    wall: float
    peak_mib: float
    said: str


def cost(*command: object) -> Cost:
    """Run a command and return what it and its children cost."""
    watch = (
        "import resource, subprocess, sys, time\n"
        "start = time.time()\n"
        "done = subprocess.run(sys.argv[1:], capture_output=True, text=True)\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(used.ru_utime + used.ru_stime, time.time() - start, used.ru_maxrss / 1024)\n"
        "print((done.stdout.strip() or done.stderr.strip()[-500:]))\n"
    )
    line = [sys.executable, "-c", watch, *map(str, command)]
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    figures, _, said = done.stdout.partition("\n")
    cpu, wall, peak = map(float, figures.split())
    return Cost(cpu, wall, peak, said.strip())


def seeds(data: Path) -> list[bytes]:
    """Return real mails, each once and of at most 100 kB."""
    found = []
    for path in sorted((data / "datactive+bigbang").rglob("*")):
        if path.suffix in (".mbox", ".txt"):
            raw = path.read_bytes()
            found += [raw[each.start : each.end] for each in messages(path.open("rb"))]
    for folder in ("stalwartlabs+mail-parser", "mailgun+talon", "python+cpython"):
        for path in sorted((data / folder).rglob("*")):
            if path.suffix == ".eml" or (path.suffix == ".txt" and "test_email" in str(path)):
                found.append(path.read_bytes())
    unix = (raw.replace(b"\r\n", b"\n") for raw in found if 200 < len(raw) < 100_000)
    return sorted({raw for raw in unix if b"\n\n" in raw and raw[:5] != b"From "})


def mails(data: Path, n_bytes: int) -> Iterator[tuple[bytes, bool, int]]:
    """Yield mails with whether they are the person's and the bytes of their attachment."""
    dice, known, made = random.Random(7), seeds(data), 0
    number = 0
    while made < n_bytes:
        number += 1
        own = dice.random() < OWN_SHARE
        raw = _own_headers(dice.choice(known), number, own)
        attached = 0
        if dice.random() < ATTACHED_SHARE:
            attached = int(dice.expovariate(1 / ATTACHMENT_BYTES))
            raw = _with_attachment(raw, dice.randbytes(attached * 3 // 4))
        made += len(raw)
        yield raw, own, attached


_REPLACED = re.compile(
    rb"^(?:message-id|from|delivered-to)[ \t]*:.*\n(?:[ \t].*\n)*", re.IGNORECASE | re.MULTILINE
)


def _own_headers(raw: bytes, number: int, own: bool) -> bytes:
    head, _, body = raw.partition(b"\n\n")
    senders = _REPLACED.findall(head + b"\n")
    head = _REPLACED.sub(b"", head + b"\n")
    sender = [each for each in senders if each[:4].lower() == b"from"]
    kept = f"From: Dana <{ME}>\n".encode() if own or not sender else sender[0]
    label = "Sent" if own else "Inbox,Opened,Category updates"
    new = (
        f"X-GM-THRID: {1_600_000_000_000 + number // 4}\nX-Gmail-Labels: {label}\n"
        f"Delivered-To: {ME}\nMessage-ID: <{number}.{number * 7919}@mail.example.com>\n"
        f"Received: from mx.example.com (mx.example.com [192.0.2.{number % 250}])\n"
        f"        by in.example.com with ESMTPS id {number:032x}; Mon, 1 Jan 2024 10:00:00 +0000\n"
    )
    return new.encode() + kept + head + b"\n" + body.rstrip(b"\n") + b"\n"


_CONTENT = re.compile(rb"^content-[\w-]+[ \t]*:.*\n(?:[ \t].*\n)*", re.IGNORECASE | re.MULTILINE)


def _with_attachment(raw: bytes, data: bytes) -> bytes:
    head, _, body = raw.partition(b"\n\n")
    kept = re.sub(
        rb"(?im)^(content-[\w-]+|mime-version)[ \t]*:.*\n(?:[ \t].*\n)*", b"", head + b"\n"
    )
    inner = b"".join(
        found[0]
        for found in re.finditer(rb"(?im)^content-[\w-]+[ \t]*:.*\n(?:[ \t].*\n)*", head + b"\n")
    )
    return (
        kept
        + b'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="=_mixed_of_the_bench"\n\n'
        + b"--=_mixed_of_the_bench\n"
        + inner
        + b"\n"
        + body
        + b"--=_mixed_of_the_bench\nContent-Type: application/pdf\n"
        + b'Content-Disposition: attachment; filename="a.pdf"\n'
        + b"Content-Transfer-Encoding: base64\n\n"
        + base64.encodebytes(data)
        + b"--=_mixed_of_the_bench--\n"
    )


def write(path: Path, data: Path, n_bytes: int) -> None:
    """Write the mailbox and print its mix."""
    count = own_count = attached_bytes = 0
    escape = re.compile(rb"^(>*From )", re.MULTILINE)
    with path.open("wb") as file:
        for raw, own, attached in mails(data, n_bytes):
            count, own_count = count + 1, own_count + own
            attached_bytes += attached
            file.write(b"From %d@xxx Sun Mar 22 02:19:17 +0000 2020\n" % count)
            file.write(escape.sub(rb">\1", raw) + b"\n")
    size = path.stat().st_size
    print(
        f"{size / 1e6:,.0f} MB, {count:,} mails of {size / count / 1e3:.1f} kB, "
        f"{own_count / count:.1%} own, {attached_bytes / size:.0%} of the bytes attachments"
    )


def measure(megabytes: int) -> None:
    """Make a mailbox of so many MB and print what reading it costs, the floor first."""
    folder = Path(tempfile.mkdtemp(prefix="mail-speed-"))
    try:
        path = folder / "in.mbox"
        write(path, Path(os.environ["TUNESMITH_DATA"]), megabytes * 1_000_000)
        size = path.stat().st_size / 1e6
        runs = {
            "mailbox.mbox + email": cost(sys.executable, "-c", FLOOR, path),
            "looked through": cost(sys.executable, "-c", OURS, path, "plan"),
            "looked through and read": cost(sys.executable, "-c", OURS, path, "all"),
        }
        for jobs in (1, 2):
            runs[f"curate convert --jobs {jobs}"] = cost(
                *(sys.executable, "-m", "curate", "convert", path, "-o", folder / f"out{jobs}"),
                *("--me", ME, "--no-redact", "--jobs", jobs),
            )
        floor = runs["mailbox.mbox + email"]
        for name, run in runs.items():
            print(
                f"{name:26} {run.cpu:7.1f} s CPU {run.wall:7.1f} s {size / run.cpu:7.0f} MB/s "
                f"{floor.cpu / run.cpu:6.2f}x {run.peak_mib:6.0f} MiB  {run.said[:80]}"
            )
    finally:
        shutil.rmtree(folder)
