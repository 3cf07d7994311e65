"""The card of a dataset folder, from the run that wrote it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from curate import __version__
from curate.build.outputs import Container
from curate.build.reports import Report
from curate.row import Kind

CARD_SCHEMA_VERSION = 1


def card_of(
    report: Report, to: str, kind: Kind, container: Container, files: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return what is known of a folder's card; the caller fills in the rest.

    Args:
        report: Of the run that read the inputs.
        to: The format of the rows.
        kind: Their kind.
        container: The files' container.
        files: The data files, as the card lists them.
    """
    splits: Counter[str] = Counter()
    for entry in files:
        splits[entry["split"]] += entry["rows"]
    return {
        "schema_version": CARD_SCHEMA_VERSION,
        "kind": kind,
        "format": to,
        "container": container,
        "rows": splits.total(),
        "splits": dict(splits),
        "files": files,
        "funnel": [],
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
