"""Work in several processes: the same outcomes, and a dead worker is an error."""

import os

from curate.build.chunk import ChunkWorker


def test_a_worker_that_dies_ends_the_run_with_a_line(tmp_path, curate, monkeypatch):
    source = tmp_path / "in.jsonl"
    source.write_text('{"text": "a"}\n')
    monkeypatch.setattr(ChunkWorker, "run", lambda *_: os._exit(9))
    ended = curate("convert", source, "-o", tmp_path / "out", "--jobs", 2)
    assert ended.code == 1
    assert "a worker process died" in ended.err
    assert "fewer --jobs" in ended.err
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]
