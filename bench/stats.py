"""`curate stats`, `report` and `diff` on rows of 1 kB: rows a second on one core, beside reading.

    python bench/stats.py [--rows 500000]

CPU seconds are those of whole processes, start-up included; ratios are of one run. The floor is
`orjson.loads` over the same lines; `convert --dry-run` is what it costs to read and check the rows
and to measure nothing.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

import rows
from convert import FLOOR, cost

# These end with 0 whatever was found, as a process must whose cost is taken.
LINT = """
import sys
from curate.build.overview import stats
from curate.build.settings import Settings
stats(sys.argv[1], settings=Settings(profiles=("lint",)), language_rows=0)
"""
PAGE = "import sys; from curate.build.overview import report; report(sys.argv[1], sys.argv[2])"
DIFF = "import sys; from curate.build.overview import diff; diff(sys.argv[1], sys.argv[2])"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=500_000)
    asked = parser.parse_args()
    work = Path(tempfile.gettempdir()) / "tunesmith-bench"
    path = str(rows.write(work, asked.rows)["jsonl"])
    other = str(_changed(Path(path)))
    curate = [sys.executable, "-m", "curate"]
    stats = [*curate, "stats", path, "--language-rows", "0"]
    page = str(work / "report.html")
    runs: dict[str, list[str]] = {
        "floor: orjson.loads": [sys.executable, "-c", FLOOR, path],
        "convert --dry-run": [*curate, "convert", path, "-o", str(work / "none"), "--dry-run"],
        "stats, no languages": stats,
        "stats": [*curate, "stats", path],
        "stats --for lint, no languages": [sys.executable, "-c", LINT, path],
        "report": [sys.executable, "-c", PAGE, path, page],
        "diff with itself": [*curate, "diff", path, path],
        "diff, each tenth row changed": [sys.executable, "-c", DIFF, path, other],
    }
    size = Path(path).stat().st_size
    where, _ = rows.texts()
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    print(f"{asked.rows:,} rows from {where}, {size / asked.rows:.0f} bytes a row")
    floor = None
    for name, command in runs.items():
        found = cost(command)
        floor = floor or found.cpu
        print(
            f"{name:32} {found.cpu:7.2f} CPU s {asked.rows / found.cpu:10,.0f} rows/CPU s "
            f"{found.cpu / floor:6.1f}x floor {found.peak_mib:6.0f} MiB"
        )


def _changed(path: Path) -> Path:
    """Return the same rows with a word more in each tenth answer."""
    other = path.with_name(f"{path.stem}-changed{path.suffix}")
    if not other.exists():
        script = (
            "import json, sys\n"
            "for n, line in enumerate(open(sys.argv[1], encoding='utf-8')):\n"
            "    row = json.loads(line)\n"
            "    row['output'] += ' Indeed.' if n % 10 == 0 else ''\n"
            "    print(json.dumps({'id': str(n), **row}))\n"
        )
        with other.open("w") as file:
            subprocess.run([sys.executable, "-c", script, str(path)], stdout=file, check=True)
    return other


if __name__ == "__main__":
    main()
