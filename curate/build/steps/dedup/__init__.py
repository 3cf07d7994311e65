"""Rows that repeat others leave: the same, nearly the same, or the same in meaning."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from curate.build.line.base import Context, Decision, Removal, Rows
from curate.build.steps.dedup.alike import Search
from curate.build.steps.dedup.compared import Compared, Known, comparing, known
from curate.build.steps.dedup.contradictions import contradictions
from curate.build.steps.dedup.files import (
    CLUSTERS,
    SCORES,
    clusters_file,
    ids_key,
    read_scores,
    scores_file,
)
from curate.build.steps.dedup.in_order import in_same_order
from curate.build.steps.dedup.keeping import BEST, check_keep, numbers_of
from curate.build.steps.dedup.meaning import Meaning
from curate.build.steps.texts import On
from curate.deduplication.embeddings import embedder
from curate.deduplication.exact import best_of_groups, groups_of
from curate.deduplication.keep import Kept, Pairs, ranks, settle, settled, starred
from curate.deduplication.minhash import NearOptions
from curate.errors import UsageError, printable
from curate.finding import Hit
from curate.lexical import Folds
from curate.recipe import option

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
else:
    Indices = Any

Method = Literal["exact", "minhash", "rouge_l", "semantic"]
_EXACT = "DUP010"
_CODES: dict[str, str] = {"minhash": "DUP011", "semantic": "DUP012", "rouge_l": "DUP013"}
_THRESHOLDS: dict[str, float] = {"minhash": 0.7, "rouge_l": 0.9, "semantic": 0.9}
_FOLDS = ("case", "width", "space", "punctuation")
# Options that the pairs of a scores file do not depend on, or only by `made_of` itself.
_FREE = ("threshold", "contradictions", "clusters", "scores")


@dataclass(frozen=True)
class DedupOptions:
    """Options of `curate dedup`."""

    on: On = option(
        "conversation",
        doc="What is compared: prompt, response, both, or the conversation with roles and tools. "
        "Judged answers are compared by prompt and by answer, unless `sides` is false.",
    )
    method: Method = option(
        "minhash",
        doc="How rows that are not equal are compared: `exact` not at all, `minhash` by their word "
        "n-grams, `rouge_l` by their words in order (GPTeacher's similarity sets are this on the "
        "response), `semantic` by embeddings.",
    )
    threshold: float | None = option(
        None,
        doc="The least similarity of duplicates: 0.7 for minhash, 0.9 for rouge_l and semantic.",
        above=0,
        maximum=1,
    )
    keep: str = option(
        "first",
        doc="Which row stays: first, longest, or best:FIELD, the one with the highest number in a "
        "field beside the row's own. A row outside `train` always stays before one in it.",
    )
    folds: list[str] = option(
        names=True,
        factory=lambda: ["case", "space"],
        doc="What equal rows may differ in: case, width, space, punctuation.",
    )
    ngram_words: int = option(5, doc="Words in an n-gram of minhash.", minimum=1)
    permutations: int = option(128, doc="Values in a signature of minhash.", minimum=1)
    bands: int | None = option(
        None, doc="Bands of a signature; by default as the threshold needs.", minimum=1
    )
    band_rows: int | None = option(
        None, doc="Values in a band; by default as the threshold needs.", minimum=1
    )
    unverified: bool = option(
        False, doc="Take rows that share a band as duplicates without comparing them."
    )
    templates: bool = option(
        True,
        doc="Rows that share a template's sentences (20 rows or more have them) and differ only "
        "around these are compared by what is around them.",
    )
    sides: bool = option(
        True,
        doc="Prompts and answers are compared each by itself too: rows that ask or answer another "
        "thing stay, and so do other judged answers to one prompt.",
    )
    contradictions: Literal["report", "drop_both"] = option(
        "report", doc="What becomes of rows that are judged in opposite ways."
    )
    stem: bool = option(True, doc="Compare the stems of English words in rouge_l.")
    model: str | None = option(
        None, doc="Embedding model of semantic: a folder, or a hub id that is in the cache."
    )
    backend: Literal["model2vec", "sentence-transformers"] = option(
        "model2vec", doc="What loads the model of semantic."
    )
    clusters: bool = option(False, doc="Write clusters.jsonl for review.")
    scores: str | None = option(
        None,
        doc="An output folder of dedup, or its scores/dedup.arrow: apply another threshold to it.",
    )


@dataclass(slots=True)
class _Found:
    """Rows that are alike.

    Attributes:
        kept: Those that leave, each with the one that stays.
        pairs: Pairs that were found to be duplicates, with scores; None where there are none to
            apply another threshold to.
        facts: What is reported of the search.
    """

    kept: Kept
    pairs: Pairs | None = None
    facts: dict[str, Any] = field(default_factory=dict)


class Dedup:
    """Finds rows that repeat others.

    Equal rows are found first, by 128-bit keys; only one of each group is compared further. A row
    leaves for a row that stays and that it was itself compared with, so no group leaves as a whole.
    Rows without text where `on` looks stay.

    Args:
        options: The options.

    Raises:
        UsageError: If options contradict each other or a value is out of range.
    """

    name = "dedup"

    def __init__(self, options: DedupOptions) -> None:
        self.options = options
        check_keep(options.keep)
        self.folds = _folds(options.folds)
        _check(options)
        self.near = _near_options(options)

    def decide(self, rows: Rows, context: Context) -> Decision:
        """Look at rows and say which of them leave.

        Raises:
            UsageError: If no row has a number in the field to keep by, or `scores` belong to
                other rows.
            InputError: If `scores` cannot be read.
            BackendError: If the embedding model is not there.
            MissingExtraError: If what loads it is not installed.
        """
        decision = Decision()
        compared = comparing(rows.kind, self.options.on, sides=self.options.sides)
        seen = known(rows, compared, self.folds, context)
        rank = self._rank(rows, seen, decision)
        there = np.flatnonzero(seen.has_text)
        wanted, n_compared = self.options.contradictions, len(there)
        if not compared.sides:  # Rows that are equal here may be judged in opposite ways.
            gone = contradictions(rows, seen, there, Kept.none(), wanted, decision)
            there = np.setdiff1d(there, gone, assume_unique=True)
        best = best_of_groups(groups_of(seen.keys, there), there, rank)
        again = there != best
        single = there[~again]
        equal = Kept(there[again], best[again], np.ones(int(again.sum())))
        dropped = np.zeros(0, np.int64)
        if compared.sides:
            dropped = contradictions(rows, seen, single, equal, wanted, decision)
        single = np.setdiff1d(single, dropped, assume_unique=True)
        found = self._search(rows, compared, (seen, single, rank), context)
        near, same = _followed(equal.where(~np.isin(equal.rows, dropped)), found.kept)
        decision.removals += [
            Removal(_EXACT, same.rows, lambda nth: "is the same as", same.kept, same.scores),
            self._alike(near),
        ]
        self._write(rows, found, decision)
        self._tell(rows, n_compared, found, decision)
        return decision

    def _rank(self, rows: Rows, seen: Known, decision: Decision) -> Indices:
        keep, scores = self.options.keep, None
        if keep == "longest":
            scores = seen.sizes.astype(np.float64)
        elif keep.startswith(BEST) and len(rows):
            name = keep.removeprefix(BEST)
            numbers = numbers_of(rows, name)
            decision.findings += [(-1, hit) for hit in numbers.hits(name)]
            scores = numbers.numbers
        return ranks(rows.splits.of_row, rows.splits.names, scores)

    def _search(
        self,
        rows: Rows,
        compared: Compared,
        among: tuple[Known, Indices, Indices],
        context: Context,
    ) -> _Found:
        """Return which of the rows that equal no other leave, given as (known, indices, rank)."""
        seen, single, rank = among
        options = self.options
        threshold = threshold_of(options)
        if options.method == "exact":
            return _Found(Kept.none())
        if options.scores is not None:
            pairs = read_scores(options.scores, self._made_of(rows))
            return _Found(settle(pairs, rank), pairs)
        if options.method == "rouge_l":
            how = (threshold, options.stem)
            return _Found(in_same_order(rows, compared, (single, seen.beside, rank), how, context))
        if options.method == "semantic":
            model = embedder(options.backend, options.model or "")
            meaning = Meaning(rows, compared, single, seen.beside, threshold, model, context)
            pairs, judge = meaning.run()
            return _Found(*settled(pairs, rank, judge))
        search = Search(rows, compared, single, seen.beside, self.near, context)
        alike = search.run(templates=options.templates)
        if alike.judge is None:
            return _Found(settle(starred(alike.pairs, rank), rank))
        kept, pairs = settled(alike.pairs, rank, alike.judge)
        facts = {"template_rows": alike.template_rows, "template_least_rows": alike.least_rows}
        return _Found(kept, pairs, facts if options.templates else {})

    def _alike(self, near: Kept) -> Removal:
        """Return the removal of rows that are alike and not equal."""
        options = self.options
        how = {
            "minhash": f"Jaccard similarity of word {options.ngram_words}-grams",
            "rouge_l": "ROUGE-L",
            "semantic": "cosine similarity of embeddings",
        }.get(options.method, "")
        least = threshold_of(options)

        def say(nth: int) -> str:
            score = float(near.scores[nth])
            if math.isnan(score):
                return "shares a MinHash band, without having been compared, with"
            return f"is nearly the same ({how} {score:.2f}, threshold {least:g}) as"

        code = _CODES.get(options.method, "DUP011")
        scores = None if options.unverified else near.scores
        return Removal(code, near.rows, say, near.kept, scores)

    def _made_of(self, rows: Rows) -> dict[str, Any]:
        """Return what the pairs depend on."""
        made = {f.name: getattr(self.options, f.name) for f in fields(self.options)}
        made = {name: value for name, value in made.items() if name not in _FREE}
        return made | {"threshold": threshold_of(self.options), "ids": ids_key(rows)}

    def _write(self, rows: Rows, found: _Found, decision: Decision) -> None:
        options = self.options
        if found.pairs is not None:
            made_of = self._made_of(rows)
            decision.files[SCORES] = scores_file(rows, found.pairs, options.method, made_of)
        if options.clusters:
            decision.files[CLUSTERS] = clusters_file(rows, decision.removals)

    def _tell(self, rows: Rows, n_compared: int, found: _Found, decision: Decision) -> None:
        lacking = len(rows) - n_compared
        if lacking:
            said = f"{lacking:,} of {len(rows):,} rows have no text on {self.options.on}; they stay"
            decision.findings.append((-1, Hit("DUP016", "", said)))
        counts = {r.code: len(r.rows) for r in decision.removals if len(r.rows)}
        moved = [r.kept for r in decision.removals if r.kept is not None]
        stays = len(np.unique(np.concatenate(moved)))
        decision.report = {
            "method": self.options.method,
            "threshold": threshold_of(self.options) if self.options.method != "exact" else None,
            "verified": not self.options.unverified,
            "on": self.options.on,
            "rows_compared": n_compared,
            "rows_without_text": lacking,
            "removed": dict(sorted(counts.items())),
            "clusters": stays,
            **found.facts,
        }
        said = ", ".join(f"{n:,} {code}" for code, n in sorted(counts.items())) or "none"
        decision.lines.append(f"{n_compared:,} rows compared; duplicates: {said}")
        if found.facts.get("template_rows"):
            decision.lines.append(
                f"{found.facts['template_rows']:,} rows have sentences that "
                f"{found.facts['template_least_rows']:,} rows or more share; rows of one template "
                "were compared by what is around these"
            )


def threshold_of(options: DedupOptions) -> float:
    """Return the threshold in force."""
    default = _THRESHOLDS.get(options.method, 1.0)
    return default if options.threshold is None else options.threshold


def _folds(names: list[str]) -> Folds:
    unknown = [name for name in names if name not in _FOLDS]
    if unknown:
        raise UsageError(
            f"folds: {printable(unknown[0])} is none of {', '.join(_FOLDS)}",
            hint="an empty list compares texts as they are",
        )
    return Folds(**{name: name in names for name in _FOLDS})


def _near_options(options: DedupOptions) -> NearOptions:
    return NearOptions(
        threshold=threshold_of(options),
        ngram_words=options.ngram_words,
        permutations=options.permutations,
        bands=options.bands,
        rows=options.band_rows,
        verified=not options.unverified,
    )


def _check(options: DedupOptions) -> None:
    """Refuse options that do not go together.

    Raises:
        UsageError: If some do not.
    """
    method = options.method
    if options.threshold is not None and not 0 < options.threshold <= 1:
        raise UsageError(f"the threshold is {options.threshold:g}, expected above 0 and at most 1")
    if method == "semantic" and options.model is None:
        raise UsageError(
            "method semantic needs a model",
            hint="name a folder, or a model that is in the hub cache, with `model`",
        )
    wrong = {
        "threshold": method == "exact" and options.threshold is not None,
        "unverified": method != "minhash" and options.unverified,
        "model": method != "semantic" and options.model is not None,
        "scores": options.scores is not None
        and (method not in ("minhash", "semantic") or options.unverified),
    }
    for name, is_wrong in wrong.items():
        if is_wrong:
            said = "unverified" if name == "scores" and options.unverified else method
            raise UsageError(f"`{name}` means nothing with method {said}")


def _followed(equal: Kept, near: Kept) -> tuple[Kept, Kept]:
    """Return the alike and the equal rows that leave.

    A row that equals one that leaves goes with it, for the same row and with the same score.
    """
    at = np.searchsorted(near.rows, equal.kept)
    at = np.minimum(at, max(len(near.rows) - 1, 0))
    gone = near.rows[at] == equal.kept if len(near.rows) else np.zeros(len(equal.rows), np.bool_)
    at = at[gone]
    rows = np.concatenate([near.rows, equal.rows[gone]])
    order = np.argsort(rows, kind="stable")
    alike = Kept(
        rows[order],
        np.concatenate([near.kept, near.kept[at]])[order],
        np.concatenate([near.scores, near.scores[at]])[order],
    )
    return alike, equal.where(~gone)


__all__ = ["Dedup", "DedupOptions"]
