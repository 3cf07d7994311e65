"""The bytes that are written, read by plain pyarrow and by three generations of `datasets`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

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
class Hazard:
    """Something that a generation of `datasets` is known to do to what is written.

    Attributes:
        says: What stands in the message or the difference.
        why: The reason, for the page.
        generation: The one, or "" for any.
        formats: Those, or () for any.
        lines: True for JSON lines, False for tables.
    """

    says: str
    why: str
    generation: str = ""
    formats: tuple[str, ...] = ()
    lines: bool = False


KNOWN = (
    Hazard(
        "extension<arrow.json>",
        "JSON columns (free arguments, tools) came with `datasets` 4.7: 4.0.0 opens no table that "
        "has one; write JSON lines for it",
        "datasets 4.0.0",
    ),
    Hazard(
        "changed from",
        "free objects (call arguments) of different types in one file: 4.0.0 wants one type a "
        "leaf; write a format that holds arguments as text for it",
        "datasets 4.0.0",
        lines=True,
    ),
    Hazard(
        "became",
        "a text here and a list of blocks there: the column becomes JSON, and a text that is JSON "
        "by itself is read as what it spells",
        formats=("anthropic",),
        lines=True,
    ),
)


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
    """Return the rows of a file or folder as plain pyarrow, or JSON's own reader, has them.

    Columns that say that they hold JSON are opened, once, as `datasets` opens them.
    """
    if path.is_file():
        return [json.loads(line) for line in path.read_text().split("\n")[:-1]]
    table = table_of(path)
    return [
        {field.name: opened_by(field.type, row[field.name]) for field in table.schema}
        for row in table.to_pylist()
    ]


def table_of(path: Path) -> pa.Table:
    """Return the one table of a folder."""
    (found,) = (path / "data").iterdir()
    if found.suffix == ".parquet":
        import pyarrow.parquet as pq

        return pq.read_table(found)
    with pa.memory_map(str(found)) as source:
        return pa.ipc.open_stream(source).read_all()


def opened_by(kind: pa.DataType, value: Any) -> Any:
    """Return a value with the JSON of its JSON columns opened, at every depth."""
    if value is None:
        return None
    if isinstance(kind, pa.JsonType):
        return json.loads(value)
    if pa.types.is_struct(kind):
        return {field.name: opened_by(field.type, value.get(field.name)) for field in kind}
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return [opened_by(kind.value_type, item) for item in value]
    return value


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
            if written.views:
                asked.append((to, container, written.path))
    answers = {}
    for generation in GENERATIONS:
        jobs = [job_of(path, f"{generation}-{n}") for n, (_, _, path) in enumerate(asked)]
        answers[generation] = ask(generation, jobs, "generations")
    tables = []
    for number, (to, container, path) in enumerate(asked):
        rows = truth(path)
        found = {
            generation: (said.failed or compared(rows, said.answers[f"{generation}-{number}"]))
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
        if fault := first_difference(without_null(one), without_null(other)):
            return f"row {number}{fault}"
    return "same, with absent keys as null"


def first_difference(one: Any, other: Any) -> str | None:
    """Return where two values differ first, and how."""
    if isinstance(one, dict) and isinstance(other, dict):
        pairs = [(f"/{key}", one.get(key), other.get(key)) for key in sorted({*one, *other})]
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = [(f"/{n}", *pair) for n, pair in enumerate(zip(one, other, strict=True))]
    else:
        same = one == other and type(one) is type(other)
        return None if same else f": {one!r} became {other!r}"
    found = ((at, first_difference(left, right)) for at, left, right in pairs)
    return next((at + fault for at, fault in found if fault), None)


def is_known(generation: str, table: Table) -> bool:
    """Tell whether what a generation made of a table is one of the known hazards."""
    said = table.found[generation]
    return said.startswith("same") or any(
        (not hazard.generation or hazard.generation == generation)
        and (not hazard.formats or table.to in hazard.formats)
        and (table.container == "jsonl") == hazard.lines
        and hazard.says in said
        for hazard in KNOWN
    )
