"""The bytes of every writable format are the same rows to plain pyarrow and to `datasets`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from curate.build import Settings, convert
from curate.formats import BY_NAME, FORMATS
from tests.consumers.real.generations import compared, opened_by, truth, writable
from tests.consumers.real.sources import ROOT, SOURCES

# A text here and blocks there make JSON of the column, which opens texts that are JSON.
MIXED = {("anthropic", "jsonl")}


def _cases() -> list[Any]:
    """Return each writable format with the rows made for its kind, and with its own examples."""
    made = writable()
    examples = [(form.name, "its examples") for form in FORMATS[1:] if form.encode and form.decode]
    names = [f"{to}-{source}".replace(" ", "-") for to, source in made + examples]
    pairs = zip(made + examples, names, strict=True)
    return [pytest.param(*pair, id=name) for pair, name in pairs]


CASES = _cases()


def _records(to: str, source: str) -> tuple[list[dict[str, Any]], str | None]:
    if source != "its examples":
        return SOURCES[source]
    schema = json.loads((ROOT / "schemas" / f"{BY_NAME[to].schema}.schema.json").read_text())
    return schema["examples"], to


def _written(tmp_path: Path, to: str, source: str, container: str) -> tuple[Path, int]:
    records, form = _records(to, source)
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    out = tmp_path / (f"out.{container}" if container == "jsonl" else "out")
    more: Any = {} if container == "jsonl" else {"container": container}
    settings = Settings(source_format=form)
    report = convert([str(path)], str(out), to=to, settings=settings, **more)
    return out, report.ledger.rows_out


def _datasets_rows(path: Path) -> list[dict[str, Any]]:
    import datasets

    datasets.disable_progress_bars()
    cache = str(path.parent / "cache")
    if path.is_dir():
        return datasets.load_dataset(str(path), split="train", cache_dir=cache).to_list()
    files = str(path)
    loaded = datasets.load_dataset("json", data_files=files, split="train", cache_dir=cache)
    return list(loaded)


@pytest.mark.parametrize("container", ["jsonl", "parquet", "arrow"])
@pytest.mark.parametrize(("to", "source"), CASES)
def test_datasets_reads_what_was_written(
    tmp_path: Path, to: str, source: str, container: str
) -> None:
    if (to, container) in MIXED:
        pytest.skip("this shape is known to be read otherwise; docs/consumers.md")
    path, rows_out = _written(tmp_path, to, source, container)
    rows = truth(path)
    assert len(rows) == rows_out
    if not rows:
        pytest.skip("the format can hold none of these rows")
    answer = {"rows": _datasets_rows(path), "stopped": None}
    assert compared(rows, answer).startswith("same")


@pytest.mark.parametrize(("to", "source"), CASES)
def test_a_table_and_lines_hold_the_same_rows(tmp_path: Path, to: str, source: str) -> None:
    (tmp_path / "lines").mkdir()
    (tmp_path / "table").mkdir()
    lines, of_lines = _written(tmp_path / "lines", to, source, "jsonl")
    table, of_table = _written(tmp_path / "table", to, source, "arrow")
    assert of_lines == of_table
    assert len(truth(lines)) == len(truth(table))


def test_columns_of_json_are_opened_once() -> None:
    import pyarrow as pa

    kind = pa.struct([("a", pa.json_(pa.utf8())), ("b", pa.list_(pa.utf8()))])
    held = {"a": '{"text": "{}"}', "b": ["{}"]}
    assert opened_by(kind, held) == {"a": {"text": "{}"}, "b": ["{}"]}


def test_a_changed_value_is_seen() -> None:
    rows = [{"a": [{"b": "42"}]}]
    assert compared(rows, {"rows": [{"a": [{"b": "42", "c": None}]}], "stopped": None}) == (
        "same, with absent keys as null"
    )
    changed = compared(rows, {"rows": [{"a": [{"b": 42}]}], "stopped": None})
    assert changed == "row 1/a/0/b: '42' became 42"
