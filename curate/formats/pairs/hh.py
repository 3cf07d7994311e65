r"""HH-RLHF: a pair as two transcripts, `\n\nHuman: …\n\nAssistant: …`.

Source: anthropics/hh-rlhf. The prompt is what both transcripts begin with. A row is written only as
a text that reads as the same turns: what would be taken for other turns is a loss.
"""

from __future__ import annotations

from typing import Any

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.pieces.columns import closed, mark, marked, opened, put_empty, schema
from curate.formats.pieces.plain_turns import lose_tools, plain_turns
from curate.formats.pieces.sides import Reader, common, lose_margin
from curate.formats.pieces.transcripts import is_read_back, read_transcript, write_transcript
from curate.row import TEXT, Row

_COLUMNS = frozenset({"chosen", "rejected", "margin"})
_SIDES = ("chosen", "rejected")


def _decode(record: Record, hits: list[Hit]) -> Row | None:
    reader = Reader(record, hits)
    read = {}
    for side in _SIDES:
        read[side], bare = read_transcript(record[side])
        for index in bare:
            mark(reader.layout, "bare", f"/{side}/{index}")
    chosen, rejected = read["chosen"], read["rejected"]
    shared = common(chosen, rejected, hits)
    if not shared:
        return None
    row: Row = {
        "prompt": chosen[:shared],
        "chosen": chosen[shared:],
        "rejected": rejected[shared:],
    }
    return reader.finish(row, _COLUMNS)


def _encode(row: Row, hits: list[Hit]) -> Record | None:
    layout = opened(row, "chosen", hits)
    if layout is None:
        return None
    lose_tools(row, hits)
    known = len(hits)
    prompt = plain_turns(row["prompt"], hits, "/prompt")
    bare = marked(layout, "bare")
    record: Record = {}
    asked = [(turn.role, turn.text) for turn in prompt]
    sides: list[list[tuple[str, str]]] = []
    for side in _SIDES:
        answered = plain_turns(row[side], hits, f"/{side}")
        texts = [*asked, *((turn.role, turn.text) for turn in answered)]
        sides.append(texts)
        marks = {index for index in range(len(texts)) if f"/{side}/{index}" in bare} if bare else ()
        record[side] = write_transcript(texts, marks)
        if not is_read_back(record[side], texts, marks):
            why = "a text holds a turn marker and would be read as several turns"
            hits.append(Hit("LOS008", f"/{side}", why))
    if not all(record[side].startswith("\n\nHuman:") for side in _SIDES):
        why = "a transcript begins with a user turn, which both sides share"
        hits.append(Hit("LOS008", "/prompt", why))
        return None
    if len(hits) == known and not _divides(sides[0], sides[1], len(prompt)):
        why = "both sides begin alike, so their first turns would be read as part of the prompt"
        hits.append(Hit("LOS008", "/chosen", why))
    lose_margin(row, hits)
    put_empty(layout, record, None, "margin")
    return closed(row, record)


def _divides(chosen: list[Any], rejected: list[Any], shared: int) -> bool:
    """Return whether the turns that both sides begin with are the prompt's, and no more."""
    most = min(len(chosen), len(rejected)) - 1
    return most == shared or (most > shared and chosen[shared] != rejected[shared])


HH_RLHF = Format(
    "hh-rlhf",
    "HH-RLHF: chosen and rejected as transcripts of Human and Assistant",
    "preference",
    "hh-rlhf",
    _decode,
    _encode,
    schema(("chosen", TEXT), ("rejected", TEXT)),
)
