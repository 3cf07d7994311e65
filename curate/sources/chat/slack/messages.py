"""One message of a Slack day file: who said it, in which thread, and whether it holds words."""

from __future__ import annotations

import re
from typing import Any

from curate.finding import Hit
from curate.sources.chat.base import Said
from curate.sources.chat.objects import Item, list_in, text_in
from curate.sources.chat.slack.people import Workspace
from curate.sources.chat.slack.text import of_blocks, plain

# Subtypes whose text somebody typed; every other one is a notice of Slack.
_TYPED = frozenset(
    (
        "",
        "me_message",
        "thread_broadcast",
        "reply_broadcast",
        "file_share",
        "bot_message",
    )
)
# Before 2018 Slack wrote the text of a shared file itself, and put the remark behind it.
_UPLOADED = re.compile(r"<@\w+(?:\|[^>]*)?> (?:uploaded|shared|pinned) a file: ")
_NOTICE = Hit("SRC074", "", "a notice of the application")
_NO_WORDS = Hit("SRC074", "", "a message without words: a file, or attachments of a program")
_GONE = Hit("SRC074", "", "a message that was deleted or hidden")
_AGAIN = Hit("SRC074", "", "a message that the day's file holds twice")


def in_thread(message: dict[str, Any]) -> str:
    """Return the time stamp of the thread that a message is in; "" for none.

    The first message of a thread is in it only where it has replies.
    """
    thread, ts = text_in(message, "thread_ts"), text_in(message, "ts")
    if thread != ts or replies_of(message):
        return thread
    return ""


def replies_of(message: dict[str, Any]) -> int:
    """Return how many replies a message says it has."""
    count = message.get("reply_count")
    if isinstance(count, int):
        return max(count, 0)
    return len(list_in(message, "replies"))


def said_of(item: Item, path: str, known: Workspace, seen: set[str]) -> Said:
    """Return a message.

    Args:
        item: The object in the day's file.
        path: The day's file.
        known: The people.
        seen: Time stamps and senders of the day so far; the message's own is added.
    """
    message, line, offset = item.value, item.line, item.offset
    if item.fault is not None:
        return Said("", "", line=line, offset=offset, path=path, fault=item.fault)
    ts, handle = text_in(message, "ts"), text_in(message, "user") or text_in(message, "bot_id")
    text, fault = _words(message, known)
    key = f"{ts} {handle}"
    if ts and key in seen:
        fault = _AGAIN
    seen.add(key)
    thread = text_in(message, "thread_ts")
    return Said(
        _sender(message, handle, known),
        text,
        _time(ts),
        handle,
        ts,
        thread if thread != ts else "",
        line,
        offset,
        fault,
        path=path,
    )


def _sender(message: dict[str, Any], handle: str, known: Workspace) -> str:
    return (
        known.names.get(handle, "")
        or text_in(message, "user_profile", "display_name")
        or text_in(message, "user_profile", "real_name")
        or text_in(message, "username")
        or text_in(message, "bot_profile", "name")
        or handle
    )


def _time(ts: str) -> float | None:
    """Return the seconds of a time stamp; None where it is none."""
    whole, _, rest = ts.partition(".")
    if not (whole.isascii() and whole.isdecimal() and len(whole) <= 12):
        return None
    return float(ts) if rest.isascii() and rest.isdecimal() and len(rest) <= 9 else float(whole)


def _words(message: dict[str, Any], known: Workspace) -> tuple[str, Hit | None]:
    subtype = text_in(message, "subtype")
    if message.get("hidden") is True or subtype == "tombstone":
        return "", _GONE
    if message.get("type", "message") != "message" or subtype not in _TYPED:
        return "", _NOTICE
    text = text_in(message, "text")
    if subtype == "file_share" and _UPLOADED.match(text):
        text = text_in(message, "file", "initial_comment", "comment")
    words = plain(text, known.name_of).strip()
    if not words:
        words = of_blocks(list_in(message, "blocks"), known.name_of).strip()
    return (words, None) if words else ("", _NO_WORDS)
