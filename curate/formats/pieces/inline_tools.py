"""Calls, results and tool schemas in Hermes' markup inside the text of turns.

Source: NousResearch/Hermes-Function-Calling `README.md` and the card of the set
hermes-function-calling-v1; Qwen 2.5's chat template writes the same tags with one schema a line.
What would not be written again byte for byte is not read: the caller leaves it as text. A mark
says how a piece of text is spelled where it is not the usual way, so that it can be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from curate.finding import Hit
from curate.formats.pieces.call_spelling import OTHER, read_calls, usual_call, write_calls
from curate.formats.pieces.held_json import parse, respell, style_of
from curate.formats.pieces.tools import read_tools, write_tools
from curate.row import ToolCall

Mark = dict[str, Any]
CALL, RESPONSE = "tool_call", "tool_response"
_TAGS = {tag: (f"<{tag}>", f"</{tag}>") for tag in (CALL, RESPONSE)}
_TOOLS_OPEN, _TOOLS_CLOSE = "<tools>", "</tools>"
_TOOLS_TAG = re.compile("</?tools>")


def spans_of(text: str, tag: str) -> Iterator[tuple[int, int]]:
    """Yield where what stands in each pair of tags begins and ends, from the text's start on."""
    opening, closing = f"<{tag}>", f"</{tag}>"
    at = text.find(opening)
    while at >= 0:
        start = at + len(opening)
        end = text.find(closing, start)
        if end < 0:
            return
        yield start, end
        at = text.find(opening, end + len(closing))


class _Tagged(NamedTuple):
    head: str
    bodies: list[str]
    mark: Mark


def _cut(text: str, tag: str) -> _Tagged:
    """Return the text before the first tag, what the tags hold, and the white space around them.

    Raises:
        ValueError: If text stands behind a tag, or the tags are not spelled alike.
    """
    opening, closing = _TAGS[tag]
    at = text.find(opening)
    start = at + len(opening)
    end = text.find(closing, start)
    if at >= 0 and end + len(closing) == len(text):  # one pair, and nothing stands behind it
        body = text[start:end]
        if len(body) > 1 and body[0] == body[-1] == "\n":
            return _Tagged(text[:at], [body[1:-1]], {})
    found = list(spans_of(text, tag))
    if not found:
        raise ValueError(f"<{tag}> is not closed")
    wide = len(tag) + 2
    starts = [start - wide for start, _ in found]
    ends = [end + wide + 1 for _, end in found]
    between = [text[end:start] for end, start in zip(ends, starts[1:], strict=False)]
    tail = text[ends[-1] :]
    if tail.strip() or any(space.strip() for space in between):
        raise ValueError(f"text stands behind </{tag}>")
    bodies = [_trimmed(text[start:end]) for start, end in found]
    inside = {(before, after) for before, _, after in bodies}
    if len(inside) > 1 or len(set(between)) > 1:
        raise ValueError(f"the <{tag}> tags are not spaced alike")
    mark: Mark = {}
    if inside != {("\n", "\n")}:
        mark["inside"] = list(inside.pop())
    if between and between[0] != "\n":
        mark["between"] = between[0]
    if tail:
        mark["tail"] = tail
    return _Tagged(text[: starts[0]], [body for _, body, _ in bodies], mark)


def _trimmed(text: str) -> tuple[str, str, str]:
    """Return a text without a line feed at its start and its end, and these."""
    before = "\n" if text.startswith("\n") else ""
    after = "\n" if len(text) > len(before) and text.endswith("\n") else ""
    return before, text[len(before) : len(text) - len(after)], after


def _put(bodies: Sequence[str], tag: str, mark: Mapping[str, Any]) -> str:
    if not mark and len(bodies) == 1:
        return f"<{tag}>\n{bodies[0]}\n</{tag}>"
    before, after = mark.get("inside") or ("\n", "\n")
    tagged = (f"<{tag}>{before}{body}{after}</{tag}>" for body in bodies)
    between: str = mark.get("between", "\n")
    tail: str = mark.get("tail", "")
    return between.join(tagged) + tail


class InlineCalls(NamedTuple):
    """What a turn with calls says: the text before them, the calls, and how they are spelled."""

    content: str
    calls: list[ToolCall]
    mark: Mark


def cut_calls(text: str) -> InlineCalls:
    """Return the calls of a turn.

    Args:
        text: A text that holds `<tool_call>`.

    Raises:
        ValueError: If it cannot be read, or not be written again as it is; the message says why.
    """
    head, bodies, mark = _cut(text, CALL)
    content = head.removesuffix("\n")
    if head != (f"{content}\n" if content else ""):
        mark["gap"] = head[len(content) :]
    if len(bodies) == 1 and (usual := usual_call(bodies[0])) is not None:
        return InlineCalls(content, [usual], mark)
    calls: list[ToolCall] = []
    quoted: list[int] = []
    spellings = set()
    for index, body in enumerate(bodies):
        found = read_calls(body)
        if len(found.calls) > 1 or "list" in found.spelling:
            raise ValueError("a tag holds a list of calls")
        calls += found.calls
        quoted += [index for _ in found.quoted]
        spellings.add(found.spelling)
    if len(spellings) > 1 or OTHER in spellings:
        raise ValueError("its JSON would not be written again as it is spelled")
    if quoted:
        mark["quoted"] = quoted
    if spelling := spellings.pop():
        mark["spelling"] = spelling
    return InlineCalls(content, calls, mark)


def put_calls(content: str, calls: Sequence[ToolCall], mark: Mapping[str, Any]) -> str:
    """Return the text of a turn with calls; their arguments are the text of objects."""
    quoted = mark.get("quoted") or ()
    bodies = [
        write_calls([call], [0] if index in quoted else [], mark.get("spelling", ""))
        for index, call in enumerate(calls)
    ]
    gap = mark.get("gap", "\n" if content else "")
    return f"{content}{gap}{_put(bodies, CALL, mark)}"


def cut_results(text: str) -> tuple[list[str], Mark]:
    """Return the results of a turn, and how it is spelled.

    Raises:
        ValueError: If it cannot be read, or not be written again as it is.
    """
    head, bodies, mark = _cut(text, RESPONSE)
    if head.strip():
        raise ValueError("text stands before <tool_response>")
    if head:
        mark["head"] = head
    return bodies, mark


def put_results(results: Sequence[str], mark: Mapping[str, Any]) -> str:
    """Return the text of a turn with results."""
    return f"{mark.get('head', '')}{_put(results, RESPONSE, mark)}"


class InlineTools(NamedTuple):
    """A system text without its `<tools>` block, the row's tools, and where and how they stood."""

    text: str
    tools: str
    mark: Mark


def cut_tools(text: str) -> InlineTools | None:
    """Return a system text cut into its tools and the rest; None where it has no block of tools.

    Empty tags, which the instructions around a block speak of, are no block.

    Raises:
        ValueError: If the block cannot be read, or not be written again as it is.
    """
    found = _tools_of(text)
    return found and InlineTools(found.text, found.tools, found.mark.copy())


# Rows of one set mostly share their system text, so the last ones are kept.
@lru_cache(maxsize=128)
def _tools_of(text: str) -> InlineTools | None:
    spans = [span for span in _spans(text) if text[span[0] : span[1]].strip()[:1] in ("[", "{")]
    if not spans:
        return None
    if len(spans) > 1:
        raise ValueError("there are several blocks of tools")
    start, end = spans[0]
    whole = text[start:end]
    body = whole.strip()
    value, lines = _parsed(body)
    faults: list[Hit] = []
    tools, hints = read_tools(value, faults, "")
    if tools is None:
        raise ValueError(faults[0].message)
    mark: Mark = {"lines": True} if lines else {}
    if style := (_line_style if lines else style_of)(body, value):
        mark["style"] = style
    if bare := hints.get("tools_bare"):
        mark["bare"] = bare
    begin = whole.index(body)
    inside = [whole[:begin], whole[begin + len(body) :]]
    if inside != ["\n", "\n"]:
        mark["inside"] = inside
    before, after = text[: start - len(_TOOLS_OPEN)], text[end + len(_TOOLS_CLOSE) :]
    rest = before + after
    if not after and before.endswith("\n") and before != "\n":
        rest = before[:-1]
    elif rest:
        mark["at"] = len(before)
    if put_tools(rest, tools, mark) != text:
        raise ValueError("its JSON would not be written again as it is spelled")
    return InlineTools(rest, tools, mark)


def _spans(text: str) -> list[tuple[int, int]]:
    """Return where what stands between an opening tag and the next closing one begins and ends."""
    spans = []
    start = -1
    for found in _TOOLS_TAG.finditer(text):
        if found[0] == _TOOLS_OPEN:
            start = found.end()
        elif start >= 0:
            spans.append((start, found.start()))
            start = -1
    return spans


def _parsed(body: str) -> tuple[list[Any], bool]:
    """Return the tools of a JSON list, or of JSON objects one a line, and whether they are lines.

    Raises:
        ValueError: If the text is neither.
    """
    if body.startswith("["):
        value = parse(body)
        if not isinstance(value, list):
            raise ValueError("it is no list")
        return value, False
    return [parse(line) for line in body.split("\n")], True


def _line_style(body: str, value: list[Any]) -> str | None:
    styles = (None, "compact", "ascii")
    return next((s for s in styles if body == "\n".join(respell(v, s) for v in value)), "other")


@lru_cache(maxsize=128)
def _tools_text(
    tools: str, bare: bool | tuple[int, ...] | None, style: str | None, lines: bool
) -> str:
    value = write_tools(tools, [], "", bare=True, layout={"tools_bare": bare})
    if lines and isinstance(value, list):
        return "\n".join(respell(tool, style) for tool in value)
    return respell(value, style)


def put_tools(text: str, tools: str, mark: Mapping[str, Any]) -> str:
    """Return a system text with its block of tools: where it stood, else at the end."""
    bare, style = mark.get("bare"), mark.get("style")
    body = _tools_text(
        tools,
        True if bare is True else tuple(bare) if bare else None,
        style if isinstance(style, str) else None,
        bool(mark.get("lines")),
    )
    before, after = mark.get("inside") or ("\n", "\n")
    block = f"{_TOOLS_OPEN}{before}{body}{after}{_TOOLS_CLOSE}"
    at = mark.get("at")
    if isinstance(at, int) and 0 <= at <= len(text):
        return text[:at] + block + text[at:]
    return f"{text}\n{block}" if text else block
