"""Media parts written as tags in text and columns of files.

A tag that was typed as text in a row with media is escaped by a zero-width space (LOS039). Read
again it stays escaped: nothing says that the sign was not typed as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from curate.finding import Hit
from curate.formats.base import Record
from curate.formats.pieces.held_json import dump, parse
from curate.formats.pieces.media_places import COLUMN_OF, TAG
from curate.formats.pieces.parts import FRAMES, Media, lose_extra
from curate.row import Message, Part, Row, message_lists

_TYPED: Final = re.compile("<(?=(?:image|video|audio)>)")
_ESCAPED: Final = "<\u200b"
_MARKS: Final = tuple(map(chr, range(0xF5E00, 0xF5F00)))


class Held:
    """A row whose media parts are marks in text, until it is known where the text is written.

    An encoder may drop, join or reorder turns. A mark is as long as a tag and says which part it
    stands for, so that tags and files agree whatever the encoder does.

    Attributes:
        row: The row for the encoder: texts with marks, no media.
    """

    def __init__(self, row: Row, hits: list[Hit]) -> None:
        self._media: list[Media] = row["media"]
        self._files: list[tuple[str, Any]] = []
        self._hits = hits
        lists = dict(message_lists(row))
        said = dump(lists)
        self._mark = next(sign for sign in _MARKS if sign not in said)
        self.row = {key: value for key, value in row.items() if key != "media"}
        for column, messages in lists.items():
            self.row[column] = [
                self._message(message, f"/{column}/{index}")
                for index, message in enumerate(messages)
            ]

    def _message(self, message: Message, pointer: str) -> Message:
        held: Any = dict(message)
        for key in ("content", "reasoning"):
            if key in held:
                held[key] = self._escaped(held[key], f"{pointer}/{key}")
        if "tool_calls" in held:
            held["tool_calls"] = [
                call
                | {
                    "arguments": self._escaped(
                        call["arguments"], f"{pointer}/tool_calls/{index}/arguments"
                    )
                }
                for index, call in enumerate(held["tool_calls"])
            ]
        if "parts" in held:
            held["content"] = self._joined(held.pop("parts"), f"{pointer}/parts")
        result: Message = held
        return result

    def _escaped(self, text: str, pointer: str) -> str:
        if "<" not in text or not TAG.search(text):
            return text
        why = "a tag that was typed as text is escaped, since tags are counted"
        self._hits.append(Hit("LOS039", pointer, why, text))
        return _TYPED.sub(_ESCAPED, text)

    def _joined(self, parts: Sequence[Part], pointer: str) -> str:
        texts: list[str] = []
        before = ""
        regular = any("media" in part for part in parts)
        for index, part in enumerate(parts):
            at = f"{pointer}/{index}"
            text = self._one(part, at)
            if part["type"] == "text":
                regular = regular and bool(text) and before != "text"
                extra = parse(part["extra"]) if "extra" in part else {}
                lose_extra(extra, self._hits, at)
            texts.append(text)
            before = part["type"]
        if not regular:
            why = f"{len(parts)} part(s) become one text"
            self._hits.append(Hit("LOS023", pointer, why))
        return "".join(texts)

    def _one(self, part: Part, pointer: str) -> str:
        if "media" not in part:
            if part["type"] == "text":
                return self._escaped(part.get("text") or "", f"{pointer}/text")
            why = f"a part of type {part['type']} has no place in text"
            self._hits.append(Hit("LOS022", pointer, why))
            return ""
        entry = self._media[part["media"]]
        kind = entry["type"]
        if kind not in COLUMN_OF:
            why = f"media of type {kind} has no tag and no column"
            self._hits.append(Hit("LOS022", pointer, why, entry["ref"]))
            return ""
        extra = parse(part["extra"]) if "extra" in part else {}
        frames = extra.pop(FRAMES, None) if kind == "video" else None
        lose_extra(extra, self._hits, pointer)
        self._files.append((kind, frames or entry["ref"]))
        return f"{self._mark}{len(self._files) - 1:05d}{self._mark}"

    def release(
        self, record: Record, order: Sequence[str], sides: Sequence[str], hits: list[Hit]
    ) -> Record:
        """Return the record with tags in place of the marks, and its columns of files.

        Files of a pair's answers that differ between the sides are left out (LOS022).
        """
        pattern = re.compile(f"{self._mark}(\\d{{5}}){self._mark}")
        found: list[int] = []

        def tag(match: re.Match[str]) -> str:
            found.append(int(match[1]))
            return f"<{self._files[found[-1]][0]}>"

        record = dict(record)
        for column in order:
            if column in record:
                record[column] = _replaced(record[column], pattern, tag)
        files = [self._files[index] for index in found]
        told: list[list[tuple[str, Any]]] = []
        written = {}
        for side in (side for side in sides if side in record):
            found.clear()
            written[side] = _replaced(record[side], pattern, tag)
            told.append([self._files[index] for index in found])
        if any(_by_kind(one) != _by_kind(told[0]) for one in told):
            why = "the answers point at different files, and the format has one list for both"
            hits.append(Hit("LOS022", f"/{sides[0]}", why))
            written = {side: _replaced(record[side], pattern, lambda _: "") for side in written}
        elif told:
            files += told[0]
        record.update(written)
        for kind, refs in _by_kind(files).items():
            record[COLUMN_OF[kind]] = refs
        return record


def _by_kind(files: Sequence[tuple[str, Any]]) -> dict[str, list[Any]]:
    grouped: dict[str, list[Any]] = {}
    for kind, ref in files:
        grouped.setdefault(kind, []).append(ref)
    return grouped


def _replaced(value: Any, pattern: re.Pattern[str], tag: Callable[[re.Match[str]], str]) -> Any:
    """Return a value whose texts have tags, at every depth."""
    if isinstance(value, str):
        return pattern.sub(tag, value)
    if isinstance(value, list):
        return [_replaced(item, pattern, tag) for item in value]
    if isinstance(value, dict):
        return {key: _replaced(item, pattern, tag) for key, item in value.items()}
    return value
