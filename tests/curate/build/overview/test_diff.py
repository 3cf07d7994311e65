"""Two sets in files, and what is told of how they differ."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import pytest

from curate.build import convert
from curate.build.overview import diff
from curate.build.settings import Settings
from curate.errors import InputError, UsageError
from curate.schema import check
from tests.curate.build.overview.sets import asked, folder, put

ROWS = [asked(n, f"Question {n}?", f"Answer {n}.") for n in range(12)]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "a.jsonl", ROWS)
    return tmp_path


def differ(before: Any, after: Any, **options: Any) -> dict[str, Any]:
    found = diff(before, after, **options)
    assert check("diff", found.document) == []
    assert found.exit_code == found.document["exit"]
    counts = found.document["counts"]
    both = counts["same"] + counts["changed"] + counts["renamed"]
    assert both + counts["removed"] == found.document["a"]["rows_out"]
    assert both + counts["added"] == found.document["b"]["rows_out"]
    return found.document


def counts(document: dict[str, Any]) -> dict[str, int]:
    return {name: n for name, n in document["counts"].items() if n}


def test_a_set_does_not_differ_from_itself(here: Path) -> None:
    found = differ("a.jsonl", "a.jsonl")
    assert (found["exit"], counts(found), found["rows"]) == (0, {"same": 12}, [])
    assert found["same_order"]


def test_each_sort_of_difference_is_told_with_its_place(here: Path) -> None:
    rows = [dict(row) for row in ROWS]
    rows[1]["output"] = "Answer one."
    rows[2]["id"] = "two"
    del rows[5]
    put(here / "b.jsonl", [*rows, asked(99, "New?", "Yes.")])
    found = differ("a.jsonl", "b.jsonl")
    assert counts(found) == {"same": 9, "changed": 1, "removed": 1, "added": 1, "renamed": 1}
    changed, removed, added, renamed = found["rows"]
    assert changed == {
        "sort": "changed",
        "id": "1",
        "a": {"file": "a.jsonl", "line": 2},
        "b": {"file": "b.jsonl", "line": 2},
        "fields": [
            {
                "pointer": "/messages/1/content",
                "words": [["=", "Answer "], ["-", "1."], ["+", "one."]],
            }
        ],
        "fields_cut": 0,
    }
    assert (removed["id"], removed["line"], removed["text"]) == ("5", 6, "Question 5?")
    assert (added["id"], added["file"], added["line"]) == ("99", "b.jsonl", 12)
    assert (renamed["a"]["id"], renamed["b"]["id"]) == ("2", "two")
    assert found["by_field"] == {"/messages/*/content": 1}
    assert found["by_split"] == {"all": {"removed": 1, "added": 1, "changed": 1}}
    assert found["exit"] == 1


def test_it_is_the_other_way_round_from_the_other_side(here: Path) -> None:
    put(here / "b.jsonl", [*ROWS[3:], asked(0, "Question 0?", "Other.")])
    there, back = differ("a.jsonl", "b.jsonl"), differ("b.jsonl", "a.jsonl")
    swapped = {"added": "removed", "removed": "added"}
    assert counts(there) == {swapped.get(k, k): n for k, n in counts(back).items()}


def test_order_is_told_and_no_difference(here: Path) -> None:
    rows = list(ROWS)
    random.Random(0).shuffle(rows)
    put(here / "b.jsonl", rows)
    found = differ("a.jsonl", "b.jsonl")
    assert (found["exit"], found["same_order"]) == (0, False)


def test_formats_that_hold_the_same_rows_do_not_differ(here: Path) -> None:
    convert("a.jsonl", "made")
    convert("a.jsonl", "b.jsonl", to="openai")
    assert differ("a.jsonl", "made")["exit"] == 0
    # A format without a place for ids: what is the same is paired by its content.
    found = differ("a.jsonl", "b.jsonl")
    assert set(counts(found)) <= {"same", "renamed"}


def test_rows_without_ids_are_paired_by_what_is_asked(here: Path) -> None:
    plain = [{k: v for k, v in row.items() if k != "id"} for row in ROWS]
    put(here / "a.jsonl", plain)
    put(here / "b.jsonl", [*plain[:3], {**plain[3], "output": "Other."}, *plain[4:]])
    found = differ("a.jsonl", "b.jsonl")
    assert counts(found) == {"same": 11, "removed": 1, "added": 1}
    assert found["a"]["made_ids"] == 12
    found = differ("a.jsonl", "b.jsonl", key="prompt")
    assert counts(found) == {"same": 11, "changed": 1}
    assert counts(differ("a.jsonl", "b.jsonl", key="response")) == {
        "same": 11,
        "removed": 1,
        "added": 1,
    }


def test_splits_of_dataset_folders_are_told(here: Path) -> None:
    folder(here / "one", ROWS, 3)
    folder(here / "two", ROWS, 5)
    found = differ("one", "two")
    assert counts(found) == {"same": 12, "moved": 2}
    assert found["exit"] == 1
    assert found["rows"][0]["a"]["split"] == "train"
    assert found["rows"][0]["b"]["split"] == "validation"
    folder(here / "three", ROWS[1:], 4)
    found = differ("one", "three")
    assert found["by_split"]["train"] == {"removed": 1, "added": 0, "changed": 0}


def test_only_so_many_rows_are_shown(here: Path) -> None:
    put(here / "b.jsonl", [{**row, "output": "Other."} for row in ROWS])
    found = differ("a.jsonl", "b.jsonl", max_rows=5)
    assert len(found["rows"]) == 5
    assert found["rows_cut"] == {"changed": 7}
    assert found["by_field"] == {"/messages/*/content": 12}
    found = differ("a.jsonl", "b.jsonl", max_rows=0)
    assert (found["rows"], found["rows_cut"]) == ([], {"changed": 12})


def test_processes_change_nothing(here: Path) -> None:
    put(here / "b.jsonl", [*ROWS[2:], asked(1, "Question 1?", "Other.")])
    assert differ("a.jsonl", "b.jsonl") == differ("a.jsonl", "b.jsonl", jobs=2)


def test_columns_beside_the_content_are_compared(here: Path) -> None:
    put(here / "b.jsonl", [{**ROWS[0], "category": "x", "score": 3}, *ROWS[1:]])
    found = differ("a.jsonl", "b.jsonl")
    assert found["by_field"] == {"/category": 1, "/extra": 1}
    pointers = {each["pointer"]: each["b"] for each in found["rows"][0]["fields"]}
    assert pointers == {"/category": "x", "/extra": '{"score":3}'}
    put(here / "c.jsonl", [{**ROWS[0], "category": "x", "score": 4}, *ROWS[1:]])
    (row,) = differ("b.jsonl", "c.jsonl")["rows"]
    assert row["fields"] == [{"pointer": "/extra/score", "a": "3", "b": "4"}]


def test_rows_that_are_set_aside_are_counted_and_not_compared(here: Path) -> None:
    put(here / "b.jsonl", [*ROWS, {"instruction": "No answer"}])
    found = differ("a.jsonl", "b.jsonl")
    assert (found["exit"], found["b"]["removed"]) == (0, {"SCH001": 1})


def test_an_empty_set_has_nothing_in_common(here: Path) -> None:
    (here / "none.jsonl").write_text("")
    assert counts(differ("a.jsonl", "none.jsonl")) == {"removed": 12}
    assert counts(differ("none.jsonl", "none.jsonl")) == {}


def test_what_cannot_be_compared_is_refused(here: Path) -> None:
    put(here / "b.jsonl", [{"prompt": "Q", "chosen": "A", "rejected": "B"}])
    with pytest.raises(UsageError, match="sft rows and the other preference"):
        diff("a.jsonl", "b.jsonl")
    with pytest.raises(UsageError, match="can be read once"):
        diff("-", "a.jsonl")
    with pytest.raises(UsageError, match="paired by one of"):
        diff("a.jsonl", "a.jsonl", key="nothing")  # type: ignore[arg-type]
    with pytest.raises(InputError):
        diff("a.jsonl", "absent.jsonl")
    put(here / "t.jsonl", [{"text": "T"}])
    with pytest.raises(UsageError, match="no prompt"):
        diff("t.jsonl", "t.jsonl", key="prompt")
    put(here / "m.jsonl", [ROWS[0], {"text": "T"}])
    with pytest.raises(UsageError, match="mixes kinds"):
        diff("m.jsonl", "a.jsonl", settings=Settings(per_row=True))


def test_secrets_are_shown_nowhere(here: Path) -> None:
    mail = "jane.miller@gmail.com"
    one = [asked(0, f"Mail {mail}?", f"To {mail}, please."), asked(1, f"{mail}?", mail)]
    put(here / "a.jsonl", one)
    put(here / "b.jsonl", [{**one[0], "output": f"To {mail}, now.", "category": mail}])
    found = differ("a.jsonl", "b.jsonl")
    assert counts(found) == {"changed": 1, "removed": 1}
    assert mail not in json.dumps(found)


def test_ids_that_come_again_are_paired_in_order(here: Path) -> None:
    put(here / "b.jsonl", [ROWS[0], ROWS[0], ROWS[0]])
    put(here / "c.jsonl", [ROWS[0], ROWS[0]])
    assert counts(differ("b.jsonl", "c.jsonl")) == {"same": 2, "removed": 1}


def test_a_folder_that_changed_place_does_not_differ(here: Path) -> None:
    convert("a.jsonl", "made")
    shutil.copytree("made", "moved")
    assert differ("made", "moved")["exit"] == 0


def test_rows_without_a_key_are_paired_by_their_content_alone(here: Path) -> None:
    put(here / "b.jsonl", [*ROWS[1:], asked(50, "Question 0?", "Other.")])
    found = differ("a.jsonl", "b.jsonl", key="group")
    assert counts(found) == {"same": 11, "removed": 1, "added": 1}
    unanswered = [{"prompt": [{"role": "user", "content": f"Q{n}"}]} for n in range(3)]
    put(here / "p.jsonl", unanswered)
    assert counts(differ("p.jsonl", "p.jsonl", key="prompt")) == {"same": 3}
    with pytest.raises(UsageError, match="no response"):
        diff("p.jsonl", "p.jsonl", key="response")
