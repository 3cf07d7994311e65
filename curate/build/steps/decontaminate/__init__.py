"""Rows that leak items of an evaluation leave, or are listed, each shown beside its item."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from curate.build.line.base import Context, Decision, Indices, Rows
from curate.build.steps.decontaminate.evaluations import Evaluations, read_evaluations
from curate.build.steps.decontaminate.leaks import Told, asking, decision_of
from curate.build.steps.texts import On, RowTexts, columns_for, texts_of
from curate.decontamination import (
    GRAM_WORDS,
    METHODS,
    PAIR,
    Embed,
    Index,
    Item,
    Meanings,
    Method,
    Paraphrases,
    Scan,
    ShapeName,
    Thresholds,
    build_index,
    judge,
)
from curate.errors import UsageError
from curate.lexical import words
from curate.recipe import option

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Leaks = NDArray[np.void]
    Pairs = NDArray[np.void]
else:
    Leaks = Pairs = Any

# Bytes of text that are looked at together.
_PART_BYTES = 2 << 20
# Rows that the worth of words is told from.
_SAMPLE_ROWS = 20_000
_SAMPLE_STEP = 500

Form = Literal["auto", ShapeName, "rows"]


@dataclass(frozen=True)
class DecontaminateOptions:
    """Options of `curate decontaminate`."""

    against: list[str] = option(
        doc="Evaluations: files, folders, patterns, hf: addresses, or FOLDER#SPLIT of a dataset "
        "folder."
    )
    against_format: Form = option(
        "auto", doc="Shape of the evaluations; `any` takes all texts, `rows` training formats."
    )
    field: list[str] = option(
        names=True,
        factory=list,
        doc="Columns of the evaluations that are looked for, whatever their shape.",
    )
    methods: list[str] = option(
        names=True,
        factory=lambda: ["exact", "near", "ngram", "paraphrase"],
        doc="What counts: exact, near, ngram, paraphrase, semantic.",
    )
    action: Literal["remove", "list", "remove-all"] = option(
        "remove",
        doc="`remove` takes out rows by exact, near and ngram matches of questions and lists the "
        "rest; `remove-all` takes out all that was found; `list` takes out none.",
    )
    on: On = option("conversation", doc="Where in a row items are looked for.")
    sides: Literal["question", "answer", "both"] = option(
        "both", doc="What of an item is looked for."
    )
    ngram_words: int = option(
        13, doc="Words in a row that are a leak where few rows have them.", minimum=5
    )
    common_rows: int = option(
        10, doc="A run of words in more rows than this does not count by itself.", minimum=0
    )
    near_ratio: float = option(
        0.7, doc="Share of a text's 8-grams that is a near match.", above=0, maximum=1
    )
    min_words: int = option(
        4, doc="A shorter text is not looked for, not even as a whole.", minimum=1
    )
    paraphrase_ratio: float = option(
        0.45, doc="Part of a question's worth that is a paraphrase.", above=0, maximum=1
    )
    model: str | None = option(
        None, doc="Embedding model of `semantic`: a folder, or a hub id that is in the cache."
    )
    backend: Literal["model2vec", "sentence-transformers"] = option(
        "model2vec", doc="Package that loads the model."
    )
    semantic_cosine: float = option(0.9, doc="Cosine that is the same meaning.", above=0, maximum=1)


class Decontaminate:
    """Finds rows that hold items of evaluations.

    Args:
        options: The options.
        embed: The model of `semantic`; None opens `options.model` when it is needed.

    Raises:
        UsageError: If nothing is looked for, a method is unknown, or `semantic` has no model.
    """

    name = "decontaminate"

    def __init__(self, options: DecontaminateOptions, embed: Embed | None = None) -> None:
        if not options.against:
            raise UsageError("there is nothing to look for", hint="--against FILE")
        if not options.methods:
            raise UsageError("methods is empty", hint=f"some of {', '.join(METHODS)}")
        if wrong := [method for method in options.methods if method not in METHODS]:
            raise UsageError(
                f"there is no method {wrong[0]!r}", hint=f"one of {', '.join(METHODS)}"
            )
        if "semantic" in options.methods and options.model is None and embed is None:
            raise UsageError(
                "the method semantic needs a model", hint="--model FOLDER, or leave it out"
            )
        self.options = options
        self._embed = embed

    def decide(self, rows: Rows, context: Context) -> Decision:
        """Look for the evaluations' items in every row.

        Raises:
            InputError: If an evaluation cannot be read, is empty or of the wrong shape.
        """
        options = self.options
        read = read_evaluations(
            options.against, options.against_format, options.field, context.settings
        )
        index = build_index(
            [_of_sides(item, options.sides) for item in read.items],
            gram_words=min(GRAM_WORDS, options.ngram_words),
            min_words=options.min_words,
        )
        look = _Look(self, index, rows)
        for start, batch in rows.batches(columns_for(rows.kind)):
            for first, texts in _parts(texts_of(batch, rows.kind, options.on)):
                look.at(texts, start + first)
            if look.looks_at_questions:
                asked = texts_of(batch, rows.kind, asking(rows.kind, options.on))
                for first, texts in _parts(asked):
                    look.at_questions(texts, start + first)
            context.tick(start + batch.num_rows)
        return decision_of(look.told(read))

    def embedder(self) -> Embed:
        """Return the model of `semantic`."""
        if self._embed is not None:
            return self._embed
        from curate.deduplication.embeddings import embedder

        model = embedder(self.options.backend, str(self.options.model))
        return lambda texts: model.encode(list(texts))


class _Look:
    """Looks at the rows part by part and keeps what may be leaks, and numbers for every row."""

    def __init__(self, step: Decontaminate, index: Index, rows: Rows) -> None:
        options = step.options
        self.options, self.index, self.rows = options, index, rows
        methods: list[Method] = [method for method in METHODS if method in options.methods]
        self.asked = Thresholds(
            frozenset(methods), options.ngram_words, options.common_rows, options.near_ratio
        )
        self.scan = Scan(index)
        self.pairs: list[Pairs] = []
        self.leaks: list[Leaks] = []
        self.share = np.zeros(len(rows), np.float32)
        self.words = np.zeros(len(rows), np.int32)
        self.paraphrases = _learnt(index, rows, options.on) if "paraphrase" in methods else None
        self.meanings = Meanings(index, step.embedder()) if "semantic" in methods else None

    @property
    def looks_at_questions(self) -> bool:
        """Whether a method looks for questions in other words."""
        return self.paraphrases is not None or self.meanings is not None

    def at(self, texts: RowTexts, start: int) -> None:
        """Look at the rows from `start` on."""
        hashed = words(texts.pieces)
        of_text = _rows_of(texts)
        pairs = self.scan.pairs(hashed, of_text, start)
        np.maximum.at(self.share, pairs["row"], pairs["share"])
        np.maximum.at(self.words, pairs["row"], pairs["words"])
        self.pairs.append(pairs[self.asked.may_be(pairs)])

    def at_questions(self, texts: RowTexts, start: int) -> None:
        """Look at what the rows from `start` on ask, for questions in other words."""
        of_text = _rows_of(texts)
        if self.paraphrases is not None:
            ratio = self.options.paraphrase_ratio
            self.leaks.append(self.paraphrases.leaks(words(texts.pieces), of_text, ratio, start))
        if self.meanings is not None:
            cosine = self.options.semantic_cosine
            self.leaks.append(self.meanings.leaks(texts.pieces.to_pylist(), of_text, cosine, start))

    def told(self, read: Evaluations) -> Told:
        """Return what was found."""
        pairs = np.concatenate([np.zeros(0, PAIR), *self.pairs])
        judged = judge(pairs, self.index, self.scan.rows_with, self.asked)
        return Told(
            rows=self.rows,
            read=read,
            index=self.index,
            leaks=np.concatenate([judged.leaks, *self.leaks]),
            common=judged.common,
            share=self.share,
            words=self.words,
            on=self.options.on,
            action=self.options.action,
            unweighed=None if self.paraphrases is None else int((~self.paraphrases.judged).sum()),
        )


def _of_sides(item: Item, sides: str) -> Item:
    if sides == "both":
        return item
    return replace(item, pieces=tuple(piece for piece in item.pieces if piece.side == sides))


def _rows_of(texts: RowTexts) -> Indices:
    return np.repeat(np.arange(len(texts.starts) - 1), np.diff(texts.starts))


def _parts(texts: RowTexts) -> Iterator[tuple[int, RowTexts]]:
    """Yield the first row and the texts of some rows: whole rows, some MiB together."""
    n_rows = len(texts.starts) - 1
    ends = np.cumsum(texts.sizes())
    first = 0
    while first < n_rows:
        before = int(ends[first - 1]) if first else 0
        upto = max(first + 1, int(np.searchsorted(ends, before + _PART_BYTES, "right")))
        yield first, _part(texts, first, upto)
        first = upto


def _part(texts: RowTexts, first: int, upto: int) -> RowTexts:
    starts = texts.starts[first : upto + 1]
    begin, end = int(starts[0]), int(starts[-1])
    return RowTexts(texts.pieces.slice(begin, end - begin), starts - begin)


def _learnt(index: Index, rows: Rows, on: On) -> Paraphrases:
    """Return the questions with the worth of their words, told from rows spread over the set."""
    found = Paraphrases(index)
    stride = max(1, -(-len(rows) // _SAMPLE_ROWS))
    wanted = np.arange(0, len(rows), stride)
    for start in range(0, len(wanted), _SAMPLE_STEP):
        table = rows.take(wanted[start : start + _SAMPLE_STEP], columns_for(rows.kind))
        for batch in table.combine_chunks().to_batches():
            found.learn(words(texts_of(batch, rows.kind, asking(rows.kind, on)).pieces))
    found.weigh()
    return found


__all__ = ["Decontaminate", "DecontaminateOptions"]
