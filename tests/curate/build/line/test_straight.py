"""The straight line with steps made for it: what leaves, is added, is written and taken up."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curate.build import Settings, convert, load
from curate.build.line.base import Addition, Context, Decision, Removal, Rows, Splits
from curate.build.line.straight import Line
from curate.errors import LockedError
from curate.files.platform import locked
from curate.finding import Hit


@dataclass
class Asked:
    """What the step was asked; part of what tells a line from another."""

    what: str = ""


@dataclass
class Doing:
    """A step that decides what a test says."""

    decision: Callable[[Rows], Decision]
    name: str = "doing"
    options: Asked = field(default_factory=Asked)
    seen: list[int] = field(default_factory=list)

    def decide(self, rows: Rows, context: Context) -> Decision:
        assert not any(context.scratch.iterdir())
        self.seen.append(len(rows))
        return self.decision(rows)


def written(path: Path, n_rows: int = 12, **more: Any) -> Path:
    rows = [{"id": f"r{n}", "instruction": f"ask {n}", "output": f"say {n}"} for n in range(n_rows)]
    path.write_text("".join(json.dumps(row | more) + "\n" for row in rows))
    return path


def indices(*rows: int) -> Any:
    return np.array(rows, np.int64)


def removing(*rows: int, kept: int | None = None, code: str = "BAL030") -> Decision:
    places = None if kept is None else indices(*[kept] * len(rows))
    scores = np.linspace(0.5, 0.9, len(rows))
    return Decision([Removal(code, indices(*rows), lambda n: f"the {n}th, like", places, scores)])


def ids(folder: Path, split: str = "train") -> list[str]:
    return [row["id"] for row in load(folder, split).rows()]


def run(path: Path, out: Path | None, *steps: Doing, **more: Any) -> Any:
    line = Line("test", [str(path)], None if out is None else str(out), steps, **more)
    return line.run()


def rejected(folder: Path) -> list[dict[str, Any]]:
    path = folder / "rejected" / "rejected.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_removed_rows_are_kept_aside_with_why_and_who_stays(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl")
    report = run(path, tmp_path / "out", Doing(lambda rows: removing(3, 5, kept=1)))
    assert ids(tmp_path / "out") == [f"r{n}" for n in range(12) if n not in (3, 5)]
    first, second = rejected(tmp_path / "out")
    assert (first["id"], first["code"]) == ("r3", "BAL030")
    (finding,) = second["findings"]
    assert finding["message"] == f"the 1th, like r1 ({path}:2), which stays"
    assert (finding["line"], second["kept"], second["score"]) == (6, "r1", 0.9)
    assert json.loads(second["raw"])["messages"][1]["content"] == "say 5"
    assert report.ledger.removed == {"BAL030": 2}
    assert report.exit_code == 0
    card = json.loads((tmp_path / "out" / "card.json").read_text())
    assert [step["step"] for step in card["funnel"]] == ["read", "doing"]
    assert card["validated"]["errors"] == 0


def test_a_row_named_twice_leaves_once_under_the_first(tmp_path: Path) -> None:
    decision = Decision([*removing(2, 4).removals, *removing(1, 2, code="BAL031").removals])
    report = run(written(tmp_path / "a.jsonl"), tmp_path / "out", Doing(lambda rows: decision))
    assert report.ledger.removed == {"BAL030": 2, "BAL031": 1}
    assert [each["id"] for each in rejected(tmp_path / "out")] == ["r1", "r2", "r4"]


def test_copies_stand_behind_their_original_under_ids_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    rows = [{"id": own, "text": own} for own in ("a", "a~2", "b")]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    adding = Decision(additions=[Addition("BAL031", indices(0, 0, 2))])
    report = run(path, tmp_path / "out", Doing(lambda rows: adding))
    assert ids(tmp_path / "out") == ["a", "a~3", "a~4", "a~2", "b", "b~2"]
    parents = [row["origin"].get("parent") for row in load(tmp_path / "out").rows()]
    assert parents == [None, "a", "a", None, None, "b"]
    assert report.ledger.added == {"BAL031": 3}
    assert report.ledger.rows_out == 6


def test_values_go_into_extra_of_the_rows_that_have_one(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", 3, note="n")
    values = pa.array([1.5, None, 2.0])
    steps = Doing(lambda rows: Decision(extra={"score": values})), Doing(lambda rows: removing(0))
    run(path, tmp_path / "out", *steps)
    extras = [json.loads(row["extra"]) for row in load(tmp_path / "out").rows()]
    assert extras == [{"note": "n"}, {"note": "n", "score": 2.0}]


def test_splits_are_files_of_the_folder_and_stay_apart(tmp_path: Path) -> None:
    def halves(rows: Rows) -> Decision:
        return Decision(splits=Splits(("train", "test"), np.arange(len(rows), dtype=np.uint16) % 2))

    out = tmp_path / "out"
    run(written(tmp_path / "a.jsonl"), out, Doing(halves))
    assert ids(out, "test") == [f"r{n}" for n in range(1, 12, 2)]
    run(out, tmp_path / "again", Doing(lambda rows: removing(0, 11)))
    assert len(ids(tmp_path / "again")) == 5
    assert len(ids(tmp_path / "again", "test")) == 5
    convert([str(out)], str(tmp_path / "openai"), to="openai")
    assert len(load(tmp_path / "openai", "test").arrow) == 6


def test_files_lie_in_the_folder_or_beside_the_file(tmp_path: Path) -> None:
    def noting(rows: Rows) -> Decision:
        return Decision(files={"scores/doing.txt": lambda path: path.write_text("x") and None})

    path = written(tmp_path / "a.jsonl")
    for _ in range(2):  # a folder of ours is replaced, with what lies in it
        run(path, tmp_path / "out", Doing(noting))
    assert (tmp_path / "out" / "scores" / "doing.txt").read_text() == "x"
    report = run(path, tmp_path / "out.jsonl", Doing(noting))
    assert (tmp_path / "out.jsonl.scores-doing.txt").read_text() == "x"
    assert report.outputs == [
        str(tmp_path / "out.jsonl"),
        str(tmp_path / "out.jsonl.scores-doing.txt"),
    ]


def test_one_file_keeps_its_own_format_and_says_what_a_format_cannot_hold(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", 4)
    run(path, tmp_path / "out.jsonl", Doing(lambda rows: removing(1)))
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [line["instruction"] for line in lines] == ["ask 0", "ask 2", "ask 3"]
    chat = tmp_path / "chat.jsonl"
    turns = [{"role": role, "content": "x"} for role in ("user", "assistant") * 2]
    chat.write_text(json.dumps({"messages": turns}) + "\n" + json.dumps({"messages": turns[:2]}))
    report = run(chat, tmp_path / "b.jsonl", Doing(lambda rows: Decision()), to="dolly")
    assert report.ledger.rows_out == 1
    assert report.ledger.removed.total() == 1
    assert report.funnel[-1]["step"] == "write"


def test_report_only_tells_and_removes_nothing(tmp_path: Path) -> None:
    steps = Doing(lambda rows: removing(3, 4))
    told: list[str | None] = []
    report = run(
        written(tmp_path / "a.jsonl"),
        None,
        steps,
        removes=False,
        on_finding=lambda finding: told.append(finding.id),
    )
    assert (report.ledger.removed, report.ledger.findings) == ({}, {"BAL030": 2})
    assert told == ["r3", "r4"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jsonl"]


def test_no_row_left_writes_nothing(tmp_path: Path) -> None:
    everything = Doing(lambda rows: removing(*range(len(rows))))
    never = Doing(lambda rows: pytest.fail("there are no rows"), "never")
    report = run(written(tmp_path / "a.jsonl"), tmp_path / "out", everything, never)
    assert report.refused == "doing left no row"
    assert report.exit_code == 1
    assert not (tmp_path / "out").exists()


def test_findings_about_rows_and_the_set(tmp_path: Path) -> None:
    found = Decision(findings=[(-1, Hit("BAL031", "", "of all")), (2, Hit("BAL030", "/x", "one"))])
    report = run(written(tmp_path / "a.jsonl"), None, Doing(lambda rows: found))
    (of_all,), (one,) = report.samples["BAL031"], report.samples["BAL030"]
    assert (of_all.file, of_all.line) == (None, None)
    assert (one.id, one.line, one.pointer) == ("r2", 3, "/x")


def test_a_folder_of_ours_is_mapped_and_gives_what_reading_gives(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", 7_000)
    convert([str(path)], str(tmp_path / "made"))
    convert([str(path)], str(tmp_path / "text"), container="jsonl")
    for name in ("made", "text"):
        run(tmp_path / name, tmp_path / f"{name}-out", Doing(lambda rows: removing(0, 5_500)))
    mapped, was_read = (load(tmp_path / f"{name}-out").arrow for name in ("made", "text"))
    assert mapped.equals(was_read)
    shard = next((tmp_path / "made" / "data").iterdir())
    shard.write_bytes(shard.read_bytes()[:-1_000])  # no longer what the card says: it is read
    report = run(tmp_path / "made", tmp_path / "again", Doing(lambda rows: Decision()))
    assert report.ledger.findings["SRC020"] == 1


class _KilledError(Exception):
    pass


def test_an_interrupted_line_goes_on_behind_the_last_step(tmp_path: Path) -> None:
    path, out = written(tmp_path / "a.jsonl"), tmp_path / "out"

    def killed(rows: Rows) -> Decision:
        raise _KilledError

    first = Doing(lambda rows: removing(0, 1, kept=2), "first")
    with pytest.raises(_KilledError):
        run(path, out, first, Doing(killed, "second"), resumable=True)
    assert not out.exists()
    again = Doing(lambda rows: removing(0), "first")
    second = Doing(lambda rows: removing(9), "second")
    report = run(path, out, again, second, resumable=True)
    assert (again.seen, second.seen) == ([], [10])
    assert ids(out) == [f"r{n}" for n in range(2, 11)]
    assert report.ledger.removed == {"BAL030": 3}
    assert [each["id"] for each in rejected(out)] == ["r0", "r1", "r11"]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.jsonl", "out"]

    whole = run(path, tmp_path / "whole", Doing(first.decision, "first"), second)
    assert whole.funnel == report.funnel
    assert load(tmp_path / "whole").arrow.equals(load(out).arrow)


@pytest.mark.parametrize("change", ["input", "options", "settings"])
def test_what_was_asked_otherwise_is_done_again(tmp_path: Path, change: str) -> None:
    path, out = written(tmp_path / "a.jsonl"), tmp_path / "out"
    first = Doing(lambda rows: removing(0), "first")
    with pytest.raises(_KilledError):
        run(path, out, first, Doing(_kill, "second"), resumable=True)
    if change == "input":
        written(path, 13)
    options = Asked("other") if change == "options" else Asked()
    reading = Settings(per_row=change == "settings")
    again = Doing(lambda rows: removing(0), "first", options)
    run(path, out, again, Doing(lambda rows: Decision()), settings=reading, resumable=True)
    assert again.seen == [13 if change == "input" else 12]


def _kill(rows: Rows) -> Decision:
    raise _KilledError


def test_two_runs_do_not_share_a_workspace(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl")
    with locked(tmp_path / ".out.steps.lock"), pytest.raises(LockedError):
        run(path, tmp_path / "out", resumable=True)


CHOICES = st.lists(
    st.tuples(st.sampled_from(["remove", "copy", "split"]), st.lists(st.integers(0, 30))),
    max_size=4,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(choices=CHOICES)
def test_every_line_adds_up_and_keeps_the_order(tmp_path: Path, choices: Any) -> None:
    path = written(tmp_path / "a.jsonl")
    steps = [Doing(_chosen(how, wanted)) for how, wanted in choices]
    shutil.rmtree(tmp_path / "out", ignore_errors=True)
    report = run(path, tmp_path / "out", *steps)
    ledger = report.ledger
    assert ledger.rows_in + ledger.added.total() == ledger.rows_out + ledger.removed.total()
    if report.refused:
        assert not (tmp_path / "out").exists()
        return
    card = json.loads((tmp_path / "out" / "card.json").read_text())
    assert card["rows"] == ledger.rows_out == sum(card["splits"].values())
    assert len(rejected(tmp_path / "out")) == ledger.removed.total()
    for split in card["splits"]:
        found = ids(tmp_path / "out", split)
        assert len(set(found)) == len(found)
        numbers = [int(own[1:].split("~")[0]) for own in found]
        assert numbers == sorted(numbers)


def _chosen(how: str, wanted: list[int]) -> Callable[[Rows], Decision]:
    def decide(rows: Rows) -> Decision:
        found = sorted({n % len(rows) for n in wanted}) if len(rows) else []
        if how == "remove":
            return removing(*found)
        if how == "copy":
            return Decision(additions=[Addition("BAL031", indices(*found))])
        of_row = np.zeros(len(rows), np.uint16)
        of_row[found] = 1
        return Decision(splits=Splits(("train", "test"), of_row))

    return decide
