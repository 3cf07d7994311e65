"""`curate validate` on rows of 1 kB: rows a second on one core, beside a plain JSON Schema check.

    python bench/lint.py [--rows 500000] [--schema-rows 20000] [--jobs 2]

CPU seconds are those of whole processes, start-up included. The other checker is `jsonschema`
(pure Python) with the schema of the same format; it sees structure only, and fewer rows, scaled.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from pathlib import Path

import rows
from convert import FLOOR, Cost, cost

STRUCTURE = "SRC,SCH,TRN,TOL,PRF,KTO,MED,RSN,WGT"
SCHEMA = """
import json, sys
from itertools import islice
from jsonschema import Draft202012Validator
schema = json.load(open(sys.argv[2]))
check = Draft202012Validator(schema)
for line in islice(open(sys.argv[1], "rb"), int(sys.argv[3])):
    for error in check.iter_errors(json.loads(line)):
        print(error.message)
"""
ROOT = Path(__file__).parents[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--schema-rows", type=int, default=20_000)
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    work = Path(tempfile.gettempdir()) / "tunesmith-bench"
    path = str(rows.write(work, asked.rows)["jsonl"])
    where, _ = rows.texts()
    size = Path(path).stat().st_size
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    print(f"{asked.rows:,} rows from {where}, {size / asked.rows:.0f} bytes a row")
    validate = [sys.executable, "-m", "curate", "validate", path, "--exit-zero", "--isolated"]
    runs: dict[str, list[str]] = {
        "floor: orjson.loads": [sys.executable, "-c", FLOOR, path],
        "structure": [*validate, "--select", STRUCTURE],
        "text": [*validate, "--select", "TXT"],
        "quality": [*validate, "--select", "QLT"],
        "structure, text, quality": [*validate, "--select", f"{STRUCTURE},TXT,QLT"],
        f"the same, --jobs {asked.jobs}": [
            *(*validate, "--select", f"{STRUCTURE},TXT,QLT"),
            *("--jobs", str(asked.jobs)),
        ],
        "whole file and sets": [*validate, "--select", "ARW,DUP,BAL"],
        "all of `lint`": validate,
        "secrets": [*validate, "--select", "SEC"],
        "personal data": [*validate, "--select", "PII"],
        "language": [*validate, "--select", "LNG"],
    }
    floor = None
    for name, command in runs.items():
        found = cost(command)
        floor = floor or found.cpu
        _line(name, found, floor, asked.rows, size)
    schema = str(ROOT / "schemas" / "alpaca.schema.json")
    few = min(asked.schema_rows, asked.rows)
    found = cost([sys.executable, "-c", SCHEMA, path, schema, str(few)])
    scaled = Cost(found.cpu * asked.rows / few, found.wall * asked.rows / few, found.peak_mib)
    _line("jsonschema, one schema", scaled, floor or found.cpu, asked.rows, size)


def _line(name: str, found: Cost, floor: float, n_rows: int, size: int) -> None:
    print(
        f"{name:28} {found.cpu:7.2f} CPU s {n_rows / found.cpu:10,.0f} rows/CPU s"
        f" {size / found.cpu / 1e6:6.1f} MB/CPU s {found.cpu / floor:6.1f}x floor"
        f" {found.wall:7.2f} s wall {found.peak_mib:5.0f} MiB"
    )


if __name__ == "__main__":
    main()
