"""LLaMA-Factory's ranking files: its Alpaca and ShareGPT records with two answers to compare.

Source: hiyouga/LLaMA-Factory `data/README.md` (`ranking: true`). Alpaca has the texts `chosen` and
`rejected` in place of `output`; ShareGPT's `conversations` end on a question, and `chosen` and
`rejected` are one turn each. Everything else is as in the formats that they are made of.
"""

from __future__ import annotations

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.chat.sharegpt import SHAREGPT
from curate.formats.instruct.alpaca import ALPACA
from curate.formats.pieces.columns import opened, schema
from curate.formats.pieces.media import FIELDS, tagged_reader, tagged_writer
from curate.formats.pieces.messages import report_lost, text_of, with_reasoning
from curate.formats.pieces.sharegpt_turns import messages_to_turns, turns_to_messages
from curate.formats.pieces.sides import (
    as_sft,
    assistant,
    decode_as,
    encode_as,
    lose_margin,
    one_answer,
    relocated,
)
from curate.row import TEXT, Message, Row

_SIDES = ("chosen", "rejected")
_LOST = ("name", "refusal", "weight", "extra", "tool_calls")


def _decode_alpaca(record: Record, hits: list[Hit]) -> Row | None:
    single = {key: value for key, value in record.items() if key not in _SIDES}
    single["output"] = record["chosen"]
    row = decode_as(ALPACA, single, hits)
    if row is None:
        return None
    *prompt, chosen = row.pop("messages")
    if "output" in record:
        row["extra"] = {"output": record["output"], **row.get("extra", {})}
    sides = {"prompt": prompt, "chosen": [chosen], "rejected": assistant(record["rejected"])}
    return sides | row


def _encode_alpaca(row: Row, hits: list[Hit]) -> Record | None:
    if opened(row, "chosen", hits) is None:
        return None
    chosen, rejected = (one_answer(row[side], hits, f"/{side}", roleless=True) for side in _SIDES)
    kept: Row = {**row, "chosen": [chosen]}
    own: list[Hit] = []
    record = encode_as(ALPACA, as_sft(kept, "prompt", "chosen"), own)
    hits.extend(relocated(own, kept, "prompt", "chosen"))
    lose_margin(row, hits)
    if record is None:
        return None
    record["chosen"] = record.pop("output")
    record["rejected"] = _text(rejected, hits, "/rejected/0")
    return record


def _text(message: Message, hits: list[Hit], pointer: str) -> str:
    report_lost(message, _LOST, hits, pointer)
    return with_reasoning(message, text_of(message, hits, pointer), hits, pointer)


def _decode_sharegpt(record: Record, hits: list[Hit]) -> Row | None:
    asked = {key: value for key, value in record.items() if key not in _SIDES}
    row = decode_as(SHAREGPT, asked, hits)
    if row is None:
        return None
    layout = row.get("layout", {})
    sides: Row = {"prompt": row.pop("messages")}
    for side in _SIDES:
        own: list[Hit] = []
        turn = record[side]
        keys = ("role", "content") if "from" not in turn and "role" in turn else ("from", "value")
        for key in keys:
            if key not in turn:
                hits.append(Hit("SCH001", f"/{side}/{key}", f"the key {key!r} is missing"))
                return None
        words = layout.pop("role_words", None)
        sides[side] = turns_to_messages([turn], own, f"/{side}", layout=layout, keys=keys)
        _keep_words(layout, words, side)
        hits.extend(hit._replace(pointer=hit.pointer.replace("/0", "", 1)) for hit in own)
    if layout:
        row["layout"] = layout
    return sides | row


def _keep_words(layout: Record, words: list[str] | None, side: str) -> None:
    """Keep the role words of the conversation and of a side apart."""
    own = layout.pop("role_words", None)
    if own is not None:
        layout[f"{side}_words"] = own
    if words is not None:
        layout["role_words"] = words


def _encode_sharegpt(row: Row, hits: list[Hit]) -> Record | None:
    layout = opened(row, "chosen", hits)
    if layout is None:
        return None
    own: list[Hit] = []
    record = encode_as(SHAREGPT, as_sft(row, "prompt"), own)
    hits.extend(relocated(own, row, "prompt"))
    lose_margin(row, hits)
    if record is None:
        return None
    keys = layout.get("turn_keys") or ("from", "value")
    for side in _SIDES:
        answer = [one_answer(row[side], hits, f"/{side}")]
        its = {**layout, "role_words": layout.get(f"{side}_words")}
        turns = messages_to_turns(answer, hits, f"/{side}", layout=its, keys=(keys[0], keys[1]))
        record[side] = turns[0]
    return record


_TURN = pa.struct([("from", TEXT), ("value", TEXT)])
ALPACA_PREFERENCE = Format(
    name="alpaca-preference",
    title="LLaMA-Factory ranking: instruction, input, chosen, rejected",
    kind="preference",
    schema="alpaca-preference",
    decode=tagged_reader(_decode_alpaca),
    encode=tagged_writer(_encode_alpaca, ("system", "history", "instruction", "input"), _SIDES),
    columns=schema(
        ("instruction", TEXT),
        ("input", TEXT),
        ("chosen", TEXT),
        ("rejected", TEXT),
        ("system", TEXT),
        ("history", pa.list_(pa.list_(TEXT))),
        ("tools", TEXT),
        *FIELDS,
    ),
)
SHAREGPT_PREFERENCE = Format(
    name="sharegpt-preference",
    title="LLaMA-Factory ranking: conversations with chosen and rejected turns",
    kind="preference",
    schema="sharegpt-preference",
    decode=tagged_reader(_decode_sharegpt),
    encode=tagged_writer(_encode_sharegpt, ("system", "conversations"), _SIDES),
    columns=schema(
        ("conversations", pa.list_(_TURN)),
        ("chosen", _TURN),
        ("rejected", _TURN),
        ("system", TEXT),
        ("tools", TEXT),
        *FIELDS,
    ),
)
