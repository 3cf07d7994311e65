"""Options of `dedup`, the files that it writes, and its other methods."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from curate.build.line.base import Decision
from curate.build.steps.dedup import Dedup, DedupOptions
from curate.errors import BackendError, InputError, UsageError
from curate.files.json_text import loads
from tests.curate.build.steps.duplicates import dedup, edited, judged, left
from tests.curate.build.steps.row_sets import asked, rows_of
from tests.curate.deduplication.prose import prose
from tests.curate.deduplication.test_embeddings import tiny


@pytest.fixture
def draw() -> random.Random:
    return random.Random(7)


# Options


@pytest.mark.parametrize("threshold", [0, -0.1, 1.1, float("nan")])
@pytest.mark.parametrize("method", ["minhash", "rouge_l"])
def test_a_threshold_out_of_range_is_refused(threshold: float, method: str) -> None:
    with pytest.raises(UsageError, match="threshold"):
        Dedup(DedupOptions(threshold=threshold, method=method))


def test_a_threshold_of_1_takes_rows_with_the_same_n_grams(draw) -> None:
    text = prose(draw, 30)
    rows = rows_of([asked("q", text), asked("q", text.replace(".", "!")), asked("q", text + " a")])
    assert left(dedup(rows, threshold=1.0)) == {1: ("DUP011", 0)}
    assert left(dedup(rows, threshold=1.0, method="rouge_l")) == {1: ("DUP013", 0)}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"bands": 60, "band_rows": 5}, "60 bands of 5 rows"),
        ({"bands": 129}, "bands"),
        ({"folds": ["cases"]}, "cases"),
        ({"method": "exact", "threshold": 0.7}, "threshold"),
        ({"method": "exact", "unverified": True}, "unverified"),
        ({"method": "semantic"}, "needs a model"),
        ({"model": "x"}, "model"),
        ({"method": "rouge_l", "scores": "x"}, "scores"),
    ],
)
def test_options_that_do_not_go_together_are_refused(options, said) -> None:
    with pytest.raises(UsageError, match=said):
        Dedup(DedupOptions(**options))


# Files


def written(decision: Decision, name: str, folder: Path) -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True, parents=True)
    decision.files[name](path)
    return path


def test_scores_apply_another_threshold_without_comparing(draw, tmp_path: Path) -> None:
    texts = [prose(draw, 100) for _ in range(30)]
    made = [asked("q", t) for t in texts] + [
        asked("q", edited(t, 1 + n % 6, draw)) for n, t in enumerate(texts)
    ]
    rows = rows_of(made)
    low = dedup(rows, threshold=0.5)
    written(low, "scores/dedup.arrow", tmp_path)
    table = pa.ipc.open_file(tmp_path / "scores/dedup.arrow").read_all()
    assert table["first_id"][0].as_py() == f"r{table['first'][0].as_py()}"
    assert set(table["method"].to_pylist()) == {"minhash"}
    for place in (str(tmp_path), str(tmp_path / "scores/dedup.arrow")):
        again = dedup(rows, threshold=0.8, scores=place)
        assert left(again) == left(dedup(rows, threshold=0.8))
    assert 0 < len(left(again)) < len(left(low))


def test_scores_of_other_rows_or_options_are_refused(draw, tmp_path: Path) -> None:
    rows = rows_of([asked("q", prose(draw, 30)), asked("q", prose(draw, 30))])
    written(dedup(rows, threshold=0.7), "scores/dedup.arrow", tmp_path)
    place = str(tmp_path)
    with pytest.raises(UsageError, match=r"0\.6 is below"):
        dedup(rows, threshold=0.6, scores=place)
    with pytest.raises(UsageError, match="other rows"):
        dedup(rows.at(np.array([0])), scores=place)
    with pytest.raises(UsageError, match="with on conversation"):
        dedup(rows, on="prompt", scores=place)
    with pytest.raises(InputError):
        dedup(rows, scores=str(tmp_path / "nothing"))
    (tmp_path / "x.arrow").write_bytes(b"no arrow")
    with pytest.raises(InputError):
        dedup(rows, scores=str(tmp_path / "x.arrow"))


def test_clusters_are_written_for_review(draw, tmp_path: Path) -> None:
    text = prose(draw, 300)
    made = [
        asked("q\x07", text),
        asked("r"),
        asked("q\x07", text),
        asked("q\x07", edited(text, 2, draw)),
    ]
    decision = dedup(rows_of(made), clusters=True)
    lines = written(decision, "clusters.jsonl", tmp_path).read_text("utf-8").splitlines()
    (cluster,) = map(loads, lines)
    assert cluster["size"] == 3
    kept, equal, near = cluster["members"]
    assert (kept["id"], kept["place"], kept["kept"]) == ("r0", "in.jsonl:1", True)
    assert (equal["id"], equal["code"], equal["score"]) == ("r2", "DUP010", 1.0)
    assert (near["id"], near["code"]) == ("r3", "DUP011")
    assert 0.7 <= near["score"] < 1
    assert kept["text"].startswith("q\\u0007")
    assert kept["text"].endswith("…")
    assert "clusters.jsonl" not in dedup(rows_of(made)).files


# Other methods


def test_words_in_the_same_order_of_responses(draw) -> None:
    made = [
        asked("a", "The sum of 3 and 4 is 7, as everybody in this room knows."),
        asked("b", "The sums of 3 and 4 are 7, as everybody in this room knows!"),
        asked("c", "The sum of 3 and 5 is 8, as nobody at all would say."),
    ]
    decision = dedup(rows_of(made), on="response", method="rouge_l")
    assert left(decision) == {1: ("DUP013", 0)}
    assert left(dedup(rows_of(made), on="response", method="rouge_l", stem=False)) == {}
    assert left(
        dedup(rows_of(made), on="response", method="rouge_l", threshold=0.5, keep="longest")
    )


def test_rouge_l_keeps_other_answers_to_one_prompt(draw) -> None:
    prompt, chosen, rejected = prose(draw, 200), prose(draw, 30), prose(draw, 5)
    made = [
        judged(prompt, chosen, rejected),
        judged(prompt, chosen, prose(draw, 5)),
        judged(prompt + " now", chosen, rejected),
    ]
    assert left(dedup(rows_of(made, "preference"), method="rouge_l")) == {2: ("DUP013", 0)}


def test_rows_of_one_meaning(tmp_path: Path) -> None:
    pytest.importorskip("usearch")
    model = str(tiny(tmp_path / "tiny"))
    made = [
        asked("how tall is mount everest", "a cat"),
        asked("how high is mount everest", "a cat"),
        asked("what is a dog", "the cat sleeps in the barn"),
        asked("zzz", "yyy"),
        asked("xxx", "www"),
    ]
    decision = dedup(rows_of(made), method="semantic", model=model)
    assert left(decision) == {1: ("DUP012", 0)}
    written(decision, "scores/dedup.arrow", tmp_path)
    again = dedup(
        rows_of(made), method="semantic", model=model, scores=str(tmp_path), threshold=0.95
    )
    assert left(again) == {1: ("DUP012", 0)}
    pairs = [judged("how tall", "a cat", "a dog"), judged("how high", "a cat", "the barn")]
    assert left(dedup(rows_of(pairs, "preference"), method="semantic", model=model)) == {}
    assert left(dedup(rows_of([]), method="semantic", model=model)) == {}


def test_a_model_that_is_not_here_ends_the_step() -> None:
    pytest.importorskip("huggingface_hub")
    with pytest.raises(BackendError):
        dedup(rows_of([asked("q")]), method="semantic", model="nobody/nothing")
