"""A source that is a member of an archive is a stream like any other; damage ends it."""

import gzip
import zipfile

import pytest

from curate.errors import InputError
from curate.files.inputs import Source
from curate.files.limits import Limits
from curate.files.streams import open_bytes, recognise

LIMITS = Limits()


def test_damage_ends_the_stream_of_a_source_and_is_named(make):
    path = make(("a.jsonl", b"line\n" * 100_000), method=zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    data[499_000] ^= 0xFF
    path.write_bytes(data)
    with open_bytes(Source("in.zip/a.jsonl", path, member="a.jsonl"), LIMITS) as opened:
        assert len(opened.stream.read()) == 500_000
        assert opened.damage is not None
        assert opened.damage.code == "SRC095"


def test_a_member_that_is_missing_is_an_empty_damaged_stream(make):
    with open_bytes(Source("in.zip/b", make(("a", "x")), member="b"), LIMITS) as opened:
        assert opened.stream.read() == b""
        assert opened.damage is not None
        assert opened.damage.code == "SRC021"


def test_compressed_members_are_unpacked_within_the_ratio(make):
    path = make(("a.jsonl.gz", gzip.compress(b"x\n" * 9)), ("b.gz", gzip.compress(b"0" * 2**25)))
    source = Source("in.zip/a.jsonl.gz", path, compression="gzip", member="a.jsonl.gz")
    with open_bytes(source, LIMITS) as opened:
        assert opened.stream.read() == b"x\n" * 9
        assert opened.damage is None
    bomb = Source("in.zip/b.gz", path, compression="gzip", member="b.gz")
    with open_bytes(bomb, LIMITS) as opened:
        assert 0 < len(opened.stream.read()) <= 24 << 20
        assert opened.damage is not None
        assert opened.damage.code == "SRC026"


@pytest.mark.parametrize(
    ("name", "data", "container"),
    [
        ("a.jsonl", b'{"text": "a"}\n{"text": "b"}\n', "jsonl"),
        ("a/b.json", b'[{"text": "a"}]', "json"),
        ("a.tsv", b"a\tb,c\n1\t2\n", "csv"),
        ("a.jsonl.gz", gzip.compress(b'{"text": "a"}\n'), "jsonl"),
    ],
)
def test_a_member_is_recognised_by_its_own_name_and_bytes(make, name, data, container):
    source = recognise(Source(f"in.zip/{name}", make((name, data)), member=name), None, LIMITS)
    assert source.container == container
    assert source.delimiter == ("\t" if name.endswith(".tsv") else ",")
    assert source.compression == ("gzip" if name.endswith(".gz") else None)


def test_an_archive_that_is_read_otherwise_is_refused_with_advice(tmp_path):
    path = tmp_path / "takeout.tgz"
    path.write_bytes(gzip.compress(b"\0" * 257 + b"ustar\x0000" + b"\0" * 300))
    with pytest.raises(InputError) as caught:
        recognise(Source("takeout.tgz", path), None, LIMITS)
    assert caught.value.code == "SRC098"
    assert "zip" in caught.value.hint
