"""What the consumers in force make of each record of a chunk, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from curate.build.lint.bounds import bounds
from curate.build.lint.token_counts import Lengths, TokenCounts
from curate.build.lint.trained import Amounts
from curate.checks.profiles import EFFECTS, EffectName, Profile, TooLong
from curate.checks.rendered import Reading
from curate.finding import Hit
from curate.row import Kind

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
    Mask = NDArray[np.bool_]
else:
    Indices = Mask = Any

RANKS: dict[EffectName, int] = {name: rank for rank, name in enumerate(EFFECTS)}
# Instead of a place among a profile's effects: what its file says of formats and of training.
TOO_LONG, NOT_READ, OTHERWISE, OTHER_TEXT = -4, -3, -2, -1
_OF_LENGTH: dict[TooLong | None, EffectName] = {
    "cut": "changed",
    "shorten": "changed",
    "drop": "dropped",
}


class Cause(NamedTuple):
    """Why rows have an effect.

    Attributes:
        code: The code of the finding.
        at: The place of the effect in the profile, or one of the constants above.
        effect: What it is.
    """

    code: str
    at: int
    effect: EffectName


@dataclass(slots=True)
class Counts:
    """What one consumer makes of some records.

    Attributes:
        rows: Records by effect.
        unread: Records that became no row and of which the profile says nothing.
        causes: Records by cause; a record counts once for each of its codes.
        total: Characters of all rows.
        meant: Characters that the data wants to be learnt.
        trained: Characters that the consumer trains, of the rows that it keeps.
        tokens: The same in tokens, where there is a tokenizer.
    """

    rows: Counter[EffectName] = field(default_factory=Counter)
    unread: int = 0
    causes: Counter[Cause] = field(default_factory=Counter)
    total: int = 0
    meant: int = 0
    trained: int = 0
    tokens: TokenCounts | None = None

    def add(self, other: Counts) -> None:
        """Add another chunk's counts."""
        self.rows.update(other.rows)
        self.unread += other.unread
        self.causes.update(other.causes)
        self.total += other.total
        self.meant += other.meant
        self.trained += other.trained
        if other.tokens is not None:
            self.tokens = self.tokens or TokenCounts()
            self.tokens.add(other.tokens)


class _Of:
    """What one consumer makes of a chunk.

    Args:
        profile: The consumer's.
        n_records: The records of the chunk.

    Attributes:
        ranks: The rank of each record's worst effect, -1 where nothing is known of it.
        trained: The characters of each record that are trained.
        shared: Causes that hold for many records, counted.
        own: For each record in which something was found the worst cause of each code.
        lengths: Its tokens, where there is a tokenizer.
        asked: Whether the user said at which length rows are cut.
    """

    def __init__(self, profile: Profile, n_records: int) -> None:
        self.profile = profile
        self.ranks: Indices = np.full(n_records, -1)
        self.trained: Indices = np.zeros(n_records, np.int64)
        self.shared: Counter[Cause] = Counter()
        self.own: dict[int, dict[str, Cause]] = {}
        self.lengths: Lengths | None = None
        self.asked = False

    def note(self, index: int, cause: Cause, *, told: bool) -> None:
        """Note why one record has an effect, and whether people are told of it."""
        rank = RANKS[cause.effect]
        self.ranks[index] = max(rank, self.ranks[index])
        if not told:
            return
        found = self.own.setdefault(index, {})
        old = found.get(cause.code)
        if old is None or RANKS[old.effect] < rank:
            found[cause.code] = cause

    def share(self, at: Indices, cause: Cause) -> None:
        """Note why several records have an effect."""
        if len(at):
            self.ranks[at] = np.maximum(self.ranks[at], RANKS[cause.effect])
            self.shared[cause] += len(at)

    def settled(self, total: int, meant: int) -> Counts:
        """Return the counts, with the characters of all rows."""
        tokens = self._settle_lengths() if self.lengths is not None else None
        counts = Counts(total=total, meant=meant, unread=int((self.ranks < 0).sum()))
        for rank, name in enumerate(EFFECTS):
            if count := int((self.ranks == rank).sum()):
                counts.rows[name] = count
        counts.causes = self.shared.copy()
        for causes in self.own.values():
            counts.causes.update(causes.values())
        counts.trained = int(self.trained[self._kept()].sum())
        counts.tokens = tokens
        return counts

    def _kept(self) -> Mask:
        mask: Mask = self.ranks < RANKS["dropped"]
        return mask

    def _settle_lengths(self) -> TokenCounts:
        """Return the tokens; what becomes of rows that are too long is an effect, if asked for."""
        assert self.lengths is not None
        kept = self._kept()
        length = self.profile.length
        effect = _OF_LENGTH.get(length.too_long if length is not None else None)
        if effect is not None and self.asked:
            at = np.flatnonzero(self.lengths.over(kept))
            self.share(at, Cause("LEN001", TOO_LONG, effect))
        return self.lengths.counts(kept)


class Effects:
    """Gathers the effects of one chunk's records.

    Args:
        profiles: The consumers in force.
        n_records: The records of the chunk.
    """

    def __init__(self, profiles: Sequence[Profile], n_records: int) -> None:
        self._of = [_Of(profile, n_records) for profile in profiles]
        self._forms: dict[int, str] = {}
        self._total = self._meant = 0

    def form(self, index: int) -> str | None:
        """Return the format of a record that became a row; one of our own rows has none."""
        name = self._forms.get(index)
        return None if name == "row" else name

    def forms(self) -> frozenset[str]:
        """Return the formats of all rows so far."""
        return frozenset(self._forms.values())

    def found(self, index: int, hit: Hit, form: str | None) -> None:
        """Note what was found in a record."""
        for each in self._of:
            effect = each.profile.effect_of(hit.code, form, hit.pointer)
            if effect is not None:
                at = each.profile.effects.index(effect)
                each.note(index, Cause(hit.code, at, effect.effect), told=effect.level != "off")

    def read(self, at: Sequence[int], names: Sequence[str], kind: Kind) -> None:
        """Note which records became rows of a kind, and by which formats."""
        self._forms.update(zip(at, names, strict=True))
        records, all_names = np.array(at, np.int64), np.array(names)
        for each in self._of:
            each.ranks[records] = np.maximum(each.ranks[records], 0)
            for name in dict.fromkeys(names):
                if (cause := cause_of_form(each.profile, name, kind)) is not None:
                    each.share(records[all_names == name], cause)

    def bounds(self, batch: pa.RecordBatch, at: Sequence[int]) -> dict[int, list[Hit]]:
        """Return what lies beyond the limits of a consumer, by the row of a batch.

        Args:
            batch: The rows.
            at: Their records.
        """
        found: dict[int, dict[tuple[str, str], Hit]] = {}
        for each in self._of:
            for row, hit in bounds(batch, each.profile):
                if each.profile.effect_of(hit.code, self.form(at[row]), hit.pointer) is not None:
                    found.setdefault(row, {}).setdefault((hit.code, hit.pointer), hit)
        return {row: list(hits.values()) for row, hits in sorted(found.items())}

    def measure(self, batch: pa.RecordBatch, at: Sequence[int], kind: Kind) -> None:
        """Count the text of a batch's rows; `at` are their records."""
        amounts = Amounts(batch, kind)
        self._total += int(amounts.total.sum())
        self._meant += int(amounts.meant.sum())
        records = np.array(at, np.int64)
        names = np.array([self._forms.get(index, "row") for index in at])
        for each in self._of:
            for name in dict.fromkeys(names.tolist()):
                cause = cause_of_form(each.profile, name, kind)
                if cause is not None and cause.at == NOT_READ:
                    continue
                chars = amounts.trained(each.profile.trained(name), name)
                rows = names == name
                # A record may have become several rows.
                np.add.at(each.trained, records[rows], chars[rows])
                other = np.unique(records[rows & (chars != amounts.meant)])
                each.share(other, Cause("SCH043", OTHER_TEXT, "trains-other"))

    def tokens(self, index: int, reading: Reading) -> None:
        """Count the tokens of a row of a record."""
        max_length = reading.rendering.max_length
        form = self._forms.get(index, "row")
        for each in self._of:
            if each.lengths is None:
                each.lengths = Lengths(each.profile, len(each.ranks), max_length)
                each.asked = max_length is not None
            cause = cause_of_form(each.profile, form, reading.kind)
            if cause is None or cause.at != NOT_READ:
                each.lengths.take(index, reading, form)

    def settle(self) -> list[Counts]:
        """Return the counts, one for each consumer in its order."""
        return [each.settled(self._total, self._meant) for each in self._of]


def cause_of_form(profile: Profile, name: str, kind: Kind) -> Cause | None:
    """Return why a consumer reads no row of a format as it is meant, None where it does."""
    if kind not in profile.kinds:
        return Cause("SCH041", NOT_READ, "rejected")
    if name == "row":
        return None
    if name not in profile.reads:
        return Cause("SCH040", NOT_READ, "rejected")
    effect = profile.reading_of(name)
    return None if effect is None else Cause("SCH042", OTHERWISE, effect.effect)
