"""Conversations of Signal Desktop as text: those of sigtop, and `chat.md` of signal-export.

Source: tbvdm/sigtop `cmd/sigtop/fmt_text.go`; carderne/signal-export `sigexport/models.py`
(`Message.to_md`) and `create.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

from curate.files.limits import Limits
from curate.finding import Hit
from curate.sources.chat.base import Said
from curate.sources.chat.signal.desktop import (
    GONE,
    NO_WORDS,
    NOTICE,
    OWNER,
    local_time,
    mail_time,
)

_SIGTOP = re.compile(
    r"(?:\A|(?<=\n\n))(?:From: (?P<sender>[^\n]*)\n)?"
    r"Type: (?P<kind>[\w-]{1,40})\n(?=Sent: |Received: )(?:Sent: (?P<sent>[^\n]*)\n)?"
    r"(?:Received: [^\n]*\n)?(?P<fields>(?:(?:Attachment|Reaction|Edited): [^\n]*\n)*)"
)
_MARKDOWN = re.compile(
    r"^\[(?P<sent>\d{4}-\d\d-\d\d,? \d\d:\d\d(?::\d\d)?)\] (?P<sender>[^\n:]{1,200}): ?",
    re.MULTILINE,
)
_DETAIL = re.compile(r"(?P<name>.*?)(?: \((?P<detail>[^()]*)\))?\Z", re.DOTALL)
_VERSION = re.compile(r"^\| Version: \d+$", re.MULTILINE)
_QUOTE = re.compile(r"\A\n> From: [^\n]*\n(?:>[^\n]*\n)*")
_MARKDOWN_QUOTE = re.compile(r"\A\n\n(?:>[^\n]*\n)+")
_REACTIONS = re.compile(r"\n\(- [^\n]{1,4000} -\)(?=\s|\Z)")
_FILES = re.compile(r"!?\[[^\[\]\n]{0,300}\]\((?:\./media|\.\./exported_stickers)/[^)\n]{1,400}\)")
_STICKER = re.compile(r"\(\( [^\n]{1,40} \)\)")
_CALL = re.compile(r"(?:Incoming|Outgoing|Missed)(?: voice| video)? call(?: \([^()\n]*\))?")
_LONG = Hit("SRC009", "", "one message is longer than the limit")
_BEFORE = Hit("SRC077", "", "lines before the first message of the chat")
_BLOCK_BYTES = 1 << 20
_TITLE = "Conversation: "


def is_sigtop_text(head: bytes, name: str) -> bool:
    """Return whether a text is a conversation of sigtop: its first lines are of fixed words."""
    text = head.decode("utf-8", "ignore")
    first, blank, rest = text.partition("\n\n")
    return first.startswith(_TITLE) and bool(blank) and _SIGTOP.match(rest) is not None


def is_markdown(head: bytes, name: str) -> bool:
    """Return whether a text is a `chat.md` of signal-export."""
    text = head.decode("utf-8", "ignore").lstrip("\ufeff\n")
    return name.lower().endswith(".md") and _MARKDOWN.match(text) is not None


def sigtop_lines(stream: BinaryIO, limits: Limits) -> Iterator[Said]:
    """Yield the messages of a conversation that sigtop wrote as text."""
    return _messages(stream, limits, _SIGTOP, _of_sigtop)


def markdown_lines(stream: BinaryIO, limits: Limits) -> Iterator[Said]:
    """Yield the messages of a `chat.md` of signal-export."""
    return _messages(stream, limits, _MARKDOWN, _of_markdown)


_Maker = Callable[[re.Match[str], str, int, int], Said]


def _messages(
    stream: BinaryIO, limits: Limits, head: re.Pattern[str], made: _Maker
) -> Iterator[Said]:
    """Cut a text at its heads; memory holds one message and one block."""
    text, line, offset, ended = "", 1, 0, False
    while not ended:
        block = _lines(stream, limits.record_bytes)
        ended = not block
        text += block.decode("utf-8", "surrogateescape").replace("\r\n", "\n")
        heads = list(head.finditer(text))
        starts = [found.start() for found in heads]
        if heads and starts[0]:
            if text[: starts[0]].strip() and not text.startswith(_TITLE):
                yield Said("", "", line=line, offset=offset, fault=_BEFORE)
            line, offset = _moved(text[: starts[0]], line, offset)
        # The last message may go on in the next block.
        last = len(heads) if ended else len(heads) - 1
        for at, found in enumerate(heads[:last]):
            end = starts[at + 1] if at + 1 < len(heads) else len(text)
            yield made(found, text[found.end() : end], line, offset)
            line, offset = _moved(text[starts[at] : end], line, offset)
        text = "" if ended and heads else text[starts[-1] :] if heads else text
        if len(text) > limits.record_bytes:
            yield Said("", "", line=line, offset=offset, fault=_LONG)
            line, offset = _moved(text, line, offset)
            text = ""
    if text.strip():
        yield Said("", "", line=line, offset=offset, fault=_BEFORE)


def _lines(stream: BinaryIO, longest: int) -> bytes:
    """Return a block that ends where a line does, or in a line that is too long."""
    block = stream.read(_BLOCK_BYTES)
    while block and not block.endswith(b"\n") and len(block) <= longest + _BLOCK_BYTES:
        more = stream.readline(_BLOCK_BYTES)
        if not more:
            break
        block += more
    return block


def _moved(text: str, line: int, offset: int) -> tuple[int, int]:
    return line + text.count("\n"), offset + len(text.encode("utf-8", "surrogateescape"))


def _of_sigtop(found: re.Match[str], body: str, line: int, offset: int) -> Said:
    name, handle = _who(found["sender"] or "")
    if "Edited: " in found["fields"]:
        body = _newest(body)
    text = _QUOTE.sub("", body).strip("\n")
    own = found["kind"] == "outgoing"
    fault = None if text.strip() else NO_WORDS
    if found["kind"] not in ("incoming", "outgoing"):
        fault = NOTICE
    return Said(
        name,
        text,
        mail_time(found["sent"] or ""),
        OWNER if own else handle,
        line=line,
        offset=offset,
        fault=fault,
    )


def _who(shown: str) -> tuple[str, str]:
    found = _DETAIL.match(shown)
    return (found["name"], found["detail"] or "") if found is not None else (shown, "")


def _newest(body: str) -> str:
    """Return the newest version of a text that was edited; it stands first."""
    versions = _VERSION.split(body)
    lines = (versions[1] if len(versions) > 1 else body).split("\n")
    plain = [each[2:] if each.startswith("| ") else each.removeprefix("|") for each in lines]
    at = next((number for number, each in enumerate(plain[1:], 1) if not each), len(plain))
    return "\n".join(plain[at:])


def _of_markdown(found: re.Match[str], body: str, line: int, offset: int) -> Said:
    sender = found["sender"]
    text = _MARKDOWN_QUOTE.sub("", body)
    for extra in (_REACTIONS, _FILES, _STICKER):
        text = extra.sub("", text)
    text = "\n".join(each.rstrip() for each in text.split("\n")).strip()
    fault = None if text else NO_WORDS
    if text == "(This message was deleted)":
        fault = GONE
    elif _CALL.fullmatch(text):
        fault = NOTICE
    return Said(
        "" if sender == "No-Sender" else sender,
        text,
        local_time(found["sent"].replace(",", "")),
        OWNER if sender == "Me" else "",
        line=line,
        offset=offset,
        fault=fault,
    )
