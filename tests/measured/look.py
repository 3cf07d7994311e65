"""Look at what rules find in the published files, to judge it by eye.

    TUNESMITH_DATA=… python -m tests.measured.look               hits of every rule in every file
    TUNESMITH_DATA=… python -m tests.measured.look QLT001        the records that a rule hits
    … QLT001 --file dolly_1497.json --first 40 --chars 600       more of them, more of each
    … QLT001 --missed 'no input'                                 records with a text it does not hit

What was judged is kept in `tests/cases/measured/CODE.yaml` by the records' byte offsets.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from pathlib import Path

from tests.measured.sets import SETS, Record, folder, records


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("code", nargs="?")
    parser.add_argument("--file", action="append")
    parser.add_argument("--first", type=int, default=20)
    parser.add_argument("--every", type=int, default=1, help="show one of so many")
    parser.add_argument("--chars", type=int, default=400)
    parser.add_argument("--missed", metavar="PATTERN")
    asked = parser.parse_args()
    root = folder()
    if root is None:
        sys.exit("TUNESMITH_DATA names no folder")
    paths = asked.file or [each.path for each in SETS if (root / each.path).exists()]
    for path in paths:
        _one(root, path, asked)


def _one(root: Path, path: str, asked: argparse.Namespace) -> None:
    select = {"select": (asked.code,)} if asked.code else {}
    found = list(records(root, path, **select))
    if asked.code is None:
        counts = Counter(code for record in found for code in record.found)
        print(f"{path}: {len(found):,} records")
        for code, n in sorted(counts.items()):
            print(f"    {code} {n:6,} {n / len(found):7.2%}")
        return
    hits = [record for record in found if any(c.startswith(asked.code) for c in record.found)]
    print(f"{path}: {len(found):,} records, {len(hits):,} hits ({len(hits) / len(found):.2%})")
    if asked.missed:
        pattern = re.compile(asked.missed)
        rest = [r for r in found if r not in hits and pattern.search(_text(r))]
        print(f"    not hit, with {asked.missed!r}: {len(rest):,}")
        hits = rest
    for record in hits[:: asked.every][: asked.first]:
        print(f"  at {record.at} (line {record.line})")
        for code, said in record.found.items():
            print(f"    {code} {' | '.join(said)[:200]}")
        print(f"    {_text(record)[: asked.chars]}")


def _text(record: Record) -> str:
    return " ".join(record.raw.decode("utf-8", "replace").split())


if __name__ == "__main__":
    main()
