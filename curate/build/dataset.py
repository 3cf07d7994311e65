"""Opening a dataset folder from Python."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from curate.errors import InputError
from curate.files.json_text import dumps, loads
from curate.row import Row, from_batch, to_batch


@dataclass(frozen=True, slots=True)
class Dataset:
    """One split of a dataset folder.

    Attributes:
        card: The folder's card.
        arrow: The rows as an Arrow table; memory-mapped where the files are Arrow.
    """

    card: dict[str, Any]
    arrow: pa.Table

    def rows(self) -> Iterator[Row]:
        """Yield the rows as dicts that hold only the keys they have, in order."""
        for batch in self.arrow.to_batches():
            yield from from_batch(batch)

    def to_pandas(self) -> Any:
        """Return the rows as a `pandas.DataFrame`."""
        return self.arrow.to_pandas()

    def to_datasets(self) -> Any:
        """Return the rows as a `datasets.Dataset` over the same memory."""
        from datasets import Dataset as HubDataset

        return HubDataset(self.arrow)


def load(folder: str | Path, split: str = "train") -> Dataset:
    """Open a split of a dataset folder that `convert` wrote.

    Raises:
        InputError: If the folder has no card, or no such split.
    """
    path = Path(folder)
    try:
        card = json.loads((path / "card.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            f"{folder}: no dataset folder ({error})", hint=f"curate convert IN -o {folder}"
        ) from None
    names = [entry["path"] for entry in card["files"] if entry["split"] == split]
    if not names:
        raise InputError(f"{folder}: no split {split!r}; there are {', '.join(card['splits'])}")
    try:
        tables = [_table(path / name, card) for name in names]
    except (OSError, pa.ArrowException) as error:
        hint = "make the folder again with `curate convert`"
        raise InputError(f"{folder}: a data file is damaged ({error})", hint=hint) from None
    return Dataset(card, pa.concat_tables(tables))


def _table(path: Path, card: dict[str, Any]) -> pa.Table:
    if path.suffix == ".arrow":
        with pa.memory_map(str(path)) as file:
            return pa.ipc.open_stream(file).read_all()
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        return pq.read_table(path)
    if card["format"] != "row":
        raise InputError(
            f"{path}: JSON lines of {card['format']} are no table",
            hint=f"curate convert {path.parent.parent} -o OTHER",
        )
    records = [loads(line) for line in path.read_bytes().split(b"\n") if line]
    for record in records:
        for name in ("layout", "extra"):
            if record.get(name) is not None:
                record[name] = dumps(record[name])
    return pa.Table.from_batches([to_batch(card["kind"], records)])
