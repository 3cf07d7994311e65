"""What a chat is to every reader: who said what, when, and where it stands in the file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from curate.finding import Hit


@dataclass(slots=True)
class Said:
    """One message of a chat.

    Attributes:
        sender: The sender's name as the export shows it; "" where it has none.
        text: What was said, as plain text.
        time: Seconds since 1970 (a local time without a zone is taken as UTC), or None.
        handle: The sender's user id, number or user name, where the export has one.
        key: The message's own id, or "".
        reply_to: The `key` of the message that it answers, or "".
        line: The message's line in the file, from 1 (its number where the file has no lines).
        offset: Offset of its first byte in the file.
        fault: Why it becomes part of no conversation (a notice of the application, a picture
            without words, a deleted message), or None. Such a message has a finding of its own.
        forwarded: Whether the words are somebody else's: they are context and are never learnt.
        path: The file that it stands in, as `Source.path` is written; "" where it is the chat's.
    """

    sender: str
    text: str
    time: float | None = None
    handle: str = ""
    key: str = ""
    reply_to: str = ""
    line: int = 1
    offset: int = 0
    fault: Hit | None = None
    forwarded: bool = False
    path: str = ""


@dataclass(frozen=True, slots=True)
class Chat:
    """One chat of an export.

    Attributes:
        key: Its id, or its name where it has none.
        name: Its name as the export shows it.
        path: The file that it stands in, as `Source.path` is written.
        messages: In the order of the file; read once.
        dated: Whether the messages' times are of a calendar; else only what passes between counts.
        whole: Whether it is one conversation, such as a thread, whatever silences are in it.
    """

    key: str
    name: str
    path: str
    messages: Iterable[Said]
    dated: bool = True
    whole: bool = False
