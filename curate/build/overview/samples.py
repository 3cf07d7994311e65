"""The rows of a set that are looked at more closely: always the same, however the set is read."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np
import pyarrow as pa

from curate.build.overview.measuring import sides_of
from curate.build.overview.tallies import shown_text
from curate.files.hashes import text_hashes
from curate.language import identify, is_sure
from curate.row import Kind, Row, from_batch, message_lists

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Keys = NDArray[np.uint64]
    Indices = NDArray[np.int64]
else:
    Keys = Indices = Any

T = TypeVar("T")
# The language of a longer text is that of its beginning; more characters change nothing but cost.
_TEXT_CHARS = 500
_TURN_CHARS, _TURNS, _NAME_CHARS = 600, 8, 200


class Lowest(Generic[T]):
    """The values with the lowest keys, which stand for all of a set (bottom-k sampling).

    Args:
        size: How many are kept.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: list[tuple[int, int, T]] = []
        self._bound = (1 << 64) - 1

    def wanted(self, keys: Keys) -> Indices:
        """Return the places of keys that may be among the lowest."""
        if not self._size:
            return np.zeros(0, np.int64)
        return np.flatnonzero(keys <= np.uint64(self._bound))

    def add(self, key: int, number: int, value: T) -> None:
        """Add a value; of equal keys the one with the lower number comes first."""
        self._kept.append((key, number, value))
        if len(self._kept) >= self._size * 5 // 4 + 100:
            self._settle()

    def _settle(self) -> None:
        self._kept.sort(key=lambda item: item[:2])
        del self._kept[self._size :]
        if self._kept and len(self._kept) == self._size:
            self._bound = self._kept[-1][0]

    def values(self) -> list[T]:
        """Return the values, those with the lowest keys first."""
        self._settle()
        return [value for _, _, value in self._kept]


def sample_keys(ids: pa.Array) -> Keys:
    """Return a key of each id, `(n,) uint64`, that no order and no seed changes."""
    return text_hashes(ids.to_pylist())


class Languages:
    """The languages of the answers of a set, of a sample of its rows.

    Args:
        rows: Rows whose language is identified; 0 for none.
    """

    def __init__(self, rows: int) -> None:
        self._found: Lowest[str] = Lowest(rows)

    def add(self, batch: pa.RecordBatch, kind: Kind, keys: Keys, number: int) -> None:
        """Look at a batch, whose first row has a number."""
        wanted = self._found.wanted(keys)
        if not len(wanted):
            return
        sides = sides_of(batch.take(pa.array(wanted)), kind)
        answers, prompts = sides["response"].joined(), sides["prompt"].joined()
        for at, answer, prompt in zip(wanted.tolist(), answers, prompts, strict=True):
            text = (answer if answer.strip() else prompt)[:_TEXT_CHARS]
            self._found.add(int(keys[at]), number + at, text)

    def to_dict(self, n_rows: int) -> dict[str, Any]:
        """Return rows by language, of how many."""
        counts = Counter(map(_language, self._found.values()))
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return {
            "identifier": "fastText lid.176",
            "looked_at": counts.total(),
            "of": n_rows,
            "top": [{"value": value, "rows": n} for value, n in ranked],
        }


def _language(text: str) -> str:
    if not text.strip():
        return "no text"
    found = identify(text)
    return found.code if is_sure(text, found) else "not sure"


class Examples:
    """Some rows as people read them.

    Args:
        rows: How many.
    """

    def __init__(self, rows: int) -> None:
        self._found: Lowest[dict[str, Any]] = Lowest(rows)

    def add(self, batch: pa.RecordBatch, keys: Keys, number: int) -> None:
        """Look at a batch, whose first row has a number."""
        wanted = self._found.wanted(keys)
        if len(wanted):
            rows = from_batch(batch.take(pa.array(wanted)))
            for at, row in zip(wanted.tolist(), rows, strict=True):
                self._found.add(int(keys[at]), number + at, _example(row))

    def values(self) -> list[dict[str, Any]]:
        """Return the examples, secrets and personal data masked, long texts cut."""
        return [_masked(example) for example in self._found.values()]


def _example(row: Row) -> dict[str, Any]:
    """Return what is shown of a row; texts are cut far behind what is shown, to be masked later."""
    turns = list(_turns(row))
    origin = row.get("origin") or {}
    return {
        "id": row["id"],
        "file": origin.get("path"),
        "line": origin.get("line"),
        "category": row.get("category"),
        "turns": turns[:_TURNS],
        "turns_cut": max(0, len(turns) - _TURNS),
    }


def _turns(row: Row) -> Any:
    for name, messages in message_lists(row):
        for message in messages:
            role = name if name in ("chosen", "rejected") else message["role"]
            parts = (part.get("text") or f"[{part['type']}]" for part in message.get("parts", ()))
            calls = (f"{c['name']}({c['arguments']})" for c in message.get("tool_calls", ()))
            text = message.get("content") or ""
            yield _turn(role, "\n".join(filter(None, chain([text], parts, calls))))
    if "text" in row:
        yield _turn("text", row["text"])
    for segment in row.get("segments", ()):
        yield _turn("trained" if segment.get("train") else "not trained", segment.get("text", ""))
    labels = row.get("labels", ())
    for step, right in zip(row.get("completions", ()), labels, strict=False):
        yield _turn("right step" if right else "wrong step", step)


def _turn(role: str, text: str) -> dict[str, Any]:
    return {"role": role, "text": text[: 2 * _TURN_CHARS], "chars": len(text)}


def _masked(example: dict[str, Any]) -> dict[str, Any]:
    turns = [turn | {"text": shown_text(turn["text"], _TURN_CHARS)} for turn in example["turns"]]
    named = {name: example[name] for name in ("id", "file", "category")}
    shown = {name: value and shown_text(value, _NAME_CHARS) for name, value in named.items()}
    return example | shown | {"turns": turns}
