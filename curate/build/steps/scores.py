"""What a step computed of each row, written as a file beside the data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from curate.build.line.base import Rows
from curate.row import TEXT


def score_file(rows: Rows, columns: Mapping[str, Any]) -> Callable[[Path], None]:
    """Return what writes an Arrow IPC file: `id` and the columns, one line for each row, in order.

    Args:
        rows: The rows.
        columns: Name → array of `n_rows`, of numpy or Arrow; texts as dictionaries.
    """
    arrays = {
        name: values if isinstance(values, pa.Array) else pa.array(values)
        for name, values in columns.items()
    }
    schema = pa.schema([("id", TEXT), *((name, array.type) for name, array in arrays.items())])

    def write(path: Path) -> None:
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, schema) as out:
            for start, batch in rows.batches(["id"]):
                parts = [array.slice(start, batch.num_rows) for array in arrays.values()]
                out.write_batch(
                    pa.RecordBatch.from_arrays([batch.column("id"), *parts], schema=schema)
                )

    return write
