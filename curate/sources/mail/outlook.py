"""Outlook's own files: one message (.msg) is read, a store (.pst, .ost) is not."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import encode_rfc2231, format_datetime
from typing import TYPE_CHECKING

from curate.errors import InputError, MissingExtraError
from curate.finding import Hit

if TYPE_CHECKING:
    from oxmsg import Message

MSG_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
STORE_MAGIC = b"!BDN"
# What a converted body says itself.
_BODY_FIELDS = ("content-type", "content-transfer-encoding", "mime-version")
_FIELD_CHARS = 64_000
# What oxmsg and olefile (whose own errors are OSErrors) raise on damaged files.
_DAMAGED = (
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    OverflowError,
    RecursionError,
    struct.error,
)


def refuse_store(path: str, head: bytes) -> None:
    """Refuse an Outlook store.

    Raises:
        InputError: If the file begins as one (MS-PST section 2.2.2.6, `dwMagic`).
    """
    if head.startswith(STORE_MAGIC):
        raise InputError(
            f"{path}: an Outlook store (.pst or .ost) is not read",
            code="SRC061",
            hint="convert it first: `readpst -D -M -o OUT mail.pst` (Debian package pst-utils), "
            "then name the folder OUT",
        )


def as_mail(data: bytes) -> bytes | Hit:
    """Return an Outlook message as a mail of RFC 5322, or why it is none (SRC033).

    Its headers are those that it came with, else what Outlook noted; its body is the plain text,
    the HTML, or both as alternatives. Attachments are named and left empty.

    Raises:
        MissingExtraError: If `python-oxmsg` is not installed.
    """
    try:
        from oxmsg import Message
    except ImportError:
        raise MissingExtraError("python-oxmsg", "outlook") from None
    try:
        return _converted(Message.load(io.BytesIO(data)))
    except _DAMAGED as error:
        why = type(error).__name__
        return Hit("SRC033", "", f"the Outlook message cannot be decoded ({why})")


def _converted(message: Message) -> bytes:
    text, html = message.body, message.html_body
    bodies = [MIMEText(each, kind, "utf-8") for each, kind in _bodies(text, html)]
    whole = bodies[0] if len(bodies) == 1 else MIMEMultipart("alternative", None, bodies)
    names = [(each.file_name or "", each.mime_type or "") for each in message.attachments]
    if names:
        whole = MIMEMultipart("mixed", None, [whole, *(_named(*each) for each in names)])
    lines = list(_fields(message))
    head = "".join(f"{name}: {value}\n" for name, value in lines)
    return head.encode("utf-8", "surrogateescape") + whole.as_bytes()


def _bodies(text: str | None, html: str | None) -> Iterator[tuple[str, str]]:
    if text or not html:
        yield (text or "").replace("\r\n", "\n"), "plain"
    if html:
        yield html, "html"


def _named(name: str, kind: str) -> MIMEText:
    part = MIMEText("", "plain", "us-ascii")
    if "/" in kind and kind.isascii():
        part.replace_header("Content-Type", kind.partition(";")[0].strip())
    safe = encode_rfc2231(name[:255].encode("utf-8", "replace").decode(), "utf-8")
    part["Content-Disposition"] = f"attachment; filename*={safe}"
    return part


def _fields(message: Message) -> Iterator[tuple[str, str]]:
    """Yield the header fields, each on one line."""
    found = message.message_headers
    seen = {name.lower() for name in found}
    for name, value in found.items():
        if name.lower() not in _BODY_FIELDS:
            yield name, " ".join(str(value).split())[:_FIELD_CHARS]
    said = {
        "From": message.sender,
        "Subject": message.subject,
        "Date": format_datetime(message.sent_date) if message.sent_date else None,
        "To": ", ".join(
            f"{_quoted(each.name)} <{each.email_address}>"
            for each in message.recipients
            if each.email_address
        ),
    }
    for name, text in said.items():
        if text and name.lower() not in seen:
            one = " ".join(text.split())[:_FIELD_CHARS]
            yield name, one if one.isascii() or name != "Subject" else _encoded(one)


def _encoded(text: str) -> str:
    return Header(text, "utf-8", maxlinelen=10_000).encode()


def _quoted(name: str | None) -> str:
    return '"' + (name or "").replace("\\", "").replace('"', "") + '"'
