"""The parts of a mail (MIME): where each stands in its bytes and what it says that it is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from curate.finding import Hit
from curate.sources.mail.content import Content, content_of
from curate.sources.mail.headers import Headers, read_headers

MOST_PARTS = 20_000
DEEPEST = 40
_FIRST_LINE = re.compile(rb"\s*--([^\s-][^\r\n]{0,199}?)[ \t]*\r?\n")
_TYPE = re.compile(r"[a-z0-9][\w.+!#$&^-]*/[a-z0-9][\w.+!#$&^-]*")


@dataclass(slots=True)
class Part:
    """One part.

    Attributes:
        headers: Its header fields.
        type: Its media type in lower case; `text/plain` where it has none that can be read.
        parameters: Those of its Content-Type.
        disposition: `inline`, `attachment`, another word, or "".
        name: The name of its file, not decoded, "" where it has none.
        encoding: Its transfer encoding in lower case.
        start: Where its body begins in the bytes of the mail.
        end: Where its body ends.
        parts: The parts in it, for a multipart.
    """

    headers: Headers
    type: str
    parameters: dict[str, str]
    disposition: str
    name: str
    encoding: str
    start: int
    end: int
    parts: list[Part] = field(default_factory=list)

    @property
    def main(self) -> str:
        """The media type before its slash."""
        return self.type.partition("/")[0]


class Parser:
    """Finds the parts of one mail.

    Attributes:
        faults: What was not as RFC 2046 has it, one SRC056 for each kind of fault.
    """

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._count = 0
        self._said: set[str] = set()
        self.faults: list[Hit] = []

    def parse(self) -> Part:
        """Return the mail as a part; a part too deep, or past the most that are read, has none.

        Source: RFC 2046 section 5.1; a body that lacks its delimiters is read as text.
        """
        return self._part(0, len(self._raw), 0, "text/plain")

    def _part(self, start: int, end: int, depth: int, default: str) -> Part:
        headers = read_headers(self._raw, start, end)
        if headers.fault is not None:
            self._say(headers.fault.message)
        kind = content_of(headers.get("content-type"))
        shown = content_of(headers.get("content-disposition"))
        encoding = headers.get("content-transfer-encoding").partition(";")[0].strip(" \"'.").lower()
        name = shown.parameters.get("filename") or kind.parameters.get("name") or ""
        part = Part(
            headers,
            _type(kind, default),
            kind.parameters,
            shown.word,
            name,
            encoding,
            headers.body,
            end,
        )
        if part.main == "multipart":
            self._split(part, depth)
        return part

    def _split(self, part: Part, depth: int) -> None:
        boundary = part.parameters.get("boundary", "").encode("utf-8", "surrogateescape").rstrip()
        if not boundary:
            first = _FIRST_LINE.match(self._raw, part.start, part.end)
            self._say("a multipart has no boundary")
            if first is None:
                part.type = "text/plain"
                return
            boundary = first[1]
        if depth >= DEEPEST:
            self._say(f"parts are nested deeper than {DEEPEST}, which were not read")
            return
        spans, closed = self._spans(part.start, part.end, b"--" + boundary)
        if not spans:
            if not self._raw[part.start : part.end].strip():
                return
            self._say("the boundary of a multipart does not occur in it")
            part.type = "text/plain"
            return
        if not closed:
            self._say("the last part of a multipart has no end")
        inner = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
        for start, end in spans:
            self._count += 1
            if self._count > MOST_PARTS:
                self._say(f"more than {MOST_PARTS:,} parts, of which the rest was not read")
                return
            child = self._part(start, end, depth + 1, inner)
            if child.main == "multipart" and not child.parts and _same_boundary(child, part):
                # Outlook Express for Mac gave both the same, so that the inner one's parts follow.
                part.type = child.type
                continue
            part.parts.append(child)

    def _spans(self, start: int, end: int, delimiter: bytes) -> tuple[list[tuple[int, int]], bool]:
        """Return where the parts between delimiters are, and whether the last one is closed."""
        raw = self._raw
        spans: list[tuple[int, int]] = []
        begun = -1
        at = start if raw.startswith(delimiter, start, end) else -2
        if at < 0:
            at = raw.find(b"\n" + delimiter, start, end)
            at += at >= 0
        while at >= 0:
            behind = at + len(delimiter)
            line_end = raw.find(b"\n", behind, end)
            line_end = end if line_end < 0 else line_end
            # A longer line may be the delimiter of another multipart, whose boundary begins so.
            rest = raw[behind : min(line_end, behind + 100)].strip()
            if rest in (b"", b"--"):
                if begun >= 0:
                    spans.append((begun, max(begun, _before(raw, at))))
                if rest:
                    return spans, True
                begun = min(line_end + 1, end)
            at = raw.find(b"\n" + delimiter, max(at, line_end - (line_end < end)), end)
            at += at >= 0
        if begun >= 0 and begun < end:
            spans.append((begun, end))
        return spans, False

    def _say(self, message: str) -> None:
        if message not in self._said and len(self._said) < 10:
            self._said.add(message)
            self.faults.append(Hit("SRC056", "", message))


def _same_boundary(child: Part, part: Part) -> bool:
    return child.parameters.get("boundary") == part.parameters.get("boundary")


def _before(raw: bytes, at: int) -> int:
    """Return where a body ends whose delimiter begins here: its line end is not the body's."""
    at -= 1
    return at - (raw[at - 1 : at] == b"\r")


def _type(content: Content, default: str) -> str:
    if _TYPE.fullmatch(content.word):
        return content.word
    return "text/plain" if content.word else default
