"""What the formats of answer pairs and of judged answers share: sides, the common prompt, margins.

A prompt and its answers are cut between messages, never inside a text, as `extract_prompt` of TRL
1.16 cuts texts (hiyouga/LLaMA-Factory and axolotl take the prompt from one side alone).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

import orjson

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.pieces.calls import ArgumentsForm
from curate.formats.pieces.columns import closed, drop_blank, finish, mark, mark_empty, put_empty
from curate.formats.pieces.messages import report_lost, text_of
from curate.formats.pieces.openai_messages import decode_messages, encode_messages
from curate.formats.pieces.parts import Media
from curate.formats.pieces.placeholders import KEEP_PARTS
from curate.formats.pieces.tools import ToolsForm, read_tools, write_tools
from curate.row import Message, Row

Items = list[Any]


@dataclass(slots=True)
class Reader:
    """One record on its way to a row: what its columns are read into.

    Attributes:
        record: The record.
        hits: Gets the faults, with pointers into the record.
        arguments: The form that the format holds calls' arguments in.
        layout: Gets what the row cannot say, with pointers into the row.
        media: The row's media list.
    """

    record: Record
    hits: list[Hit]
    arguments: ArgumentsForm = "string"
    layout: dict[str, Any] = field(default_factory=dict)
    media: list[Media] = field(default_factory=list)

    def messages(self, items: Items, column: str, source: str, skipped: int = 0) -> list[Message]:
        """Return message items as a column of the row.

        Args:
            items: The items.
            column: The row's column.
            source: Pointer to the list that the items stand in.
            skipped: How many items of that list stand before them.
        """
        known = len(self.hits)
        messages = decode_messages(
            items,
            self.hits,
            f"/{column}",
            arguments=self.arguments,
            layout=self.layout,
            media=self.media,
        )
        if len(self.hits) > known:
            self._relocate(known, f"/{column}", source, skipped)
        return messages

    def turns(self, items: Items, source: str) -> list[Message]:
        """Return a list of message items that stands at a pointer, as messages."""
        return self.messages(items, "prompt", source)

    def answer(
        self, value: str | Items | dict[str, Any], column: str, source: str, prompt: Items
    ) -> list[Message]:
        """Return an answer that is a text, one message or a list that may repeat the prompt."""
        if isinstance(value, str):
            return assistant(value)
        if isinstance(value, list):
            skipped = len(prompt) if repeats(prompt, value) else 0
            return self.messages(value[skipped:], column, source, skipped)
        known = len(self.hits)
        messages = self.messages([value], column, source)
        for at in range(known, len(self.hits)):
            hit = self.hits[at]
            self.hits[at] = hit._replace(pointer=hit.pointer.replace(f"{source}/0", source, 1))
        return messages

    def _relocate(self, known: int, column: str, source: str, skipped: int) -> None:
        """Turn the pointers of hits from the row's column to the record's list."""
        for at in range(known, len(self.hits)):
            hit = self.hits[at]
            found = re.fullmatch(rf"{column}/(\d+)(/.*)?", hit.pointer)
            if found:
                pointer = f"{source}/{int(found[1]) + skipped}{found[2] or ''}"
                self.hits[at] = hit._replace(pointer=pointer)

    def finish(self, row: Row, consumed: frozenset[str], tools: ToolsForm = "list") -> Row:
        """Add tools, margin, media, category, layout and the columns that are left.

        Args:
            row: The row's own columns.
            consumed: The record's columns that the row holds; `tools` and `margin` are read where
                they are among them.
            tools: The form that the format usually has its tools in.
        """
        record = self.record
        if "tools" in record and "tools" in consumed:
            value = record["tools"]
            if not isinstance(value, list):
                mark_empty(self.layout, record, "tools")
            text, hints = read_tools(value, self.hits, "/tools", default=tools)
            self.layout.update(hints)
            if text is not None:
                row["tools"] = text
        if "margin" in record and "margin" in consumed:
            read_margin(record, row, self.layout)
        if self.media:
            row["media"] = self.media
        return finish(row, record, self.layout, consumed)


def user(text: str) -> list[Message]:
    """Return a text as a prompt of one user message."""
    return [{"role": "user", "content": text}]


def assistant(text: str) -> list[Message]:
    """Return a text as an answer of one assistant message."""
    return [{"role": "assistant", "content": text}]


def repeats(prompt: Sequence[Any], side: Sequence[Any]) -> bool:
    """Return whether a side begins with the whole prompt and goes on."""
    return len(side) > len(prompt) and side[: len(prompt)] == prompt


def lose_shared(row: Row, hits: list[Hit]) -> None:
    """Report answers that begin alike: whole conversations are read with a longer prompt."""
    chosen, rejected = row["chosen"], row["rejected"]
    if min(len(chosen), len(rejected)) > 1 and chosen[0] == rejected[0]:
        why = "both answers begin with the same turn, which is read as part of the prompt"
        hits.append(Hit("LOS033", "/chosen/0", why))


def lose_repeating(row: Row, sides: Iterable[str], hits: list[Hit]) -> None:
    """Report answers that begin as the prompt does, which is read as the prompt again."""
    for side in sides:
        if repeats(row["prompt"], row[side]):
            why = "the answer begins with the prompt's own messages, which are read as the prompt"
            hits.append(Hit("LOS033", f"/{side}/0", why))


def common(chosen: Sequence[Any], rejected: Sequence[Any], hits: list[Hit]) -> int:
    """Return how many first messages of two whole conversations are their common prompt.

    It is the longest run of equal messages that leaves each side at least one. 0, with a PRF001
    hit, where not even the first is common.
    """
    shared = 0
    most = min(len(chosen), len(rejected)) - 1
    while shared < most and _same(chosen[shared], rejected[shared]):
        shared += 1
    if shared == 0:
        hits.append(
            Hit(
                "PRF001",
                "/rejected",
                "the two conversations have no first message in common that an answer follows",
                rejected[0].get("content") if rejected and isinstance(rejected[0], dict) else None,
                "begin both with the same messages, or give the prompt as a column of its own",
            )
        )
    return shared


def _same(one: Any, other: Any) -> bool:
    """Return whether two messages are the same JSON: 1, 1.0 and true differ, unlike in Python."""
    if one != other:
        return False
    plain = isinstance(one, dict) and all(type(value) is str for value in one.values())
    return plain or _spelled(one) == _spelled(other)


def _spelled(value: Any) -> bytes:
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # integers beyond 64 bits, or nesting beyond orjson's 254 levels
        return json.dumps(value, sort_keys=True).encode()


def texts_or_lists(record: Record, names: Sequence[str], hits: list[Hit]) -> type | None:
    """Return `str` or `list`, the type that all the columns have, or None and a SCH002 hit."""
    kinds = {type(record[name]) for name in names}
    if len(kinds) == 1:
        return kinds.pop()
    odd = next(name for name in names if isinstance(record[name], str))
    hits.append(
        Hit(
            "SCH002",
            f"/{odd}",
            f"{', '.join(names)} must all be texts or all lists of messages; {odd} is a text, "
            "another is a list",
            record[odd],
            "write them in one way"
            + (
                "; where chosen and rejected are whole conversations, "
                "--from trl-preference-implicit reads them without the prompt column"
                if "chosen" in names
                else ""
            ),
        )
    )
    return None


def system_first(row: Row, column: str, system: str, hits: list[Hit]) -> bool:
    """Put a system column before the prompt; False, with a TRN003 hit, where it has a system turn.

    The caller keeps a column that is not used in `extra`.
    """
    messages: list[Message] = row[column]
    if messages and messages[0]["role"] == "system":
        why = "the record has a system turn too; the column is kept in extra"
        hits.append(Hit("TRN003", "/system", why, system))
        return False
    row[column] = [{"role": "system", "content": system}, *messages]
    return True


def first_of(record: Record, names: Sequence[str], hits: list[Hit]) -> str | None:
    """Return the first of the columns that has a value, or None and a SCH001 hit."""
    for name in names:
        if record.get(name) is not None:
            return name
    why = f"missing: one of {', '.join(names)} is expected"
    hits.append(Hit("SCH001", f"/{names[0]}", why))
    return None


def all_texts(row: Mapping[str, Any], columns: Mapping[str, str]) -> list[str] | None:
    """Return each column's text where each is one plain message of the role given, else None."""
    texts = []
    for column, role in columns.items():
        messages: list[Message] = row[column]
        if len(messages) != 1 or messages[0]["role"] != role:
            return None
        if messages[0].keys() != {"role", "content"}:
            return None
        texts.append(messages[0]["content"])
    return texts


def encode_trl(
    messages: Sequence[Message], hits: list[Hit], pointer: str, layout: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return messages as TRL has them: text content, arguments as objects, no keys of our own.

    What TRL ignores (`weight`, `refusal`, unknown keys) and parts are losses, as in trl-messages.
    """
    plain = [
        trl_message(message, hits, f"{pointer}/{index}", parts=KEEP_PARTS in layout)
        for index, message in enumerate(messages)
    ]
    return encode_messages(plain, hits, pointer, arguments="object", layout=modern(layout))


_TRL_LOST: Final = ("weight", "refusal", "extra")


def trl_message(message: Message, hits: list[Hit], pointer: str, *, parts: bool = False) -> Message:
    """Return a message with what TRL and chat templates read of it; the rest is reported.

    A call that is no function call is LOS010: templates render `function` only. Parts become one
    text unless they are to be kept.
    """
    if len(message) == 2 and "content" in message:
        return message
    report_lost(message, _TRL_LOST, hits, pointer)
    for index, call in enumerate(message.get("tool_calls") or ()):
        if call["type"] != "function":
            why = f"a call of type {call['type']} has no place: templates render function calls"
            hits.append(Hit("LOS010", f"{pointer}/tool_calls/{index}/type", why, call["type"]))
    lost = _TRL_LOST if parts else (*_TRL_LOST, "parts")
    kept: Any = {k: v for k, v in message.items() if k not in lost}
    if "parts" in message and not parts:
        kept["content"] = text_of(message, hits, pointer)
    return cast(Message, kept)


def modern(layout: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the layout without legacy function calls, which chat templates leave out."""
    return {k: v for k, v in layout.items() if k != "legacy"} if "legacy" in layout else layout


def write_trl(row: Row, record: Record, hits: list[Hit], layout: Mapping[str, Any]) -> Record:
    """Add a row's margin, tools and category to a TRL record."""
    put_margin(row, record, layout)
    if (tools := row.get("tools")) is not None:
        record["tools"] = write_tools(tools, hits, "/tools", form="string", layout=layout)
    if layout:
        lose_repeated(layout, hits)
        put_empty(drop_blank(layout, "tools", hits), record, "", "tools", "margin")
    return closed(row, record)


_SIDES = frozenset({"prompt", "chosen", "rejected", "completion", "label", "margin"})


def as_sft(row: Row, *columns: str) -> Row:
    """Return a row as one of the sft kind whose messages are those of the columns, in order.

    That the sides came as plain texts is for the caller's `opened` to report, not for the base's.
    """
    whole = {key: value for key, value in row.items() if key not in _SIDES}
    if layout := row.get("layout"):
        whole["layout"] = {key: value for key, value in layout.items() if key != "prompt"}
    whole["messages"] = [message for column in columns for message in row[column]]
    return whole


def relocated(hits: Iterable[Hit], row: Row, *columns: str) -> Iterator[Hit]:
    """Yield hits on the messages that `as_sft` gave, with their pointers into the row's columns."""
    for hit in hits:
        found = re.fullmatch(r"/messages/(\d+)(/.*)?", hit.pointer)
        yield hit._replace(pointer=_place(row, columns, found)) if found else hit


def _place(row: Row, columns: Sequence[str], found: re.Match[str]) -> str:
    index, rest = int(found[1]), found[2] or ""
    for column in columns:
        if index < len(row[column]):
            return f"/{column}/{index}{rest}"
        index -= len(row[column])
    return f"/{columns[-1]}"


def decode_as(form: Format, record: Record, hits: list[Hit]) -> Row | None:
    """Return a record's row by the decoder of another format, which this one is made of."""
    made = form.decode(record, hits) if form.decode is not None else None
    return cast("Row | None", made)


def encode_as(form: Format, row: Row, hits: list[Hit]) -> Record | None:
    """Return a row's record by the encoder of another format, which this one is made of."""
    return form.encode(row, hits) if form.encode is not None else None


def read_margin(record: Record, row: Row, layout: dict[str, Any]) -> None:
    """Take a record's margin; the layout says where it was null or a whole number."""
    margin = record["margin"]
    if margin is None:
        mark(layout, "null", "/margin")
        return
    row["margin"] = float(margin)
    if isinstance(margin, int):
        layout["margin"] = "whole"


def put_margin(row: Row, record: Record, layout: Mapping[str, Any]) -> None:
    """Put a row's margin, where it has one, into a record."""
    if (margin := row.get("margin")) is not None:
        whole = layout.get("margin") == "whole" and margin.is_integer()
        record["margin"] = int(margin) if whole else margin


def lose_repeated(layout: Mapping[str, Any], hits: list[Hit]) -> None:
    """Report that a side's first messages, which were the prompt again, are left out."""
    for side in layout.get("prompt_repeated") or ():
        hits.append(Hit("LOS055", f"/{side}", "not kept: that the answer began with the prompt"))


def lose_margin(row: Row, hits: list[Hit]) -> None:
    """Report that the target has no place for a margin, where the row has one."""
    if (margin := row.get("margin")) is not None:
        hits.append(Hit("LOS026", "/margin", "the format has no margin", margin))


def one_answer(
    messages: list[Message], hits: list[Hit], pointer: str, *, roleless: bool = False
) -> Message:
    """Return the last message of an answer, with a LOS025 hit where it has not exactly one.

    Args:
        messages: The answer.
        hits: Gets the losses.
        pointer: Where the answer stands in the row.
        roleless: The format says no role of an answer: one that is no assistant turn is LOS008.
    """
    if len(messages) != 1:
        why = f"the format has place for one message, the answer has {len(messages)}"
        hits.append(Hit("LOS025", pointer, why))
    answer = messages[-1] if messages else assistant("")[0]
    if roleless and (role := answer["role"]) != "assistant":
        at = f"{pointer}/{len(messages) - 1}"
        hits.append(Hit("LOS008", at, "the answer is no assistant turn", role))
    return answer
