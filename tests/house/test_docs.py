"""Generated pages are fresh, and written ones point at what exists."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import click
import pytest

from tests.house.tree import ROOT

PAGES = sorted((ROOT / "docs").glob("*.md"))
LINK = re.compile(r"(?<!\\)\]\((?!https?://|mailto:)([^)#]*)(#[^)]*)?\)")
CODE = re.compile(r"^(```+).*?^\1$|(?<!`)(`+)(?!`).*?(?<!`)\2(?!`)", re.DOTALL | re.MULTILINE)


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
