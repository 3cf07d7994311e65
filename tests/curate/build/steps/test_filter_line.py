"""The filter in the line: from a file to what is written."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa

from curate.build import load
from curate.build.line.straight import Line
from curate.build.steps.filter import Filter, FilterOptions

PROSE = "The river ran past the mill, and the miller had not seen his brother for years. " * 4


def test_a_line_filters_a_file_and_writes_what_it_says(tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out"
    texts = ["no", PROSE, "ha " * 200, "this one is fine"]
    lines = [{"instruction": f"say {at}", "output": text} for at, text in enumerate(texts)]
    source.write_text("".join(json.dumps(line) + "\n" for line in lines))
    options = FilterOptions(
        keep=["words >= 2", "compression_ratio >= 0.1"], scores=["turns"], add_scores=True
    )
    report = Line("filter", [str(source)], str(out), [Filter(options)]).run()
    assert report.ledger.to_dict()["removed"] == {"LEN051": 1, "QLT200": 1}
    kept = list(load(str(out)).rows())
    assert [json.loads(row["extra"])["response_words"] for row in kept] == [64, 4]
    assert json.loads(kept[1]["extra"])["turns"] == 1
    removed = [json.loads(line) for line in (out / "rejected" / "rejected.jsonl").open()]
    assert "response_words is 1, wanted >= 2" in json.dumps(removed[0])
    assert len(pa.ipc.open_file(out / "scores" / "filter.arrow").read_all()) == 4
    told = Line("filter", [str(source)], None, [Filter(options)], removes=False).run()
    assert told.ledger.rows_out == 4
    assert told.ledger.findings["QLT200"] == 1


def test_what_a_row_was_judged_by_is_whole_where_the_score_is(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    texts = ["one", "123 456 789 0", PROSE]
    lines = [{"instruction": f"say {at}", "output": text} for at, text in enumerate(texts)]
    source.write_text("".join(json.dumps(line) + "\n" for line in lines))
    out = tmp_path / "out.jsonl"
    step = Filter(FilterOptions(keep=["words >= 3", "letter_ratio >= 0.5"]))
    Line("filter", [str(source)], str(out), [step]).run()
    rejected = (tmp_path / "out.jsonl.rejected.jsonl").read_text().splitlines()
    assert ['"score":1' in rejected[0], '"score":1.' in rejected[0]] == [True, False]
    assert '"score":0.0' in rejected[1]
