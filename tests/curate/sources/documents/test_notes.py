"""A note is one text; its marks become what is shown, and its front matter goes to `extra`."""

import time
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.files.limits import Limits
from curate.files.tree import open_tree
from curate.sources.documents.notes import EXPORTS, plain_note

(NOTES,) = EXPORTS


@pytest.fixture
def note(tmp_path, made):
    def read(text, name="Trip to sea.md", **reading):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return made(NOTES, path, **reading)

    return read


def test_front_matter_goes_to_extra_and_dates_stay_text(note):
    text = "---\ntitle: The sea\ndate: 2024-01-31\ntags: [a, b]\nn: 3\n---\n# Sea\n\nWaves.\n"
    assert note(text).row == {
        "text": "# Sea\n\nWaves.",
        "extra": {
            "title": "The sea",
            "front_matter": {"title": "The sea", "date": "2024-01-31", "tags": ["a", "b"], "n": 3},
            "headings": ["Sea"],
        },
    }


def test_the_title_is_the_name_of_the_file(note):
    assert note("text").row["extra"] == {"title": "Trip to sea"}


@pytest.mark.parametrize(
    "front",
    [
        "title: a: b",
        "a: &x [1]\nb: *x",
        "a: !!python/object:os.system x",
        "a: 1\na: 2",
        "just text",
        '"\\ud800": 1',
        '"\\UFFFFFFFF": 1',
        "a: " + "[" * 500,
        "n: 123456789012345678901234567890",
        "a: \x01",
    ],
)
def test_front_matter_that_is_not_understood_stays_in_the_text(note, front):
    found = note(f"---\n{front}\n---\nbody")
    assert found.row["text"] == f"---\n{front}\n---\nbody"
    assert found.notes == [("SRC085", 1)]


@pytest.mark.parametrize("text", ["---\n\na line across the page", "----\nx\n----", "--- x ---\ny"])
def test_a_line_across_the_page_is_no_front_matter(note, text):
    assert note(text).row["text"] == text
    assert note(text).notes == []


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("see [[Sea|the sea]]", "see the sea"),
        ("see [[Sea]]", "see Sea"),
        ("see [[Sea#Waves#High]]", "see Sea > Waves > High"),
        ("see [[#Waves]]", "see Waves"),
        ("see [[Sea|]]", "see Sea"),
        ("a ![[picture.png|200]] b", "a  b"),
        ("a %%hidden\nlines%% b", "a  b"),
        ("100%% sure", "100%% sure"),
        ("> [!tip]- Look here\n> text", "> Look here\n> text"),
        ("> [!tip]\n> text", "> Tip\n> text"),
        ("`[[code]]` and `%%`", "`[[code]]` and `%%`"),
        ("```\n[[code]] %% x %%\n```\n[[b]]", "```\n[[code]] %% x %%\n```\nb"),
        ("~~~~\n```\n[[x]]\n~~~\n~~~~\n[[y]]", "~~~~\n```\n[[x]]\n~~~\n~~~~\ny"),
        ("```\nnever closed [[x]]", "```\nnever closed [[x]]"),
        ("![alt](data:image/png;base64,AAAA) b", "alt b"),
        ("![alt](picture.png) [a](b)", "![alt](picture.png) [a](b)"),
        ("[[" + "x" * 600 + "]]", "[[" + "x" * 600 + "]]"),
        ("a\r\nb\rc", "a\nb\nc"),
    ],
)
def test_marks_become_what_is_shown(note, written, shown):
    assert note(written).row["text"] == shown


def test_what_is_left_out_is_counted(note):
    found = note("x ![[a.png]] ![[b]] %%c%% ![d](data:,e)")
    assert found.notes == [("SRC086", 1)]
    assert found.messages == ["left out: 1 comments, 2 embedded files, 1 pictures"]


def test_headings_have_those_above_them(note):
    text = "# Trip\n## Food ##\n### Fish\n## Way\n```\n# no heading\n```\n#no heading\n# Home"
    assert note(text).row["extra"]["headings"] == [
        "Trip",
        "Trip / Food",
        "Trip / Food / Fish",
        "Trip / Way",
        "Home",
    ]


@pytest.mark.parametrize("text", ["", "\n \n", "---\ntitle: x\n---\n", "%%only a comment%%"])
def test_a_note_without_text_is_set_aside(note, text):
    found = note(text)
    assert found.faults == [("SRC089", 1)]
    assert found.rows == []


def test_what_is_not_utf8_or_too_long_is_set_aside(note):
    assert note("gr\xfc\xdfe".encode("latin-1")).faults == [("SRC004", 1)]
    found = note("word " * 1_000, limits=Limits(record_bytes=1_000))
    assert found.faults == [("SRC009", 1)]
    assert "5,000" in found.messages[0]


def test_marked_utf16_is_decoded_and_said(note):
    found = note("﻿grüße".encode("utf-16-le"))
    assert found.row["text"] == "grüße"
    assert found.notes == [("SRC015", 1)]


def test_a_note_in_an_archive_is_read_and_damage_is_said(tmp_path, made):
    path = tmp_path / "vault.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Vault/A.md", "text " * 100)
    assert made(NOTES, path, member="Vault/A.md").row["extra"]["title"] == "A"
    data = bytearray(path.read_bytes())
    data[100] ^= 1
    path.write_bytes(data)
    assert made(NOTES, path, member="Vault/A.md").notes == [("SRC095", 1)]


def test_notes_are_claimed_where_they_are_most(tmp_path):
    for name in ("README.md", "train.jsonl"):
        (tmp_path / name).write_text("x")
    tree = open_tree(tmp_path, Limits())
    assert NOTES.claim(tree) == []
    (tmp_path / "b.markdown").write_text("x")
    assert NOTES.claim(open_tree(tmp_path, Limits())) == ["README.md", "b.markdown"]


def test_only_names_say_that_a_file_is_a_note():
    assert NOTES.sniff(b"# x", "a.MD")
    assert not NOTES.sniff(b"# x", "a.txt")
    assert not NOTES.sniff(b"---\ntitle: x\n---\n", "a")


@pytest.mark.parametrize(
    "piece", ["[[", "![[", "%%", "`", "> [!", "```\n", "![", "![](data:", "# ", "---\n", "]]"]
)
def test_any_note_takes_linear_time(piece):
    text = piece * (400_000 // len(piece))
    start = time.process_time()
    plain_note(text)
    assert time.process_time() - start < 5


@given(st.text(alphabet="[]!%`#>-~|:\n ab"))
def test_no_note_fails(text):
    shown, headings, counts = plain_note(text)
    assert len(shown) <= len(text) + 40 * text.count("[!")
    assert all(count > 0 for count in counts.values())
    assert len(headings) <= text.count("#")
