"""The dataset card: `card.json` for tools and `README.md` for people and the Hub."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

_END = "<!-- end of the generated text; what follows is yours and is kept -->"


def readme(card: Mapping[str, Any], old: str | None) -> str:
    """Return a dataset folder's README.

    Args:
        card: The card, as written to `card.json`.
        old: The README that stands there; its text below the end mark is kept.
    """
    # Without the mark nobody knows what was written by hand: all of it is kept.
    own = old.partition(_END)[2] if old and _END in old else f"\n\n{old}" if old else "\n"
    return "\n".join([*_front_matter(card), "", *_text(card), "", _END]) + own


def _front_matter(card: Mapping[str, Any]) -> list[str]:
    container = card["container"]
    lines = ["---", "configs:", "- config_name: default", "  data_files:"]
    for split in card["splits"]:
        lines += [f"  - split: {split}", f"    path: data/{split}-*.{container}"]
    return [*lines, "---"]


def _text(card: Mapping[str, Any]) -> list[str]:
    lines = [
        "# Dataset",
        "",
        f"{card['rows']:,} rows of kind `{card['kind']}`, format `{card['format']}`, "
        f"made by Tunesmith {card['tunesmith_version']}.",
        "",
        "| split | rows |",
        "| --- | ---: |",
        *(f"| {split} | {rows:,} |" for split, rows in card["splits"].items()),
        "",
        "## Where it came from",
        "",
        "| input | records | format |",
        "| --- | ---: | --- |",
    ]
    for item in card["inputs"]:
        shapes = ", ".join(f"{name} ({n:,})" for name, n in item["shapes"].items()) or "none"
        lines.append(f"| `{item['path']}` | {item['records']:,} | {shapes} |")
    lines += ["", "## Funnel", "", "| step | rows in | added | removed | rows out |"]
    lines.append("| --- | ---: | --- | --- | ---: |")
    for step in card["funnel"]:
        lines.append(
            f"| {step['step']} | {step['rows_in']:,} | {counts(step['added'])} "
            f"| {counts(step['removed'])} | {step['rows_out']:,} |"
        )
    validated = card["validated"]
    if validated:
        lines += [
            "",
            f"Checked under the profile `{validated['profile']}`: "
            f"{validated['errors']} errors left.",
        ]
    return lines


def counts(by_code: Mapping[str, int]) -> str:
    """Return counts by code as `SRC001 2, SCH002 1`, or an en dash for none."""
    return ", ".join(f"{code} {n:,}" for code, n in sorted(by_code.items())) or "–"


def old_readme(folder: Path) -> str | None:
    """Return the README that stands in a folder, or None."""
    path = folder / "README.md"
    return path.read_text(encoding="utf-8", errors="surrogateescape") if path.is_file() else None
