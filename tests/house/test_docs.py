"""Generated pages are fresh, and written ones point at what exists."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import click
import pytest

from curate.checks import RULE_CODES
from tests.house.tree import ROOT

PAGES = sorted((ROOT / "docs").glob("*.md"))
LINK = re.compile(r"(?<!\\)\]\((?!https?://|mailto:)([^)#]*)(#[^)]*)?\)")
CODE = re.compile(
    r"^(```+).*?^\1$|(?<!`)(`+)(?!`)(?:(?!\n\n).)*?(?<!`)\2(?!`)", re.DOTALL | re.MULTILINE
)


@pytest.fixture(scope="module")
def make_docs() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_docs", ROOT / "docs" / "make_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_files_are_fresh(
    make_docs: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert make_docs.main(["--check"]) == 0, capsys.readouterr().err


def test_a_stale_file_is_named(
    make_docs: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for folder in ("docs", "schemas"):
        (tmp_path / folder).mkdir()
    pages = {"docs/a.md": "a\n", "schemas/b.json": "b\n"}
    monkeypatch.setattr(make_docs, "generated", lambda: pages)
    monkeypatch.setattr(make_docs, "ROOT", tmp_path)
    assert make_docs.main([]) == 0
    assert make_docs.main(["--check"]) == 0
    (tmp_path / "docs" / "a.md").write_text("old\n", encoding="utf-8")
    assert make_docs.main(["--check"]) == 1
    said = capsys.readouterr().err
    assert "docs/a.md is stale" in said
    assert "schemas/b.json" not in said


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    text = path.read_text("utf-8")
    for target, anchor in LINK.findall(CODE.sub("", text)):
        file = path if not target else (path.parent / target).resolve()
        assert file.exists(), target
        if anchor:
            assert anchor[1:] in anchors(file), anchor


def anchors(path: Path) -> set[str]:
    titles = re.findall(r"^#+ (.*)$", path.read_text("utf-8"), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", title.lower()) for title in titles)
    return {title.replace(" ", "-") for title in plain}


def test_help_is_laid_out_as_it_was_written(make_docs: ModuleType) -> None:
    pages = make_docs.generated()["docs/cli.md"]
    assert "\\b" not in pages
    assert "\b" not in pages


def test_every_option_has_a_help_text(make_docs: ModuleType) -> None:
    silent = []
    for name, group in make_docs._COMMANDS:
        context = click.Context(group, info_name=name)
        for each in group.list_commands(context):
            command = group.get_command(context, each)
            for option in command.params:
                if isinstance(option, click.Option) and not option.help:
                    silent.append(f"{name} {each} {option.opts[0]}")
    assert silent == []


@pytest.mark.parametrize("name", ["decisions.md", "sources.md"])
def test_a_written_page_is_dated(name: str) -> None:
    assert re.search(r"\b2026-\d\d-\d\d\b", (ROOT / "docs" / name).read_text("utf-8"))


# The page about codes


def section(code: str) -> str:
    text = (ROOT / "docs" / "rules.md").read_text("utf-8")
    return text.partition(f"\n### {code} ")[2].partition("\n## ")[0].partition("\n### ")[0]


@pytest.mark.parametrize("code", sorted(RULE_CODES))
def test_a_rule_shows_its_cases_where_it_runs_and_what_was_measured(code: str) -> None:
    found = section(code)
    assert "\n**Profiles:** `" in found
    assert "\n**Measured:** " in found
    assert re.search(r"^passes: .+\nfails:  .+$", found, re.MULTILINE)


def test_what_a_consumer_does_is_told_under_the_code() -> None:
    said = section("ARW001")
    assert "rejected by [datasets 4.0](profiles.md#the-datasets-library)" in said
    assert "trained otherwise by [axolotl](profiles.md#axolotl)" in section("TRN052")


def test_what_is_measured_is_told_by_numbers_only(make_docs: ModuleType) -> None:
    found = json.loads(make_docs.generated()["curate/checks/measured.json"])
    assert found.keys() <= RULE_CODES.keys()
    assert not any(code.startswith("LEN") for code in found)
    for entries in found.values():
        for each in entries:
            assert each.keys() == {"file", "rows", "hits", "read", "right"}
            assert each["right"] <= each["read"] <= each["hits"] <= each["rows"]
    ratio = next(e for e in found["QLT040"] if e["file"].endswith("random_9k.json"))
    assert "Of 41 read, 41 were right (100%)." in section("QLT040")
    assert f"{ratio['hits']} of 9,229 in `random_9k.json`" in section("QLT040")


def test_signs_of_markup_in_a_page_are_shown_as_they_are(make_docs: ModuleType) -> None:
    shown = make_docs.rule_pages._markdown
    assert shown("a <b> c") == "a \\<b> c"
    assert shown("![x](attachment:x)") == "![x\\](attachment:x)"
    assert shown("`<b> *c*` <d>") == "`<b> *c*` \\<d>"
    assert shown("one.\nWhy: two") == "one.\n\n**Why:** two"
