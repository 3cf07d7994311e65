"""How the cases of `tests/cases/malformed/` are read, changed into records, run and written.

A file is one reader's: `bases`, records that are right, and `cases`, each a base (`of`) with
changes by JSON Pointer, or a whole `record`, or `json` where the fault is in the JSON itself.
Changes, in this order: `twice` (the item stands two times), `swap` (with the item behind it),
`drop`, `rename` (a key), `set` (`-` is behind a list's last item). `finds` are the findings of
`curate convert --from NAME` in order, `kept: true` says that the record becomes a row all the same.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import yaml

from curate.build.chunk import ChunkWorker, Outcome
from curate.files.chunks import Span
from curate.files.inputs import Source

FOLDER = Path(__file__).parents[2] / "cases" / "malformed"
Case = dict[str, Any]


def path_of(reader: str) -> Path:
    return FOLDER / f"{reader.replace(':', '-')}.yaml"


def load(reader: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path_of(reader).read_text("utf-8"))
    return loaded


def raw_of(case: Case, bases: dict[str, Any]) -> bytes:
    """Return a case's record as a line of a file."""
    if "json" in case:
        return bytes(case["json"], "utf-8")
    record = case["record"] if "record" in case else changed(bases[case["of"]], case)
    return json.dumps(record, ensure_ascii=False).encode()


def changed(base: Any, case: Case) -> Any:
    record = copy.deepcopy(base)
    if "twice" in case:
        items, at = _spot(record, case["twice"])
        items.insert(at, copy.deepcopy(items[at]))
    if "swap" in case:
        items, at = _spot(record, case["swap"])
        items[at], items[at + 1] = items[at + 1], items[at]
    for pointer in _listed(case.get("drop")):
        spot, key = _spot(record, pointer)
        del spot[key]
    for pointer, new in case.get("rename", {}).items():
        spot, key = _spot(record, pointer)
        spot[new] = spot.pop(key)
    for pointer, value in case.get("set", {}).items():
        spot, key = _spot(record, pointer)
        if key == "-":
            spot.append(value)
        else:
            spot[key] = value
    return record


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _spot(record: Any, pointer: str) -> tuple[Any, Any]:
    """Return the object or list that a pointer's last step is in, and that step."""
    *path, last = (step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])
    spot = record
    for step in path:
        spot = spot[int(step) if isinstance(spot, list) else step]
    return spot, int(last) if isinstance(spot, list) and last != "-" else last


def run(worker: ChunkWorker, raw: bytes) -> Outcome:
    """Return what a worker makes of one line."""
    source = Source("in.jsonl", Path("in.jsonl"), "jsonl")
    return worker.run(Span(source, 1, 0, len(raw), lines=[raw]).read())


def said(out: Outcome) -> tuple[list[str], bool]:
    """Return an outcome's findings as the cases write them, and whether a row was kept."""
    finds = [f"{finding.code} {finding.pointer}".rstrip() for finding in out.findings]
    return finds, out.ledger.rows_out > 0


def described(case: Case) -> str:
    """Return a case without what is expected of it, on one line."""
    return json.dumps({k: v for k, v in case.items() if k not in ("finds", "kept")})


def updated(case: Case, finds: list[str], kept: bool) -> Case:
    """Return a case that expects these findings."""
    new = {k: v for k, v in case.items() if k not in ("finds", "kept")} | {"finds": finds}
    return new | {"kept": True} if kept else new


class _Plain(yaml.SafeDumper):
    """Writes every value where it stands, without anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = '"' if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style)


_Plain.add_representer(str, _text)


def write(reader: str, bases: dict[str, Any], cases: list[Case]) -> None:
    """Write a reader's file, a case a line; the comment at its head stays."""
    path = path_of(reader)
    old = path.read_text("utf-8").splitlines() if path.is_file() else []
    lines = [line for line in old if line.startswith("#")]
    lines += ["bases:", *(f"  {name}: {_flow(base)}" for name, base in bases.items())]
    lines += ["cases:", *(f"- {_flow(case)}" for case in cases)]
    path.write_text("\n".join(lines) + "\n", "utf-8")


def _flow(value: Any) -> str:
    return yaml.dump(
        value,
        Dumper=_Plain,
        default_flow_style=True,
        sort_keys=False,
        allow_unicode=True,
        width=float("inf"),
    ).rstrip("\n")
