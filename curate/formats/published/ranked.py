"""One prompt with several judged answers: the best against the worst makes the pair.

UltraFeedback: `instruction, completions[{response, overall_score, …}]` (openbmb/UltraFeedback).
Each completion had a system text of its own (`custom_system_prompt`), so none stands in the pair.
Nectar: `prompt` as a transcript of `Human:` and `Assistant:` turns, `answers[{answer, rank, …}]`
with rank 1 for the best (berkeley-nest/Nectar). Of several equal answers the first of the record is
taken; where all are equal there is no pair. All answers stay in `extra`.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.pieces.columns import finish
from curate.formats.pieces.sides import user
from curate.formats.pieces.transcripts import read_transcript
from curate.formats.pieces.verdicts import best_and_worst, pair
from curate.row import Message, Row


def _decode_ultrafeedback(record: Record, hits: list[Hit]) -> Row | None:
    answers: list[dict[str, Any]] = record["completions"]
    found = best_and_worst(answers, "overall_score", hits, "/completions")
    if found is None:
        return None
    best, worst = (answers[index]["response"] for index in found)
    row = pair(user(record["instruction"]), best, worst)
    return finish(row, record, {}, frozenset({"instruction"}))


def _decode_nectar(record: Record, hits: list[Hit]) -> Row | None:
    answers: list[dict[str, Any]] = record["answers"]
    found = best_and_worst(answers, "rank", hits, "/answers")
    if found is None:
        return None
    worst, best = (answers[index]["answer"] for index in found)
    row = pair(_question(record["prompt"]), best, worst)
    return finish(row, record, {}, frozenset({"prompt"}))


def _question(text: str) -> list[Message]:
    """Return the turns before the answer, whose empty marker ends the transcript."""
    if not text.startswith("\n\nHuman:"):
        return user(text)
    turns, _ = read_transcript(text)
    if len(turns) > 1 and turns[-1]["role"] == "assistant" and not turns[-1]["content"].strip():
        turns.pop()
    return turns


ULTRAFEEDBACK = Format(
    "ultrafeedback",
    "UltraFeedback: the best against the worst completion by overall_score",
    "preference",
    "ultrafeedback",
    _decode_ultrafeedback,
    None,
    pa.schema([]),
)
NECTAR = Format(
    "nectar",
    "Nectar: the first against the last answer by rank",
    "preference",
    "nectar",
    _decode_nectar,
    None,
    pa.schema([]),
)
