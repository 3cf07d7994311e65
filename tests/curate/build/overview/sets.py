"""Small sets in files, for tests of what is told of sets."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from curate.build import convert


def asked(number: int, question: str, answer: str, **more: Any) -> dict[str, Any]:
    return {"id": str(number), "instruction": question, "output": answer, **more}


def put(path: Path, rows: Sequence[dict[str, Any]]) -> str:
    """Write rows and return the file as it is typed from here."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path.relative_to(Path.cwd()).as_posix()


def folder(path: Path, rows: Sequence[dict[str, Any]], validation_rows: int) -> str:
    """Write a dataset folder whose last rows are the split `validation`."""
    convert(put(path.with_suffix(".jsonl"), rows), str(path))
    card = json.loads((path / "card.json").read_text("utf-8"))
    first = path / card["files"][0]["path"]
    table = pa.ipc.open_stream(first.read_bytes()).read_all()
    first.unlink()
    files = []
    train_rows = len(table) - validation_rows
    for split, part in (("train", table[:train_rows]), ("validation", table[train_rows:])):
        name = f"data/{split}-00000-of-00001.arrow"
        with pa.OSFile(str(path / name), "wb") as sink, pa.ipc.new_stream(sink, part.schema) as out:
            out.write_table(part)
        files.append({"path": name, "split": split, "rows": len(part)})
    (path / "card.json").write_text(json.dumps(card | {"files": files}), "utf-8")
    return str(path)
