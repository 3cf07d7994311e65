"""Near-duplicates among rows where they were planted: cost, recall and precision, beside peers.

    python bench/dedup.py [--rows 500000] [--ways …] [--peers PYTHON] [--growth [ROWS …]]

CPU seconds and memory are those of whole processes, reading and start-up included. Recall is the
share of planted pairs of a band of exact Jaccard similarity of which at least one row is removed;
exact copies are not counted. Precision is the share of removed rows that have a row of 0.7 or more
beside them. `curate dedup` is the whole command, with and without templates; all other ways are
libraries that are given texts. Peers that PYTHON cannot import are left out with a line that says
so. Growth says how many bytes of memory each further row costs.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import planted
from convert import Cost, cost

HERE = Path(__file__).parent
PEERS = ("rensa", "datasketch", "gaoya", "daft", "text_dedup", "datatrove")
OURS = (
    "floor",
    "words",
    "exact+grams",
    "unverified 16x8",
    "verified 16x8",
    "verified 25x5",
    "curate dedup",
    "curate dedup, plain",
)
BANDS = ((0.7, 0.8), (0.8, 0.9), (0.9, 1.01))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--ways", nargs="*", default=[*OURS, *PEERS])
    parser.add_argument("--peers", default=sys.executable, metavar="PYTHON")
    parser.add_argument(
        "--growth", nargs="*", type=int, metavar="ROWS", help="ours alone; 0.1 to 5 million rows"
    )
    asked = parser.parse_args()
    work = Path(tempfile.gettempdir()) / "tunesmith-bench"
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    if asked.growth is not None:
        growth(work, asked.growth or [100_000, 500_000, 2_000_000, 5_000_000])
        return
    made = planted.write(work, asked.rows)
    size = made.path.stat().st_size / asked.rows
    print(f"{asked.rows:,} rows from {planted.published()[0]}, {size:.0f} bytes a row")
    alike = truth(made, work / f"truth-{asked.rows}.npy")
    print(f"{'':24}{'CPU s':>8}{'wall s':>8}{'ratio':>7}{'MiB':>7}{'removed':>9}", end="")
    print(f"{'recall .7':>11}{'.8':>8}{'.9':>8}{'precision':>11}")
    base: float | None = None
    for way in asked.ways:
        python = asked.peers if way in PEERS else sys.executable
        if way in PEERS and not _has(python, way):
            print(f"{way:24}left out: {python} cannot import it")
            continue
        spent, removed = _run(python, way, made.path)
        if way == "unverified 16x8":
            base = spent.cpu
        ratio = f"{spent.cpu / base:.2f}" if base else ""
        print(f"{way:24}{spent.cpu:8.1f}{spent.wall:8.1f}{ratio:>7}{spent.peak_mib:7.0f}", end="")
        print(f"{len(removed):9,}", scores(made, removed, alike), flush=True)


def _has(python: str, package: str) -> bool:
    tried = subprocess.run([python, "-c", f"import {package}"], capture_output=True, check=False)
    return tried.returncode == 0


def _run(python: str, way: str, path: Path) -> tuple[Cost, np.ndarray]:
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder) / "removed.npy")
        spent = cost([python, str(HERE / "dedup_run.py"), way, str(path), out])
        return spent, np.load(out)


def truth(made: planted.Planted, path: Path) -> np.ndarray:
    """Return which rows have another of 0.7 or more, `(n,) bool`.

    Candidates are those of 64 bands of 4 rows, which lose fewer than one pair in ten million at
    0.7; a thousand of the pairs are held against Python's sets.
    """
    if not path.exists():
        code = (
            "import sys, numpy as np; sys.path[:0] = sys.argv[1:3]; import dedup_run, planted\n"
            "from curate.deduplication.near import NearDuplicates, NearOptions\n"
            "from curate.lexical import words\n"
            "from pathlib import Path; from tempfile import mkdtemp\n"
            "texts = list(dedup_run.texts(sys.argv[3])); folder = Path(mkdtemp())\n"
            "near = NearDuplicates(NearOptions(permutations=256, bands=64, rows=4), folder)\n"
            "near.add_all((texts[a : a + 5000] for a in range(0, len(texts), 5000)), words)\n"
            "pairs = near.pairs(lambda rows: words([texts[row] for row in rows]))\n"
            "for at in range(0, len(pairs.first), max(1, len(pairs.first) // 1000)):\n"
            "    a, b = texts[pairs.first[at]], texts[pairs.second[at]]\n"
            "    assert abs(planted.similarity(a, b) - pairs.jaccard[at]) < 0.02, (a, b)\n"
            "alike = np.zeros(len(texts), bool); alike[pairs.first] = alike[pairs.second] = True\n"
            "np.save(sys.argv[4], alike); [p.unlink() for p in folder.iterdir()]; folder.rmdir()\n"
        )
        folders = [str(HERE), str(HERE.parent)]
        subprocess.run(
            [sys.executable, "-c", code, *folders, str(made.path), str(path)], check=True
        )
    alike = np.load(path)
    known = (made.parent >= 0) & (made.jaccard >= 0.7)
    alike[known] = alike[made.parent[known]] = True
    return alike


def scores(made: planted.Planted, removed: np.ndarray, alike: np.ndarray) -> str:
    gone = np.zeros(len(alike), np.bool_)
    gone[removed] = True
    found = []
    for low, high in BANDS:
        inside = (made.jaccard >= low) & (made.jaccard < high) & ~made.exact
        rows = np.flatnonzero(inside)
        found.append(float((gone[rows] | gone[made.parent[rows]]).mean()) if len(rows) else 1.0)
    precision = float(alike[removed].mean()) if len(removed) else 1.0
    return "  " + " ".join(f"{share:7.4f}" for share in (*found, precision))


def growth(work: Path, counts: list[int]) -> None:
    print(f"{'rows':>10}{'CPU s':>9}{'rows/s':>9}{'MiB':>7}{'bytes a row':>13}{'removed':>11}")
    before = {}
    for count in counts:
        path = planted.grown(work, count)
        for way in ("unverified 16x8", "verified 25x5"):
            spent, removed = _run(sys.executable, way, path)
            first, least = before.setdefault(way, (count, spent.peak_mib))
            more = (spent.peak_mib - least) * 2**20 / max(1, count - first)
            figures = f"{spent.cpu:9.1f}{count / spent.cpu:9,.0f}{spent.peak_mib:7.0f}{more:13.0f}"
            print(f"{count:10,}{figures}{len(removed):11,}  {way}", flush=True)


if __name__ == "__main__":
    main()
