"""Rows for benchmarks: made by a seeded generator from the shipped rows, about 1 kB each."""

from __future__ import annotations

import csv
import json
import os
import random
import re
from collections.abc import Iterator
from pathlib import Path

SHIPPED = Path(__file__).parents[1] / "recipes" / "data" / "dolly_style.jsonl"
_REAL = "gpt4life+alpagasus/data/random/random_9k.json"


def texts() -> tuple[str, list[str]]:
    """Return where the texts come from, and the texts: real ones where `TUNESMITH_DATA` is set."""
    root = os.environ.get("TUNESMITH_DATA")
    if root and (Path(root) / _REAL).is_file():
        rows = json.loads((Path(root) / _REAL).read_text(encoding="utf-8"))
        return _REAL, [row["output"] for row in rows if len(row["output"]) > 80]
    found = []
    for line in SHIPPED.read_text(encoding="utf-8").splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row.get("response"), str) and len(row["response"]) > 80:
            found.append(row["response"])
    return "the shipped rows", found


def alpaca_rows(count: int, seed: int = 0) -> Iterator[dict[str, str]]:
    """Yield Alpaca rows of about 1 kB of JSON, all different, the same for a seed."""
    draw = random.Random(seed)
    _, pool = texts()
    for number in range(count):
        instruction = f"{_line(draw.choice(pool)[:120])} ({number})"
        given = _line(draw.choice(pool)[:180]) if number % 2 else ""
        output = draw.choice(pool)
        while len(instruction) + len(given) + len(output) < 900:
            output += "\n" + draw.choice(pool)
        room = 930 - len(instruction) - len(given)
        yield {"instruction": instruction, "input": given, "output": _whole(output[:room])}


def _line(text: str) -> str:
    return _whole(" ".join(text.split()))


def _whole(text: str) -> str:
    """Return a text up to the end of its last whole sentence."""
    end = max(text.rfind(sign) for sign in (". ", ".\n", "? ", "! "))
    cut = text[: end + 1] if end > len(text) // 2 else text
    return re.sub(r"\s+\d+\.\Z", "", cut)  # the number of a list's next item


def write(folder: Path, count: int) -> dict[str, Path]:
    """Write the same rows as JSON Lines, a JSON array and CSV; files that exist are kept."""
    paths = {kind: folder / f"alpaca-{count}.{kind}" for kind in ("jsonl", "json", "csv")}
    if all(path.exists() for path in paths.values()):
        return paths
    folder.mkdir(parents=True, exist_ok=True)
    with (
        paths["jsonl"].open("w", encoding="utf-8") as lines,
        paths["json"].open("w", encoding="utf-8") as array,
        paths["csv"].open("w", encoding="utf-8", newline="") as table,
    ):
        writer = csv.DictWriter(table, ["instruction", "input", "output"], lineterminator="\n")
        writer.writeheader()
        array.write("[")
        for number, row in enumerate(alpaca_rows(count)):
            text = json.dumps(row, ensure_ascii=False)
            lines.write(text + "\n")
            array.write((",\n" if number else "\n") + text)
            writer.writerow(row)
        array.write("\n]\n")
    return paths
