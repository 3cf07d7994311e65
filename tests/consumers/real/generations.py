"""The bytes that are written, read by plain pyarrow and by three generations of `datasets`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.consumers.real.compare import SCRATCH, Answers, ask, written_once
from tests.consumers.real.exchange import Job, without_null

GENERATIONS = ("datasets 4.0.0", "datasets 4.8.4", "datasets of this project")
# Of each kind, the rows that try a reader most.
SOURCE_OF = {
    "sft": "parallel calls",
    "preference": "pairs",
    "unpaired": "judged",
    "text": "texts",
}
CONTAINERS = ("jsonl", "parquet", "arrow")


@dataclass(frozen=True, slots=True)
class Table:
    """One written file and what each generation made of it: `same`, or what differs."""

    to: str
    container: str
    rows: int
    found: dict[str, str]


def writable() -> list[tuple[str, str]]:
    """Return every format that can be written of the rows here, with its source."""
    from curate.formats import FORMATS

    return [
        (form.name, SOURCE_OF[form.kind])
        for form in FORMATS
        if form.encode is not None and form.kind in SOURCE_OF
    ]


def truth(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a file or folder as plain pyarrow, or JSON's own reader, has them."""
    if path.is_file():
        return [json.loads(line) for line in path.read_text().split("\n")[:-1]]
    (found,) = (path / "data").iterdir()
    if found.suffix == ".parquet":
        import pyarrow.parquet as pq

        table = pq.read_table(found)
    else:
        import pyarrow as pa

        with pa.memory_map(str(found)) as source:
            table = pa.ipc.open_stream(source).read_all()
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def job_of(path: Path, name: str) -> Job:
    """Return the job that reads a file, or a folder by its card, as anyone would."""
    load = {"path": "json", "data_files": str(path)} if path.is_file() else {"path": str(path)}
    return {"name": name, "scratch": str(SCRATCH / "generations" / name), "load": load}


def generations() -> tuple[list[Table], dict[str, Answers]]:
    """Let each generation read every writable format from each container."""
    asked = []
    for to, source in writable():
        for container in CONTAINERS:
            written = written_once(source, to, container)
            asked.append((to, container, written.path))
    answers = {}
    for generation in GENERATIONS:
        jobs = [job_of(path, f"{generation}-{n}") for n, (_, _, path) in enumerate(asked)]
        answers[generation] = ask(generation, jobs, "generations")
    tables = []
    for number, (to, container, path) in enumerate(asked):
        rows = truth(path)
        found = {
            generation: (
                said.failed or compared(rows, said.answers[f"{generation}-{number}"])
            )
            for generation, said in answers.items()
        }
        tables.append(Table(to, container, len(rows), found))
    return tables, answers


def compared(rows: list[dict[str, Any]], answer: dict[str, Any]) -> str:
    """Return `same`, `same but for nulls`, or what a reader made otherwise of rows."""
    if answer["stopped"]:
        return str(answer["stopped"])
    read = answer["rows"]
    if read == rows:
        return "same"
    if len(read) != len(rows):
        return f"{len(rows)} rows, {len(read)} read"
    for number, (one, other) in enumerate(zip(rows, read, strict=True), 1):
        wanted, got = without_null(decoded(one)), without_null(decoded(other))
        if wanted != got:
            keys = wanted.keys() | got.keys()
            key = min(key for key in keys if wanted.get(key) != got.get(key))
            return f"row {number}, {key}: {wanted.get(key)!r} became {got.get(key)!r}"
    objects = any(decoded(one) != one for one in rows)
    return "same, JSON texts as objects" if objects else "same, absent keys as null"


def decoded(value: Any) -> Any:
    """Return the value with its JSON texts of objects and lists opened, at every depth."""
    if isinstance(value, dict):
        return {key: decoded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [decoded(item) for item in value]
    if isinstance(value, str) and value[:1] in "{[" and value[:1]:
        try:
            return decoded(json.loads(value))
        except ValueError:
            return value
    return value
