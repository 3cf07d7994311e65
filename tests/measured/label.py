"""Write what was judged of rules' hits to `tests/cases/measured/CODE.yaml`.

    TUNESMITH_DATA=… python -m tests.measured.label CODE … [--wrong FILE:OFFSET …] [--first 30]

Counts the hits in every file and takes the first ones as read and right, but those that are named
as wrong. To be run only after they were read with `tests.measured.look CODE --first 30`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.measured.sets import SETS, Measured, folder, records

CASES = Path(__file__).parents[1] / "cases" / "measured"
_Found = dict[str, list[tuple[Measured, int, list[int]]]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("codes", nargs="+")
    parser.add_argument("--wrong", action="append", default=[])
    parser.add_argument("--first", type=int, default=30)
    parser.add_argument("--most-files", type=int, default=6)
    asked = parser.parse_args()
    root = folder()
    if root is None:
        sys.exit("TUNESMITH_DATA names no folder")
    for code, found in _found(root, asked.codes).items():
        most = sorted((len(hits) for _, _, hits in found), reverse=True)[: asked.most_files]
        kept = [each for each in found if each[0].clean or len(each[2]) in most]
        lines = [_line(*each, first=asked.first, wrong=set(asked.wrong)) for each in kept]
        text = "\n".join(lines or ["[]"]) + "\n"
        (CASES / f"{code}.yaml").write_text(text, encoding="utf-8")


def _found(root: Path, codes: list[str]) -> _Found:
    found: _Found = {code: [] for code in codes}
    for each in SETS:
        if not (root / each.path).exists():
            continue
        of_file = list(records(root, each.path, select=tuple(codes)))
        for code in codes:
            if hits := [record.at for record in of_file if code in record.found]:
                found[code].append((each, len(of_file), hits))
    return found


def _line(each: Measured, rows: int, hits: list[int], *, first: int, wrong: set[str]) -> str:
    read = hits[:first]
    bad = [at for at in read if f"{each.path}:{at}" in wrong]
    right = [at for at in read if at not in bad]
    line = f"- {{file: {each.path}, rows: {rows}, hits: {len(hits)}, right: {right}"
    return f"{line}, wrong: {bad}}}" if bad else f"{line}}}"


if __name__ == "__main__":
    main()
