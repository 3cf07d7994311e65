"""What is done to rows between decoding and naming: repairs, turning round, another kind."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from hashlib import sha256
from typing import NamedTuple

from curate.build.margin import margin_by
from curate.build.reverse import reverse_row
from curate.build.settings import Settings
from curate.finding import Hit
from curate.formats import BY_NAME
from curate.formats.pieces.reasoning import to_field, to_inline
from curate.formats.recast import RECASTS, Recast, kind_of_columns
from curate.repairs import BY_NAME as REPAIRS
from curate.row import Kind, Row

SEVERAL = "SCH011"
Hits = list[Hit]


class Stage(NamedTuple):
    """One change: rows that it makes more of are added under its code."""

    code: str
    change: Callable[[Row, Hits], list[Row]]


class Remade(NamedTuple):
    """What became of a record's rows.

    Attributes:
        rows: The rows; of several the second and later ones have ids of their own and a `parent`.
        grown: How many rows came to the first, by code.
        gone: Rows that a change took out: the id, None where none was given yet, and why.
    """

    rows: list[Row]
    grown: list[tuple[str, int]]
    gone: list[tuple[str | None, Hit]]


def stages_of(settings: Settings) -> tuple[Stage, ...]:
    """Return the changes that the settings ask for, in the order in which they are made."""
    made = []
    if settings.margin is not None:
        made.append(Stage(SEVERAL, margin_by(settings.margin)))
    for name, argument in settings.repairs:
        if name not in REPAIRS:  # it was made before the record was decoded
            continue
        repair = REPAIRS[name]
        made.append(Stage(repair.code, partial(_repaired, name, argument)))
    if settings.reasoning is not None:
        move = to_field if settings.reasoning == "field" else to_inline
        made.append(Stage(SEVERAL, lambda row, hits: [move(row, hits)]))
    if settings.reverse:
        made.append(Stage(SEVERAL, lambda row, hits: [reverse_row(row, hits)]))
    return tuple(made)


def recast_of(settings: Settings) -> tuple[Stage, ...]:
    """Return the change to the kind that is wanted, none where each row keeps its own."""
    wanted = target_kind(settings)
    if wanted is None:
        return ()
    recasts = dict(RECASTS)
    if settings.template is not None:
        from curate.build.to_text import text_of_chat

        recasts["sft", "text"] = text_of_chat(settings.template)
    made = partial(_recast, wanted, settings.kind, recasts, settings.to == "row")
    return (Stage("LOS027", made),)


def target_kind(settings: Settings) -> Kind | None:
    """Return the kind that rows are made to be, None where each keeps its own."""
    if settings.as_kind is not None:
        return settings.as_kind
    return None if settings.to == "row" else BY_NAME[settings.to].kind


def _repaired(name: str, argument: str, row: Row, hits: Hits) -> list[Row]:
    return REPAIRS[name].apply(row, argument, hits)


def _recast(
    wanted: Kind,
    only: Kind | None,
    recasts: dict[tuple[Kind, Kind], Recast],
    to_rows: bool,
    row: Row,
    hits: Hits,
) -> list[Row]:
    found = kind_of_columns(row)
    if only is not None and found != only:
        hits.append(Hit("SCH008", "", f"a row of kind {found}, only {only} is wanted"))
    elif (change := recasts.get((found, wanted))) is not None:
        return change(row, hits)
    elif (way := _BY_FLAG.get((found, wanted))) is not None:
        hits.append(Hit("LOS034", "", way[0], fix=way[1]))
    elif to_rows and found != wanted:  # a format refuses the row itself
        why = f"nothing makes a row of kind {wanted} of one of kind {found}"
        hits.append(Hit("LOS034", "", why, fix="leave --as out, or keep the others with --kind"))
        return []
    return [row]


# What a flag has to say, since it is a choice.
_BY_FLAG: dict[tuple[Kind, Kind], tuple[str, str]] = {
    ("sft", "text"): (
        "a conversation becomes text by a chat template only",
        "--template chatml, or a .jinja file",
    ),
    ("text", "sft"): (
        "a text becomes a conversation only where it is one that a template rendered",
        "--from rendered:chatml, :llama3, :zephyr or :guanaco; else --to text",
    ),
    ("unpaired", "preference"): (
        "judged answers become pairs by a rule only",
        "--pair first, or --pair all",
    ),
}


def remake(rows: list[Row], stages: tuple[Stage, ...], hits: Hits, record: bytes) -> Remade:
    """Put a record's rows through the stages and name them where they are several.

    Args:
        rows: What the record was decoded to.
        stages: The changes.
        hits: Gets what they report.
        record: The record's bytes, which the ids are made of where it has none of its own.
    """
    grown: list[tuple[str, int]] = []
    gone: list[tuple[str | None, Hit]] = []
    if len(rows) > 1:
        rows = _named(rows, record)
        grown.append((SEVERAL, len(rows) - 1))
    for code, change in stages:
        kept: list[Row] = []
        for row in rows:
            known = len(hits)
            made = change(row, hits)
            if not made:
                gone.append((row.get("id"), hits.pop()))
                del hits[known:]
            elif len(made) > 1:
                kept += _named(made, record)
                grown.append((code, len(made) - 1))
            else:
                kept += made
        rows = kept
    return Remade(rows, grown, gone)


def _named(rows: list[Row], record: bytes) -> list[Row]:
    """Give several rows ids: the record's own or its hash, and `.2`, `.3` behind it."""
    own = rows[0].get("id") or sha256(record).hexdigest()[:16]
    first, *others = rows
    parent = first.get("parent") or own
    return [
        {**first, "id": own},
        *({**row, "id": f"{own}.{n}", "parent": parent} for n, row in enumerate(others, 2)),
    ]
