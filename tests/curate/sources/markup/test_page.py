"""HTML as text: what becomes of what, and any markup in time that grows with its length."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from curate.sources.markup import text_of

CASES = Path(__file__).parents[4] / "tests/cases/markup/pages.yaml"
PAGES = yaml.safe_load(CASES.read_text("utf-8"))

PIECES = st.sampled_from(
    [
        "<p>", "</p>", "<div>", "</div>", "<b>", "<br>", "<blockquote>", "</blockquote>", "<ul>",
        "<ol>", "<li>", "</ul>", "<table>", "<tr>", "<td>", "</table>", "<pre>", "</pre>", "<hr>",
        "<div class=gmail_quote>", "<div id=appendonsend>", "<span hidden>", "</span>", "<!--",
        "-->", "<script>", "</script>", "<", ">", '"', "'", "=", "&", "&lt;", "&#x110000;",
        "&#xD800;", "&nbsp;", "a", " ", "\n", "\u200c", "\ud800",
    ]
)  # fmt: skip


@pytest.mark.parametrize("case", PAGES, ids=[case["name"] for case in PAGES])
def test_text_of_a_page(case: dict[str, Any]) -> None:
    assert text_of(case["html"], quotes=case.get("quotes", True)) == case["text"]


def test_bytes_are_utf_8_and_what_is_not_is_shown() -> None:
    assert text_of("<p>é".encode()) == "é"
    assert text_of(b"<p>\xe9") == "\ufffd"


@given(st.lists(PIECES | st.text(max_size=3), max_size=60))
def test_any_markup_is_a_text_without_blanks_at_its_ends(pieces: list[str]) -> None:
    text = text_of("".join(pieces))
    text.encode()
    lines = text.split("\n")
    assert text == "" or (lines[0].strip(" \t>") and lines[-1].strip(" \t>"))
    assert all(line == "-- " or line == line.rstrip() or line.endswith("> -- ") for line in lines)


@pytest.mark.parametrize(
    "piece",
    [
        "<div>",
        "<ul><li>",
        "<blockquote>a<br>",
        "<div></p>",
        "<span><div></span></div>",
        "<font color=a><p>",
        "<table><tr><td>",
        "<a",
        '<a "',
        '<a x="',
        "<!--",
        "<div class=gmail_quote>",
        "&#",
        "\u200c",
        "<style>",
    ],
)
def test_time_grows_with_the_length_alone(piece: str) -> None:
    def seconds(count: int) -> float:
        start = time.process_time()
        text_of(piece * count)
        return time.process_time() - start

    short = min(seconds(10_000) for _ in range(3))
    assert seconds(80_000) < 8 * short * 4 + 0.5


def test_100_000_levels_leave_the_words() -> None:
    html = "<div>" * 100_000 + "<p>a<p>b" + "</div>" * 100_000 + "c"
    assert text_of(html) == "a\n\nb\nc"
    assert len(text_of("<blockquote>" * 100_000 + "a").encode()) < 100
