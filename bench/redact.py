"""Redaction: megabytes a second of one core, beside plain regexes.

    TUNESMITH_DATA=… python bench/redact.py [--mb 5]

Texts of some 1 kB are drawn paragraph by paragraph, with a fixed seed, from what the senders of
published mails wrote themselves, from whole bodies of these mails with all that they quote, and
from dolly. The floor is `re.sub` of addresses and of 17 plain regexes: no names, no check digits,
no words in other languages. CPU seconds, the least of three runs; paragraphs come again, texts do
not.
"""

from __future__ import annotations

import argparse
import email
import os
import random
import re
import time
from collections.abc import Callable, Sequence
from email.utils import getaddresses
from functools import partial
from pathlib import Path

import mail_speed
import orjson

from curate.detect import Place, scan, scan_many
from curate.people import Person
from curate.redaction.finding import Scan
from curate.redaction.plan import Plan
from curate.redaction.redactor import Redactor
from curate.sources.mail.own import separate

SIZE, ROWS, REPEATS = 1_000, 5_000, 3
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
PLAIN = tuple(
    re.compile(pattern)
    for pattern in (
        r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}\b",
        r"\b(?:\d[ -]?){13,19}\b",
        r"\b\d{3}-\d{2}-\d{4}\b",
        r"\+\d[\d ().-]{7,16}\d",
        r"\(?\b\d{3}\)?[-. ]\d{3}[-. ]\d{4}\b",
        r"\b(?:\d{1,3}\.){3}\d{1,3}\b",
        r"\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b",
        r"\b(?:[0-9a-f]{1,4}:){4,7}[0-9a-f]{1,4}\b",
        r"://[^\s:@/]+:[^\s:@/]+@",
        r"\bAKIA[A-Z0-9]{16}\b",
        r"\bgh[pousr]_[A-Za-z0-9]{36}\b",
        r"\bsk-[A-Za-z0-9_-]{32,}",
        r"\bxox[a-z]-[A-Za-z0-9-]{20,}",
        r"-----BEGIN [A-Z ]+ KEY-----",
        r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}",
        r"(?i)\b(?:password|passwd|pwd|passcode)\b(?: is|:|=) ?\S+",
        r"(?i)\b(?:code|pin)\b(?: is|:) ?\d{4,8}\b",
    )
)


def bodies(data: Path) -> list[str]:
    """Return the plain texts of published mails."""
    found = []
    for raw in mail_speed.seeds(data):
        mail = email.message_from_bytes(raw)
        for part in mail.walk():
            content = part.get_payload(decode=True)
            if part.get_content_type() == "text/plain" and isinstance(content, bytes):
                found.append(content.decode("utf-8", "replace"))
    return list(dict.fromkeys(found))


def people(data: Path) -> list[Person]:
    """Return whom the headers of these mails name."""
    found: dict[str, Person] = {}
    for raw in mail_speed.seeds(data):
        mail = email.message_from_bytes(raw)
        values = [str(mail[name]) for name in ("from", "to", "cc") if mail[name]]
        for name, address in getaddresses(values):
            if "@" in address:
                found.setdefault(address.lower(), Person(address.lower(), name))
    return list(found.values())


def drawn(sources: Sequence[str], n_bytes: int) -> list[str]:
    """Return texts of some 1 kB, made of paragraphs of the sources."""
    dice = random.Random(7)
    pieces = [piece for text in sources for piece in text.split("\n\n") if piece.strip()]
    texts, made = [], 0
    while made < n_bytes:
        parts: list[str] = []
        while sum(map(len, parts)) < SIZE:
            parts.append(dice.choice(pieces))
        texts.append("\n\n".join(parts))
        made += len(texts[-1].encode("utf-8", "replace"))
    return texts


def floor(texts: Sequence[str]) -> None:
    """Replace what 18 regexes match."""
    for text in texts:
        rest = ADDRESS.sub("[email]", text)
        for pattern in PLAIN:
            rest = pattern.sub("[id]", rest)


def nothing(texts: Sequence[str], region: str | None = None) -> list[list[Place]]:
    """Find nothing that has a form."""
    return [[] for _ in texts]


def one_by_one(texts: Sequence[str]) -> list[list[Place]]:
    """Find what has a form in each text by itself."""
    return [scan(text) for text in texts]


def redacted(known: Sequence[Person], plan: Plan, look: Scan, texts: Sequence[str]) -> None:
    """Redact rows in chunks."""
    redactor = Redactor(known, plan, look)
    for at in range(0, len(texts), ROWS):
        redactor.rows([{"text": text} for text in texts[at : at + ROWS]])


def seconds(work: Callable[[], object]) -> float:
    """Return the least CPU seconds of some runs."""
    spent = []
    for _ in range(REPEATS):
        started = time.process_time()
        work()
        spent.append(time.process_time() - started)
    return min(spent)


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mb", type=float, default=5)
    size = int(parser.parse_args().mb * 1_000_000)
    data = Path(os.environ["TUNESMITH_DATA"])
    whole, known = bodies(data), people(data)
    dolly = [
        value
        for row in orjson.loads((data / "dolly_1497.json").read_bytes())
        for value in row.values()
        if isinstance(value, str) and value
    ]
    kinds = {
        "own text of mails": [separate(text).own for text in whole],
        "whole mails": whole,
        "dolly": dolly,
    }
    names = Plan(kinds=frozenset({"name"}))
    print(f"{len(known)} people are known; MB/s of CPU time, and times as fast as the floor")
    for kind, sources in kinds.items():
        texts = drawn(sources, size)
        n_bytes = sum(len(text.encode("utf-8", "replace")) for text in texts)
        works: dict[str, Callable[[], object]] = {
            "18 regexes (floor)": partial(floor, texts),
            "scan, one by one": partial(one_by_one, texts),
            "scan_many": partial(scan_many, texts),
            "names": partial(redacted, known, names, nothing, texts),
            "engine": partial(redacted, known, Plan(), scan_many, texts),
        }
        least = 0.0
        for name, work in works.items():
            spent = seconds(work)
            least = least or spent
            print(f"{kind:18} {name:20} {n_bytes / spent / 1e6:7.2f} {least / spent:6.2f}x")


if __name__ == "__main__":
    main()
