"""A page is the text of its main content; what stands beside it is left out and counted."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.files.limits import Limits
from curate.files.tree import open_tree
from curate.sources.documents.pages import EXPORTS, main_text

(PAGES,) = EXPORTS


@pytest.fixture
def page(tmp_path, made):
    def read(html, name="help.html", **reading):
        path = tmp_path / name
        path.write_bytes(html if isinstance(html, bytes) else html.encode())
        return made(PAGES, path, **reading)

    return read


def test_the_main_content_is_the_text(page):
    found = page(
        "<!doctype html><html lang=en-GB><title>How &amp; why</title><body><header>Site</header>"
        "<nav>Menu</nav><main><h1>Title</h1><p>One.<p>Two.<nav>On this page</nav></main>"
        "<aside>More</aside><footer>2024</footer>"
    )
    assert found.row == {
        "text": "Title\n\nOne.\n\nTwo.",
        "language": "en",
        "extra": {"title": "How & why"},
    }
    assert found.notes == [("SRC086", 1)]
    assert found.messages == ["left out: 1 nav, 1 text outside of the main content"]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<div role='main'>a<div>b</div></div>c", "a\nb"),
        ("<MAIN>a</MAIN>b", "a"),
        ("<nav>x</nav><article><header>H</header>a</article><article>b</article>", "H\na\n\nb"),
        ("<article>a<article>reply</article></article>", "a\nreply"),
        ("<header>x</header><p>a</p><div role=navigation>m</div><footer>f</footer>", "a"),
        ("<p>a<aside>b<aside>c</aside>d</aside>e", "a\n\ne"),
        ("<form><p>a</p></form>", "a"),
        ("<body><p>plain", "plain"),
        ("<main>a", "a"),
        ("</main></nav><p>a", "a"),
        ("<p>a</p><!-- <main>b</main> -->", "a"),
        ("<script>'<main>x</main>'</script><p>a</p>", "a"),
        ("<p>a <b>b</b> &lt;main&gt;</p>", "a b <main>"),
    ],
)
def test_structure_alone_decides(html, text):
    assert main_text(html)[0] == text


def test_a_page_without_a_title_has_the_name_of_its_file(page):
    assert page("<p>a").row["extra"] == {"title": "help"}


@pytest.mark.parametrize(
    ("head", "codec"),
    [
        (b"<meta charset=windows-1251>", "cp1251"),
        (b'<meta http-equiv=Content-Type content="text/html; charset=iso-8859-1">', "cp1252"),
        (b'<?xml version="1.0" encoding="utf-8"?>', "utf-8"),
        (b"<meta charset='utf-16'>", "utf-8"),
        (b"", "utf-8"),
    ],
)
def test_the_declared_charset_is_used(page, head, codec):
    text = "Привет" if codec in ("cp1251", "utf-8") else "grüße – x"
    assert page(head + b"<p>" + text.encode(codec)).row["text"] == text


def test_a_mark_goes_before_what_is_declared(page):
    html = "﻿<meta charset=latin1><p>grüße"
    assert page(html.encode()).row["text"] == "grüße"
    assert page(html.encode("utf-16-be")).row["text"] == "grüße"


def test_bytes_that_are_not_of_the_charset_are_set_aside(page):
    assert page(b"<p>gr\xfc\xdfe").faults == [("SRC087", 1)]
    assert page(b"<meta charset=big5><p>\xff\xff").faults == [("SRC087", 1)]


@pytest.mark.parametrize("html", ["", "<title>x</title>", "<main><nav>menu</nav></main>"[:6]])
def test_a_page_without_text_is_set_aside(page, html):
    assert page(html).faults == [("SRC089", 1)]


def test_a_page_that_is_too_long_is_set_aside(page):
    assert page("<p>" + "a" * 2_000, limits=Limits(record_bytes=1_000)).faults == [("SRC009", 1)]


@pytest.mark.parametrize(
    ("head", "name", "is_page"),
    [
        (b"<!DOCTYPE html>", "a", True),
        (b"<!-- saved from -->\n<html>", "a.bin", True),
        (b"", "a.htm", True),
        (b'<?xml version="1.0"?><html xmlns="x">', "a", True),
        (b'<?xml version="1.0"?><rss>', "a.xml", False),
        (b'{"text": "<html>"}', "a.jsonl", False),
        (b"<p>text", "a.txt", False),
        (b"From a@example.com Mon Jan  1 00:00:00 2024\n\n<html>", "a", False),
    ],
)
def test_what_a_page_is(head, name, is_page):
    assert PAGES.sniff(head, name) == is_page


def test_chats_that_were_exported_as_pages_are_not_claimed(tmp_path):
    (tmp_path / "help.html").write_text("x")
    assert PAGES.claim(open_tree(tmp_path, Limits())) == ["help.html"]
    (tmp_path / "messages2.html").write_text("x")
    assert PAGES.claim(open_tree(tmp_path, Limits())) == []


@pytest.mark.parametrize(
    "piece",
    [
        *("<main>", "<nav>", "<div role=main>", "<!--", "<title>", "<main ", "<a b='", "</nav>"),
        *("<", "<nav></nav>", "<script>", '<main a="<nav>', "<article><nav>"),
    ],
)
def test_any_page_takes_linear_time(piece):
    def seconds(length):
        html = piece * (length // len(piece))
        start = time.process_time()
        main_text(html)
        return time.process_time() - start

    assert seconds(400_000) < 5


@given(
    st.lists(st.sampled_from(["<main>", "</main>", "<nav>", "</nav>", "<p>", "a", "<!--", "-->"]))
)
def test_no_page_fails(parts):
    main_text("".join(parts))
