"""The facets that rows are told apart by: columns, where they came from, how long they are, extra.

A facet gives each row one text, or none. Numbers of a row, by which rows are ranked, are named the
same way.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.build.line.base import Context, Rows
from curate.build.lint.tokens import rendering_of
from curate.build.steps.texts import columns_for, texts_of
from curate.checks.columns import ROLES, flat_list, role_numbers
from curate.errors import UsageError, printable
from curate.files.json_text import dumps, loads
from curate.lexical.keys import keys_of
from curate.row import TEXT

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
    Numbers = NDArray[np.float64]
    Keys = NDArray[np.uint64]
    Mask = NDArray[np.bool_]
else:
    Indices = Numbers = Keys = Mask = Any

EXTRA = "extra."
_COLUMNS = {"category": "category", "language": "language", "group": "group", "label": "label"}
_NESTED = {
    "source": ("origin", "path"),
    "format": ("origin", "format"),
    "model": ("generated", "model"),
}
_MEASURED = ("turns", "length_chars", "length_tokens")
FACETS = (*_COLUMNS, *_NESTED, "split", *_MEASURED)
NUMBERS = ("margin", *_MEASURED)
# Where a bucket of lengths begins. Tokens: the usual limits of trainers, 512 to 8,192; characters:
# the same times 4, about what an English token has.
BOUNDS = {
    "length_chars": (0, 1, 512, 2_048, 8_192, 32_768),
    "length_tokens": (0, 1, 128, 512, 2_048, 8_192),
}
_USER = ROLES.index("user")
# Keys of `extra` that are looked at to say which there are.
_SHOWN_ROWS = 1_000
_LARGEST = sys.float_info.max


@dataclass(frozen=True, slots=True)
class Values:
    """One text for each row.

    Attributes:
        codes: `(n_rows,) int64`: the place of each row's text in `texts`, -1 for a row without.
        texts: The texts in the order in which they first come.
    """

    codes: Indices
    texts: list[str]


def check_name(name: str, known: tuple[str, ...] = FACETS) -> None:
    """Check the name of a facet or number.

    Args:
        name: As it was typed.
        known: What it may be, beside `extra.FIELD`.

    Raises:
        UsageError: If there is none of that name.
    """
    if name in known or (name.startswith(EXTRA) and len(name) > len(EXTRA)):
        return
    near = [each for each in known if name and (each.startswith(name) or name.startswith(each))]
    near = near or difflib.get_close_matches(name, known, n=1)
    meant = f" (did you mean {' or '.join(near)}?)" if near else ""
    raise UsageError(
        f"rows have no {printable(name)!r}{meant}",
        hint=f"one of {', '.join(known)}, or extra.FIELD for a column of your own",
    )


def values_of(rows: Rows, name: str, context: Context) -> Values:
    """Return the text that each row has for a facet.

    Numbers and true and false are texts as JSON writes them, lists and objects compact JSON;
    `turns` counts the user's messages; lengths are buckets, `512–2,047`, that begin at `BOUNDS`.

    Raises:
        UsageError: If no row has one, or the facet needs a tokenizer and none is named.
    """
    pieces = []
    for array in _texts(rows, name, context):
        # By batch, so that a long text that every row shares is held once a batch.
        pieces.append(array.dictionary_encode())
    if all(len(piece.indices) == piece.indices.null_count for piece in pieces):
        raise UsageError(f"no row has {_article(name)}", hint=_extra_hint(rows, name))
    unified = pa.chunked_array(pieces).unify_dictionaries()
    codes = [pc.fill_null(chunk.indices, -1).to_numpy() for chunk in unified.chunks]
    texts: list[str] = unified.chunk(0).dictionary.to_pylist()
    return Values(np.concatenate(codes).astype(np.int64), texts)


def keys_by(rows: Rows, name: str, context: Context) -> tuple[Keys, Mask]:
    """Return a key of the text that each row has for a facet, as `values_of` but without texts.

    Returns:
        `(n_rows,) uint64`, equal where texts are, and `(n_rows,) bool`: which rows have a text that
        is not blank. Nothing is kept of the texts, however many there are.

    Raises:
        UsageError: If no row has one, or the facet needs a tokenizer and none is named.
    """
    keys, there = [np.zeros(0, np.uint64)], [np.zeros(0, np.bool_)]
    for array in _texts(rows, name, context):
        keys.append(keys_of(array))
        filled = pc.greater(pc.utf8_length(pc.utf8_trim_whitespace(array)), 0)
        there.append(pc.fill_null(filled, False).to_numpy(zero_copy_only=False))
    if not any(map(np.any, there)):
        raise UsageError(f"no row has {_article(name)}", hint=_extra_hint(rows, name))
    return np.concatenate(keys), np.concatenate(there)


def numbers_of(rows: Rows, name: str, context: Context) -> Numbers:
    """Return the number that each row has under a name, `(n_rows,) float64`, NaN for none.

    Raises:
        UsageError: If no row has one, or it needs a tokenizer and none is named.
    """
    if name == "margin":
        if rows.kind != "preference":
            raise UsageError(f"rows of kind {rows.kind} have no margin")
        found = [_floats(batch.column("margin")) for _, batch in rows.batches(["margin"])]
    elif name in _MEASURED:
        found = list(_measures(rows, name, context))
    else:
        found = [
            np.array([_number(value) for value in values])
            for values in _extra(rows, name.removeprefix(EXTRA))
        ]
    numbers = np.concatenate([np.zeros(0), *found])
    if len(rows) and np.isnan(numbers).all():
        raise UsageError(f"no row has a number under {name}", hint=_extra_hint(rows, name))
    return numbers


def _texts(rows: Rows, name: str, context: Context) -> Iterator[pa.Array]:
    if name == "split":
        names = pa.array(rows.splits.names, TEXT)
        yield names.take(pa.array(rows.splits.of_row))
    elif name == "label" and rows.kind != "unpaired":
        raise UsageError(
            f"rows of kind {rows.kind} have no label",
            hint="labels are of unpaired rows: prompt, completion, label",
        )
    elif name in _COLUMNS:
        for _, batch in rows.batches([_COLUMNS[name]]):
            yield _as_text(batch.column(0))
    elif name in _NESTED:
        column, field = _NESTED[name]
        for _, batch in rows.batches([column]):
            yield pc.struct_field(batch.column(0), field)
    elif name in _MEASURED:
        for numbers in _measures(rows, name, context):
            yield _bucketed(name, numbers)
    else:
        for values in _extra(rows, name.removeprefix(EXTRA)):
            yield pa.array([_text(value) for value in values], TEXT)


def _as_text(column: pa.Array) -> pa.Array:
    return pc.cast(column, TEXT)


def _measures(rows: Rows, name: str, context: Context) -> Iterator[Numbers]:
    """Yield `turns` or a length of each row by batch, NaN where a kind has no turns."""
    if name == "turns":
        column = "messages" if rows.kind == "sft" else "prompt"
        if column not in rows.table.schema.names:
            yield np.full(len(rows), np.nan)
            return
        for _, batch in rows.batches([column]):
            messages, of = flat_list(batch.column(0))
            asked = of[role_numbers(messages.field("role")) == _USER]
            yield np.bincount(asked, minlength=batch.num_rows).astype(np.float64)
    elif name == "length_tokens":
        yield from _token_counts(rows, context)
    else:
        for _, batch in rows.batches(columns_for(rows.kind)):
            texts = texts_of(batch, rows.kind, "conversation")
            lengths = pc.utf8_length(texts.pieces).to_numpy(zero_copy_only=False)
            totals = np.concatenate([[0], np.cumsum(lengths)])
            yield (totals[texts.starts[1:]] - totals[texts.starts[:-1]]).astype(np.float64)


def _token_counts(rows: Rows, context: Context) -> Iterator[Numbers]:
    rendering = rendering_of(context.settings)
    if rendering is None:
        raise UsageError("counting tokens needs a tokenizer", hint="--tokenizer NAME_OR_FOLDER")
    count = rendering.tokenizer.count
    for _, batch in rows.batches(columns_for(rows.kind)):
        texts = texts_of(batch, rows.kind, "conversation").joined()
        yield np.array([count(text) for text in texts], np.float64)


def _bucketed(name: str, numbers: Numbers) -> pa.Array:
    there = ~np.isnan(numbers)
    if name == "turns":
        return pa.array([str(int(n)) if n == n else None for n in numbers], TEXT)  # noqa: PLR0124
    bounds = BOUNDS[name]
    ends = [*(f"–{end - 1:,}" for end in bounds[1:]), " and more"]
    labels = [f"{low:,}{end}" for low, end in zip(bounds, ends, strict=True)]
    labels[0] = "0"
    places = np.searchsorted(bounds, numbers, "right") - 1
    return pa.array(labels, TEXT).take(pa.array(places, mask=~there))


def _extra(rows: Rows, path: str) -> Iterator[list[Any]]:
    """Yield by batch what a dotted path leads to in each row's extra, None for nothing.

    A value that an earlier step put there is newer than the row's own.
    """
    keys = [key for key in rows.extra if path == key or path.startswith(f"{key}.")]
    newer = max(keys, key=len, default=None)
    for begin, batch in rows.batches(["extra"]):
        if newer is not None:
            values = rows.extra[newer].slice(begin, batch.num_rows).to_pylist()
            rest = path[len(newer) + 1 :]
            yield [_at(value, rest) if rest else value for value in values]
        else:
            yield [None if t is None else _at(loads(t), path) for t in batch.column(0).to_pylist()]


def _at(value: Any, path: str) -> Any:
    """Return what a dotted path leads to; a key that itself holds dots is found first."""
    if not isinstance(value, dict):
        return None
    if path in value:
        return value[path]
    dot = path.rfind(".")
    while dot > 0:
        if path[:dot] in value:
            return _at(value[path[:dot]], path[dot + 1 :])
        dot = path.rfind(".", 0, dot)
    return None


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else dumps(value)


def _number(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return np.nan
    # Beyond the largest float, only the sign is left of an integer.
    return float(max(min(value, _LARGEST), -_LARGEST))


def _floats(column: pa.Array) -> Numbers:
    return np.asarray(pc.fill_null(column, np.nan).to_numpy(zero_copy_only=False), np.float64)


def _article(name: str) -> str:
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _extra_hint(rows: Rows, name: str) -> str | None:
    """Name the keys of `extra` that there are, the nearest first."""
    found: dict[str, None] = dict.fromkeys(rows.extra)
    for values in _extra_objects(rows):
        found.update(dict.fromkeys(values))
    if not name.startswith(EXTRA):
        return f"did you mean {EXTRA}{name}?" if name in found else None
    if not found:
        return "no row has any extra column"
    names = list(found)
    near = difflib.get_close_matches(name.removeprefix(EXTRA), names, n=1)
    shown = [*near, *(each for each in names if each not in near)][:10]
    return "there are " + ", ".join(EXTRA + printable(each, 40) for each in shown)


def _extra_objects(rows: Rows) -> Iterator[dict[str, Any]]:
    few = rows.at(np.arange(min(len(rows), _SHOWN_ROWS)))
    for _, batch in few.batches(["extra"]):
        for text in batch.column(0).to_pylist():
            if text is not None and isinstance(value := loads(text), dict):
                yield value
