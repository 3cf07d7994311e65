"""Vectors and which of them are near each other; models that are not there."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from curate.deduplication.embeddings import cosines, embedder, neighbours, unit
from curate.errors import BackendError, MissingExtraError


def tiny(folder: Path) -> Path:
    """Make a model whose words `high` and `tall` mean the same."""
    pytest.importorskip("model2vec")
    from model2vec import StaticModel
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace

    known = ("[UNK] how tall high is mount everest", "the of what a cat dog sleeps in barn")
    names = " ".join(known).split(" ")
    places = {name: at for at, name in enumerate(names)}
    tokenizer = Tokenizer(WordLevel(places, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    vectors = np.random.default_rng(0).normal(size=(len(names), 16)).astype(np.float32)
    vectors[places["high"]] = vectors[places["tall"]]
    StaticModel(vectors, tokenizer).save_pretrained(folder)
    return folder


def test_a_static_model_reads_whole_texts_and_unknown_words_mean_nothing(tmp_path: Path) -> None:
    model = embedder("model2vec", str(tiny(tmp_path / "tiny")))
    long = "cat " * 2_000
    found = unit(model.encode(["how tall", "how high", "zzz", long, long + "dog " * 2_000]))
    assert cosines(found[:1], found[1:2])[0] == pytest.approx(1, abs=1e-6)
    assert not found[2].any()
    assert cosines(found[3:4], found[4:])[0] < 0.99, "no text is cut"


@pytest.mark.parametrize("name", ["nobody/nothing", "no such folder", "../x", ""])
def test_a_model_that_is_not_here_is_not_fetched(name: str) -> None:
    pytest.importorskip("huggingface_hub")
    with pytest.raises(BackendError) as caught:
        embedder("model2vec", name)
    assert caught.value.exit_code == 4
    assert caught.value.hint


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("model2vec")
    with pytest.raises(BackendError, match="no model"):
        embedder("model2vec", str(tmp_path))


@pytest.mark.parametrize(
    ("backend", "package", "extra"),
    [
        ("model2vec", "model2vec", "semantic"),
        ("sentence-transformers", "sentence_transformers", "sentence-transformers"),
    ],
)
def test_a_missing_package_is_named_with_its_extra(
    backend, package, extra, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError) as caught:
        embedder(backend, str(tmp_path))
    assert caught.value.hint == f"pip install 'tunesmith[{extra}]'"


def test_a_missing_index_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "usearch.index", None)
    with pytest.raises(MissingExtraError):
        neighbours(np.eye(2, dtype=np.float32), 0.9)


def test_neighbours_are_the_pairs_that_are_near() -> None:
    pytest.importorskip("usearch")
    draw = np.random.default_rng(3)
    far = draw.normal(size=(300, 24))
    near = far[:100] + draw.normal(size=(100, 24)) * 0.1
    vectors = unit(np.concatenate([far, near, np.zeros((2, 24))]).astype(np.float32))
    found = neighbours(vectors, 0.9)
    every = np.triu(vectors @ vectors.T, 1)
    first, second = np.nonzero(every >= 0.9)
    assert set(zip(found.first.tolist(), found.second.tolist(), strict=True)) == set(
        zip(first.tolist(), second.tolist(), strict=True)
    )
    assert found.scores == pytest.approx(every[found.first, found.second], abs=1e-6)
    again = neighbours(vectors, 0.9)
    assert [column.tolist() for column in again] == [column.tolist() for column in found]


def test_vectors_without_length_or_number_are_near_none() -> None:
    pytest.importorskip("usearch")
    vectors = unit(np.array([[0, 0], [np.nan, 1], [np.inf, 1], [0, 0]], np.float32))
    assert not vectors.any()
    assert not len(neighbours(vectors, 0.1).first)
