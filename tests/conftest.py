"""What tests of several packages share: the data folder, the command in this process, a reader."""

from __future__ import annotations

import io
import json
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from curate.build import Report, Settings, convert, load
from curate.cli import main
from curate.finding import Finding

# The same examples on every run, so that a change is judged by what it does and not by chance;
# `HYPOTHESIS_EXPLORE=1 make test` draws new ones, and many more of them.
settings.register_profile("fixed", derandomize=True, deadline=None)
settings.register_profile("explore", max_examples=1_000, deadline=None)
settings.load_profile("explore" if os.environ.get("HYPOTHESIS_EXPLORE") else "fixed")


@pytest.fixture(scope="session")
def data() -> Path:
    """Return the folder of published data files, which the repository does not hold."""
    named = os.environ.get("TUNESMITH_DATA")
    if not named:
        pytest.skip("TUNESMITH_DATA is not set: it names the folder of published data files")
    if not Path(named).is_dir():
        pytest.skip(f"TUNESMITH_DATA={named} is no folder")
    return Path(named)


@dataclass
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        return json.loads(self.out)


@pytest.fixture
def curate(monkeypatch):
    """Return a function that runs the console script in this process.

    A fault that is no error of the command's own raises, and fails the test.
    """

    def run(*arguments: object, stdin: bytes = b"") -> Ended:
        streams = [io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2)]
        handler = signal.getsignal(signal.SIGTERM)
        with monkeypatch.context() as patch:
            patch.setattr(sys, "argv", ["curate", *map(str, arguments)])
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
            patch.setattr(sys, "stdout", streams[0])
            patch.setattr(sys, "stderr", streams[1])
            try:
                main()
            except SystemExit as ended:
                code = ended.code
            finally:
                signal.signal(signal.SIGTERM, handler)
        texts = []
        for stream in streams:
            stream.flush()
            texts.append(stream.buffer.getvalue().decode())
        assert "Traceback" not in texts[1], texts[1]
        return Ended(code, *texts)

    return run


@dataclass
class Read:
    """What became of an input."""

    rows: list[dict[str, Any]]
    found: list[Finding]
    rejected: list[dict[str, Any]]
    report: Report

    @property
    def texts(self) -> list[str]:
        return [row["text"] for row in self.rows]

    def places(self) -> list[tuple[str, int | None, int | None]]:
        """Return code, line and byte offset of each finding, in the file's order."""
        ordered = sorted(self.found, key=lambda f: (f.byte_offset or 0, f.line or 0))
        return [(f.code, f.line, f.byte_offset) for f in ordered]


@pytest.fixture
def read(tmp_path):
    """Return a function that converts one input and returns its rows, findings and rejects.

    Every read is checked for the promise that rows are conserved, by code.
    """
    runs = 0

    def reader(source: Path | bytes, name: str = "in.jsonl", **settings: Any) -> Read:
        nonlocal runs
        runs += 1
        if isinstance(source, bytes):
            path = tmp_path / name
            path.write_bytes(source)
            source = path
        out = tmp_path / f"read-{runs}"
        report = convert([str(source)], str(out), settings=Settings(**settings))
        found = [finding for kept in report.samples.values() for finding in kept]
        ledger = report.ledger
        assert ledger.rows_in + ledger.added.total() == ledger.rows_out + ledger.removed.total()
        if not report.outputs:
            return Read([], found, [], report)
        rejects = out / "rejected" / "rejected.jsonl"
        lines = rejects.read_text(encoding="utf-8").split("\n")[:-1] if rejects.exists() else []
        rejected = [json.loads(line) for line in lines]
        rows = list(load(out).rows())
        assert len(rows) == ledger.rows_out
        assert len(rejected) == ledger.removed.total()
        return Read(rows, found, rejected, report)

    return reader
