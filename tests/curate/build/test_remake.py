"""Rows that become more, fewer or other ones: names, parents, counts, and the same bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from curate.build import convert, load
from curate.build.ask import settings_of
from curate.errors import UsageError


def lines(*records: dict[str, Any]) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    path = tmp_path / "pairs.jsonl"
    path.write_text(
        lines(
            {"id": "own", "prompt": "a", "chosen": "b", "rejected": "c"},
            {"prompt": "d", "chosen": "", "rejected": "f"},
        )
    )
    return path


def test_a_pair_becomes_two_rows_of_which_the_second_names_the_first(pairs, tmp_path):
    report = convert(pairs, str(tmp_path / "out"), settings=settings_of({"as_kind": "unpaired"}))
    assert report.ledger.added == {"LOS027": 2}
    rows = list(load(tmp_path / "out").rows())
    assert [row["id"] for row in rows[:2]] == ["own", "own.2"]
    assert rows[1]["origin"]["parent"] == "own"
    assert "parent" not in rows[0]["origin"]


def test_one_of_several_rows_can_leave_alone(pairs, tmp_path):
    out = tmp_path / "out"
    report = convert(pairs, str(out), settings=settings_of({"as_kind": "unpaired"}))
    ledger = report.ledger
    assert (ledger.rows_in, ledger.added.total()) == (2, 2)
    assert ledger.rows_out + ledger.removed.total() == 4
    assert ledger.removed.total() == 1
    (gone,) = [json.loads(line) for line in (out / "rejected" / "rejected.jsonl").open()]
    kept = [row["id"] for row in load(out).rows()]
    assert gone["id"] not in kept
    assert f"{gone['id']}.2" in kept


def test_rows_that_a_change_takes_out_are_removed_under_its_code(tmp_path):
    path = tmp_path / "kto.jsonl"
    path.write_text(
        lines(
            {"prompt": "a", "completion": "b", "label": True},
            {"prompt": "a", "completion": "c", "label": False},
        )
    )
    report = convert(path, str(tmp_path / "out.jsonl"), to="openai")
    assert report.ledger.removed == {"LOS028": 1}
    assert report.exit_code == 0
    assert (tmp_path / "out.jsonl").read_text().count("\n") == 1


def test_jobs_do_not_change_the_bytes(tmp_path):
    path = tmp_path / "many.jsonl"
    path.write_text(
        lines(*({"prompt": f"{n}", "chosen": "b", "rejected": "c"} for n in range(12_000)))
    )
    settings = settings_of({"as_kind": "unpaired"})
    for jobs in (1, 2):
        convert(path, str(tmp_path / f"out{jobs}"), settings=settings, jobs=jobs)
    one, two = ((tmp_path / f"out{jobs}" / "card.json").read_bytes() for jobs in (1, 2))
    assert one == two


def test_a_kind_that_is_asked_for_is_taken_before_rows_become_another(tmp_path):
    path = tmp_path / "mixed.jsonl"
    path.write_text(
        lines(
            {"prompt": "a", "chosen": "b", "rejected": "c"},
            {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]},
        )
    )
    settings = settings_of({"kind": "preference", "per_row": True})
    report = convert(path, str(tmp_path / "out.jsonl"), to="openai", settings=settings)
    assert report.ledger.removed == {"SCH008": 1}
    assert report.ledger.rows_out == 1


@pytest.mark.parametrize(("out", "to"), [("o.jsonl", None), ("o.jsonl", "openai"), ("o", "openai")])
def test_a_kind_that_the_format_does_not_hold_is_refused(pairs, tmp_path, out, to):
    with pytest.raises(UsageError):
        convert(pairs, str(tmp_path / out), to=to, settings=settings_of({"as_kind": "unpaired"}))
    assert not (tmp_path / out).exists()


CHAT = {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}


def test_a_chat_becomes_text_by_a_template_only(tmp_path):
    path = tmp_path / "chat.jsonl"
    path.write_text(lines(CHAT))
    out = tmp_path / "out.jsonl"
    refused = convert(path, str(out), to="text")
    assert refused.ledger.removed == {"LOS034": 1}
    made = convert(path, str(out), to="text", settings=settings_of({"template": "chatml"}))
    assert made.ledger.findings == {"LOS029": 1}
    text = json.loads(out.read_text())["text"]
    assert text == "<|im_start|>user\na<|im_end|>\n<|im_start|>assistant\nb<|im_end|>\n"


def test_a_template_that_is_nowhere_is_refused(tmp_path):
    path = tmp_path / "chat.jsonl"
    path.write_text(lines(CHAT))
    with pytest.raises(UsageError, match="no template"):
        convert(path, str(tmp_path / "o"), to="text", settings=settings_of({"template": "none.x"}))
