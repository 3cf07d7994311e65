"""Lines to chunks: places, limits, and bounds that do not depend on how the work is shared."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from curate.files.chunks import line_spans
from curate.files.inputs import Source
from curate.files.limits import Limits

GOOD = [{"text": f"row {n}"} for n in range(6)]
LONG = {"text": "x" * 5_000}


def lines(rows):
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


@pytest.mark.parametrize("at", [0, 3, 6])
@pytest.mark.parametrize("last", [b"\n", b""])
@pytest.mark.parametrize("size", [5_000, 3 << 20])
def test_a_line_over_the_limit_is_measured_and_its_neighbours_kept(read, at, last, size):
    rows = [*GOOD[:at], {"text": "x" * size}, *GOOD[at:]]
    raw = lines(rows).removesuffix(b"\n") + last
    result = read(raw, limits=Limits(record_bytes=4_000))
    assert result.texts == [row["text"] for row in GOOD]
    assert result.places() == [("SRC009", at + 1, len(lines(rows[:at])))]
    assert result.rejected[0]["length_bytes"] == len(json.dumps(rows[at]))
    offsets = [row["origin"]["byte_offset"] for row in result.rows]
    assert [raw[offset : offset + 9] for offset in offsets] == [b'{"text": '] * 6


def test_every_byte_is_in_one_span_and_lazy_spans_are_the_same(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_bytes(lines([*GOOD, LONG] * 4_000) + b"\n\n" + b'{"text": "last"}')
    source = Source("in.jsonl", path, "jsonl")
    limits = Limits(record_bytes=4_900)
    kinds = []
    for lazy in (False, True):
        with path.open("rb") as stream:
            spans = list(line_spans(source, stream, limits, lazy=lazy))
        ends = [span.offset + span.length for span in spans]
        assert [span.offset for span in spans] == [0, *ends[:-1]]
        assert ends[-1] in (path.stat().st_size, path.stat().st_size + 1)
        chunks = [span.read() for span in spans]
        kinds.append([(c.records, c.lines, c.offsets, c.faults, c.cuts) for c in chunks])
    assert kinds[0] == kinds[1]


@pytest.mark.parametrize("step", [1, 2, 7, 64])
def test_where_a_block_ends_does_not_matter(monkeypatch, step):
    raw = lines(GOOD) + b"\n" + lines([LONG, *GOOD])
    monkeypatch.setattr("curate.files.chunks._BLOCK_BYTES", step)
    source = Source("in.jsonl", None, "jsonl")
    spans = line_spans(source, io.BytesIO(raw), Limits(record_bytes=100), lazy=False)
    found = [
        (line, offset, record[:30])
        for span in spans
        for chunk in [span.read()]
        for line, offset, record in zip(chunk.lines, chunk.offsets, chunk.records, strict=True)
    ]
    at = 0
    expected = []
    for number, line in enumerate(raw.split(b"\n")[:-1], 1):
        if line:
            expected.append((number, at, line[:30]))
        at += len(line) + 1
    assert found == expected


_MEASURED = """
import sys
from curate.cli import main
sys.argv = ["curate", *sys.argv[1:]]
try:
    main()
finally:
    # The peak of this program alone: ru_maxrss would count the tests' process before the exec.
    status = open("/proc/self/status").read()
    print(status.partition("VmHWM:")[2].split()[0], file=sys.stderr)
"""


def peak_mib(*arguments):
    """Run a command in a process of its own; return its exit code, document and peak memory."""
    if not Path("/proc/self/status").exists():
        pytest.skip("the peak memory of a process is read from /proc")
    ended = subprocess.run(
        [sys.executable, "-c", _MEASURED, *map(str, arguments), "--json"],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert "Traceback" not in ended.stderr
    return ended.returncode, json.loads(ended.stdout), int(ended.stderr.split()[-1]) / 1024


@pytest.mark.slow
@pytest.mark.parametrize("name", ["in.jsonl", "in.json", "in.csv", "in.txt", "in.mbox"])
def test_a_line_of_200_mb_takes_little_memory(tmp_path, name):
    heads = {
        "in.jsonl": b'{"text": "a"}\n{"text": "',
        "in.json": b'[{"text": "a"},\n{"text": "',
        "in.csv": b"text\na\n",
        "in.txt": b"a\n",
        "in.mbox": b"From a@b.c Mon Jan  1 00:00:00 2024\nSubject: a\n\na\n\n"
        b"From a@b.c Mon Jan  1 00:00:00 2024\nSubject: b\n\n",
    }
    path = tmp_path / name
    with path.open("wb") as file:
        file.write(heads[name])
        for _ in range(200):
            file.write(b"x" * (1 << 20))
    code, document, peak = peak_mib("convert", path, "-o", tmp_path / "out")
    assert code == 1
    assert document["rows_out"] == 1
    assert "SRC009" in document["removed"]
    assert peak < 400


@pytest.mark.slow
@pytest.mark.parametrize("name", ["in.jsonl", "in.json", "in.csv", "in.txt", "in.mbox"])
@pytest.mark.parametrize("head", [b"", b"[", b'{"text": "'])
def test_a_gib_of_nul_bytes_takes_little_memory(tmp_path, name, head):
    path = tmp_path / name
    path.write_bytes(head)
    os.truncate(path, 1 << 30)
    code, document, peak = peak_mib("convert", path, "-o", tmp_path / "out")
    assert code in (1, 3)
    assert document["rows_out"] == 0
    assert peak < 400
