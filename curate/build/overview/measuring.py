"""What is measured of a batch: a few numbers for each row, and what it has of tools and roles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.build.steps.texts import RowTexts, texts_of
from curate.checks.columns import ROLES, flat_list, mask_of, role_numbers
from curate.checks.whole.rows import part_of
from curate.lexical import words
from curate.lexical.keys import joined, keys_of, summed
from curate.row import MESSAGE_COLUMNS, Kind

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
    Mask = NDArray[np.bool_]
    Keys = NDArray[np.uint64]
else:
    Indices = Mask = Keys = Any

CountTokens = Callable[[Sequence[str]], list[int]]
SIDES = ("prompt", "response")
_USER, _DEVELOPER = ROLES.index("user"), ROLES.index("developer")
_HELD = ("tool_calls", "reasoning", "refusal", "weight", "parts")
# Columns of a conversation, the side that is not chosen left out.
_CONVERSATION = ("messages", "prompt", "chosen", "completion")


@dataclass(slots=True)
class Measured:
    """A batch's rows in numbers.

    Attributes:
        lengths: By (side, unit) one number for each row, `(n_rows,)`; units are `chars` (code
            points), `words`, and `tokens` where there is a tokenizer.
        messages: Messages of each row's conversation; of a pair with the chosen answer.
        exchanges: User turns among them.
        prompts: The key of each prompt, tools and media included; None where rows have none.
        responses: The key of each answer.
        rows: The key of each whole row, ids and columns beside the content left out.
        roles: Messages by role, both sides of a pair counted.
        role_rows: Rows that have a message of the role.
        uses: Rows by what they use.
        systems: The first system prompt of each row that has one.
    """

    lengths: dict[tuple[str, str], Indices]
    messages: Indices
    exchanges: Indices
    prompts: Keys | None
    responses: Keys
    rows: Keys
    roles: Counter[str] = field(default_factory=Counter)
    role_rows: Counter[str] = field(default_factory=Counter)
    uses: Counter[str] = field(default_factory=Counter)
    systems: list[str] = field(default_factory=list)


def measure(batch: pa.RecordBatch, kind: Kind, count_tokens: CountTokens | None) -> Measured:
    """Measure the rows of a batch, each by itself.

    Args:
        batch: Rows of one kind, all columns.
        kind: Their kind.
        count_tokens: Counts the tokens of texts, each by itself; None counts none.
    """
    n = batch.num_rows
    lengths: dict[tuple[str, str], Indices] = {}
    for side, texts in sides_of(batch, kind).items():
        for unit, numbers in _sizes(texts, count_tokens).items():
            lengths[side, unit] = numbers
    prompts, responses, rows = measure_keys(batch, kind)
    zeros = np.zeros(n, np.int64)
    found = Measured(lengths, zeros, zeros.copy(), prompts, responses, rows)
    _look_at_messages(found, batch)
    _look_at_columns(found, batch)
    return found


def sides_of(batch: pa.RecordBatch, kind: Kind) -> dict[str, RowTexts]:
    """Return the texts of each row's prompt and response; of a pair that of the chosen answer."""
    if kind == "preference":
        of_chosen = [batch.column("chosen"), pa.nulls(batch.num_rows, batch.column("chosen").type)]
        names = list(batch.schema.names)
        arrays = list(batch.columns)
        arrays[names.index("chosen")], arrays[names.index("rejected")] = of_chosen
        batch = pa.RecordBatch.from_arrays(arrays, names=names)
    return {
        "prompt": texts_of(batch, kind, "prompt"),
        "response": texts_of(batch, kind, "response"),
    }


def _sizes(texts: RowTexts, count_tokens: CountTokens | None) -> dict[str, Indices]:
    chars = pc.utf8_length(texts.pieces).to_numpy(zero_copy_only=False)
    found = {"chars": chars, "words": words(texts.pieces).lengths}
    if count_tokens is not None:
        found["tokens"] = np.array(count_tokens(texts.pieces.to_pylist()), np.int64)
    return {unit: _by_row(numbers, texts.starts) for unit, numbers in found.items()}


def _by_row(numbers: Indices, starts: Indices) -> Indices:
    totals = np.zeros(len(numbers) + 1, np.int64)
    np.cumsum(numbers, out=totals[1:])
    return np.asarray(totals[starts[1:]] - totals[starts[:-1]])


def measure_keys(batch: pa.RecordBatch, kind: Kind) -> tuple[Keys | None, Keys, Keys]:
    """Return the keys of prompts, of answers and of whole rows, as DUP001 compares them."""
    part = part_of(batch, kind, np.zeros(batch.num_rows, np.uint32).tolist())
    whole = joined(part.first, part.second)
    if kind == "unpaired":
        labels = pc.cast(batch.column("label"), pa.int8()).fill_null(2)
        whole = joined(whole, labels.to_numpy(zero_copy_only=False).astype(np.uint64))
    if kind == "preference":
        return _list_keys(batch.column("prompt")), _list_keys(batch.column("chosen")), whole
    if kind in ("text", "segments"):
        return None, part.first, whole
    return part.first, part.second, whole


def _list_keys(column: pa.ListArray) -> Keys:
    values, owners = flat_list(column)
    starts = np.searchsorted(owners, np.arange(len(column) + 1))
    return summed(keys_of(values), starts[:-1], starts[1:])


def _look_at_messages(found: Measured, batch: pa.RecordBatch) -> None:
    """Count messages, roles and what messages hold; a row counts once in what rows have.

    The rejected side of a pair has messages and roles, but is no part of its conversation.
    """
    n = batch.num_rows
    having: dict[str, Mask] = {}
    roles_of: dict[str, Mask] = {}
    for name in MESSAGE_COLUMNS:
        if name not in batch.schema.names:
            continue
        messages, owners = flat_list(batch.column(name))
        if not len(messages):
            continue
        roles = role_numbers(messages.field("role"))
        for number in np.unique(roles).tolist():
            role = ROLES[number] if number < len(ROLES) else "other"
            found.roles[role] += int((roles == number).sum())
            roles_of.setdefault(role, np.zeros(n, np.bool_))[owners[roles == number]] = True
        if name in _CONVERSATION:
            found.messages += np.bincount(owners, minlength=n)
            found.exchanges += np.bincount(owners[roles == _USER], minlength=n)
        if name in ("messages", "prompt"):
            found.systems = _first_systems(messages, owners, roles)
        for key in _HELD:
            values = messages.field(key)
            if values.null_count < len(values):
                there = mask_of(values.is_valid())
                having.setdefault(key, np.zeros(n, np.bool_))[owners[there]] = True
    found.role_rows.update({role: int(rows.sum()) for role, rows in roles_of.items()})
    found.uses.update({use: int(rows.sum()) for use, rows in having.items()})


def _first_systems(messages: pa.StructArray, owners: Indices, roles: Indices) -> list[str]:
    systems = np.flatnonzero(roles <= _DEVELOPER)
    _, first = np.unique(owners[systems], return_index=True)
    texts = messages.field("content").take(pa.array(systems[first]))
    values: list[str] = texts.fill_null("").to_pylist()
    return values


def _look_at_columns(found: Measured, batch: pa.RecordBatch) -> None:
    names = batch.schema.names
    for name in ("tools", "generated", "group", "margin", "label"):
        if name in names:
            column = batch.column(name)
            if there := len(column) - column.null_count:
                found.uses[name] += there
    if "label" in names:
        for value in (True, False):
            equal = pc.equal(batch.column("label"), value).fill_null(False)
            if n := int(mask_of(equal).sum()):
                found.uses[f"label: {str(value).lower()}"] += n
    if "media" in names:
        media, owners = flat_list(batch.column("media"))
        types = media.field("type").fill_null("other").to_pylist() if len(media) else []
        for kind, _ in set(zip(types, owners.tolist(), strict=False)):
            found.uses[f"media: {kind}"] += 1
