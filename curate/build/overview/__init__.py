"""What a set is like: its figures, a report of them, and how two sets differ."""

from __future__ import annotations

from curate.build.overview.diff import KEYS, Diff, diff
from curate.build.overview.report import report
from curate.build.overview.stats import Stats, stats

__all__ = ["KEYS", "Diff", "Stats", "diff", "report", "stats"]
