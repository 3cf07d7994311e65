"""Embeddings of texts, and which of them are near each other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np

from curate.deduplication.keep import Pairs
from curate.errors import BackendError, MissingExtraError, printable
from curate.files.hub_model import local_model

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]
    Indices = NDArray[np.int64]
    Scores = NDArray[np.float64]
else:
    Vectors = Indices = Scores = Any

Backend = Literal["model2vec", "sentence-transformers"]
# Neighbours of each text that are looked at; more are found through those that they link.
_NEIGHBOURS = 32
# How far the graph is searched; 128 finds over 99 % of the 32 nearest among 100,000.
_EXPANSION = 128
_AT_ONCE = 4_096


class Embedder(Protocol):
    """Makes vectors of texts."""

    def encode(self, texts: list[str]) -> Vectors:
        """Return a vector of each text, `(n_texts, n_dimensions) float32`, of any length."""


class _Static:
    """A model2vec model: the mean of its tokens' vectors, of the whole text."""

    def __init__(self, folder: Path) -> None:
        try:
            from model2vec import StaticModel
        except ImportError:
            raise MissingExtraError("model2vec", "semantic") from None
        self._model = StaticModel.from_pretrained(folder, force_download=False)

    def encode(self, texts: list[str]) -> Vectors:
        found = self._model.encode(texts, max_length=None, use_multiprocessing=False)
        return np.asarray(found, np.float32)


class _Sentence:
    """A sentence-transformers model; it reads as many tokens as it was made for, and no more."""

    def __init__(self, folder: Path) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError:
            raise MissingExtraError("sentence-transformers", "sentence-transformers") from None
        self._model = SentenceTransformer(str(folder), local_files_only=True)

    def encode(self, texts: list[str]) -> Vectors:
        return np.asarray(self._model.encode(texts, show_progress_bar=False), np.float32)


def embedder(backend: Backend, model: str) -> Embedder:
    """Return what makes vectors.

    Args:
        backend: The package that loads the model.
        model: A folder, or a hub id that is in the cache; nothing is fetched.

    Raises:
        BackendError: If the model is not there, or is none.
        MissingExtraError: If the package is not installed.
    """
    folder = local_model(model)
    try:
        return _Static(folder) if backend == "model2vec" else _Sentence(folder)
    except (OSError, ValueError, KeyError) as error:
        why = printable(str(error), 200)
        raise BackendError(
            f"{printable(model)} is no model that {backend} can load: {why}",
            hint="name the folder of a model of this backend",
        ) from None


def unit(vectors: Vectors) -> Vectors:
    """Return vectors of length 1, `(n, d) float32`; one without length or a number becomes 0."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    good = np.isfinite(lengths) & (lengths > 0)
    return np.where(good, vectors / np.where(good, lengths, 1), 0).astype(np.float32)


def cosines(first: Vectors, second: Vectors) -> Scores:
    """Return the cosine of each pair of vectors of length 1 or 0, `(n,) float64`."""
    return np.asarray(np.einsum("ij,ij->i", first, second), np.float64)


def neighbours(vectors: Vectors, least: float) -> Pairs:
    """Return pairs of vectors whose cosine is `least` or more, ascending.

    Of each vector the nearest 32 are looked at, as a graph search finds them. The graph is built by
    one thread in the order of the vectors, so the pairs depend on nothing else. Memory: two bytes
    for each number, and some 200 bytes, for each vector.

    Args:
        vectors: `(n, d) float32`, of length 1 or 0; one of length 0 is near none.
        least: Above 0, at most 1.

    Raises:
        MissingExtraError: If `usearch` is not installed.

    Source: Malkov and Yashunin 2018, Efficient and robust approximate nearest neighbor search using
    hierarchical navigable small world graphs, as usearch has it.
    """
    try:
        from usearch.index import Index
    except ImportError:
        raise MissingExtraError("usearch", "semantic") from None
    index = Index(
        ndim=vectors.shape[1],
        metric="cos",
        dtype="f16",
        expansion_add=_EXPANSION,
        expansion_search=_EXPANSION,
    )
    steps = range(0, len(vectors), _AT_ONCE)
    for start in steps:
        part = np.asarray(vectors[start : start + _AT_ONCE])
        there = np.flatnonzero(part.any(axis=1))
        if len(there):
            index.add((there + start).astype(np.uint64), part[there], threads=1)
    parts = [Pairs.none()]
    for start in steps:
        part = np.asarray(vectors[start : start + _AT_ONCE])
        there = np.flatnonzero(part.any(axis=1))
        if len(there):
            parts.append(_near(index, vectors, there + start, part[there], least))
    return Pairs(*(np.concatenate(each) for each in zip(*parts, strict=True))).ordered()


def _near(index: Any, vectors: Vectors, rows: Indices, own: Vectors, least: float) -> Pairs:
    count = min(_NEIGHBOURS + 1, len(index))
    found = index.search(own, count, threads=1)
    keys = np.atleast_2d(np.asarray(found.keys)).astype(np.int64)
    sizes = np.atleast_1d(np.asarray(getattr(found, "counts", [count])))
    there = np.arange(keys.shape[1]) < sizes[:, None]
    first, second = np.repeat(rows, there.sum(axis=1)), keys[there]
    apart = first != second
    first, second = first[apart], second[apart]
    scores = cosines(np.asarray(vectors[first]), np.asarray(vectors[second]))
    alike = scores >= least
    return Pairs(first[alike], second[alike], scores[alike])
