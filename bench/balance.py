"""`curate balance --select diverse`: how well the kept rows stand for all, and what it costs.

    python bench/balance.py [--rows 500000] [--quality-only | --cost-only]

Quality is measured on real sets, where `TUNESMITH_DATA` names their folder: the mean distance of
every row to the kept row nearest to it, by exact TF-IDF cosines of words (the choice itself sees
sketches only), the distinct words and pairs of words of what is kept, the categories, and how much
planted garbage is chosen. Beside it: random choices, the farthest row first (k-centre, Gonzalez
1985) and greedy facility location on the exact cosines, which needs a number for each pair of rows.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import rows as bench_rows
from convert import cost

from curate.balancing import Frequencies, most_different, quantised, sketches
from curate.lexical import Ragged, ngrams, words

SETS = {
    "dolly_1497": "dolly_1497.json",
    "alpaca random_9k": "gpt4life+alpagasus/data/random/random_9k.json",
    "GPTeacher Toolformer": "teknium1+GPTeacher/**/toolformer-dedupe-only-dataset.json",
}
KEPT = (20, 200, 1_000)
SEEDS = 5
GARBAGE_RATIO = 0.02


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--quality-only", action="store_true")
    parser.add_argument("--cost-only", action="store_true")
    asked = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    root = os.environ.get("TUNESMITH_DATA")
    if not asked.cost_only and root is None:
        print("TUNESMITH_DATA is not set: no real sets to measure quality on")
    elif not asked.cost_only:
        for name, pattern in SETS.items():
            for path in sorted(Path(root or ".").glob(pattern)):
                quality(name, json.loads(path.read_text(encoding="utf-8")))
    if not asked.quality_only:
        costs(asked.rows)


def quality(name: str, data: list[dict[str, Any]]) -> None:
    texts = ["\n".join(str(row.get(k, "")) for k in ("instruction", "input", "output", "response"))
             for row in data]  # fmt: skip
    categories = [row.get("category") for row in data]
    hashed = words(texts)
    cosines = exact_cosines(hashed)
    vectors = sketched(hashed)
    print(f"\n{name}: {len(texts):,} rows")
    for n_kept in KEPT:
        if n_kept * 3 > len(texts):
            continue
        print(f"  {n_kept:,} kept")
        draws = [random.Random(seed).sample(range(len(texts)), n_kept) for seed in range(SEEDS)]
        ours = most_different(vectors, n_kept)
        best = greedy(cosines, n_kept)
        told = {
            f"random, mean of {SEEDS}": draws,
            "farthest first": [farthest_first(vectors, n_kept)],
            "select diverse": [ours],
            "greedy, exact cosines": [best],
        }
        for label, choices in told.items():
            found = np.mean([measures(each, cosines, hashed, categories) for each in choices], 0)
            print(
                f"    {label:24} distance {found[0]:.4f}  words {found[1]:8,.0f}"
                f"  pairs of words {found[2]:9,.0f}"
                + (f"  categories {found[3]:.1f}" if any(categories) else "")
            )
        chance = np.mean([distance(each, cosines) for each in draws])
        whole = chance - distance(best, cosines)
        shares = {
            width: (chance - distance(most_different(folded(vectors, width), n_kept), cosines))
            for width in (64, 128, 256)
        }
        told_shares = ", ".join(f"{width}: {share / whole:.0%}" for width, share in shares.items())
        print(f"    of exact greedy's gain over random, by numbers of a sketch: {told_shares}")
    garbage(texts)


def garbage(texts: list[str]) -> None:
    """Plant rows of random letters, and see who chooses them."""
    draw = random.Random(0)
    n_planted = round(len(texts) * GARBAGE_RATIO)
    planted = [
        " ".join("".join(draw.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=8))
                 for _ in range(20)) for _ in range(n_planted)
    ]  # fmt: skip
    vectors = sketched(words([*texts, *planted]))
    for n_kept in KEPT:
        if n_kept * 3 > len(texts):
            continue
        shares = [
            f"{label} {np.mean(np.asarray(chosen) >= len(texts)):.1%}"
            for label, chosen in (
                ("farthest first", farthest_first(vectors, n_kept)),
                ("select diverse", most_different(vectors, n_kept)),
            )
        ]
        print(f"  garbage in {n_kept:,} kept, {n_planted} rows (2 %) planted: {', '.join(shares)}")


def sketched(hashed: Ragged) -> Any:
    frequencies = Frequencies()
    frequencies.add(hashed)
    return sketches(hashed, frequencies)


def folded(vectors: Any, width: int) -> Any:
    """Return what sketches of fewer numbers would be: columns that share a place are summed."""
    return quantised(vectors.astype(np.float64).reshape(len(vectors), -1, width).sum(axis=1))


def exact_cosines(hashed: Ragged) -> Any:
    """Return the cosines of TF-IDF weights of every pair, `(n, n) float32`, by blocks of words."""
    n_texts = hashed.n_texts
    rows = np.repeat(np.arange(n_texts), hashed.lengths)
    _, place = np.unique(hashed.values, return_inverse=True)
    pairs, repeats = np.unique(place * n_texts + rows, return_counts=True)
    place, rows = pairs // n_texts, pairs % n_texts
    texts_of = np.bincount(place)
    weights = (1 + np.log(repeats)) * np.log((1 + n_texts) / (1 + texts_of[place]))
    lengths = np.sqrt(np.bincount(rows, weights**2, minlength=n_texts))
    weights /= np.maximum(lengths, 1e-12)[rows]
    found = np.zeros((n_texts, n_texts), np.float32)
    for begin in range(0, len(texts_of), 1_024):
        first, last = np.searchsorted(place, [begin, begin + 1_024])
        block = np.zeros((n_texts, 1_024), np.float32)
        block[rows[first:last], place[first:last] - begin] = weights[first:last]
        found += block @ block.T
    return found


def greedy(similar: Any, n_rows: int) -> list[int]:
    """Return the greedy choice over all pairs, evaluated lazily."""
    best = np.zeros(len(similar), np.float32)
    bound, chosen = similar.sum(axis=1, dtype=np.float64), []
    while len(chosen) < n_rows:
        top, last = int(bound.argmax()), -1
        while top != last:
            bound[top] = np.maximum(similar[top] - best, 0).sum(dtype=np.float64)
            last, top = top, int(bound.argmax())
        chosen.append(top)
        best = np.maximum(best, similar[top])
        bound[top] = -1
    return chosen


def farthest_first(vectors: Any, n_rows: int) -> list[int]:
    floats = vectors.astype(np.float32)
    best, chosen = floats @ floats[0], [0]
    while len(chosen) < n_rows:
        chosen.append(int(best.argmin()))
        best = np.maximum(best, floats @ floats[chosen[-1]])
    return chosen


def distance(chosen: Sequence[int] | Any, cosines: Any) -> float:
    return 1 - float(cosines[:, np.asarray(chosen)].max(axis=1).mean())


def measures(
    chosen: Sequence[int] | Any, cosines: Any, hashed: Ragged, categories: list[Any]
) -> list[float]:
    pairs = ngrams(hashed, 2)
    return [
        distance(chosen, cosines),
        len(np.unique(np.concatenate([hashed.of(int(at)) for at in chosen]))),
        len(np.unique(np.concatenate([pairs.of(int(at)) for at in chosen]))),
        len({categories[int(at)] for at in chosen} - {None}),
    ]


def costs(n_rows: int) -> None:
    work = Path(tempfile.gettempdir()) / "tunesmith-bench"
    path = str(bench_rows.write(work, n_rows)["jsonl"])
    out = str(work / "balanced")
    command = [sys.executable, "-m", "curate"]
    print(f"\n{n_rows:,} rows, {Path(path).stat().st_size / n_rows:.0f} bytes a row")
    runs = {
        "convert": ["convert", path, "-o", out],
        "balance, 10,000 rows at random": ["balance", path, "-o", out, "--rows", "10000"],
        "balance, by length, a cap": [
            *("balance", path, "-o", out, "--by", "length_chars", "--cap-rows", "10000"),
        ],
        "balance, 1,000 most different": [
            *("balance", path, "-o", out, "--rows", "1000", "--select", "diverse"),
        ],
        "balance, 10,000 most different": [
            *("balance", path, "-o", out, "--rows", "10000", "--select", "diverse"),
        ],
    }
    first = 0.0
    for name, arguments in runs.items():
        shutil.rmtree(out, ignore_errors=True)
        found = cost([*command, *arguments])
        first = first or found.cpu
        print(
            f"{name:32} {found.cpu:7.2f} CPU s {found.cpu / first:5.2f}x convert"
            f" {found.wall:7.2f} s wall {found.peak_mib:5.0f} MiB"
        )
    shutil.rmtree(out, ignore_errors=True)


if __name__ == "__main__":
    main()
