"""Two answers and a verdict: human comparisons and judges' annotations as pairs.

SHP: `history, human_ref_A, human_ref_B, labels` (1: A is better, 0: B), `score_A, score_B`
(stanfordnlp/SHP). HelpSteer2-Preference: `prompt, response_1, response_2, preference_strength`;
HelpSteer3: `context, response1, response2, overall_preference`; both from -3 (the first is much
better) to 3 (the second is), and the margin is how far from 0 (nvidia/HelpSteer2,
nvidia/HelpSteer3). AlpacaEval annotations: `instruction, output_1, output_2, preference`, 1 or 2
for the better one, between them a judge's weight, 1.5 or 0 for a tie (tatsu-lab/alpaca_eval).
The verdict stays in `extra`, so that the record's order can be told.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Decode, Format, Record
from curate.formats.pieces.columns import finish, mark_empty
from curate.formats.pieces.sides import Reader, user
from curate.formats.pieces.verdicts import is_number, pair, tie, unjudged
from curate.row import Message, Row

_SHP = frozenset({"history", "human_ref_A", "human_ref_B"})
_EVALUATED = frozenset({"instruction", "input", "output_1", "output_2"})
_STRENGTH = frozenset({"prompt", "response_1", "response_2"})
_OVERALL = frozenset({"context", "response1", "response2"})
_TIE = 1.5


def _decode_shp(record: Record, hits: list[Hit]) -> Row | None:
    label: int | None = record["labels"]
    if label is None:
        unjudged(hits, "/labels", "labels is null")
        return None
    first, second = record["human_ref_A"], record["human_ref_B"]
    row = pair(user(record["history"]), *((first, second) if label == 1 else (second, first)))
    scores: list[Any] = [record.get("score_A"), record.get("score_B")]
    if all(is_number(score) for score in scores):
        better, worse = scores if label == 1 else scores[::-1]
        if better < worse:
            why = f"the better answer has {better}, the other {worse}"
            hits.append(Hit("PRF014", "/labels", why, label))
    if isinstance(post := record.get("post_id"), str):
        row["group"] = post
    return finish(row, record, {}, _SHP)


def _decode_evaluated(record: Record, hits: list[Hit]) -> Row | None:
    verdict: float | None = record["preference"]
    if verdict is None:
        unjudged(hits, "/preference", "preference is null")
        return None
    if verdict in (0, _TIE):
        tie(hits, "/preference", verdict)
        return None
    if not 1 <= verdict <= 2:
        why = "expected 1 or 2 for the better output, a number between them, or 0 for a tie"
        hits.append(Hit("SCH003", "/preference", why, verdict))
        return None
    outputs = record["output_1"], record["output_2"]
    layout: dict[str, Any] = {}
    text = record["instruction"]
    if context := record.get("input"):
        layout["alpaca_split"] = len(text)
        text = f"{text}\n{context}"
    mark_empty(layout, record, "input")
    row = pair(user(text), *(outputs if verdict < _TIE else outputs[::-1]))
    return finish(row, record, layout, _EVALUATED)


def read_turns(text: str) -> list[Message]:
    r"""Return a HelpSteer prompt's turns: later ones begin on `<extra_id_1>User` or `Assistant`.

    A text whose marked turns do not go by turns is one user turn, as it stands.
    """
    if "<extra_id_1>" not in text:
        return user(text)
    first, *others = text.split("<extra_id_1>")
    turns = user(first.removesuffix("\n"))
    for number, other in enumerate(others):
        word, newline, content = other.partition("\n")
        if not newline or word != ("User" if number % 2 else "Assistant"):
            return user(text)
        last = number == len(others) - 1
        content = content if last else content.removesuffix("\n")
        turns.append({"role": "user" if number % 2 else "assistant", "content": content})
    return turns if len(others) % 2 == 0 else user(text)


def _by_strength(column: str, answers: tuple[str, str], consumed: frozenset[str]) -> Decode:
    """Return a decoder of two answers with a strength, negative where the first is better."""

    def decode(record: Record, hits: list[Hit]) -> Row | None:
        strength: float | None = record[column]
        if strength is None:
            unjudged(hits, f"/{column}", f"{column} is null")
            return None
        if strength == 0:
            tie(hits, f"/{column}", strength)
            return None
        reader = Reader(record, hits)
        first, second = (record[name] for name in answers)
        if "context" in consumed:
            prompt = reader.messages(record["context"], "prompt", "/context")
        else:
            prompt = read_turns(record["prompt"])
        row = pair(prompt, *((first, second) if strength < 0 else (second, first)))
        row["margin"] = float(abs(strength))
        return reader.finish(row, consumed)

    return decode


def _compared(name: str, title: str, decode: Decode) -> Format:
    return Format(name, title, "preference", name, decode, None, pa.schema([]))


SHP = _compared("shp", "SHP: history, human_ref_A, human_ref_B, labels", _decode_shp)
ALPACA_EVAL = _compared(
    "alpaca-eval",
    "AlpacaEval annotations: instruction, output_1, output_2, preference",
    _decode_evaluated,
)
HELPSTEER2_PREFERENCE = _compared(
    "helpsteer2-preference",
    "HelpSteer2-Preference: prompt, response_1, response_2, preference_strength",
    _by_strength("preference_strength", ("response_1", "response_2"), _STRENGTH),
)
HELPSTEER3 = _compared(
    "helpsteer3",
    "HelpSteer3: context, response1, response2, overall_preference",
    _by_strength("overall_preference", ("response1", "response2"), _OVERALL),
)
