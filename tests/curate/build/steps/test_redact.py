"""The step: every row stays, nothing private is in what it writes, says or counts."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from curate.build.line.base import Context, Decision, Rows
from curate.build.line.known import step_of
from curate.build.steps.redact import Redact, RedactOptions
from curate.errors import InputError, UsageError
from curate.people import Person
from curate.redaction import key_file
from curate.row import from_batch
from tests.curate.build.steps.row_sets import asked, rows_of

PEOPLE = (
    Person("anna@example.com", "Anna Berg"),
    Person("me@example.com", "Odalys Vogelsang", True),
)
CANARIES = (
    "anna@example.com",
    "me@example.com",
    "Berg",
    "Odalys",
    "Vogelsang",
    "Zdzislaw",
    "23456789",
)
ROWS = [
    asked(
        "Hi Odalys,\n\ncall Anna Berg, +49 151 23456789.\n\nBest,\nZdzislaw",
        f"Dear Ms Okonjo {n},\n\nI asked Anna and Okonjo, "
        f"order 4711 0815 22{n}.\n\nCheers,\nOdalys",
        group=f"Anna Berg {n % 3}",
        extra={"from": "Anna Berg <anna@example.com>"},
    )
    for n in range(20)
]


def decided(rows: Rows, folder: Path, output: Path | None = None, **options) -> Decision:
    context = Context(folder, people=PEOPLE, output=output)
    return Redact(RedactOptions(**options)).decide(rows, context)


def written(decision: Decision) -> pa.Table:
    assert decision.rewritten is not None
    with pa.ipc.open_stream(decision.rewritten) as stream:
        return stream.read_all()


def test_every_row_stays_in_its_place_and_nothing_private_is_left(tmp_path) -> None:
    decision = decided(rows_of(ROWS), tmp_path)
    assert decision.rewritten is not None
    table = written(decision)
    assert len(table) == len(ROWS)
    assert table["id"].to_pylist() == [f"r{n}" for n in range(20)]
    raw = decision.rewritten.read_bytes()
    assert [canary for canary in CANARIES if canary.encode() in raw] == []
    said = json.dumps(
        [decision.report, decision.card, decision.lines, [h for _, h in decision.findings]]
    )
    assert [canary for canary in CANARIES if canary in said] == []
    first = from_batch(table.to_batches()[0])[0]["messages"]
    assert first[0]["content"].startswith("Hi [Your name],\n\ncall [name 1], [phone 2].")
    assert "I asked [name 1] and [name 4]" in first[1]["content"]


@pytest.mark.parametrize("chunk", [1, 3, 7, 20])
def test_the_result_does_not_depend_on_how_rows_are_batched(tmp_path, chunk: int) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    expected = written(decided(rows_of(ROWS, chunk=20), one))
    assert written(decided(rows_of(ROWS, chunk=chunk), other)).to_pylist() == expected.to_pylist()


@pytest.mark.parametrize("chunk", [1, 2, 6])
def test_copies_are_redacted_as_their_originals_are_in_any_batch(tmp_path, chunk: int) -> None:
    plain = [asked("what is red", "a colour", group="g") for _ in range(3)]
    rows = rows_of([plain[0], ROWS[0], *plain[1:]], chunk=chunk)
    rows = rows.at(np.array([0, 0, 1, 1, 1, 2, 2, 3], np.int64))
    table = written(decided(rows, tmp_path))
    raw = json.dumps(table.to_pylist(), default=str)
    assert [canary for canary in CANARIES if canary in raw] == []
    assert table["messages"][2] == table["messages"][4]
    assert table["messages"][0] == table["messages"][7]


def test_what_is_left_is_found_at_its_row(tmp_path) -> None:
    decision = decided(rows_of(ROWS[:2]), tmp_path)
    found = [(at, hit.code, hit.pointer) for at, hit in decision.findings]
    assert (0, "PII041", "/messages/1/content") in found
    assert (1, "PII041", "/messages/1/content") in found
    assert found[-1][:2] == (-1, "PII040")
    assert all(hit.value is None for _, hit in decision.findings)


def test_only_the_rows_that_are_left_are_written_and_copies_alike(tmp_path) -> None:
    rows = rows_of(ROWS).at(np.array([1, 1, 4], np.int64))
    table = written(decided(rows, tmp_path))
    assert table["id"].to_pylist() == ["r1", "r1", "r4"]
    assert table["messages"][0] == table["messages"][1]


def test_what_earlier_steps_put_into_extra_is_redacted(tmp_path) -> None:
    rows = rows_of(ROWS[:2], extra={"source": pa.array(["Anna Berg.mbox", None])})
    assert decided(rows, tmp_path).extra["source"].to_pylist() == ["[name 1].mbox", None]


def test_the_cleaner_uses_the_same_names(tmp_path) -> None:
    decision = decided(rows_of(ROWS), tmp_path)
    assert decision.cleaner is not None
    assert decision.cleaner("Anna Berg.mbox:3") == "[name 1].mbox:3"
    assert decision.cleaner("in.jsonl") == "in.jsonl"
    assert not decision.keeps_text
    assert decided(rows_of(ROWS), tmp_path, keep_raw=True).keeps_text


def test_kinds_that_are_left_are_said(tmp_path) -> None:
    decision = decided(rows_of(ROWS), tmp_path, keep=["phone", "email"])
    assert [hit.code for _, hit in decision.findings if hit.code == "PII049"] == ["PII049"]
    assert "23456789" in json.dumps(written(decision).to_pylist())


def test_a_role_that_nobody_has_is_said(tmp_path) -> None:
    decision = decided(
        rows_of(ROWS), tmp_path, role=["boss=x@example.com", "friend=anna@example.com"]
    )
    assert [hit.code for _, hit in decision.findings].count("PII050") == 1
    assert "[friend name]" in json.dumps(written(decision).to_pylist())


def test_names_are_read_from_a_file(tmp_path) -> None:
    (tmp_path / "names").write_text("\ufeffGudrun Ensslein\n\n", "utf-8")
    rows = rows_of([asked("ask Gudrun")])
    decision = decided(rows, tmp_path, names=[f"@{tmp_path / 'names'}"])
    assert "Gudrun" not in json.dumps(written(decision).to_pylist())
    with pytest.raises(InputError):
        decided(rows, tmp_path, names=[f"@{tmp_path / 'none'}"])


@pytest.mark.parametrize(
    "options",
    [
        {"keep": ["nonsense"]},
        {"kinds": ["nonsense"]},
        {"role": ["boss"]},
        {"region": "Germany"},
        {"key_file": "key", "numbering": "row"},
    ],
)
def test_options_that_are_wrong_are_refused(options) -> None:
    with pytest.raises(UsageError):
        step_of("redact", options)


def test_the_key_file_says_what_was_hidden(tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(key_file._SCRYPT, "n", 1 << 8)
    monkeypatch.setenv(key_file.PASSPHRASE, "swordfish")
    key, out = tmp_path / "key", tmp_path / "out"
    decision = decided(rows_of(ROWS), tmp_path, out, key_file=str(key))
    assert decision.then is not None
    assert not key.exists()  # before the output is there
    decision.then()
    meanings = key_file.read(key, "swordfish")
    assert {"Anna", "Anna Berg"} <= set(meanings["[name 1]"])
    assert meanings["[email 1]"] == ["anna@example.com"]
    with pytest.raises(UsageError):
        decided(rows_of(ROWS), tmp_path, out, key_file=str(out / "key"))


def test_nothing_is_written_beside_where_there_is_no_output(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv(key_file.PASSPHRASE, "swordfish")
    decision = decided(rows_of(ROWS), tmp_path, None, key_file=str(tmp_path / "key"))
    assert decision.then is None
    assert not (tmp_path / "key").exists()
