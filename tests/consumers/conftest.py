"""Conversion of an input for another tool, offline."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

from curate.build import Settings, convert, load
from tests.consumers.records import CORPORA, WRITTEN, Record
from tests.consumers.written import Written


@pytest.fixture
def write(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[..., Written]:
    """Convert an input to its rows and to a target: `write("chats", "trl-messages", "arrow")`."""

    def run(source: str | list[Record], to: str, container: Any, **settings: Any) -> Written:
        path = tmp_path / "in.jsonl"
        if source in list(CORPORA):
            path = request.getfixturevalue("data") / "hiyouga+LLaMA-Factory" / "data"
            path /= f"{CORPORA[str(source)]}.json"
        else:
            records, form = WRITTEN[source] if isinstance(source, str) else (source, None)
            settings.setdefault("source_format", form)
            path.write_text("".join(json.dumps(record) + "\n" for record in records))
        asked = Settings(**settings)
        convert([str(path)], str(tmp_path / "rows"), settings=asked)
        is_file = container == "jsonl"
        out = tmp_path / ("out.jsonl" if is_file else "out")
        more = {} if is_file else {"container": container}
        report = convert([str(path)], str(out), to=to, settings=asked, **more)
        rows = list(load(tmp_path / "rows").rows())
        assert report.ledger.rows_out == len(rows)
        if isinstance(source, str) and source in WRITTEN:
            assert len(rows) == len(WRITTEN[source][0])
        return Written(out, rows, report.ledger.rows_out, dict(report.ledger.findings))

    return run
