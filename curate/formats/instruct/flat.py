"""Flat records of one question and its answer under other columns than Alpaca's.

A `Columns` says how a family reads its question and writes it again; the losses of whole
conversations are Alpaca's, whose encoder decides what fits one exchange.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from curate.finding import Hit
from curate.formats.base import Encode, Record
from curate.formats.instruct.alpaca import ALPACA, plain_exchange
from curate.formats.pieces.columns import (
    chat_from_text,
    finish,
    mark,
    mark_empty,
    marked,
    put_empty,
)
from curate.formats.pieces.media import MEDIA_COLUMNS
from curate.formats.pieces.messages import report_lost, text_of, with_reasoning
from curate.formats.pieces.plain_turns import lose_tools
from curate.formats.pieces.sides import encode_as
from curate.row import Message, Row

Layout = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Columns:
    """One family of flat records.

    Attributes:
        read: The user's text of a record; may add to the layout.
        write: The question's columns, from the text, where the instruction ends in it (None where
            that is not known) and the layout.
        consumed: The columns that `read` takes.
        answer: The columns of the answer, in the order of their turns.
        answer_or: The column of the answer where the first one is not there.
        system: The column of the system text.
        has_system: That column is in every record.
        history: The family has `history`, a list of pairs.
        splits: The question has a boundary whose loss LOS009 reports.
    """

    read: Callable[[Record, Layout], str]
    write: Callable[[str, int | None, Mapping[str, Any]], Record]
    consumed: frozenset[str]
    answer: tuple[str, ...]
    answer_or: str | None = None
    system: str | None = None
    has_system: bool = False
    history: bool = False
    splits: bool = False


def plain(column: str) -> tuple[Any, Any, frozenset[str]]:
    """Return how a question of one column is read and written, and the column."""

    def read(record: Record, layout: Layout) -> str:
        del layout
        text: str = record[column]
        return text

    def write(text: str, split: int | None, layout: Mapping[str, Any]) -> Record:
        del split, layout
        return {column: text}

    return read, write, frozenset({column})


def with_context(column: str, context: str) -> tuple[Any, Any, frozenset[str]]:
    """Return how a question with a context behind it, a line feed between, is read and written."""

    def read(record: Record, layout: Layout) -> str:
        text: str = record[column]
        more = record.get(context)
        if more is None:
            mark(layout, "null" if context in record else "absent", f"/{context}")
        if more or "\n" in text:
            layout["alpaca_split"] = len(text)
        return f"{text}\n{more}" if more else text

    def write(text: str, split: int | None, layout: Mapping[str, Any]) -> Record:
        if split is None or split >= len(text):
            return {column: text} | _nothing(context, layout)
        return {column: text[:split], context: text[split + 1 :]}

    return read, write, frozenset({column, context})


def _nothing(column: str, layout: Mapping[str, Any]) -> Record:
    """Return an empty column as it came: missing, null, or the empty text where nothing is said."""
    if f"/{column}" in marked(layout, "absent"):
        return {}
    return {column: None if f"/{column}" in marked(layout, "null") else ""}


def decoder(columns: Columns) -> Callable[[Record, list[Hit]], Row | None]:
    """Return the decoder of a family."""
    more = {columns.system} if columns.system else set()
    more |= {"history"} if columns.history else set()
    consumed = columns.consumed.union(columns.answer, more)
    answer = columns.answer[0]
    usual = not more and len(columns.answer) == 1
    hides_category = "category" in columns.consumed

    def decode(record: Record, hits: list[Hit]) -> Row | None:
        del hits  # the schema has checked all that can be wrong
        layout: Layout = {}
        if usual and record.keys() == consumed:
            user: Message = {"role": "user", "content": columns.read(record, layout)}
            row: Row = {"messages": [user, {"role": "assistant", "content": record[answer]}]}
            if layout:
                row["layout"] = layout
            return row
        messages: list[Message] = []
        if columns.system:
            if system := record.get(columns.system):
                messages.append({"role": "system", "content": system})
            mark_empty(layout, record, columns.system)
        if columns.history:
            for asked, replied in record.get("history") or ():
                messages.append({"role": "user", "content": asked})
                messages.append({"role": "assistant", "content": replied})
            mark_empty(layout, record, "history")
        messages.append({"role": "user", "content": columns.read(record, layout)})
        answers = columns.answer
        if columns.answer_or and answers[0] not in record:
            layout["columns"] = {answers[0]: columns.answer_or}
            answers = (columns.answer_or,)
        for column in answers:
            messages.append({"role": "assistant", "content": record[column]})
        if hides_category:
            record = {key: value for key, value in record.items() if key != "category"}
        read = consumed | set((layout.get("columns") or {}).values())
        return finish({"messages": messages}, record, layout, read)

    return decode


def encoder(columns: Columns) -> Encode:
    """Return the encoder of a family."""
    usual = len(columns.answer) == 1 and not columns.system

    def encode(row: Row, hits: list[Hit]) -> Record | None:
        if usual and "category" not in row and (exchange := plain_exchange(row)) is not None:
            record = columns.write(exchange[0], None, {})
            record[columns.answer[0]] = exchange[1]
            return record
        own: list[Hit] = []
        last: list[str] = []
        whole = row
        if (more := len(columns.answer) - 1) and "messages" in row:
            if not _has_answers(row["messages"], more + 1):
                why = f"the format has {more + 1} answers in a row, {', '.join(columns.answer)}"
                hits.append(Hit("LOS008", "/messages", why))
                chat_from_text(row.get("layout") or {}, hits)
                return None
            last = _last_texts(row["messages"], more, hits)
            whole = {**row, "messages": row["messages"][:-more]}
        lose_tools(row, hits)
        flat = encode_as(ALPACA, whole, own)
        hits.extend(hit for hit in own if columns.splits or hit.code != "LOS009")
        if flat is None:
            return None
        report_files(flat, hits)
        layout = row.get("layout") or {}
        record = _question(columns, flat, layout)
        spelled = layout.get("columns") or {}
        for column, text in zip(columns.answer, (flat["output"], *last), strict=True):
            other = columns.answer_or
            record[other if other and spelled.get(column) == other else column] = text
        _put_before(columns, record, flat, layout, hits)
        _put_category(columns, record, row, hits)
        return record

    return encode


def report_files(flat: Record, hits: list[Hit]) -> None:
    """Report LOS022 for the files of an Alpaca record, whose columns a flat family lacks."""
    for column in sorted(MEDIA_COLUMNS & flat.keys()):
        if files := flat[column]:
            why = f"{len(files)} file(s) of {column} have no place; their tags stay in the text"
            hits.append(Hit("LOS022", "/media", why))


def _has_answers(messages: list[Message], count: int) -> bool:
    roles = [message["role"] for message in messages]
    return roles[-count:] == ["assistant"] * count and roles[-count - 1 : -count] == ["user"]


def _last_texts(messages: list[Message], count: int, hits: list[Hit]) -> list[str]:
    texts = []
    for index in range(len(messages) - count, len(messages)):
        message, at = messages[index], f"/messages/{index}"
        report_lost(message, ("name", "refusal", "weight", "extra", "tool_calls"), hits, at)
        texts.append(with_reasoning(message, text_of(message, hits, at), hits, at))
    return texts


def _question(columns: Columns, flat: Record, layout: Mapping[str, Any]) -> Record:
    instruction: str = flat["instruction"]
    if given := flat.get("input"):
        return columns.write(f"{instruction}\n{given}", len(instruction), layout)
    known = layout.get("alpaca_split") == len(instruction)
    return columns.write(instruction, len(instruction) if known else None, layout)


def _put_before(
    columns: Columns,
    record: Record,
    flat: Record,
    layout: Mapping[str, Any],
    hits: list[Hit],
) -> None:
    """Put the system text and the history into the record, or report them."""
    system, history = flat.get("system"), flat.get("history")
    if columns.system:
        if system:
            record[columns.system] = system
        put_empty(layout, record, "", columns.system)
        if columns.has_system:
            record.setdefault(columns.system, "")
    elif system:
        hits.append(Hit("LOS002", "/messages/0", "the format has no system text", system))
    if columns.history:
        if history:
            record["history"] = history
        put_empty(layout, record, [], "history")
    elif history:
        why = f"{len(history) + 1} exchanges do not fit a record of one; the last is kept"
        hits.append(Hit("LOS008", "/messages", why))


def _put_category(columns: Columns, record: Record, row: Row, hits: list[Hit]) -> None:
    if (category := row.get("category")) is None:
        return
    if "category" in columns.consumed:
        why = "the format has a category of its own, which is part of the question"
        hits.append(Hit("LOS032", "/category", why, category))
    else:
        record["category"] = category
