"""The published mails whose lines are labelled, and how each is read.

Labels are in `labels.yaml`, as numbers of lines and never as text: of each mail, the lines that its
sender wrote (`own`), that may stay or go (`optional`: a sign-off, a name, what cannot be decided),
that are signatures, footers and disclaimers (`footer`), and that are another's (`quote`). A mail
with no line under any of them says nothing clear and is left out.
"""

from __future__ import annotations

import email
import mailbox
from collections.abc import Iterator
from email.message import Message
from pathlib import Path
from typing import NamedTuple

import yaml

LABELS = Path(__file__).parent / "labels.yaml"
KINDS = ("own", "optional", "footer", "quote")
_TALON = "mailgun+talon/tests/fixtures"
_FOLDERS = {
    "github": "github+email_reply_parser/test/emails",
    "zapier": "zapier+email-reply-parser/test/emails",
    "alfonsrv": "alfonsrv+mail-parser-reply/test/emails",
}
_BOXES = {
    "numpy": "datactive+bigbang/tests/data/2001-November.txt",
    "3gpp": "datactive+bigbang/tests/data/3GPP_mbox/3GPP_TSG_SA_WG4_EVS.mbox",
}
_SAMPLE = 40


class Fixture(NamedTuple):
    """A mail's body: its set, its name in the set, its text."""

    group: str
    name: str
    text: str


def fixtures(root: Path) -> Iterator[Fixture]:
    """Yield the bodies of every set below the folder of data."""
    for group, folder in _FOLDERS.items():
        for path in sorted((root / folder).glob("*.txt")):
            yield Fixture(group, path.stem, path.read_bytes().decode("utf-8", "replace"))
    for path in sorted((root / _TALON / "standard_replies").glob("*")):
        text = path.read_bytes()
        body = _body(email.message_from_bytes(text)) if path.suffix == ".eml" else text.decode()
        yield Fixture("talon", path.stem, body or "")
    share = root / _TALON / "reply-quotations-share-block.eml"
    yield Fixture("talon", share.stem, _body(email.message_from_bytes(share.read_bytes())) or "")
    for path in sorted((root / _TALON / "signature/emails").glob("*/*")):
        if path.name.endswith("_body") or path.name == "unicode_msg":
            text = path.read_bytes().decode("utf-8", "replace").replace("#sig#", "")
            yield Fixture("talon", f"{path.parent.name}-{path.name}", text)
    for group, path_of in _BOXES.items():
        yield from _sample(group, root / path_of)
    for group, folder in (
        ("cpython", "python+cpython/Lib/test/test_email/data"),
        ("stalwart", "stalwartlabs+mail-parser/resources/eml/legacy"),
    ):
        for path in sorted((root / folder).glob("*.*")):
            if path.suffix in {".txt", ".eml"}:
                body = _body(email.message_from_bytes(path.read_bytes()))
                if body is not None and len(body.strip()) > 20:
                    yield Fixture(group, path.stem, body)


def labels() -> dict[str, dict[str, dict[str, list[int]]]]:
    """Return set to mail to kind to the numbers of its lines, from 0."""
    found: dict[str, dict[str, dict[str, list[int]]]] = {}
    for group, mails in yaml.safe_load(LABELS.read_text("utf-8")).items():
        found[group] = {
            name: {kind: _lines(ranges) for kind, ranges in (kinds or {}).items()}
            for name, kinds in mails.items()
        }
    return found


def _lines(ranges: str | int) -> list[int]:
    lines: list[int] = []
    for each in str(ranges).split():
        first, _, last = each.partition("-")
        lines.extend(range(int(first), int(last or first) + 1))
    return lines


def _sample(group: str, path: Path) -> Iterator[Fixture]:
    """Yield some mails of a mailbox, spread evenly; of equal bodies the first."""
    bodies = dict.fromkeys(filter(None, (_body(mail) for mail in mailbox.mbox(path))))
    texts = list(bodies)
    for place in range(min(_SAMPLE, len(texts))):
        at = place * len(texts) // min(_SAMPLE, len(texts))
        yield Fixture(group, str(at), texts[at])


def _body(mail: Message) -> str | None:
    """Return the first plain text of a mail."""
    for part in mail.walk():
        if part.get_content_type() == "text/plain" and not part.get_filename():
            raw = part.get_payload(decode=True)
            charset = part.get_content_charset() or "utf-8"
            try:
                return raw.decode(charset) if isinstance(raw, bytes) else None
            except (LookupError, UnicodeDecodeError):
                return raw.decode("latin-1") if isinstance(raw, bytes) else None
    return None
