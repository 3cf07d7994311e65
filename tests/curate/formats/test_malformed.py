"""Rows that are wrong, format by format: what is said of them, where, and whether they stay.

`UPDATE_GOLDEN=1` writes what is found into the files as what is expected; read the diff.
"""

from __future__ import annotations

import os

import pytest

from curate.build.chunk import ChunkWorker
from curate.build.settings import Settings
from curate.formats import readers
from curate.formats.shapes import shape_of
from tests.curate.formats import malformed_cases as malformed

READERS = [form.name for form in readers()]


def test_every_reader_has_its_malformed_rows() -> None:
    names = {malformed.path_of(reader).name for reader in READERS}
    assert names == {path.name for path in malformed.FOLDER.iterdir()}


@pytest.mark.parametrize("reader", READERS)
def test_what_is_wrong_is_said_where_it_is(reader: str) -> None:
    loaded = malformed.load(reader)
    bases, cases = loaded["bases"], loaded["cases"]
    worker = ChunkWorker(Settings(source_format=reader))
    new, wrong = [], []
    for case in cases:
        out = malformed.run(worker, malformed.raw_of(case, bases))
        new.append(malformed.updated(case, *malformed.said(out)))
        if new[-1] != case:
            messages = [f"    {f.code} {f.pointer}: {f.message}" for f in out.findings]
            was = f"expected {case.get('finds')}{', kept' if case.get('kept') else ''}"
            now = f"found {new[-1]['finds']}{', kept' if new[-1].get('kept') else ''}"
            wrong.append("\n  ".join((malformed.described(case), was, now, *messages)))
    if os.environ.get("UPDATE_GOLDEN"):
        malformed.write(reader, bases, new)
        return
    assert not wrong, "\n\n" + "\n\n".join(wrong)


