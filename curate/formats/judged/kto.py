"""Judged answers: one answer and a label that says whether it is wanted.

TRL 1.16 `unpaired preference` (`prompt, completion, label`), and LLaMA-Factory's and ms-swift's
way: an ordinary Alpaca, ShareGPT or messages record whose last turn is the answer, with a boolean
column `kto_tag` or `label` (hiyouga/LLaMA-Factory `data/README.md`). LLaMA-Factory takes anything
but a JSON boolean for no label and drops the row; here it is a fault.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Decode, Encode, Format, Record
from curate.formats.chat.openai import LLAMAFACTORY_MESSAGES
from curate.formats.chat.sharegpt import SHAREGPT
from curate.formats.chat.swift import SWIFT
from curate.formats.chat.trl import MESSAGES
from curate.formats.instruct.alpaca import ALPACA
from curate.formats.pieces.columns import chat_from_text, opened, schema
from curate.formats.pieces.placeholders import placed_reader, placed_writer
from curate.formats.pieces.sides import (
    Reader,
    all_texts,
    as_sft,
    assistant,
    decode_as,
    encode_as,
    encode_trl,
    lose_repeating,
    relocated,
    repeats,
    texts_or_lists,
    user,
    write_trl,
)
from curate.row import TEXT, Row

_ROLES = {"prompt": "user", "completion": "assistant"}
_TRL = frozenset({"prompt", "completion", "label", "tools"})
_FIX = "write JSON true or false, or say what the values mean: --label-map good=true,bad=false"


def read_label(value: object, label_map: Mapping[str, bool]) -> bool | None:
    """Return what a label says, or None where that is not known.

    Args:
        value: The label. A boolean is itself; text and numbers are looked up by their JSON
            spelling (`good`, `1`, `0.0`), so that no value is taken for true by accident.
        label_map: What `--label-map` says, by spelling.
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, str | int | float):
        return label_map.get(str(value))
    return label_map.get("null") if value is None else None


def label_hit(value: object, column: str) -> Hit:
    """Return the fault of a label that is no boolean, for the column that holds it."""
    return Hit("KTO001", f"/{column}", "the label is neither true nor false", value, _FIX)


def _decode_trl(record: Record, hits: list[Hit]) -> Row | None:
    label = read_label(record["label"], {})
    if label is None:
        hits.append(label_hit(record["label"], "label"))
        return None
    kind = texts_or_lists(record, ("prompt", "completion"), hits)
    if kind is None:
        return None
    reader = Reader(record, hits, "object")
    prompt, completion = record["prompt"], record["completion"]
    if kind is str:
        reader.layout["prompt"] = "string"
        row: Row = {"prompt": user(prompt), "completion": assistant(completion), "label": label}
        return reader.finish(row, _TRL, "string")
    skipped = len(prompt) if repeats(prompt, completion) else 0
    if skipped:
        reader.layout["prompt_repeated"] = ["completion"]
    row = {
        "prompt": reader.messages(prompt, "prompt", "/prompt"),
        "completion": reader.messages(completion[skipped:], "completion", "/completion", skipped),
        "label": label,
    }
    return reader.finish(row, _TRL, "string")


def _encode_trl(row: Row, hits: list[Hit]) -> Record | None:
    layout = opened(row, "completion", hits, plain=True)
    if layout is None:
        return None
    texts = all_texts(row, _ROLES) if layout.get("prompt") == "string" else None
    record: Record
    if texts is not None:
        record = {"prompt": texts[0], "completion": texts[1], "label": row["label"]}
    else:
        chat_from_text(layout, hits)
        lose_repeating(row, ("completion",), hits)
        record = {name: encode_trl(row[name], hits, f"/{name}", layout) for name in _ROLES}
        record["label"] = row["label"]
    return write_trl(row, record, hits, layout)


def _decoder(base: Format, list_column: str, usual: str) -> Decode:
    """Return a decoder of a conversation's format with a label column."""

    def decode(record: Record, hits: list[Hit]) -> Row | None:
        column = next((name for name in ("kto_tag", "label") if name in record), None)
        if column is None:
            hits.append(Hit("SCH001", f"/{usual}", "missing: kto_tag or label is expected"))
            return None
        label = read_label(record[column], {})
        if label is None:
            hits.append(label_hit(record[column], column))
            return None
        row = decode_as(base, {k: v for k, v in record.items() if k != column}, hits)
        if row is None:
            return None
        if any(hit.code == "TRN001" for hit in hits):
            return None
        messages = row.pop("messages")
        if not messages or messages[-1]["role"] != "assistant":
            why = "the last turn is expected to be the answer that the label is about"
            hits.append(Hit("SCH005", f"/{list_column}", why, fix="end on the assistant's turn"))
            return None
        if len(messages) == 1:
            why = "nothing stands before the answer that the label is about"
            hits.append(Hit("SCH005", f"/{list_column}", why, fix="put the question before it"))
            return None
        if column != usual:
            row.setdefault("layout", {})["label_column"] = column
        return {"prompt": messages[:-1], "completion": messages[-1:], "label": label} | row

    return decode


def _encoder(base: Format, usual: str, spellings: Collection[str]) -> Encode:
    """Return an encoder into a conversation's format with a label column.

    Args:
        base: The conversation's format.
        usual: The label's column.
        spellings: All columns that a label of the format may stand in.
    """

    def encode(row: Row, hits: list[Hit]) -> Record | None:
        layout = opened(row, "completion", hits)
        if layout is None:
            return None
        own: list[Hit] = []
        record = encode_as(base, as_sft(row, "prompt", "completion"), own)
        hits.extend(relocated(own, row, "prompt", "completion"))
        if (count := len(row["completion"])) != 1:
            why = f"only the last turn is the answer there; the row's has {count} messages"
            hits.append(Hit("LOS025", "/completion", why))
        if count and (role := row["completion"][-1]["role"]) != "assistant":
            at = f"/completion/{count - 1}"
            hits.append(Hit("LOS008", at, "the answer is no assistant turn", role))
        if record is not None:
            column = layout.get("label_column", usual)
            record[column if column in spellings else usual] = row["label"]
        return record

    return encode


def _labelled(name: str, title: str, base: Format, list_column: str, usual: str) -> Format:
    columns = base.columns.append(pa.field(usual, pa.bool_()))
    spellings = {usual} if base is SWIFT else {"kto_tag", "label"}
    decode, encode = _decoder(base, list_column, usual), _encoder(base, usual, spellings)
    return Format(name, title, "unpaired", name, decode, encode, columns)


TRL_KTO = Format(
    name="trl-kto",
    title="TRL unpaired preference: prompt, completion, label",
    kind="unpaired",
    schema="trl-kto",
    decode=placed_reader(_decode_trl),
    encode=placed_writer(_encode_trl, ("prompt",)),
    columns=schema(
        ("prompt", MESSAGES), ("completion", MESSAGES), ("label", pa.bool_()), ("tools", TEXT)
    ),
)
ALPACA_KTO = _labelled(
    "alpaca-kto", "LLaMA-Factory KTO: an Alpaca record with kto_tag", ALPACA, "output", "kto_tag"
)
SHAREGPT_KTO = _labelled(
    "sharegpt-kto",
    "LLaMA-Factory KTO: conversations with kto_tag",
    SHAREGPT,
    "conversations",
    "kto_tag",
)
OPENAI_KTO = _labelled(
    "openai-kto",
    "LLaMA-Factory and ms-swift KTO: messages with a label",
    LLAMAFACTORY_MESSAGES,
    "messages",
    "label",
)
SWIFT_KTO = _labelled(
    "swift-kto",
    "ms-swift KTO: messages with tool_call turns or loss, and a label",
    SWIFT,
    "messages",
    "label",
)
