"""Write what was judged of a rule's hits to `tests/cases/measured/CODE.yaml`.

    TUNESMITH_DATA=… python -m tests.measured.label CODE [--wrong FILE:OFFSET …] [--first 30] [FILES]

Counts the hits of every file and takes its first ones as read and right, but those that are named
as wrong. To be run only after they were read with `tests.measured.look CODE --first 30`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.measured.sets import SETS, folder, records

CASES = Path(__file__).parents[1] / "cases" / "measured"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("code")
    parser.add_argument("--wrong", action="append", default=[])
    parser.add_argument("--first", type=int, default=30)
    parser.add_argument("--most-files", type=int, default=6)
    asked = parser.parse_args()
    root = folder()
    if root is None:
        sys.exit("TUNESMITH_DATA names no folder")
    found: list[tuple[int, bool, str]] = []
    for each in SETS:
        if not (root / each.path).exists():
            continue
        all_records = list(records(root, each.path, select=(asked.code,)))
        hits = [record.at for record in all_records if asked.code in record.found]
        if not hits:
            continue
        read = hits[: asked.first]
        wrong = [at for at in read if f"{each.path}:{at}" in asked.wrong]
        right = [at for at in read if at not in wrong]
        line = f"- {{file: {each.path}, rows: {len(all_records)}, hits: {len(hits)}, right: {right}"
        line += f", wrong: {wrong}}}" if wrong else "}"
        found.append((len(hits), each.clean, line))
    most = sorted((n for n, _, _ in found), reverse=True)[: asked.most_files]
    lines = [line for n, clean, line in found if clean or n in most]
    path = CASES / f"{asked.code}.yaml"
    path.write_text("\n".join(lines or ["[]"]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
