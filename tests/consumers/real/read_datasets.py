"""`datasets.load_dataset` alone: the rows as it gives them, its dates and bytes as text."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import datasets
from exchange import Job, View, serve


def read(job: Job) -> list[View]:
    cache = str(Path(job["scratch"]) / "cache")
    rows = datasets.load_dataset(**job["load"], split="train", cache_dir=cache)
    return [_plain(row) for row in rows]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, (datetime.date, datetime.time, bytes)):
        return f"{type(value).__name__}: {value}"
    return value


if __name__ == "__main__":
    serve(["datasets", "pyarrow"], read)
