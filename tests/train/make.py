"""Dataset folders and recipes for the tests of `train`."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pyarrow as pa

from curate.row import to_batch

_NOUNS = "river lamp garden letter bridge kettle stone window market coat".split()
_VERBS = "paint carry mend sell describe clean find draw open count".split()


def sft_rows(count: int, *, reverse: bool = False) -> list[dict]:
    rows = []
    for i in range(count):
        noun, verb = _NOUNS[i % 10], _VERBS[(i // 10 + i) % 10]
        instruction = f"How do I {verb} a {noun}?"
        answer = f"To {verb} a {noun}, take the {noun} and {verb} it {i % 7 + 1} times."
        row = {"id": f"r{i:04d}", "origin": {"path": "made", "line": i + 1}}
        if reverse:
            asked = "Create an instruction for the input."
            user = {"role": "user", "content": f"{asked}\n{answer}"}
            row["layout"] = json.dumps({"alpaca_split": len(asked)})
            row["messages"] = [user, {"role": "assistant", "content": instruction}]
        else:
            user = {"role": "user", "content": instruction}
            row["messages"] = [user, {"role": "assistant", "content": answer}]
        rows.append(row)
    return rows


def dataset(folder: Path, rows: list[dict], *, kind: str = "sft", **splits: list[dict]) -> Path:
    (folder / "data").mkdir(parents=True)
    files = []
    for split, held in {"train": rows, **splits}.items():
        path = folder / "data" / f"{split}-00000-of-00001.arrow"
        batch = to_batch(kind, held)
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, batch.schema) as writer:
            writer.write_batch(batch)
        files.append(
            {
                "path": f"data/{path.name}",
                "split": split,
                "rows": len(held),
                "bytes": path.stat().st_size,
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            }
        )
    card = {
        "schema_version": 1,
        "kind": kind,
        "format": "row",
        "container": "arrow",
        "splits": {f["split"]: f["rows"] for f in files},
        "files": files,
        "rows": sum(f["rows"] for f in files),
        "validated": {"profile": "default", "version": "0.1.0", "errors": 0},
        "tunesmith_version": "0.1.0",
    }
    (folder / "card.json").write_text(json.dumps(card))
    return folder


def edit_card(folder: Path, **changes: object) -> None:
    path = folder / "card.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
