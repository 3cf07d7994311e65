"""Answer pairs that are read and written: TRL explicit and implicit, and OpenAI.

TRL 1.16 dataset types (`preference`, explicit and implicit; optional `margin` of the reward
trainer), and the OpenAI API specification's `FinetunePreferenceRequestInput`, whose 2025 branch
spelled the sides `preferred_completion`; both spellings are read, `_output` is written.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.chat.openai import OPENAI
from curate.formats.chat.trl import MESSAGES as TRL_LIST
from curate.formats.pieces.calls import give_ids
from curate.formats.pieces.columns import JSON_TEXT, chat_from_text, closed, opened, schema
from curate.formats.pieces.common_prompt import shared_prompt
from curate.formats.pieces.openai_messages import encode_messages
from curate.formats.pieces.placeholders import placed_reader, placed_writer
from curate.formats.pieces.sides import (
    Reader,
    all_texts,
    assistant,
    encode_trl,
    first_of,
    lose_margin,
    lose_repeating,
    lose_shared,
    one_answer,
    repeats,
    texts_or_lists,
    user,
    write_trl,
)
from curate.formats.pieces.tools import read_tools, write_tools
from curate.row import TEXT, Row

_SIDES = ("prompt", "chosen", "rejected")
_ROLES = {"prompt": "user", "chosen": "assistant", "rejected": "assistant"}
_EXPLICIT = frozenset({*_SIDES, "margin", "tools"})
_IMPLICIT = frozenset({"chosen", "rejected", "margin", "tools"})


def _decode_trl(record: Record, hits: list[Hit]) -> Row | None:
    kind = texts_or_lists(record, _SIDES, hits)
    if kind is None:
        return None
    reader = Reader(record, hits, "object")
    prompt, chosen, rejected = record["prompt"], record["chosen"], record["rejected"]
    if kind is str:
        reader.layout["prompt"] = "string"
        row = {"prompt": user(prompt), "chosen": assistant(chosen), "rejected": assistant(rejected)}
        return reader.finish(row, _EXPLICIT, "string")
    row = {"prompt": reader.messages(prompt, "prompt", "/prompt")}
    for side, items in (("chosen", chosen), ("rejected", rejected)):
        skipped = len(prompt) if repeats(prompt, items) else 0
        if skipped:
            reader.layout.setdefault("prompt_repeated", []).append(side)
        row[side] = reader.messages(items[skipped:], side, f"/{side}", skipped)
    return reader.finish(row, _EXPLICIT, "string")


def _decode_implicit(record: Record, hits: list[Hit]) -> Row | None:
    kind = texts_or_lists(record, ("chosen", "rejected"), hits)
    if kind is str:
        why = "chosen and rejected are texts without a prompt: where the prompt ends is not said"
        fix = "give the prompt as a column of its own"
        hits.append(Hit("PRF002", "/chosen", why, record["chosen"], fix))
    if kind is not list:
        return None
    chosen, rejected = record["chosen"], record["rejected"]
    reader = Reader(record, hits, "object")
    shared = shared_prompt(hits, reader.turns, ("/chosen", chosen), ("/rejected", rejected))
    if not shared:
        return None
    row = {
        "prompt": reader.messages(chosen[:shared], "prompt", "/chosen"),
        "chosen": reader.messages(chosen[shared:], "chosen", "/chosen", shared),
        "rejected": reader.messages(rejected[shared:], "rejected", "/rejected", shared),
    }
    return reader.finish(row, _IMPLICIT, "string")


def _encode_trl(row: Row, hits: list[Hit]) -> Record | None:
    layout = opened(row, "chosen", hits, plain=True)
    if layout is None:
        return None
    texts = all_texts(row, _ROLES) if layout.get("prompt") == "string" else None
    if texts is not None:
        record: Record = dict(zip(_SIDES, texts, strict=True))
    else:
        chat_from_text(layout, hits)
        lose_repeating(row, _NAMES, hits)
        record = {side: encode_trl(row[side], hits, f"/{side}", layout) for side in _SIDES}
    return write_trl(row, record, hits, layout)


def _encode_implicit(row: Row, hits: list[Hit]) -> Record | None:
    layout = opened(row, "chosen", hits)
    if layout is None:
        return None
    prompt, chosen, rejected = (encode_trl(row[side], hits, f"/{side}", layout) for side in _SIDES)
    lose_shared(row, hits)
    record = {"chosen": prompt + chosen, "rejected": prompt + rejected}
    return write_trl(row, record, hits, layout)


# OpenAI.

_OPENAI = frozenset(
    {
        *("input", "preferred_output", "non_preferred_output"),
        *("preferred_completion", "non_preferred_completion"),
    }
)
_NAMES = {
    "chosen": ("preferred_output", "preferred_completion"),
    "rejected": ("non_preferred_output", "non_preferred_completion"),
}


def _decode_openai(record: Record, hits: list[Hit]) -> Row | None:
    given: dict[str, Any] = record["input"]
    reader = Reader(record, hits)
    row: Row = {"prompt": reader.messages(given["messages"], "prompt", "/input/messages")}
    for side, spellings in _NAMES.items():
        name = first_of(record, spellings, hits)
        if name is None:
            return None
        if name != spellings[0]:
            reader.layout["older_names"] = True
        row[side] = reader.messages(record[name], side, f"/{name}")
    if "tools" in given:
        tools, layout = read_tools(given["tools"], hits, "/input/tools")
        reader.layout.update(layout)
        if tools is not None:
            row["tools"] = tools
    rest = {key: value for key, value in given.items() if key not in ("messages", "tools")}
    reader.finish(row, _OPENAI)
    if rest:
        row["extra"] = {"input": rest, **row.get("extra", {})}
    return row


def _encode_openai(row: Row, hits: list[Hit]) -> Record | None:
    layout = opened(row, "chosen", hits)
    if layout is None:
        return None
    media = row.get("media") or ()
    answers = {side: one_answer(row[side], hits, f"/{side}") for side in _NAMES}
    *prompt, (_, chosen) = give_ids([*row["prompt"], answers["chosen"]], hits, "/prompt")
    own: list[Hit] = []
    _, rejected = give_ids([*row["prompt"], answers["rejected"]], own, "/prompt")[-1]
    if rejected is not answers["rejected"]:
        hits += [hit for hit in own if hit not in hits]
    given: dict[str, Any] = {
        "messages": encode_messages(
            [message for _, message in prompt],
            hits,
            "/prompt",
            layout=layout,
            media=media,
            indexes=[index for index, _ in prompt],
        )
    }
    if (tools := row.get("tools")) is not None:
        given["tools"] = write_tools(tools, hits, "/tools", layout=layout)
    rest = (row.get("extra") or {}).get("input")
    if isinstance(rest, dict):
        given = {**rest, **given}
    record: Record = {"input": given}
    for side, answer in (("chosen", chosen), ("rejected", rejected)):
        record[_NAMES[side][0]] = encode_messages(
            [answer], hits, f"/{side}", layout=layout, media=media
        )
    lose_margin(row, hits)
    if layout.get("older_names"):
        hits.append(Hit("LOS055", "/layout", "not kept: the older names of the two sides"))
    return closed(row, record)


TRL_PREFERENCE = Format(
    "trl-preference",
    "TRL preference, explicit: prompt, chosen, rejected",
    "preference",
    "trl-preference",
    placed_reader(_decode_trl),
    placed_writer(_encode_trl, ("prompt",)),
    schema(*((side, TRL_LIST) for side in _SIDES), ("margin", pa.float64()), ("tools", TEXT)),
)
TRL_PREFERENCE_IMPLICIT = Format(
    "trl-preference-implicit",
    "TRL preference, implicit: chosen and rejected as whole conversations",
    "preference",
    "trl-preference-implicit",
    _decode_implicit,
    _encode_implicit,
    schema(*((side, TRL_LIST) for side in _SIDES[1:]), ("margin", pa.float64()), ("tools", TEXT)),
)
OPENAI_PREFERENCE = Format(
    "openai-preference",
    "OpenAI preference: input, preferred_output, non_preferred_output",
    "preference",
    "openai-preference",
    _decode_openai,
    _encode_openai,
    schema(
        (
            "input",
            pa.struct(
                [
                    ("messages", OPENAI.columns.field("messages").type),
                    pa.field("tools", pa.string(), metadata=JSON_TEXT),
                ]
            ),
        ),
        ("preferred_output", OPENAI.columns.field("messages").type),
        ("non_preferred_output", OPENAI.columns.field("messages").type),
    ),
)
