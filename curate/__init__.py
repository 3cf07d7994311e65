"""Curate: raw exports to validated instruction datasets."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from curate.build import convert as convert
    from curate.build import load as load
    from curate.build import run as run
    from curate.build import validate as validate
    from curate.build.line.functions import balance as balance
    from curate.build.line.functions import decontaminate as decontaminate
    from curate.build.line.functions import dedup as dedup
    from curate.build.line.functions import filter as filter
    from curate.build.line.functions import mix as mix
    from curate.build.line.functions import redact as redact
    from curate.build.line.functions import split as split
    from curate.build.overview.diff import diff as diff
    from curate.build.overview.report import report as report
    from curate.build.overview.stats import stats as stats

__version__ = "0.1.0"
_HOMES = {
    "curate.build": ("convert", "load", "run", "validate"),
    "curate.build.overview": ("diff", "report", "stats"),
    "curate.build.line.functions": (
        "balance",
        "decontaminate",
        "dedup",
        "filter",
        "mix",
        "redact",
        "split",
    ),
}
__all__ = [
    "__version__",
    "balance",
    "convert",
    "decontaminate",
    "dedup",
    "diff",
    "filter",
    "load",
    "mix",
    "redact",
    "report",
    "run",
    "split",
    "stats",
    "validate",
]


def __getattr__(name: str) -> Any:
    """Import the steps when they are first asked for, so that `import curate` costs nothing."""
    for home, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(home), name)
    raise AttributeError(f"module 'curate' has no attribute {name!r}")
