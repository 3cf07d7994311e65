"""A zip is read in place; members that lead out, lie or are sealed are said and not read."""

import io
import random
import stat
import struct
import subprocess
import sys
import zipfile
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.errors import InputError
from curate.files.limits import Limits
from curate.files.tree import open_tree

LIMITS = Limits()


def codes(tree):
    return [(name, hit.code) for name, hit in tree.skipped]


def test_members_are_read_in_natural_order(make):
    tree = open_tree(make(("a10.txt", "x"), ("b/c.txt", "z"), ("a2.txt", "y"), ("b/", "")), LIMITS)
    assert tree.names == ["a2.txt", "a10.txt", "b/c.txt"]
    assert tree.open("b/c.txt").read() == b"z"
    assert tree.size("b/c.txt") == 1
    assert tree.skipped == []


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_large_members_come_whole_and_in_pieces(make, method):
    data = random.Random(7).randbytes(300_000) + b"0" * 300_000
    tree = open_tree(make(("a", data), method=method), LIMITS)
    assert tree.open("a").read() == data
    with tree.open("a") as stream:
        assert b"".join(iter(lambda: stream.read(70_001), b"")) == data
    assert tree.head("a", 10) == data[:10]
    assert tree.head("a", 1 << 20) == data


def test_a_prefix_gives_the_tree_below_it(make):
    path = make(("x/a", "1"), ("x/y/b", "2"), ("z/../../c", "3"), ("x/in.zip", "4"))
    tree = open_tree(path, LIMITS).below("x/")
    assert tree.names == ["a", "y/b"]
    assert codes(tree) == [("in.zip", "SRC097")]
    assert tree.open("a").read() == b"1"
    assert tree.below("y/").head("b") == b"2"
    with pytest.raises(InputError):
        tree.open("x/a")


@pytest.mark.parametrize(
    "name",
    [
        *("../a", "a/../../b", "/etc/passwd", "C:/a", "c:a", "..", "a\x01b", "a\nb", "x" * 5_000),
        *("..\\..\\a", "C:\\a", "\\\\server\\a", "a\x7fb"),
    ],
)
def test_a_path_that_leads_out_or_cannot_be_written_is_not_read(make, name):
    tree = open_tree(make((name, "x"), ("good", "y")), LIMITS)
    assert tree.names == ["good"]
    assert [hit.code for _, hit in tree.skipped] == ["SRC092"]
    assert tree.skipped[0][0].isprintable()


def test_nul_in_a_name_is_not_read(make):
    path = make(("aQb", "x"), ("good", "y"))
    path.write_bytes(path.read_bytes().replace(b"aQb", b"a\0b"))
    assert codes(open_tree(path, LIMITS)) == [("a\\u0000b", "SRC092")]


def test_backslashes_of_old_windows_tools_are_folders(make):
    path = make(("aQb.txt", "x"))
    path.write_bytes(path.read_bytes().replace(b"aQb", b"a\\b"))
    tree = open_tree(path, LIMITS)
    assert tree.names == ["a/b.txt"]
    assert tree.open("a/b.txt").read() == b"x"


@pytest.mark.parametrize(
    ("raw", "flag", "name"),
    [
        ("é.txt".encode(), 0, "é.txt"),
        ("é.txt".encode(), 1 << 11, "é.txt"),
        ("é.txt".encode("cp437"), 0, "é.txt"),
        (b"\xff\xfe.txt", 1 << 11, "\\xff\\xfe.txt"),
    ],
)
def test_names_are_utf8_or_code_page_437(make, raw, flag, name):
    stand_in = "Q" * len(raw)
    path = make((stand_in, "x"))
    data = path.read_bytes().replace(stand_in.encode(), raw)
    place = data.index(b"PK\x01\x02") + 8
    path.write_bytes(data[:place] + struct.pack("<H", flag) + data[place + 2 :])
    tree = open_tree(path, LIMITS)
    assert tree.names == [name]
    assert tree.open(name).read() == b"x"


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_special_files_are_not_read(make, kind):
    info = zipfile.ZipInfo("link")
    info.external_attr = (kind | 0o777) << 16
    assert codes(open_tree(make((info, "/etc/passwd"), ("a", "b")), LIMITS)) == [("link", "SRC093")]


def test_hidden_members_are_counted_and_maildir_folders_are_read(make):
    names = (".DS_Store", "__MACOSX/._a", ".git/config", "a/.b/c", ".Sent/cur/1", "cur/2")
    tree = open_tree(make(*((name, "x") for name in names)), LIMITS)
    assert tree.names == [".Sent/cur/1", "cur/2"]
    assert codes(tree) == [("", "SRC099")]
    assert "4" in tree.skipped[0][1].message


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_second_member_of_a_name_is_not_read_and_case_tells_names_apart(make):
    tree = open_tree(make(("a", "first"), ("A", "large"), ("a", "last"), ("./a", "dot")), LIMITS)
    assert sorted(tree.names) == ["A", "a"]
    assert tree.open("a").read() == b"first"
    assert codes(tree) == [("a", "SRC095"), ("a", "SRC095")]


def flipped(path, at, value):
    """Set the flags or the method of the only member, in its header and in the list."""
    data = bytearray(path.read_bytes())
    for start, field in ((data.index(b"PK\x03\x04"), at), (data.index(b"PK\x01\x02"), at + 2)):
        data[start + field : start + field + 2] = struct.pack("<H", value)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(("at", "value"), [(6, 1), (6, 1 << 13), (8, 9), (8, 99), (8, 12)])
def test_sealed_members_are_said(make, at, value):
    assert codes(open_tree(flipped(make(("a", "x")), at, value), LIMITS)) == [("a", "SRC094")]


def test_nested_archives_are_not_read(make):
    names = ("a.zip", "b.TGZ", "c.tar.gz", "d.7z", "e.jsonl.gz")
    tree = open_tree(make(*((name, "x") for name in names)), LIMITS)
    assert tree.names == ["e.jsonl.gz"]
    assert {code for _, code in codes(tree)} == {"SRC097"}


def test_a_comment_and_bytes_before_the_archive_do_not_matter(make):
    comment = b"a comment with PK\x05\x06" + b"\0" * 30
    path = make(("a", "x"), before=b"#!/bin/sh\n" * 50, comment=comment)
    assert open_tree(path, LIMITS).open("a").read() == b"x"


def test_zip64_is_read(tmp_path):
    path = tmp_path / "in.zip"
    with (
        zipfile.ZipFile(path, "w") as archive,
        archive.open("a", "w", force_zip64=True) as member,
    ):
        member.write(b"x" * 100)
    assert open_tree(path, LIMITS).open("a").read() == b"x" * 100


def test_zip64_end_records_are_read(make):
    path = make(("a", "x"))
    data = path.read_bytes()
    end = data.rindex(b"PK\x05\x06")
    count, length, start = struct.unpack_from("<HLL", data, end + 10)
    large = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, length, start)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    small = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 2**32 - 1, 2**32 - 1, 0)
    path.write_bytes(data[:end] + large + locator + small)
    assert open_tree(path, LIMITS).open("a").read() == b"x"


def refused(path, limits=LIMITS):
    with pytest.raises(InputError) as caught:
        open_tree(path, limits)
    return caught.value.code


def test_every_cut_of_an_archive_is_refused_or_read_whole(make):
    path = make(("a", "x" * 50), ("b", "y" * 50), comment=b"some comment")
    whole = path.read_bytes()
    for length in range(len(whole) - 1):
        path.write_bytes(whole[:length])
        assert refused(path) in ("SRC019", "SRC029", "SRC098"), length


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (b"\0" * 257 + b"ustar\x0000", "SRC098"),
        (b"7z\xbc\xaf\x27\x1c", "SRC098"),
        (b"Rar!\x1a\x07\x01\x00", "SRC098"),
        (b"just text", "SRC019"),
        (b"", "SRC019"),
    ],
)
def test_what_is_no_zip_is_refused(tmp_path, head, code):
    path = tmp_path / "in.zip"
    path.write_bytes(head + b"\0" * 1_000 if head else b"")
    assert refused(path) == code


def test_an_archive_that_does_not_exist_is_refused(tmp_path):
    assert refused(tmp_path / "none.zip") == "SRC021"


def test_an_empty_archive_has_no_members(make):
    assert open_tree(make(), LIMITS).names == []


def test_more_members_than_the_limit_are_refused(make):
    path = make(*((str(n), "") for n in range(11)))
    assert refused(path, Limits(archive_entries=10)) == "SRC096"
    assert len(open_tree(path, Limits(archive_entries=11)).names) == 11


def claim(count, here=None, length=0):
    """Return an archive that is an end record alone."""
    return struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, here or count, count, length, 0, 0)


def test_a_claim_of_ten_million_members_is_refused_unread(tmp_path):
    path = tmp_path / "in.zip"
    large = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 10**7, 10**7, 46 * 10**7, 0)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1)
    path.write_bytes(large + locator + claim(0xFFFF, length=2**32 - 1))
    assert refused(path) == "SRC096"


def test_a_list_that_is_longer_than_its_end_says_is_refused(make):
    path = make(*((str(n), "") for n in range(30)))
    data = bytearray(path.read_bytes())
    end = data.rindex(b"PK\x05\x06")
    data[end + 8 : end + 12] = struct.pack("<2H", 3, 3)
    path.write_bytes(data)
    assert refused(path) == "SRC019"
    assert refused(path, Limits(archive_entries=29)) == "SRC096"


def test_members_that_unpack_beyond_the_total_are_refused(make):
    path = make(("a", b"0" * 60_000), ("b", b"0" * 60_000))
    assert refused(path, Limits(archive_bytes=100_000)) == "SRC096"


def damaged(tree, name):
    with pytest.raises(InputError) as caught:
        tree.open(name).read()
    assert len(name) == 1 or name not in caught.value.message
    return caught.value.code


def test_a_member_that_unpacks_beyond_the_ratio_ends_there(make):
    tree = open_tree(make(("a", b"0" * (40 << 20))), LIMITS)
    assert damaged(tree, "a") == "SRC026"
    assert len(tree.head("a", 1_000)) == 1_000


@pytest.mark.parametrize("size", [10, 1_000, 2**32 - 2])
def test_a_member_whose_length_is_a_lie_is_damaged(make, size):
    path = make(("aa", b"text " * 100))
    data = bytearray(path.read_bytes())
    place = data.index(b"PK\x01\x02") + 24
    data[place : place + 4] = struct.pack("<L", size)
    path.write_bytes(data)
    assert damaged(open_tree(path, LIMITS), "aa") == "SRC095"


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_member_with_changed_bytes_is_damaged(make, method):
    path = make(("name", random.Random(1).randbytes(2_000)), method=method)
    data = bytearray(path.read_bytes())
    data[1_000] ^= 0xFF
    path.write_bytes(data)
    assert damaged(open_tree(path, LIMITS), "name") == "SRC095"


def test_a_header_with_another_name_is_damaged(make):
    path = make(("nice.txt", b"x"))
    data = path.read_bytes()
    path.write_bytes(data.replace(b"nice.txt", b"evil.exe", 1))
    assert damaged(open_tree(path, LIMITS), "nice.txt") == "SRC095"


def overlapping(count, n_bytes):
    """Return an archive whose members all reach to the end of the last one's data."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    kernel = packer.compress(b"0" * n_bytes) + packer.flush()
    crc, body, listed, headers = zlib.crc32(b"0" * n_bytes), b"", b"", []
    for n in range(count):
        name = b"%04d" % n
        fields = struct.pack("<5H3L2H", 20, 0, 8, 0, 0, crc, len(kernel), n_bytes, 4, 0)
        headers.append((len(body), name))
        body += b"PK\x03\x04" + fields + name
    body += kernel
    for at, name in headers:
        packed = len(body) - at - 34
        listed += struct.pack(
            "<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 3, 20, 0, 0, 8, 0, 0, crc, packed, n_bytes,
            4, 0, 0, 0, 0, 0, at,
        ) + name  # fmt: skip
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(listed), len(body), 0)
    return body + listed + end


def test_members_that_share_bytes_are_not_read(tmp_path):
    path = tmp_path / "in.zip"
    path.write_bytes(overlapping(100, 1 << 20))
    tree = open_tree(path, LIMITS)
    assert tree.names == ["0099"]
    assert {code for _, code in codes(tree)} == {"SRC095"}


def test_two_names_for_one_member_are_one(make):
    path = make(("aa", b"x"), ("bb", b"x"))
    data = bytearray(path.read_bytes())
    second = data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = b"\0\0\0\0"
    path.write_bytes(data)
    assert codes(open_tree(path, LIMITS)) == [("bb", "SRC095")]


BOMB = """
import resource, sys
from pathlib import Path
from curate.errors import InputError
from curate.files.limits import Limits
from curate.files.tree import open_tree
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
tree = open_tree(Path(sys.argv[1]), Limits())
read = 0
try:
    for name in tree.names:
        with tree.open(name) as stream:
            while block := stream.read(1 << 16):
                read += len(block)
except InputError as error:
    print(error.code)
print(read >> 20, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10)
"""


def test_a_bomb_is_read_in_flat_memory_and_stops(make):
    path = make(("a", b"\0" * (400 << 20)))
    assert path.stat().st_size < 1 << 20
    found = subprocess.run(
        [sys.executable, "-c", BOMB, str(path)], capture_output=True, text=True, check=True
    )
    code, mib, grown = found.stdout.split()
    assert code == "SRC026"
    assert int(mib) < 120
    assert int(grown) < 20


@given(st.data())
def test_changed_bytes_bring_no_other_exception(tmp_path_factory, data):
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"text " * 50)
        archive.writestr("b/c.txt", random.Random(2).randbytes(100))
    raw = bytearray(whole.getvalue())
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("zip") / "in.zip"
    path.write_bytes(raw)
    try:
        tree = open_tree(path, LIMITS)
    except InputError:
        return
    for name in tree.names:
        with suppress(InputError):
            assert len(tree.open(name).read()) == tree.size(name)
