"""Whatever a row asks to hide: nothing raises, rows add up, and each finding is told or counted."""

import json

from hypothesis import given
from hypothesis import strategies as st

from curate.build import Settings
from curate.build.chunk import ChunkWorker
from curate.files.chunks import Chunk
from curate.files.inputs import Source

WORKER = ChunkWorker(Settings(profiles=("all",), payload="none"))
PLAIN = st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-9, 9) | st.text()
NAMES = st.sampled_from(["TXT001", "txt", "nul-character", "SCH002", "GEN", "TRN", "", "x,TXT"])
VALUES = st.recursive(
    PLAIN | NAMES | st.lists(NAMES).map(",".join),
    lambda inner: st.lists(inner | NAMES) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


def run(records):
    chunk = Chunk(Source("a.jsonl", "a.jsonl"))
    for line, record in enumerate(records, 1):
        chunk.add(json.dumps(record).encode(), line, 0)
    return WORKER.run(chunk)


@given(value=VALUES, more=VALUES)
def test_a_finding_is_told_or_counted(value, more):
    row = {"instruction": "a\0", "input": "", "output": "b", "more": more}
    told = run([row]).ledger.findings
    out = run([row | {"curate_ignore": value}])
    assert out.ledger.rows_in == out.ledger.rows_out + out.ledger.removed.total() == 1
    own = {"SCH032", "SCH033", "SCH034", "SCH035"}
    both = out.ledger.findings + out.suppressed
    assert {code: n for code, n in both.items() if code not in own} == told
    assert out.suppressed.keys() <= told.keys()


@given(value=VALUES)
def test_a_record_that_is_no_row_hides_nothing(value):
    out = run([{"instruction": "a", "output": 4, "curate_ignore": value}])
    assert out.ledger.findings["SCH002"] == 1
    assert out.ledger.removed == {"SCH002": 1}
    assert not out.suppressed
