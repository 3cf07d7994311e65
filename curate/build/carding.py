"""The card of a dataset folder, from the run that wrote it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from curate import __version__
from curate.build.outputs import Container
from curate.row import Kind

if TYPE_CHECKING:
    from curate.build.runner import Run

CARD_SCHEMA_VERSION = 1


def card_of(
    run: Run,
    kind: Kind,
    container: Container,
    files: list[dict[str, Any]],
    funnel: list[dict[str, Any]],
) -> dict[str, Any]:
    """Return what a run knows of its folder's card; the caller fills in the rest.

    Args:
        run: The run, when all is read.
        kind: The kind of its rows.
        container: The files' container.
        files: The data files, as the card lists them.
        funnel: The steps with their counts.
    """
    report = run.report
    splits: Counter[str] = Counter()
    for entry in files:
        splits[entry["split"]] += entry["rows"]
    return {
        "schema_version": CARD_SCHEMA_VERSION,
        "kind": kind,
        "format": run.settings.to,
        "container": container,
        "rows": splits.total(),
        "splits": dict(splits),
        "files": files,
        "funnel": funnel,
        "validated": None,
        "inputs": [
            {
                "path": item.path,
                "container": item.container,
                "bytes": item.bytes,
                "sha256": None,
                "records": item.records,
                "shapes": {name: n for name, (n, _) in item.shapes.items()},
            }
            for item in report.inputs
        ],
        "recipe": None,
        "tunesmith_version": __version__,
    }
