"""Tables of plain text for people."""

from __future__ import annotations

from collections.abc import Sequence

_BLOCKS = "▁▂▃▄▅▆▇█"


def aligned(rows: Sequence[Sequence[str]], left: Sequence[int] = (0,)) -> list[str]:
    """Return one line a row; the columns that `left` names to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if at in left else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def bars(counts: Sequence[int]) -> str:
    """Return a histogram in one line, a character a bin: a space for none, █ for the most."""
    most = max(counts, default=0)
    return "".join(_BLOCKS[-(-7 * n // most)] if n else " " for n in counts)
