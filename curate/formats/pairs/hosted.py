"""Answer pairs of hosted services: OpenPipe, Amazon Nova and Vertex AI.

Sources: OpenPipe documentation, reward models and DPO (`messages` with the preferred answer last,
`rejected_message`); Amazon Nova user guide, direct preference optimization (the last turn has
`candidates` with a `preferenceLabel`); Vertex AI documentation, preference tuning of Gemini
(`contents` and `completions` with a score of 1 and 0).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.chat import gemini, nova
from curate.formats.chat.openai import OPENAI
from curate.formats.pieces.block_writing import Writer, Writing, write_turns
from curate.formats.pieces.blocks import (
    Block,
    Reader,
    Reading,
    only_text,
    read_turn,
    read_turns,
)
from curate.formats.pieces.calls import give_ids
from curate.formats.pieces.columns import (
    HELD_AS_TEXT,
    JSON_TEXT,
    closed,
    finish,
    opened,
    schema,
)
from curate.formats.pieces.openai_messages import ROLE_WORDS, encode_messages
from curate.formats.pieces.sides import Reader as SideReader
from curate.formats.pieces.sides import lose_margin, one_answer
from curate.formats.pieces.tools import write_tools
from curate.row import TEXT, Message, Row

_SIDES: Final = ("chosen", "rejected")

# OpenPipe.

_OPENPIPE: Final = frozenset({"messages", "rejected_message", "tools"})


def _decode_openpipe(record: Record, hits: list[Hit]) -> Row | None:
    items = record["messages"]
    if items[-1]["role"] in ROLE_WORDS and items[-1]["role"] != "assistant":
        why = "the last message is expected to be the preferred answer"
        hits.append(Hit("SCH005", "/messages", why, items[-1]["role"]))
        return None
    reader = SideReader(record, hits)
    last = len(items) - 1
    row: Row = {
        "prompt": reader.messages(items[:last], "prompt", "/messages"),
        "chosen": reader.messages(items[last:], "chosen", "/messages", last),
        "rejected": reader.answer(record["rejected_message"], "rejected", "/rejected_message", []),
    }
    return reader.finish(row, _OPENPIPE)


def _encode_openpipe(row: Row, hits: list[Hit]) -> Record | None:
    layout = opened(row, "chosen", hits)
    if layout is None:
        return None
    media = row.get("media") or ()
    answers = {side: one_answer(row[side], hits, f"/{side}", roleless=True) for side in _SIDES}
    *prompt, (_, chosen) = give_ids([*row["prompt"], answers["chosen"]], hits, "/prompt")
    own: list[Hit] = []
    _, rejected = give_ids([*row["prompt"], answers["rejected"]], own, "/prompt")[-1]
    if rejected is not answers["rejected"]:
        hits += [hit for hit in own if hit not in hits]

    def written(messages: list[Message], column: str, indexes: list[int]) -> list[Block]:
        pointer = f"/{column}"
        return encode_messages(messages, hits, pointer, layout=layout, media=media, indexes=indexes)

    record: Record = {
        "messages": [
            *written([message for _, message in prompt], "prompt", [at for at, _ in prompt]),
            *written([chosen], "chosen", [0]),
        ],
        "rejected_message": written([rejected], "rejected", [0])[0],
    }
    if (tools := row.get("tools")) is not None:
        record["tools"] = write_tools(tools, hits, "/tools", layout=layout)
    lose_margin(row, hits)
    return closed(row, record)


# Nova and Gemini: the same turns, the answers beside them.


def _read_answers(
    answers: list[tuple[Mapping[str, Any], str]], reader: Reader, reading: Reading
) -> Row:
    """Return both sides, the preferred one first; each has a layout of its own."""
    row: Row = {}
    for side, (item, at) in zip(_SIDES, answers, strict=True):
        if (only := only_text(item, reading)) is not None:
            row[side] = [only]
            continue
        own = Reader(reader.hits, media=reader.media)
        row[side] = read_turn(item, 0, own, at, reading)
        if own.layout:
            reader.layout.setdefault("sides", {})[side] = own.layout
    return row


def _write_answer(row: Row, side: str, writer: Writer, writing: Writing) -> Block:
    """Return one side as a turn."""
    answer = one_answer(row[side], writer.hits, f"/{side}", roleless=True)
    layout = (writer.layout.get("sides") or {}).get(side) or {}
    own = Writer(writer.hits, layout, writer.media, f"/{side}")
    at = max(len(row[side]) - 1, 0)
    given = answer
    if not writing.blank:
        given = give_ids([*row["prompt"], answer], [], "/prompt")[-1][1]
        if given is not answer and any("id" not in call for call in answer.get("tool_calls") or ()):
            why = "calls have no ids; call_1, call_2, … are given"
            writer.lose("LOS013", f"/{side}/{at}", why)
    turns = write_turns([(at, given)], own, writing)
    return turns[0] if turns else {writing.reading.key: []}


def _preferred_first(values: list[Any], good: Any, hits: list[Hit], at: str) -> list[int] | None:
    """Return the places of the preferred and the other answer; None, with SCH013, for no pair."""
    if sum(value == good for value in values) == 1:
        return sorted(range(len(values)), key=lambda n: values[n] != good)
    why = "one answer is expected to be the preferred one and the other not"
    hits.append(Hit("SCH013", at, why, values[0]))
    return None


def _decode_nova(record: Record, hits: list[Hit]) -> Row | None:
    *asked, last = record["messages"]
    at = f"/messages/{len(asked)}"
    found = last.get("candidates")
    for index, turn in enumerate(asked):
        if "content" not in turn:
            hits.append(Hit("SCH001", f"/messages/{index}/content", "the key 'content' is missing"))
            return None
    if found is None:
        why = "the last turn is expected to have two candidates"
        hits.append(Hit("SCH001", f"{at}/candidates", why))
        return None
    labels = [candidate["preferenceLabel"] for candidate in found]
    order = _preferred_first(labels, "preferred", hits, f"{at}/candidates")
    if order is None:
        return None
    reader = Reader(hits)
    prompt = read_turns(asked, reader, "/messages", nova.READING)
    row = {"prompt": prompt, **nova.read_conversation(record, reader, prompt)}
    rest = {k: v for k, v in last.items() if k not in ("role", "content", "candidates")}
    answers: list[tuple[Mapping[str, Any], str]] = []
    for n in order:
        own = {k: v for k, v in found[n].items() if k != "preferenceLabel"}
        more = {"turn": rest} if rest and not answers else {}
        answers.append(({**own, **more, "role": last["role"]}, f"{at}/candidates/{n}"))
    known = len(hits)
    row |= _read_answers(answers, reader, nova.READING)
    role = [hit._replace(pointer=f"{at}/role") for hit in hits[known:] if hit.code == "TRN001"]
    hits[known:] = [*role[:1], *(hit for hit in hits[known:] if hit.code != "TRN001")]
    if "content" in last:
        hits.append(Hit("SCH012", f"{at}/content", "content stands beside the candidates"))
    if order != [0, 1]:
        reader.layout["rejected_first"] = True
    return nova.finished(row, record, reader)


def _encode_nova(row: Row, hits: list[Hit]) -> Record | None:
    layout = opened(row, "chosen", hits)
    if layout is None:
        return None
    writer = Writer(hits, layout, row.get("media") or (), "/prompt")
    record: Record = {}
    nova.write_conversation(row, record, give_ids(row["prompt"], hits, "/prompt"), writer)
    if not record["messages"] or record["messages"][-1]["role"] != "user":
        why = "the prompt does not end on a user turn, which the candidates answer"
        hits.append(Hit("LOS008", "/prompt", why))
        if not record["messages"]:
            return None
    candidates: list[Block] = []
    own: Block = {}
    for side, label in zip(_SIDES, ("preferred", "non-preferred"), strict=True):
        turn = _write_answer(row, side, writer, nova.WRITING)
        turn.pop("role", None)
        if isinstance(turn.get("turn"), dict):
            own |= turn.pop("turn")
        candidates.append({**turn, "preferenceLabel": label})
    if layout.get("rejected_first"):
        candidates.reverse()
    record["messages"].append({**own, "role": "assistant", "candidates": candidates})
    lose_margin(row, hits)
    return closed(row, record)


def _decode_gemini(record: Record, hits: list[Hit]) -> Row | None:
    found = record["completions"]
    order = _preferred_first([one["score"] for one in found], 1, hits, "/completions")
    if order is None:
        return None
    reader = Reader(hits)
    prompt = read_turns(record["contents"], reader, "/contents", gemini.READING)
    tools, consumed = gemini.read_conversation(record, reader, prompt)
    answers: list[tuple[Mapping[str, Any], str]] = [
        (found[n]["completion"], f"/completions/{n}/completion") for n in order
    ]
    row: Row = {"prompt": prompt, **_read_answers(answers, reader, gemini.READING), **tools}
    if order != [0, 1]:
        reader.layout["rejected_first"] = True
    if reader.media:
        row["media"] = reader.media
    rests = [{k: v for k, v in one.items() if k not in ("score", "completion")} for one in found]
    finish(row, record, reader.layout, consumed | {"completions"})
    if any(rests):
        row["extra"] = {"completions": rests, **row.get("extra", {})}
    return row


def _encode_gemini(row: Row, hits: list[Hit]) -> Record | None:
    layout = opened(row, "chosen", hits)
    if layout is None:
        return None
    writer = Writer(hits, layout, row.get("media") or (), "/prompt")
    record: Record = {}
    numbered = gemini.divided(row["prompt"], hits, "/prompt")
    gemini.write_conversation(row, record, numbered, writer)
    if not record["contents"]:
        hits.append(Hit("LOS008", "/prompt", "no turns are left to write"))
        return None
    completions = [
        {"score": score, "completion": _write_answer(row, side, writer, gemini.WRITING)}
        for side, score in zip(_SIDES, (1, 0), strict=True)
    ]
    if layout.get("rejected_first"):
        completions.reverse()
    rests = (row.get("extra") or {}).get("completions")
    if isinstance(rests, list) and len(rests) == len(completions):
        pairs = zip(rests, completions, strict=True)
        completions = [{**(a if isinstance(a, dict) else {}), **b} for a, b in pairs]
    record["completions"] = completions
    lose_margin(row, hits)
    return closed(row, record)


_MESSAGES: Final = OPENAI.columns.field("messages").type
OPENPIPE = Format(
    "openpipe",
    "OpenPipe preference: messages with a rejected_message",
    "preference",
    "openpipe",
    _decode_openpipe,
    _encode_openpipe,
    schema(
        ("messages", _MESSAGES),
        ("rejected_message", _MESSAGES.value_type),
        pa.field("tools", TEXT, metadata=HELD_AS_TEXT),
    ),
)
NOVA_PREFERENCE = Format(
    "nova-preference",
    "Amazon Bedrock (Nova) preference: two candidates in the last turn",
    "preference",
    "nova-preference",
    _decode_nova,
    _encode_nova,
    schema(
        nova.NOVA.columns.field("system"),
        pa.field("messages", pa.string(), metadata=JSON_TEXT),
        nova.NOVA.columns.field("toolConfig"),
    ),
)
GEMINI_PREFERENCE = Format(
    "gemini-preference",
    "Vertex AI preference: contents with two scored completions",
    "preference",
    "gemini-preference",
    _decode_gemini,
    _encode_gemini,
    schema(
        gemini.GEMINI.columns.field("systemInstruction"),
        ("contents", gemini.TURNS),
        pa.field("completions", pa.string(), metadata=JSON_TEXT),
        gemini.GEMINI.columns.field("tools"),
    ),
)
