"""Messages as turns of text with Hermes' markup: tools, calls and results inside the text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from curate.finding import Hit
from curate.formats.pieces.call_spelling import lose_in_calls, object_text
from curate.formats.pieces.hermes_reader import FUNCTION_CALL, read_answer, runs_of, stands_for_none
from curate.formats.pieces.inline_tools import (
    CALL,
    Mark,
    cut_results,
    cut_tools,
    put_calls,
    put_results,
    put_tools,
)
from curate.formats.pieces.messages import report_lost, text_of
from curate.formats.pieces.reasoning import Tag, put_thought
from curate.row import Message, Row, ToolCall


class TurnWriter:
    """Writes a row's messages as messages of text, one for each turn.

    Losses are those of calls, results and what their text hides: LOS010, LOS012, LOS016, LOS017,
    LOS019 to LOS023, LOS030, LOS033 and LOS036.

    Attributes:
        places: The index of each turn's first message in the row.
        tools: The tools that stand in the first turn; None where the column has them.
        in_column: The tools that the column has.
        block: How the layout says that tools stood in the first turn.
    """

    def __init__(self, row: Row, layout: Mapping[str, Any], hits: list[Hit]) -> None:
        self.messages: list[Message] = row["messages"]
        self.layout, self.hits = layout, hits
        self.places: list[int] = []
        self.block: Mark = layout.get("tools_block") or {}
        if not self.block and layout.get("tools_bare"):
            self.block = {"bare": layout["tools_bare"]}
        inside = layout.get("tools_from") != "column"
        self.tools: str | None = row.get("tools") if inside else None
        self.in_column: str | None = None if inside else row.get("tools")
        self.marks: Mapping[str, Mark] = layout.get("inline") or {}
        self.shift = 0
        runs = runs_of(self.messages)
        sizes = layout.get("results") or runs
        self.sizes = list(sizes) if sum(sizes) == sum(runs) else runs

    def turns(self) -> list[Message]:
        """Return the turns; one for the tools comes first where the row has no system text."""
        made: list[Message] = []
        messages = self.messages
        system = messages[0]["role"] in ("system", "developer")
        if system and self.layout.get("system_from") == "column":
            self.shift = 1
        if self.tools is not None and not system:
            made.append({"role": "system", "content": put_tools("", self.tools, self.block)})
            self.places.append(0)
        index = 0
        while index < len(messages):
            message, count = messages[index], 1
            mark: Mark = {}
            if self.marks:
                mark = self.marks.get(f"/conversations/{len(made) - self.shift}") or {}
            if index == 0 and system:
                turn = self._system(message)
            elif message["role"] == "tool":
                count = self._together(index)
                turn = self._results(index, count, mark)
            elif message["role"] == "assistant" and mark != FUNCTION_CALL:
                turn = self._answer(message, f"/messages/{index}", mark)
            else:
                turn = message
            made.append(turn)
            self.places.append(index)
            index += count
        return made

    def _together(self, index: int) -> int:
        """Return how many results from `index` on stand in one turn."""
        wanted = self.sizes.pop(0) if self.sizes else 1
        end = index
        while end < len(self.messages) and self.messages[end]["role"] == "tool":
            end += 1
        return max(1, min(wanted, end - index))

    def _system(self, message: Message) -> Message:
        text = text_of(message, self.hits, "/messages/0")
        written = text
        if self.tools is not None:
            if not text and not self.shift and stands_for_none(message, self.messages):
                why = "an empty system turn is not told from none"
                self.hits.append(Hit("LOS030", "/messages/0", why))
            written = put_tools(text, self.tools, self.block)
        if "</tools>" in text:
            self._compare_tools(text, written)
        return _as_text(message, written)

    def _compare_tools(self, text: str, written: str) -> None:
        """Report what a reader of the system turn takes for other tools than the row's."""
        try:
            found = cut_tools(written)
        except ValueError:
            found = None
        if self.tools is None and found is not None and self.in_column in (None, found.tools):
            why = "the text holds tools in Hermes' markup, which are read as such"
            self.hits.append(Hit("LOS033", "/messages/0/content", why))
        elif self.tools is not None and (found is None or found[:2] != (text, self.tools)):
            why = "the system text holds tools in Hermes' markup: the row's are not read back"
            self.hits.append(Hit("LOS010", "/tools", why))

    def _answer(self, message: Message, pointer: str, mark: Mark) -> Message:
        calls = message.get("tool_calls")
        reasoning = message.get("reasoning")
        if not calls and reasoning is None and "<" not in (message.get("content") or "<"):
            return message
        text = text_of(message, self.hits, pointer)
        meant = text
        if calls:
            if message.get("content") == "":
                why = "an empty content becomes none"
                self.hits.append(Hit("LOS030", f"{pointer}/content", why))
            lose_in_calls(calls, self.hits, pointer)
            text = put_calls(text, self._spelled(calls, pointer, mark), mark)
        if reasoning is not None:
            tag: Tag = "scratch_pad" if mark.get("tag") == "scratch_pad" else "think"
            text = put_thought(reasoning, text, mark.get("shape"), tag)
        turn = _as_text(message, text)
        alone = calls and not meant and not mark and reasoning is None
        if not alone or text.count(f"</{CALL}>") != len(calls or ()):
            self._compare(turn, message, meant, pointer)
        return turn

    def _spelled(self, calls: Sequence[ToolCall], pointer: str, mark: Mark) -> list[ToolCall]:
        quoted = mark.get("quoted") or ()
        spelled: list[ToolCall] = []
        for index, call in enumerate(calls):
            arguments = call["arguments"]
            if index not in quoted:
                at = f"{pointer}/tool_calls/{index}/arguments"
                arguments = object_text(arguments, self.hits, at)
            spelled.append({**call, "arguments": arguments})
        return spelled

    def _compare(self, turn: Message, message: Message, meant: str, pointer: str) -> None:
        """Report what a reader of the turn takes for something else than it was."""
        again, _ = read_answer(turn, [], pointer)
        if again.get("reasoning") != message.get("reasoning"):
            if message.get("reasoning") is None:
                why = "a block at the start of the text is read as reasoning"
                self.hits.append(Hit("LOS036", f"{pointer}/content", why))
            else:
                why = "the reasoning holds a tag, or the text begins with one: it is not read back"
                self.hits.append(Hit("LOS021", f"{pointer}/reasoning", why))
        elif len(again.get("tool_calls") or ()) != len(message.get("tool_calls") or ()):
            if message.get("tool_calls"):
                why = "the text beside the calls holds a tag: the calls are not read back"
                self.hits.append(Hit("LOS010", f"{pointer}/tool_calls", why))
            else:
                why = "the text holds a call in Hermes' markup, which is read as one"
                self.hits.append(Hit("LOS033", f"{pointer}/content", why))
        elif (again.get("content") or "") != meant:
            self.hits.append(Hit("LOS010", pointer, "the text is not read back as it is"))

    def _results(self, index: int, count: int, mark: Mark) -> Message:
        messages = self.messages[index : index + count]
        places = [f"/messages/{index + n}" for n in range(count)]
        texts = [
            text_of(message, self.hits, place)
            for message, place in zip(messages, places, strict=True)
        ]
        if mark.get("plain") and count == 1:
            return _as_text(messages[0], texts[0])
        for message, place in zip(messages[1:], places[1:], strict=True):
            fields = ("tool_call_id", "name", "refusal", "reasoning", "weight", "extra")
            report_lost(message, fields, self.hits, place)
        text = put_results(texts, mark)
        try:
            same = cut_results(text)[0] == texts
        except ValueError:
            same = False
        if not same:
            why = "the result holds the tag that ends it"
            self.hits.append(Hit("LOS010", f"{places[0]}/content", why))
        return _as_text(messages[0], text)


def _as_text(message: Message, text: str) -> Message:
    if len(message) == 2 and "content" in message:
        return {"role": message["role"], "content": text}
    turn = message.copy()
    for key in ("parts", "tool_calls"):
        turn.pop(key, None)  # type: ignore[misc]
    if message["role"] == "assistant":
        turn.pop("reasoning", None)
    turn["content"] = text
    return turn
