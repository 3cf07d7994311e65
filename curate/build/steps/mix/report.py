"""What a mixture came out as: its inputs, their shares, and what is not as asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from curate.build.steps.mix.plan import Part, Plan
from curate.build.steps.tables import aligned
from curate.errors import printable
from curate.finding import Hit

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
    Counts = NDArray[np.int32]
else:
    Indices = Counts = Any

# Muennighoff et al. 2023: up to four epochs of repeated data are nearly as good as new data.
MOST_EPOCHS = 4.0


def faults(plan: Plan, times: Counts, sizes: Indices | None) -> list[tuple[int, Hit]]:
    """Return what is not as asked for, as findings about the set.

    Args:
        plan: The mixture as asked for.
        times: `(n_rows,) int32`: how often each row is taken.
        sizes: `(n_rows,) int64`: what each brings in the plan's unit; None for rows.
    """
    found: list[tuple[int, Hit]] = []
    for part in plan.parts:
        name = printable(part.name)
        if not len(part.rows):
            found.append((-1, Hit("BAL034", "", f"{name} has no row to draw from", part.name)))
            continue
        out = _size(times, sizes, part)
        if part.asked > part.size >= out:
            message = f"{name}: {part.asked:,} {plan.unit} asked for, and it has {part.size:,}"
            found.append((-1, Hit("BAL032", "", message, part.name)))
        epochs = int(times[part.rows].sum()) / len(part.rows)
        if epochs > MOST_EPOCHS:
            message = f"{name}: each of its {len(part.rows):,} rows comes {epochs:.1f} times"
            found.append((-1, Hit("BAL033", "", message, part.name)))
    return found


def _size(times: Counts, sizes: Indices | None, part: Part) -> int:
    taken = times[part.rows]
    return int(taken.sum() if sizes is None else (taken * sizes[part.rows]).sum())


def report(plan: Plan, times: Counts, sizes: Indices | None, seed: int) -> dict[str, Any]:
    """Return the step's section of the JSON document; arguments as of `faults`."""
    whole = sum(_size(times, sizes, part) for part in plan.parts)
    inputs = []
    for part in plan.parts:
        taken, size = times[part.rows], _size(times, sizes, part)
        inputs.append(
            {
                "input": part.name,
                "rows": len(part.rows),
                plan.unit: part.size,
                "weight": part.weight,
                "asked": part.asked,
                "asked_ratio": round(part.share, 6),
                "rows_drawn": int(np.sum(taken > 0)),
                "rows_out": int(taken.sum()),
                f"{plan.unit}_out": size,
                "ratio": round(size / whole, 6) if whole else 0.0,
                "epochs": round(int(taken.sum()) / max(len(part.rows), 1), 4),
            }
        )
    return {
        "strategy": plan.strategy,
        "unit": plan.unit,
        "budget": plan.budget,
        "seed": seed,
        f"{plan.unit}_out": whole,
        "other_rows": plan.n_other,
        "inputs": inputs,
    }


def lines(document: dict[str, Any]) -> list[str]:
    """Return what people are told: a table of the inputs."""
    unit = document["unit"]
    rows = [["input", "rows", "drawn", "out", f"{unit} out", "share", "asked", "epochs"]]
    for part in document["inputs"]:
        numbers = [part["rows"], part["rows_drawn"], part["rows_out"], part[f"{unit}_out"]]
        shares = [f"{part['ratio']:.2%}", f"{part['asked_ratio']:.2%}", f"{part['epochs']:g}"]
        rows.append([printable(part["input"]), *(f"{n:,}" for n in numbers), *shares])
    if unit == "rows":
        rows = [[*row[:4], *row[5:]] for row in rows]
    told = aligned(rows)
    if document["other_rows"]:
        told.append(f"{document['other_rows']:,} rows of other splits stay as they are")
    return told
