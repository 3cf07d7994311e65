"""One mail's bytes → what is known of it: people, date, thread, text, files, kind."""

from __future__ import annotations

import re
from dataclasses import dataclass

from curate.files.limits import Limits
from curate.finding import Hit
from curate.people import Person
from curate.sources.mail.addresses import people_of
from curate.sources.mail.body import Attachment, Body
from curate.sources.mail.body import Kind as Source
from curate.sources.mail.dates import time_of
from curate.sources.mail.headers import Headers, read_headers
from curate.sources.mail.kinds import Kind, kind_of
from curate.sources.mail.parts import Parser, Part
from curate.sources.mail.words import words_of

__all__ = ["Attachment", "Headers", "Mail", "read_headers", "read_mail"]

_ID = re.compile(r"<\s*([^<>\s]{1,998})\s*>")
_BARE_ID = re.compile(r"[^\s<>\"(),;:\[\]]{1,500}@[^\s<>\"(),;\[\]]{1,255}")
_IDS = 1_000
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Mail:
    """What is known of one mail.

    Attributes:
        headers: Its header fields, not decoded.
        subject: Its subject, decoded, white space as single spaces.
        date: When it was written, in seconds since 1970 UTC; None where no Date can be read.
        senders: Whom its From names (its Sender where that names nobody).
        to: Whom To names.
        cc: Whom Cc and Bcc name.
        message_id: Its id without brackets, "" where it has none.
        references: The ids of the mails before it, oldest first, those of In-Reply-To last.
        labels: The labels that Gmail exported with it.
        text: Its text: LF at line ends, format=flowed undone, nothing cut off.
        source: What the text was made of; `none` where there is none.
        attachments: The files that it carries.
        kind: Whether a person wrote it (`personal`, `list`), or what did.
        kind_hit: SRC050-SRC054 for the other kinds, else None.
        faults: What was damaged or not as declared; an error among them sets the mail aside.
        is_encrypted: Whether its text needs a key.
        is_signed: Whether it carries a signature.
    """

    headers: Headers
    subject: str
    date: float | None
    senders: tuple[Person, ...]
    to: tuple[Person, ...]
    cc: tuple[Person, ...]
    message_id: str
    references: tuple[str, ...]
    labels: tuple[str, ...]
    text: str
    source: Source
    attachments: tuple[Attachment, ...]
    kind: Kind
    kind_hit: Hit | None
    faults: tuple[Hit, ...]
    is_encrypted: bool
    is_signed: bool

    @property
    def aside(self) -> Hit | None:
        """What sets the mail aside: what cannot be decoded (SRC033), or no text (SRC031)."""
        for fault in self.faults:
            if fault.code == "SRC033":
                return fault
        if self.text:
            return None
        why = "the text is encrypted" if self.is_encrypted else "no part holds text of its own"
        return Hit("SRC031", "", why)


def read_mail(raw: bytes, limits: Limits) -> Mail:
    """Return what one mail is; no bytes make it raise.

    Args:
        raw: The mail as it was sent: the quoting of `From ` lines in a mailbox is undone. A first
            line `From …` is passed over.
        limits: Bounds; longer mails are read up to `mail_bytes`.
    """
    raw = raw[: limits.mail_bytes]
    if b"\n" not in raw and b"\r" in raw:
        raw = raw.replace(b"\r", b"\n")
    parser = Parser(raw)
    root = parser.parse()
    body = Body(raw, root)
    headers = root.headers
    read = _Fields(headers, root.parameters.get("charset"))
    subject = read.text("subject", "the header Subject")
    senders = read.people("from") or read.people("sender")
    date = read.date()
    sort = kind_of(headers, subject, [person.handle for person in senders], _types(root))
    return Mail(
        headers=headers,
        subject=subject,
        date=date,
        senders=senders,
        to=read.people("to"),
        cc=read.people("cc") + read.people("bcc"),
        message_id=_message_id(headers.get("message-id")),
        references=_references(headers),
        labels=read.labels(),
        text=_sound(body.text),
        source=body.kind,
        attachments=tuple(body.attachments),
        kind=sort.kind,
        kind_hit=sort.hit,
        faults=tuple(dict.fromkeys([*parser.faults, *body.faults, *read.faults])),
        is_encrypted=body.is_encrypted and not body.text,
        is_signed=body.is_signed,
    )


class _Fields:
    """The decoded fields of one mail, and what was wrong with them."""

    def __init__(self, headers: Headers, charset: str | None) -> None:
        self._headers = headers
        self._charset = charset
        self.faults: list[Hit] = []

    def text(self, name: str, where: str) -> str:
        text, fault = words_of(self._headers.get(name), where, self._charset)
        if fault is not None:
            self.faults.append(fault)
        return _BLANKS.sub(" ", _sound(text)).strip()

    def people(self, name: str) -> tuple[Person, ...]:
        values = self._headers.all(name)
        if not values:
            return ()
        found = people_of(values, f"the header {name.title()}", self._charset)
        if found.fault is not None:
            self.faults.append(found.fault)
        return found.people

    def date(self) -> float | None:
        value = self._headers.get("date")
        found = time_of(value)
        if found is None and value:
            self.faults.append(Hit("SRC056", "", "the header Date is no date that can be read"))
        return found

    def labels(self) -> tuple[str, ...]:
        value = self._headers.get("x-gmail-labels")
        if not value:
            return ()
        text, fault = words_of(value, "the header X-Gmail-Labels")
        if fault is not None:
            self.faults.append(Hit("SRC055", "", "the labels are not as they declare"))
        labels = (label.strip().strip('"') for label in _sound(text).split(","))
        return tuple(dict.fromkeys(label for label in labels if label))


def _sound(text: str) -> str:
    """Return a text without halves of surrogate pairs, which no file can hold."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _message_id(value: str) -> str:
    found = _ID.search(value)
    return _sound(found[1] if found else value.strip()[:998])


def _references(headers: Headers) -> tuple[str, ...]:
    """Return the ids in References and In-Reply-To, the newest last (RFC 5322 section 3.6.4)."""
    before = _ids(" ".join(headers.all("references")))
    answered = _ids(" ".join(headers.all("in-reply-to")))
    newest = [each for each in answered[:1] if each not in before]
    return tuple(dict.fromkeys([*before, *newest]))[-_IDS:]


def _ids(value: str) -> list[str]:
    """Return the ids in a value; In-Reply-To may hold words around them, and no brackets."""
    value = _sound(value[: 1 << 18])
    return _ID.findall(value) or (_BARE_ID.findall(value) if "@" in value else [])


def _types(root: Part) -> frozenset[str]:
    """Return the media types of all parts, with the parameters that tell what they are."""
    types: set[str] = set()
    waiting = [root]
    while waiting:
        part = waiting.pop()
        waiting += part.parts
        types.add(part.type)
        for name in ("method", "report-type"):
            if name in part.parameters:
                types.add(f"{part.type}; {name}={part.parameters[name].lower()}")
    return frozenset(types)
