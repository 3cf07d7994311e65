"""What tools take out of Signal Desktop: `sigtop` and `signal-export`.

Source: tbvdm/sigtop `cmd/sigtop/fmt_json.go`, `fmt_text.go`; carderne/signal-export
`sigexport/models.py`, `create.py`, `main.py`. Both read the desktop's database, in which a message
is `outgoing` where its owner wrote it; signal-export calls the owner `Me`, sigtop's text `You`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import orjson

from curate.finding import Hit
from curate.sources.chat.base import Said
from curate.sources.chat.objects import Item, list_in, text_in

# The handle of the account's owner, which no name of a person can be.
OWNER = "signal:self"
NOTICE = Hit("SRC074", "", "a notice of the application, or a call")
GONE = Hit("SRC074", "", "a message that was deleted")
NO_WORDS = Hit("SRC074", "", "a message without words: a picture, a recording, a sticker")
# A mark for a mention in a text: the object replacement character.
MENTION = "\ufffc"
_EXPORTED = frozenset(("date", "sender", "body", "quote", "reactions", "attachments"))
_CALL = re.compile(r"(?:Incoming|Outgoing|Missed)(?: voice| video)? call(?: \([^()\n]*\))?")


def is_sigtop_json(head: bytes, name: str) -> bool:
    """Return whether a file is a conversation of sigtop as JSON: the desktop's own messages."""
    start = head[: 1 << 16].lstrip(b"\xef\xbb\xbf \r\n\t")
    if not start.startswith(b"["):
        return False
    keys = (b'"conversationId"', b'"sent_at"', b'"type"')
    return (
        all(key in start for key in keys)
        and re.search(
            rb'"(?:received_at|schemaVersion|sourceServiceId|sendStateByConversationId)"', start
        )
        is not None
    )


def is_exported_json(head: bytes, name: str) -> bool:
    """Return whether a file is a `data.json` of signal-export: a message on each line."""
    first = head.lstrip(b"\xef\xbb\xbf \r\n\t").partition(b"\n")[0]
    if not first.startswith(b"{"):
        return False
    try:
        value = orjson.loads(first)
    except orjson.JSONDecodeError:
        return False
    return isinstance(value, dict) and value.keys() >= _EXPORTED


def sigtop_messages(items: Iterable[Item]) -> Iterator[Said]:
    """Yield the messages of a conversation that sigtop wrote as JSON."""
    for item in items:
        yield _broken(item) if item.fault is not None else _desktop(item.value, item)


def exported_messages(items: Iterable[Item]) -> Iterator[Said]:
    """Yield the messages of a `data.json` of signal-export."""
    for item in items:
        yield _broken(item) if item.fault is not None else _exported(item.value, item)


def _broken(item: Item) -> Said:
    return Said("", "", line=item.line, offset=item.offset, fault=item.fault)


def _desktop(message: dict[str, Any], item: Item) -> Said:
    kind = text_in(message, "type")
    text = text_in(message, "body")
    for each in list_in(message, "bodyRanges"):
        if name := text_in(each, "replacementText"):
            text = text.replace(MENTION, f"@{name}", 1)
    fault = None if text.strip() else NO_WORDS
    if message.get("deletedForEveryone"):
        fault = GONE
    elif kind not in ("incoming", "outgoing"):
        fault = NOTICE
    sent = message.get("sent_at", message.get("timestamp"))
    sources = ("sourceServiceId", "sourceUuid", "source")
    source = next((found for key in sources if (found := text_in(message, key))), "")
    quoted = message.get("quote")
    return Said(
        "",
        text,
        sent / 1000 if isinstance(sent, int) and 0 <= sent < 1 << 45 else None,
        OWNER if kind == "outgoing" else source or ("signal:other" if kind == "incoming" else ""),
        str(sent) if isinstance(sent, int) else "",
        str(quoted.get("id", "")) if isinstance(quoted, dict) else "",
        item.line,
        item.offset,
        fault,
    )


def _exported(message: dict[str, Any], item: Item) -> Said:
    sender = text_in(message, "sender")
    text = text_in(message, "body").strip()
    fault = None if text else NO_WORDS
    if message.get("deleted") is True:
        fault = GONE
    elif message.get("call") is True or _CALL.fullmatch(text):
        fault = NOTICE
    return Said(
        "" if sender == "No-Sender" else sender,
        text,
        local_time(text_in(message, "date")),
        OWNER if sender == "Me" else "",
        line=item.line,
        offset=item.offset,
        fault=fault,
    )


def local_time(text: str) -> float | None:
    """Return the seconds of a date without a zone, read as UTC; None where it is none."""
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def mail_time(text: str) -> float | None:
    """Return the seconds of a date as RFC 5322 writes it; None where it is none."""
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError, TypeError):
        return None
