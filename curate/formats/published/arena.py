"""Two conversations and a vote, and questions with two ranked answers.

Chatbot Arena and MT-Bench judgements: `conversation_a, conversation_b, winner` with `model_a`,
`model_b`, `tie`, `tie (bothbad)` or `both_bad` (lmsys/chatbot_arena_conversations,
lmsys/mt_bench_human_judgments, lmarena-ai). The prompt is what both conversations begin with, so a
side holds the later questions too. Stack Exchange paired: `question, response_j, response_k` with
the better answer first (lvwerra/stack-exchange-paired; TRL's `stack_llama` example).
"""

from __future__ import annotations

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.pieces.columns import closed, finish, opened, schema
from curate.formats.pieces.common_prompt import shared_prompt
from curate.formats.pieces.messages import report_lost, text_of, with_reasoning
from curate.formats.pieces.plain_turns import LOST, lose_tools, one_question
from curate.formats.pieces.sides import Reader, lose_margin, one_answer, user
from curate.formats.pieces.verdicts import pair, tie, unjudged
from curate.row import TEXT, Row

_SIDES = {"model_a": ("conversation_a", "conversation_b")}
_SIDES["model_b"] = _SIDES["model_a"][::-1]
_TIES = ("tie", "tie (bothbad)", "tie (both_bad)", "both_bad", "bothbad")
_CONSUMED = frozenset({"conversation_a", "conversation_b"})


def _decode_arena(record: Record, hits: list[Hit]) -> Row | None:
    winner: str | None = record["winner"]
    if winner is None:
        unjudged(hits, "/winner", "winner is null")
        return None
    if winner in _TIES:
        tie(hits, "/winner", winner)
        return None
    if winner not in _SIDES:
        expected = ", ".join((*_SIDES, *_TIES[:2]))
        hits.append(Hit("SCH003", "/winner", f"expected one of {expected}", winner))
        return None
    better, worse = _SIDES[winner]
    reader = Reader(record, hits)
    sides = (f"/{better}", record[better]), (f"/{worse}", record[worse])
    shared = shared_prompt(hits, reader.turns, *sides)
    if not shared:
        return None
    row: Row = {
        "prompt": reader.messages(record[better][:shared], "prompt", f"/{better}"),
        "chosen": reader.messages(record[better][shared:], "chosen", f"/{better}", shared),
        "rejected": reader.messages(record[worse][shared:], "rejected", f"/{worse}", shared),
    }
    return reader.finish(row, _CONSUMED)


def _decode_paired(record: Record, hits: list[Hit]) -> Row | None:
    del hits  # the schema has checked all that can be wrong
    row = pair(user(record["question"]), record["response_j"], record["response_k"])
    return finish(row, record, {}, frozenset({"question", "response_j", "response_k"}))


def _encode_paired(row: Row, hits: list[Hit]) -> Record | None:
    if opened(row, "chosen", hits) is None:
        return None
    lose_tools(row, hits)
    lose_margin(row, hits)
    question = one_question(row["prompt"], hits)
    if question is None:
        return None
    record: Record = {"question": question}
    for column, side in (("response_j", "chosen"), ("response_k", "rejected")):
        answer = one_answer(row[side], hits, f"/{side}", roleless=True)
        at = f"/{side}/{max(0, len(row[side]) - 1)}"
        report_lost(answer, LOST, hits, at)
        record[column] = with_reasoning(answer, text_of(answer, hits, at), hits, at)
    return closed(row, record)


ARENA = Format(
    "arena",
    "Chatbot Arena: conversation_a, conversation_b, winner",
    "preference",
    "arena",
    _decode_arena,
    None,
    pa.schema([]),
)
STACK_EXCHANGE_PAIRED = Format(
    "stack-exchange-paired",
    "Stack Exchange paired: question, response_j (better), response_k",
    "preference",
    "stack-exchange-paired",
    _decode_paired,
    _encode_paired,
    schema(("question", TEXT), ("response_j", TEXT), ("response_k", TEXT)),
)
