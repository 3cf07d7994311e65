"""What `dedup` compares rows by, read batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import pyarrow as pa

from curate.build.line.base import Context, Rows
from curate.build.steps.texts import (
    On,
    RowTexts,
    beside_keys,
    columns_for,
    spoken_by,
    texts_of,
)
from curate.checks.columns import ROLES, flat_list
from curate.deduplication.exact import row_keys
from curate.deduplication.sentences import sentences
from curate.lexical import Folds, Ragged, words
from curate.lexical.keys import joined, keys_of, summed
from curate.row import MESSAGE_COLUMNS, TEXT, Kind

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
    Keys = NDArray[np.uint64]
    Mask = NDArray[np.bool_]
else:
    Indices = Keys = Mask = Any

# Kinds whose rows hold judged answers to a prompt, and the columns of these.
SIDES: dict[Kind, tuple[str, ...]] = {
    "preference": ("chosen", "rejected"),
    "unpaired": ("completion",),
}
# Columns beside messages that tell rows of equal text apart.
_LABELS: dict[Kind, str] = {"unpaired": "label", "stepwise": "labels"}
PROMPT: Literal["prompt"] = "prompt"
_ASSISTANT = "assistant"
_ASKING = [role for role in ROLES if role != _ASSISTANT]


@dataclass(frozen=True, slots=True)
class Compared:
    """What of a row is compared.

    Attributes:
        kind: The rows' kind.
        on: Which text.
        sides: Whether judged answers are compared by themselves, each with its own.
        strict: Whether roles and labels must be equal too.
        subjects: Whether rows that ask or answer about different things are told apart.
    """

    kind: Kind
    on: On
    sides: bool
    strict: bool
    subjects: bool = False

    @property
    def columns(self) -> list[str]:
        """The columns that are read."""
        label = _LABELS.get(self.kind)
        return [*columns_for(self.kind), *([label] if label else [])]

    def texts(self, batch: pa.RecordBatch) -> RowTexts:
        """Return the texts that are compared."""
        return texts_of(batch, self.kind, self.on)

    def beside(self, batch: pa.RecordBatch) -> Keys:
        """Return a key of what must be equal even of rows that are only alike, `(n,) uint64`.

        Tools and media, unless only responses are compared; labels, and which segments are trained.
        """
        keys = np.zeros(batch.num_rows, np.uint64)
        if self.on != "response":
            keys = beside_keys(batch)
        label = _LABELS.get(self.kind)
        if label and self.strict:
            keys = joined(keys, keys_of(batch.column(label)))
        if self.kind == "segments" and self.strict:
            keys = joined(keys, _by_row(batch.column("segments"), "train"))
        return keys

    def layout(self, batch: pa.RecordBatch) -> Keys:
        """Return a key of what must be equal of rows that are the same, `(n,) uint64`: roles."""
        keys = np.zeros(batch.num_rows, np.uint64)
        if not self.strict:
            return keys
        for name in MESSAGE_COLUMNS:
            if name in batch.schema.names:
                keys = joined(keys, _by_row(batch.column(name), "role"))
        return keys

    def words(self, batch: pa.RecordBatch) -> tuple[Ragged, Indices]:
        """Return the words of rows' sentences, and the offsets of the rows into these."""
        texts = self.texts(batch)
        pieces, starts = sentences(texts.pieces, texts.starts)
        return _without_empty(words(pieces), starts)

    def reader(self, rows: Rows) -> Reader:
        """Return what reads the words of rows again."""
        return Reader(self, rows)


def comparing(kind: Kind, on: On, *, sides: bool) -> Compared:
    """Return what is compared of rows of a kind.

    Rows with judged answers are compared by their prompt and each answer by itself, whether `on`
    names the prompt, the conversation or both, so that other answers to one prompt stay.
    """
    judged = sides and kind in SIDES and on != "response"
    if judged:
        on = "conversation"
    subjects = sides and on != "response" and kind not in ("text", "segments")
    return Compared(kind, on, judged, judged or on == "conversation", subjects)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the words of rows again.

    Attributes:
        compared: What of them.
        rows: The rows.
    """

    compared: Compared
    rows: Rows

    def __call__(self, indices: Indices) -> tuple[Ragged, Indices]:
        """Return the words of the sentences of some rows, and the rows' offsets into these."""
        return self.compared.words(self._batch(indices, self.compared.columns))

    def whole(self, indices: Indices) -> Ragged:
        """Return the words of some rows."""
        hashed, starts = self(indices)
        return hashed.grouped(starts)

    def texts(self, indices: Indices) -> list[str]:
        """Return the text of some rows."""
        return self.compared.texts(self._batch(indices, self.compared.columns)).joined()

    def side(self, indices: Indices, name: str) -> Ragged:
        """Return the words of the prompt or of one answer of some rows."""
        texts = _side(self._batch(indices, [name]), name)
        return words(texts.pieces).grouped(texts.starts)

    def side_texts(self, indices: Indices, name: str) -> list[str]:
        """Return the prompt or one answer of some rows."""
        return _side(self._batch(indices, [name]), name).joined()

    def spoken(self, indices: Indices) -> Spoken:
        """Return who says what in some rows."""
        kind = self.compared.kind
        batch = self._batch(indices, columns_for(kind))
        column = batch.column("messages" if kind == "sft" else PROMPT)
        asked, users = spoken_by(column, _ASKING), spoken_by(column, ["user"])
        if self.compared.on == PROMPT:
            answered = RowTexts(pa.array([], TEXT), np.zeros(len(indices) + 1, np.int64))
        elif kind == "sft":
            answered = spoken_by(column, [_ASSISTANT])
        else:
            answered = texts_of(batch, kind, "response")
        return Spoken(asked, answered, users, _called(column))

    def _batch(self, indices: Indices, columns: list[str]) -> pa.RecordBatch:
        table = self.rows.take(indices, columns).combine_chunks()
        batches = table.to_batches()
        return batches[0] if batches else pa.RecordBatch.from_pylist([], schema=table.schema)


class Spoken(NamedTuple):
    """Who says what in some rows.

    Attributes:
        asked: What all but the assistant say.
        answered: What the assistant says.
        users: What users say.
        called: What tools are called with in messages, one text a row.
    """

    asked: RowTexts
    answered: RowTexts
    users: RowTexts
    called: list[str]


class Known(NamedTuple):
    """What one pass over the rows tells of each.

    Attributes:
        keys: `(n_rows, 2) uint64`: rows of one key are the same.
        beside: `(n_rows,) uint64`: rows with other keys are no duplicates, however alike.
        has_text: `(n_rows,) bool`.
        sizes: `(n_rows,) int64`: bytes of all of a row's text.
        judged: Side → `(n_rows,) uint64`: a key of the prompt and of each answer, where rows hold
            judged ones.
    """

    keys: Keys
    beside: Keys
    has_text: Mask
    sizes: Indices
    judged: dict[str, Keys]


def known(rows: Rows, compared: Compared, folds: Folds, context: Context) -> Known:
    """Read all rows once."""
    n = len(rows)
    sides = (PROMPT, *SIDES[rows.kind]) if rows.kind in SIDES else ()
    found = Known(
        np.zeros((n, 2), np.uint64),
        np.zeros(n, np.uint64),
        np.zeros(n, np.bool_),
        np.zeros(n, np.int64),
        {name: np.zeros(n, np.uint64) for name in sides},
    )
    for begin, batch in rows.batches(compared.columns):
        at = slice(begin, begin + batch.num_rows)
        texts = compared.texts(batch)
        found.beside[at] = compared.beside(batch)
        beside = joined(found.beside[at], compared.layout(batch))
        found.keys[at] = row_keys(texts.pieces, texts.starts, beside, folds)
        found.has_text[at] = texts.has_text()
        whole = texts if compared.on == "conversation" else texts_of(batch, rows.kind, ALL)
        found.sizes[at] = whole.sizes()
        for name in sides:
            found.judged[name][at] = _side_keys(batch, name, folds)
        context.tick(begin + batch.num_rows)
    return found


ALL: On = "conversation"


def batches_of(
    rows: Rows, compared: Compared, wanted: Indices
) -> Iterator[tuple[Indices, pa.RecordBatch]]:
    """Yield some rows, given ascending, as (their indices, batch)."""
    for begin, batch in rows.batches(compared.columns):
        first, upto = np.searchsorted(wanted, (begin, begin + batch.num_rows))
        if first < upto:
            mine = wanted[first:upto]
            every = len(mine) == batch.num_rows
            yield mine, batch if every else batch.take(pa.array(mine - begin))


def _side(batch: pa.RecordBatch, name: str) -> RowTexts:
    column = batch.column(name)
    if name == PROMPT:
        return texts_of(pa.RecordBatch.from_arrays([column], [name]), "prompt_only", "prompt")
    answers = pa.RecordBatch.from_arrays([column], ["completion"])
    return texts_of(answers, "unpaired", "response")


def _side_keys(batch: pa.RecordBatch, name: str, folds: Folds) -> Keys:
    texts = _side(batch, name)
    beside = _by_row(batch.column(name), "role")
    if name == PROMPT:
        beside = joined(beside_keys(batch), beside)
    return np.asarray(row_keys(texts.pieces, texts.starts, beside, folds)[:, 0])


def _called(column: pa.ListArray) -> list[str]:
    """Return the arguments of the tool calls in each row's messages, as one text."""
    messages, rows = flat_list(column)
    calls, of = flat_list(messages.field("tool_calls"))
    found = [""] * len(column)
    for row, text in zip(rows[of].tolist(), calls.field("arguments").to_pylist(), strict=True):
        found[row] += f"{text or ''}\n"
    return found


def _by_row(column: pa.ListArray, name: str) -> Keys:
    """Return a key of one field of each row's items, in order, `(n_rows,) uint64`."""
    items, rows = flat_list(column)
    starts = np.searchsorted(rows, np.arange(len(column) + 1))
    return summed(keys_of(items.field(name)), starts[:-1], starts[1:])


def _without_empty(hashed: Ragged, starts: Indices) -> tuple[Ragged, Indices]:
    there = hashed.lengths > 0
    before = np.zeros(len(there) + 1, np.int64)
    np.cumsum(there, out=before[1:])
    filled = np.append(hashed.starts[:-1][there], hashed.starts[-1])
    return Ragged(hashed.values, filled), before[starts]
