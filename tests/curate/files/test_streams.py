"""Encodings and compression: decoded and said, or set aside by record; never the whole file."""

import gzip
import json
import zlib

import pytest
import zstandard

from curate.errors import InputError
from curate.files.limits import Limits

ROWS = [{"text": f"zeile {n} – größe 🙂"} for n in range(3)]
TEXTS = [row["text"] for row in ROWS]
LINES = [json.dumps(row, ensure_ascii=False) for row in ROWS]
JSONL = "".join(line + "\n" for line in LINES)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n", "\r\n\r\n", "\n \t\n"])
@pytest.mark.parametrize("last", ["", "end"])
def test_line_ends_and_blank_lines_do_not_matter(read, end, last):
    text = end.join(LINES) + (end if last else "")
    result = read(text.encode())
    assert result.texts == TEXTS
    assert result.found == []


@pytest.mark.parametrize("name", ["in.jsonl", "in.json"])
def test_records_with_the_line_ends_of_old_macs_are_found(read, name):
    assert read("\r".join(LINES).encode(), name).texts == TEXTS


@pytest.mark.parametrize("name", ["in.jsonl", "in.json"])
def test_a_byte_order_mark_is_skipped_and_said(read, name):
    text = JSONL if name == "in.jsonl" else json.dumps(ROWS)
    result = read(text.encode("utf-8-sig"), name)
    assert result.texts == TEXTS
    assert result.places() == [("SRC014", 1, 0)] or result.found == []
    assert result.report.exit_code == 0


@pytest.mark.parametrize(
    ("codec", "mark"),
    [
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("utf-32-le", b"\xff\xfe\x00\x00"),
        ("utf-32-be", b"\x00\x00\xfe\xff"),
    ],
)
@pytest.mark.parametrize("name", ["in.jsonl", "in.json", "in.csv", "in.txt"])
def test_utf_16_and_32_with_a_mark_are_decoded(read, codec, mark, name):
    text = {
        "in.jsonl": JSONL,
        "in.json": json.dumps(ROWS, indent=1, ensure_ascii=False),
        "in.csv": "text\n" + "".join(t + "\n" for t in TEXTS),
        "in.txt": "".join(t + "\n" for t in TEXTS),
    }[name]
    result = read(mark + text.encode(codec), name)
    assert result.texts == TEXTS
    assert result.report.exit_code == 0


def test_half_a_pair_in_utf_16_costs_its_record_only(read):
    bad = '{"text": "a"}\n{"text": "x\ud83d"}\n{"text": "b"}\n'.encode("utf-16-le", "surrogatepass")
    result = read(b"\xff\xfe" + bad)
    assert result.texts == ["a", "b"]
    assert [code for code, *_ in result.places() if code != "SRC015"] == ["SRC004"]


def test_utf_16_cut_in_the_middle_of_a_sign_is_said(read):
    raw = b"\xff\xfe" + '{"text": "a"}\n{"text": "b"}'.encode("utf-16-le")
    result = read(raw[:-1])
    assert result.texts == ["a"]
    assert result.report.exit_code == 1


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("name", ["in.jsonl", "in.json"])
def test_utf_16_without_a_mark_is_set_aside_and_counted(read, codec, name):
    result = read(JSONL.encode(codec), name)
    assert result.rows == []
    assert result.report.ledger.rows_in > 0
    assert result.report.exit_code == 1


@pytest.mark.parametrize("raw", [b"\x89PNG\r\n\x1a\n\x00", b"id,text\n1,a\n", b"\x00{\x00"])
def test_a_file_that_does_not_say_what_it_holds_is_refused(read, raw):
    with pytest.raises(InputError) as caught:
        read(raw, "in")
    assert caught.value.code == "SRC029"


def gz(raw):
    return gzip.compress(raw, mtime=0)


def zst(raw):
    return zstandard.compress(raw)


@pytest.mark.parametrize(("pack", "ending"), [(gz, ".gz"), (zst, ".zst"), (zst, ".zstd")])
def test_compressed_files_are_known_by_their_bytes(read, pack, ending):
    for name in ("in.jsonl" + ending, "in.jsonl", "in"):
        assert read(pack(JSONL.encode()), name).texts == TEXTS
    array = json.dumps(ROWS).encode()
    assert read(pack(array), "in.json" + ending).texts == TEXTS
    assert read(pack(array[:9]) + pack(array[9:]), "in.json" + ending).texts == TEXTS


@pytest.mark.parametrize("pack", [gz, zst])
def test_truncated_compressed_data_keeps_what_was_whole(read, pack):
    many = "".join(
        json.dumps({"text": f"{n} {zlib.crc32(b'%d' % n)}"}) + "\n" for n in range(9_000)
    )
    packed = pack(many.encode())
    result = read(packed[: len(packed) * 9 // 10], "in.jsonl." + pack.__name__)
    assert result.report.exit_code == 1
    assert "SRC019" in [f.code for f in result.found]
    if pack is gz:
        assert len(result.rows) > 7_000
    assert [row["text"].split()[0] for row in result.rows] == [
        str(n) for n in range(len(result.rows))
    ]


def test_a_wrong_check_sum_is_said_and_rows_are_kept(read):
    packed = bytearray(gz(JSONL.encode()))
    packed[-8] ^= 0xFF
    result = read(bytes(packed), "in.jsonl.gz")
    assert result.texts == TEXTS
    assert [f.code for f in result.found] == ["SRC019"]
    assert result.report.exit_code == 1


def test_a_wrong_zstd_check_sum_is_said(read):
    packer = zstandard.ZstdCompressor(write_checksum=True)
    packed = bytearray(packer.compress(JSONL.encode()))
    packed[-1] ^= 0xFF
    result = read(bytes(packed), "in.jsonl.zst")
    assert "SRC019" in [f.code for f in result.found]


@pytest.mark.parametrize("pack", [gz, zst])
def test_an_archive_that_grows_beyond_the_ratio_ends_there(read, pack):
    lines = JSONL.encode() + (json.dumps({"text": "0" * 1_000}).encode() + b"\n") * 60_000
    result = read(pack(lines), "in.jsonl", limits=Limits(unpacked_ratio=2))
    assert result.texts[:3] == TEXTS
    assert "SRC026" in [f.code for f in result.found]
    assert result.report.exit_code == 1


@pytest.mark.parametrize("raw", [b"\x1f\x8b", b"\x1f\x8b\x08\x00broken", b"\x28\xb5\x2f\xfd"])
def test_a_file_that_only_begins_like_an_archive_is_unreadable(read, raw):
    result = read(raw, "in.jsonl.gz")
    assert "SRC019" in [f.code for f in result.found]
    assert result.report.exit_code == 3


def test_latin_1_lines_of_a_text_file_are_set_aside(read):
    result = read("eins\nzw\xf6i\ndrei\n".encode("latin-1"), "in.txt")
    assert result.texts == ["eins", "drei"]
    assert result.places() == [("SRC004", 2, 5)]
