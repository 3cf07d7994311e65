"""`curate split`: what it costs, and what a draw of rows leaks into test.

    python bench/split.py [--rows 200000]

CPU seconds of the step alone in this process, beside `train_test_split` of `datasets` on the same
table. Rows: one in four has a near-duplicate prompt, threads hold eight rows, ten categories.
Leaked rows are those of test whose prompt, or a near-duplicate of it, is trained on.
"""

from __future__ import annotations

import argparse
import platform
import random
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).parents[1]))

from curate.build.line.base import Context, Rows, Splits
from curate.build.steps.split import Split, SplitOptions
from curate.build.steps.split.together import NEAR, Near, kept_together
from curate.row import SCHEMAS, to_batch
from curate.splitting import leaks

_BATCH = 5_000
_WORDS = 20_000


def write(path: Path, count: int) -> None:
    """Write rows as an Arrow stream, a batch at a time."""
    draw = random.Random(0)
    words = [f"w{number:x}" for number in range(_WORDS)]
    prompt = ""
    with path.open("wb") as file, pa.ipc.new_stream(file, SCHEMAS["sft"]) as out:
        for start in range(0, count, _BATCH):
            made = []
            for number in range(start, min(start + _BATCH, count)):
                if number % 4 != 1:
                    prompt = " ".join(draw.choices(words, k=40))
                asked = prompt if number % 4 != 1 else f"{prompt} {draw.choice(words)}"
                messages = [
                    {"role": "user", "content": asked},
                    {"role": "assistant", "content": " ".join(draw.choices(words, k=60))},
                ]
                made.append(
                    {
                        "id": f"row-{number}",
                        "messages": messages,
                        "category": f"c{draw.randrange(10)}",
                        "group": f"thread {number // 8}",
                        "origin": {"path": "rows.jsonl", "line": number + 1},
                    }
                )
            out.write_batch(to_batch("sft", made))


def opened(path: Path) -> Rows:
    """Map the rows."""
    with pa.memory_map(str(path)) as file:
        table = pa.ipc.open_stream(file).read_all()
    n = table.num_rows
    one = Splits(("train",), np.zeros(n, np.uint16))
    return Rows("sft", table, np.arange(n), one, one)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    n = parser.parse_args().rows
    print(f"{platform.machine()}, Python {platform.python_version()}, {n:,} rows")
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / "rows.arrow", n)
        rows = opened(Path(folder) / "rows.arrow")
        tests = {}
        runs = {
            "ratio, single rows": {"near_duplicates": False, "test_ratio": 0.1},
            "ratio": {"test_ratio": 0.1},
            "rows, stratified, grouped": {
                "test_rows": n // 10,
                "stratify": ["category"],
                "group": ["group"],
            },
        }
        for name, options in runs.items():
            started = time.process_time()
            with tempfile.TemporaryDirectory() as scratch:
                step = Split(SplitOptions(**options))
                decision = step.decide(rows, Context(Path(scratch)))
            tests[name] = time.process_time() - started, decision.splits.of_row
        tests["datasets.train_test_split"] = peer(rows)
        with tempfile.TemporaryDirectory() as scratch:
            labels = kept_together(rows, [], Near(), Context(Path(scratch))).labels[NEAR]
    for name, (seconds, of_row) in tests.items():
        leaked = leaks(labels, of_row.astype(np.uint8)).rows
        print(
            f"{name:28} {seconds:7.2f} CPU s  {n / seconds:11,.0f} rows/s  "
            f"{int(of_row.astype(bool).sum()):8,} in test  {leaked:7,} leaked"
        )


def peer(rows: Rows) -> tuple[float, np.ndarray]:
    """Return what `datasets` takes for a draw of rows, and the rows it puts into test."""
    from datasets import Dataset

    data = Dataset(rows.table.append_column("at", pa.array(np.arange(len(rows)))))
    started = time.process_time()
    parts = data.train_test_split(test_size=0.1, seed=0)
    chosen = np.array(parts["test"]["at"][:])
    of_row = np.zeros(len(rows), np.uint16)
    of_row[chosen] = 1
    return time.process_time() - started, of_row


if __name__ == "__main__":
    main()
