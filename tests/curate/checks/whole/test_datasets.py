"""What the rules of Arrow safety predict is what `datasets` does with the same files."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.curate.checks.whole.whole_cases import FILES, write

datasets = pytest.importorskip("datasets", minversion="5.0")
pytestmark = pytest.mark.slow


class Loaded(NamedTuple):
    """What came of a file: its rows as written and as loaded, the columns, or the error."""

    written: list[dict[str, Any]]
    rows: list[dict[str, Any]] | None
    features: dict[str, Any]
    error: str


def load(case: dict[str, Any], folder: Path) -> Loaded:
    [path] = write(case, folder)
    text = Path(path).read_text("utf-8")
    written: list[dict[str, Any]]
    if path.endswith(".csv"):
        written = list(csv.DictReader(text.splitlines()))
    elif path.endswith(".json"):
        written = json.loads(text)
    else:
        written = [json.loads(line) for line in text.splitlines()]
    builder = "csv" if path.endswith(".csv") else "json"
    try:
        loaded = datasets.load_dataset(
            builder, data_files=path, split="train", cache_dir=str(folder / "cache")
        )
    except datasets.exceptions.DatasetGenerationError as error:
        return Loaded(written, None, {}, str(error.__cause__ or error.__context__))
    return Loaded(written, loaded.to_list(), dict(loaded.features), "")


def without_nulls(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if value is not None}


def is_changed(loaded: Loaded) -> bool:
    """Tell whether a value is another one now; nulls for absent columns are none."""
    assert loaded.rows is not None, loaded.error
    return list(map(without_nulls, loaded.rows)) != list(map(without_nulls, loaded.written))


def is_retyped(loaded: Loaded) -> bool:
    """Tell whether an integer is a real now."""
    return loaded.rows is None or _types(loaded.rows) != _types(loaded.written)


def _types(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _types(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_types(inner) for inner in value]
    return type(value)


def has_times(loaded: Loaded) -> bool:
    return "timestamp" in str(loaded.features)


def has_no_type(loaded: Loaded) -> bool:
    return "Value('null')" in str(loaded.features)


def is_kept_as_json(loaded: Loaded) -> bool:
    return "Json(" in str(loaded.features)


def stops(loaded: Loaded) -> bool:
    return loaded.rows is None


def loses_words(loaded: Loaded) -> bool:
    assert loaded.rows is not None
    pairs = zip(loaded.rows, loaded.written, strict=True)
    return any(new[key] is None and old[key] for new, old in pairs for key in old)


def is_no_text(loaded: Loaded) -> bool:
    return "string" not in str(loaded.features["output"])


# By code: what happens in every failing case, and, with True, in no other.
PREDICTIONS: dict[str, tuple[Callable[[Loaded], bool], bool]] = {
    "ARW001": (is_kept_as_json, False),
    "ARW002": (is_changed, True),
    "ARW003": (is_kept_as_json, True),
    "ARW004": (is_kept_as_json, False),
    "ARW005": (is_kept_as_json, False),
    "ARW006": (is_kept_as_json, False),
    "ARW007": (has_times, True),
    "ARW008": (stops, True),
    "ARW009": (stops, True),
    "ARW012": (is_retyped, True),
    "ARW013": (is_changed, True),
    "ARW014": (is_retyped, True),
    "ARW015": (has_no_type, False),
    "ARW019": (loses_words, False),
    "ARW020": (is_no_text, False),
    "ARW021": (stops, True),
    "ARW022": (stops, True),
}


def cases(*keys: str, both: bool) -> list[Any]:
    return [
        pytest.param(code, case, id=f"{code}-{key}-{at}")
        for code, (_, holds_for_both) in PREDICTIONS.items()
        if holds_for_both or not both
        for key in keys
        for at, case in enumerate(FILES[code][key])
        if "hazard" not in case
    ]


@pytest.mark.parametrize(("code", "case"), cases("fail", both=False))
def test_the_hazard_is_real(code: str, case: dict[str, Any], tmp_path: Path) -> None:
    loaded = load(case, tmp_path)
    assert PREDICTIONS[code][0](loaded), loaded.error or loaded.features


@pytest.mark.parametrize(("code", "case"), cases("pass", "near_miss", both=True))
def test_a_near_miss_is_safe(code: str, case: dict[str, Any], tmp_path: Path) -> None:
    loaded = load(case, tmp_path)
    assert not PREDICTIONS[code][0](loaded), loaded.error or loaded.features


@pytest.mark.parametrize("code", ["ARW010", "ARW011"])
def test_keys_that_vary_are_filled_with_nulls(code: str, tmp_path: Path) -> None:
    for at, case in enumerate(FILES[code]["fail"]):
        folder = tmp_path / str(at)
        folder.mkdir()
        rows = load(case, folder).written
        assert datasets.Dataset.from_list(rows).to_list() != rows
