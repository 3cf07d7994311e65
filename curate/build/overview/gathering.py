"""What is kept of a set while it is read: some 50 bytes a row, and bounded counts."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from curate.build.overview.measuring import SIDES, CountTokens, Measured, measure
from curate.build.overview.sketches import Column, counted, distribution
from curate.build.overview.tallies import Tally
from curate.row import Kind

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Keys = NDArray[np.uint64]
    Mask = NDArray[np.bool_]
else:
    Keys = Mask = Any

_MOST_TURNS = 20
# The side that rows of a kind never have.
_WITHOUT: dict[Kind, str] = {"text": "prompt", "prompt_only": "response"}
_OF_ROWS = ("categories", "declared_languages", "origins", "formats", "generated_by")


class Gathered:
    """The figures of rows, batch by batch in input order.

    Args:
        kind: The rows' kind.
        count_tokens: Counts tokens, or None.
    """

    def __init__(self, kind: Kind, count_tokens: CountTokens | None) -> None:
        self.kind = kind
        self.units = ("chars", "words", *(("tokens",) if count_tokens else ()))
        self._count_tokens = count_tokens
        self._lengths = {(side, unit): Column() for side in SIDES for unit in self.units}
        self._messages, self._exchanges = Column(2**16 - 1), Column(2**16 - 1)
        self._parts = Column(2**8 - 1)
        self._keys: dict[str, list[Keys]] = {"rows": [], "prompts": [], "responses": []}
        self._roles: Counter[str] = Counter()
        self._role_rows: Counter[str] = Counter()
        self._uses: Counter[str] = Counter()
        self._tallies = {name: Tally() for name in (*_OF_ROWS, "systems")}
        self.n_rows = 0

    def add(self, batch: pa.RecordBatch, part: int) -> None:
        """Take the next rows, all of one part."""
        found = measure(batch, self.kind, self._count_tokens)
        for place, numbers in found.lengths.items():
            self._lengths[place].add(numbers)
        self._messages.add(found.messages)
        self._exchanges.add(found.exchanges)
        self._parts.add(np.full(batch.num_rows, part))
        self._keep_keys(found)
        self._roles.update(found.roles)
        self._role_rows.update(found.role_rows)
        self._uses.update(found.uses)
        self._tallies["systems"].add(found.systems)
        self._tallies["categories"].add(batch.column("category").to_pylist())
        self._tallies["declared_languages"].add(batch.column("language").to_pylist())
        origin = batch.column("origin")
        self._tallies["origins"].add(_field(origin, "path"))
        self._tallies["formats"].add(_field(origin, "format"))
        self._tallies["generated_by"].add(_field(batch.column("generated"), "model"))
        self.n_rows += batch.num_rows

    def _keep_keys(self, found: Measured) -> None:
        self._keys["rows"].append(found.rows)
        self._keys["responses"].append(found.responses)
        if found.prompts is not None:
            self._keys["prompts"].append(found.prompts)

    def lengths(self, rows: Mask | None = None) -> dict[str, dict[str, Any]]:
        """Return distributions by side and unit, of all rows or those of a mask.

        None where rows of the kind have no such side.
        """
        found: dict[str, dict[str, Any]] = {"prompt": {}, "response": {}, "whole": {}}
        for unit in self.units:
            sides = [self._lengths[side, unit].whole() for side in SIDES]
            if rows is not None:
                sides = [numbers[rows] for numbers in sides]
            for side, numbers in zip(SIDES, sides, strict=True):
                there = side != _WITHOUT.get(self.kind)
                found[side][unit] = distribution(numbers) if there else None
            found["whole"][unit] = distribution(sides[0] + sides[1])
        return found

    def turns(self) -> dict[str, Any]:
        """Return how many messages and user turns rows have; nothing for kinds without any."""
        if self.kind in ("text", "segments"):
            return {"messages": {}, "exchanges": {}}
        return {
            "messages": counted(self._messages.whole(), _MOST_TURNS),
            "exchanges": counted(self._exchanges.whole(), _MOST_TURNS),
        }

    def roles(self) -> dict[str, dict[str, int]]:
        """Return messages and rows by role, the most frequent first."""
        ranked = sorted(self._roles.items(), key=lambda item: (-item[1], item[0]))
        return {role: {"messages": n, "rows": self._role_rows[role]} for role, n in ranked}

    def uses(self) -> dict[str, int]:
        """Return rows by what they use, by name."""
        return {name: n for name, n in sorted(self._uses.items()) if n}

    def tallies(self) -> dict[str, dict[str, Any]]:
        """Return rows by value: categories, declared languages, origins, formats, models."""
        return {name: self._tallies[name].to_dict() for name in _OF_ROWS}

    def systems(self) -> dict[str, Any]:
        """Return rows by system prompt."""
        return self._tallies["systems"].to_dict()

    def duplicates(self) -> dict[str, dict[str, int] | None]:
        """Return how often rows, prompts and answers come again; an empty side is none."""
        chars = {side: self._lengths[side, "chars"].whole() > 0 for side in SIDES}
        there = {"rows": None, "prompts": chars["prompt"], "responses": chars["response"]}
        return {name: _repeated(self._of(name), mask) for name, mask in there.items()}

    def _of(self, name: str) -> Keys | None:
        keys = self._keys[name]
        if len(keys) > 1:
            self._keys[name] = keys = [np.concatenate(keys)]
        if not keys and name != "prompts":
            return np.zeros(0, np.uint64)
        return keys[0] if keys else None

    def parts(self, names: list[str]) -> list[dict[str, Any]]:
        """Return the figures of each part; one part alone is not told again."""
        if len(names) < 2:
            return []
        parts = self._parts.whole()
        found = []
        for number, name in enumerate(names):
            mask = parts == number
            messages = self._messages.whole()[mask]
            keys = self._of("rows")
            repeated = _repeated(keys[mask], None) if keys is not None else None
            found.append(
                {
                    "name": name,
                    "rows": int(mask.sum()),
                    "lengths": self.lengths(mask),
                    "messages_mean": round(float(messages.mean()), 2) if len(messages) else None,
                    "repeats": repeated["repeats"] if repeated else 0,
                }
            )
        return found

    def overlaps(self, names: list[str]) -> list[dict[str, Any]]:
        """Return, for every two parts, the rows and the prompts of the later in the earlier one."""
        parts = self._parts.whole()
        found = []
        for first, second in combinations(range(len(names)), 2):
            counts: dict[str, Any] = {"of": names[second], "in": names[first]}
            for name in ("rows", "prompts"):
                keys = self._of(name)
                if keys is not None:
                    earlier, later = keys[parts == first], keys[parts == second]
                    counts[name] = int(np.isin(later, earlier).sum())
            found.append(counts)
        return found


def _field(column: pa.StructArray, name: str) -> list[str | None]:
    if column.null_count == len(column):
        return []
    values: list[str | None] = column.field(name).to_pylist()
    return values


def _repeated(keys: Keys | None, there: Mask | None) -> dict[str, int] | None:
    """Return how many rows share a key with an earlier one, in how many groups."""
    if keys is None:
        return None
    ordered = np.sort(keys if there is None else keys[there])
    again = np.zeros(len(ordered) + 1, np.bool_)
    again[1:-1] = ordered[1:] == ordered[:-1]
    edges = np.flatnonzero(again[1:] != again[:-1])
    in_groups = edges[1::2] - edges[::2]
    return {
        "of": len(ordered),
        "repeats": int(in_groups.sum()),
        "groups": len(in_groups),
        "largest": int(in_groups.max()) + 1 if len(in_groups) else 0,
    }
