"""Alpaca JSON Lines to a dataset folder with the error rules on, against the floor and a peer.

    python bench/convert.py [--rows 500000] [--peer]

CPU seconds are those of whole processes (start-up included), ratios are of one run. The floor is
`orjson.loads` over the same lines; the peer is `datasets` with filter, map and write, checking
with `fastjsonschema` (`--peer`: it takes minutes).
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import rows

FLOOR = """
import orjson, sys
for line in open(sys.argv[1], "rb"):
    orjson.loads(line)
"""
PEER = """
import fastjsonschema, sys
from datasets import load_dataset
check = fastjsonschema.compile({"type": "object", "required": ["instruction", "output"],
    "properties": {"instruction": {"type": "string"}, "input": {"type": "string"},
                   "output": {"type": "string", "minLength": 1}}})
def good(row):
    try:
        check(row)
    except fastjsonschema.JsonSchemaException:
        return False
    return True
def chat(row):
    user = row["instruction"] + ("\\n" + row["input"] if row["input"] else "")
    return {"messages": [{"role": "user", "content": user},
                         {"role": "assistant", "content": row["output"]}]}
data = load_dataset("json", data_files=sys.argv[1], split="train", cache_dir=sys.argv[2] + "/c")
data.filter(good).map(chat, remove_columns=data.column_names).save_to_disk(sys.argv[2] + "/out")
"""


@dataclass
class Cost:
    cpu: float
    wall: float
    peak_mib: float


def cost(command: list[str]) -> Cost:
    """Run a command and return what it and its children cost."""
    watch = (
        "import resource, subprocess, sys, time\n"
        "t = time.monotonic(); r = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL,"
        " stderr=subprocess.PIPE)\n"
        "u = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "sys.stderr.buffer.write(r.stderr if r.returncode else b'')\n"
        "print(u.ru_utime + u.ru_stime, time.monotonic() - t, u.ru_maxrss / 1024)\n"
        "sys.exit(r.returncode)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", watch, *command], capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(command[:4])} failed:\n{done.stderr}")
    cpu, wall, peak = map(float, done.stdout.split())
    return Cost(cpu, wall, peak)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--peer", action="store_true")
    asked = parser.parse_args()
    work = Path(tempfile.gettempdir()) / "tunesmith-bench"
    paths = rows.write(work, asked.rows)
    where, _ = rows.texts()
    size = paths["jsonl"].stat().st_size
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    print(f"{asked.rows:,} rows from {where}, {size / asked.rows:.0f} bytes a row")
    curate = [sys.executable, "-m", "curate", "convert"]
    out = str(work / "out")
    runs = {
        "floor: orjson.loads": [sys.executable, "-c", FLOOR, str(paths["jsonl"])],
        "convert JSONL": [*curate, str(paths["jsonl"]), "-o", out],
        "convert JSONL --jobs 2": [*curate, str(paths["jsonl"]), "-o", out, "--jobs", "2"],
        "convert JSON array": [*curate, str(paths["json"]), "-o", out],
        "convert CSV": [*curate, str(paths["csv"]), "--from", "alpaca", "-o", out],
    }
    if asked.peer:
        runs["peer: datasets"] = [sys.executable, "-c", PEER, str(paths["jsonl"]), str(work / "p")]
    floor = None
    for name, command in runs.items():
        shutil.rmtree(work / "out", ignore_errors=True)
        shutil.rmtree(work / "p", ignore_errors=True)
        found = cost(command)
        floor = floor or found.cpu
        print(
            f"{name:24} {found.cpu:7.2f} CPU s  {found.cpu / floor:6.1f}x floor"
            f"  {found.wall:7.2f} s wall  {found.peak_mib:6.0f} MiB"
        )


if __name__ == "__main__":
    main()
