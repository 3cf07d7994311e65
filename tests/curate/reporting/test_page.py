"""The page: one file that loads nothing, for every document, whatever the data holds."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from curate.build.overview import stats
from curate.build.settings import Settings
from curate.reporting.page import page
from curate.schema import load

EVIL = (
    "</title><script>alert(1)</script><img src=x onerror=alert(1)>"
    "\"'><svg/onload=alert(1)>\u202egnp.exe\x1b[2J\x00 &lt;b&gt; --> ]]>"
)
EMPTY_TAGS = {"meta", "br", "rect", "path"}


class Outline(HTMLParser):
    """The tags of a page, their attributes, and whether each is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.ids: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in EMPTY_TAGS:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in EMPTY_TAGS:
            assert self._open.pop() == tag

    def close(self) -> None:
        super().close()
        assert self._open == []


def outline(made: str) -> Outline:
    found = Outline()
    found.feed(made)
    found.close()
    return found


@pytest.fixture
def document() -> Any:
    (example,) = load("stats")["examples"]
    return example


def test_a_page_is_whole_and_loads_nothing(document: Any) -> None:
    made = page(document)
    found = outline(made)
    assert not {"script", "link", "img", "iframe", "object", "form", "base"} & set(found.tags)
    assert not any(name.startswith("on") or name == "style" for name in found.attributes)
    assert all(link.startswith("#") and link[1:] in found.ids for link in found.links)
    assert len(found.ids) == len(set(found.ids))
    assert not re.search(r"(?:https?:)?//", made)


def test_the_policy_allows_the_style_that_stands_there_and_nothing_else(document: Any) -> None:
    made = page(document)
    (style,) = re.findall(r"<style>(.*?)</style>", made, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', made)
    assert policy.split("; ")[:2] == ["default-src 'none'", f"style-src 'sha256-{digest}'"]
    assert "@import" not in style
    assert "url(" not in style


def test_a_page_has_both_themes_and_can_be_printed(document: Any) -> None:
    made = page(document)
    assert "prefers-color-scheme: dark" in made
    assert "@media print" in made


def with_text(value: Any, evil: str) -> Any:
    """Return a document whose texts are replaced, but for what the program itself says."""
    own = {"severity", "command", "kind", "parts_are", "units"}
    if isinstance(value, dict):
        return {k: v if k in own else with_text(v, evil) for k, v in value.items()}
    if isinstance(value, list):
        return [with_text(each, evil) for each in value]
    return evil if isinstance(value, str) else value


def test_texts_from_data_are_never_markup(document: Any) -> None:
    plain, hostile = page(with_text(document, "word")), page(with_text(document, EVIL))
    assert outline(hostile).tags == outline(plain).tags
    assert outline(hostile).attributes == outline(plain).attributes
    assert "<script" not in hostile
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", hostile)


def test_a_page_stays_small_whatever_a_text_is(document: Any) -> None:
    assert len(page(with_text(document, "x" * 1_000_000))) < 200_000


def test_a_page_says_the_numbers_of_its_document(document: Any) -> None:
    document["rows_out"] = 1_234_567
    assert "1\u202f234\u202f567" in page(document)


def test_the_same_document_gives_the_same_bytes(document: Any) -> None:
    again = json.loads(json.dumps(document))
    assert page(document) == page(again)


def test_hostile_rows_go_through_the_whole_way(tmp_path: Any) -> None:
    row = {"instruction": EVIL, "input": "", "output": EVIL * 3, "category": EVIL, "id": EVIL}
    big = {"instruction": "a" * 1_000_000, "output": "b"}
    lines = [json.dumps(row), json.dumps(big), '{"instruction": "\\ud800", "output": "x"}', "{"]
    path = tmp_path / "in.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    found = stats(str(path), settings=Settings(profiles=("lint",)), language_rows=0)
    made = page(found.document)
    assert outline(made).tags.count("script") == 0
    assert len(made) < 200_000
    made.encode()


def test_a_set_without_rows_has_a_page(tmp_path: Any) -> None:
    (tmp_path / "in.jsonl").write_text("[]\n{}\n", "utf-8")
    found = stats(str(tmp_path / "in.jsonl"), language_rows=0)
    assert found.document["rows_out"] == 0
    outline(page(found.document))
