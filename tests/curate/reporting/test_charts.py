"""Charts: what they draw is what they are given, and what they say of it."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.build.overview.sketches import counted, distribution
from curate.reporting.charts import bar, columns, histogram

SVG = re.compile(r"<svg.*?</svg>", re.DOTALL)


def parsed(made: str) -> ElementTree.Element:
    found = SVG.search(made)
    assert found is not None
    return ElementTree.fromstring(found.group())


@given(st.lists(st.integers(0, 2**31 - 1), min_size=1, max_size=50))
def test_a_histogram_draws_every_bin_inside_its_frame(numbers: list[int]) -> None:
    found = distribution(np.array(numbers, np.int32))
    assert found is not None
    tree = parsed(histogram("h", "Prompt", "words", found))
    bars = [each for each in tree if each.get("class") == "value"]
    assert len(bars) == len(found["histogram"])
    _, _, width, height = map(float, tree.attrib["viewBox"].split())
    for each, (_, n) in zip(bars, found["histogram"], strict=True):
        x, y, w, h = (float(each.attrib[name]) for name in ("x", "y", "width", "height"))
        assert 0 <= x <= x + w <= width
        assert 0 <= y <= y + h <= height
        assert (h > 0) == (n > 0)
    for each in tree.iter("text"):
        assert 0 <= float(each.attrib["x"]) <= width


def test_a_histogram_is_told_in_words_and_as_a_table() -> None:
    found = distribution(np.array([1, 1, 2, 1000], np.int32))
    made = histogram("h", "Prompt", "words", found)
    tree = parsed(made)
    assert tree.attrib["role"] == "img"
    assert tree.attrib["aria-labelledby"] == "h-t h-d"
    assert tree.findtext("title") == "Prompt"
    desc = "4 rows, from 1 to 1\u202f000 words; half have 1 or fewer, 95 of 100 have 1\u202f000"
    assert (tree.findtext("desc") or "").startswith(desc)
    assert "<caption" in made
    assert '<th scope="row" class="n">' not in made


def test_the_tallest_bar_is_that_of_most_rows() -> None:
    found = distribution(np.array([1, 2, 2, 2, 3, 3], np.int32))
    bars = [e for e in parsed(histogram("h", "P", "words", found)) if e.get("class") == "value"]
    heights = [float(each.attrib["height"]) for each in bars]
    assert heights[1] == max(heights)
    assert heights[0] == pytest.approx(heights[1] / 3, abs=0.1)


def test_no_rows_make_no_chart() -> None:
    assert ">none<" in histogram("h", "Prompt", "words", None)
    assert ">none<" in columns("h", "Turns", "messages", {})


def test_columns_show_gaps() -> None:
    counts = counted(np.array([2, 2, 5, 30], np.int32), 20)
    assert list(counts)[:4] == ["2", "3", "4", "5"]
    assert counts["20+"] == 1
    bars = [e for e in parsed(columns("t", "T", "messages", counts)) if e.get("class") == "value"]
    assert [float(each.attrib["height"]) > 0 for each in bars[:4]] == [True, False, False, True]


def test_what_is_there_is_seen_in_a_bar() -> None:
    assert 'width="0.60"' in bar(1, 1_000_000)
    assert 'width="0.00"' in bar(0, 0)
    assert 'class="gone"' in bar(50, 100, 50)
