"""A folder is read without leaving it, and what is not read is said."""

import os
import socket

import pytest

from curate.errors import InputError
from curate.files.inputs import Source
from curate.files.limits import Limits
from curate.files.streams import open_bytes
from curate.files.tree import open_tree

LIMITS = Limits()


@pytest.fixture
def folder(tmp_path):
    """Return a folder with a file outside of it."""
    (tmp_path / "secret.txt").write_text("secret")
    inside = tmp_path / "in"
    inside.mkdir()
    return inside


def put(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


def codes(tree):
    return [(name, hit.code) for name, hit in tree.skipped]


def test_files_come_in_natural_order_with_slashes(folder):
    put(folder, "b10.md", "b9.md", "a/c.md", "B.md")
    tree = open_tree(folder, LIMITS)
    assert tree.names == ["B.md", "a/c.md", "b9.md", "b10.md"]
    assert tree.open("a/c.md").read() == b"a/c.md"
    assert tree.size("a/c.md") == 6
    assert tree.head("a/c.md", 3) == b"a/c"


def test_a_prefix_gives_the_tree_below_it(folder):
    put(folder, "x/a.md", "x/y/b.md", "z.md")
    tree = open_tree(folder, LIMITS).below("x/")
    assert tree.names == ["a.md", "y/b.md"]
    assert tree.below("y/").open("b.md").read() == b"x/y/b.md"


def test_links_that_lead_out_and_loops_are_not_followed(folder):
    put(folder, "a.md", "d/b.md")
    (folder / "out.md").symlink_to(folder.parent / "secret.txt")
    (folder / "up").symlink_to(folder.parent)
    (folder / "d" / "loop").symlink_to(folder)
    (folder / "self").symlink_to(folder / "self")
    (folder / "gone").symlink_to(folder / "nothing")
    (folder / "same.md").symlink_to(folder / "a.md")
    tree = open_tree(folder, LIMITS)
    assert tree.names == ["a.md", "d/b.md", "same.md"]
    assert tree.open("same.md").read() == b"a.md"
    assert codes(tree) == [(name, "SRC093") for name in ("d/loop", "gone", "out.md", "self", "up")]


def test_special_files_are_never_opened(folder):
    put(folder, "a.md")
    os.mkfifo(folder / "pipe.md")
    with socket.socket(socket.AF_UNIX) as server:
        here = os.open(folder, os.O_RDONLY)
        server.bind(f"/proc/self/fd/{here}/socket.md")
        os.close(here)
        tree = open_tree(folder, LIMITS)
    assert tree.names == ["a.md"]
    assert codes(tree) == [("pipe.md", "SRC093"), ("socket.md", "SRC093")]


def test_a_file_that_becomes_a_pipe_or_a_link_is_not_opened(folder):
    put(folder, "a.md", "b.md", "c.md")
    tree = open_tree(folder, LIMITS)
    for name in tree.names:
        (folder / name).unlink()
    os.mkfifo(folder / "a.md")
    (folder / "b.md").symlink_to(folder.parent / "secret.txt")
    for name, code in (("a.md", "SRC093"), ("b.md", "SRC093"), ("c.md", "SRC021")):
        with pytest.raises(InputError) as caught:
            tree.open(name)
        assert caught.value.code == code
        assert name not in caught.value.message


def test_hidden_files_are_counted_and_folders_of_a_maildir_are_read(folder):
    put(folder, ".obsidian/app.json", ".DS_Store", "a/.b", "cur/1", ".Sent/cur/2", ".Sent/new/3")
    tree = open_tree(folder, LIMITS)
    assert tree.names == [".Sent/cur/2", ".Sent/new/3", "cur/1"]
    assert codes(tree) == [("", "SRC099")]
    assert "3" in tree.skipped[0][1].message


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_what_may_not_be_read_is_said(folder):
    put(folder, "a.md", "d/b.md")
    (folder / "a.md").chmod(0)
    (folder / "d").chmod(0)
    assert codes(open_tree(folder, LIMITS)) == [("a.md", "SRC021"), ("d/", "SRC021")]
    (folder / "d").chmod(0o700)


def test_a_folder_that_vanishes_is_said(folder, monkeypatch):
    put(folder, "a.md", "d/b.md")
    scan = os.scandir

    def vanishing(path):
        if str(path).rstrip("/").endswith("/d"):
            raise PermissionError(13, "no")
        return scan(path)

    monkeypatch.setattr(os, "scandir", vanishing)
    assert codes(open_tree(folder, LIMITS)) == [("d/", "SRC021")]


def test_names_that_are_not_utf8_are_shown_as_escapes_and_opened(folder):
    (folder / os.fsdecode(b"a\xff.md")).write_text("x")
    (folder / "plain\\xff.md").write_text("y")
    tree = open_tree(folder, LIMITS)
    assert tree.names == ["a\\xff.md", "plain\\xff.md"]
    assert [tree.open(name).read() for name in tree.names] == [b"x", b"y"]


@pytest.mark.parametrize("member", ["../secret.txt", "/etc/passwd", "a/../../secret.txt", "d"])
def test_a_source_does_not_lead_out_of_its_folder(folder, member):
    put(folder, "a/x.md", "d/y.md")
    with open_bytes(Source("in/x", folder, member=member), LIMITS) as opened:
        assert opened.stream.read() == b""
        assert opened.damage is not None
        assert opened.damage.code == "SRC093"


def test_a_source_of_a_folder_is_read(folder):
    put(folder, "a/x.md")
    with open_bytes(Source("in/a/x.md", folder, member="a/x.md"), LIMITS) as opened:
        assert opened.stream.read() == b"a/x.md"
        assert opened.damage is None


def test_deep_folders_are_walked(folder):
    deep = folder
    for _ in range(300):
        deep = deep / "d"
    deep.mkdir(parents=True)
    (deep / "x.md").write_text("x")
    assert open_tree(folder, LIMITS).names == ["d/" * 300 + "x.md"]
