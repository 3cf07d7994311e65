"""Where outcomes are written: a dataset folder, or one file with its removed records beside it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, Protocol

import pyarrow as pa

from curate.build.emit import output_schema
from curate.files.json_text import dumps
from curate.files.limits import SHARD_INPUT_BYTES
from curate.finding import Removed
from curate.row import Kind

Container = Literal["arrow", "parquet", "jsonl", "json", "csv"]
FILE_ENDINGS: dict[str, Container] = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
    ".arrow": "arrow",
}
_COPIED_BYTES = 1 << 20
_BUFFER_BYTES = 1 << 18
END_OF_STREAM = b"\xff\xff\xff\xff\x00\x00\x00\x00"


class HashedFile:
    """A file being written, with its size and sha256."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=_BUFFER_BYTES)
        self._hash = hashlib.sha256()
        self.size = 0
        self.closed = False

    def write(self, data: bytes | pa.Buffer) -> int:
        """Append bytes."""
        self._hash.update(data)
        self.size += len(data)
        return self._file.write(data)

    def flush(self) -> None:
        """Hand what was written to the operating system."""
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        self.closed = True

    @property
    def sha256(self) -> str:
        """The hash of all that was written, 64 hex digits."""
        return self._hash.hexdigest()


class Shard(Protocol):
    """One data file that takes payloads and is finished once."""

    file: HashedFile

    def add(self, payload: bytes | pa.Buffer) -> None:
        """Append a chunk's payload."""

    def finish(self) -> None:
        """Write what ends the file and close it."""


class _ArrowShard:
    """An Arrow IPC stream whose messages were made by the workers."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.file = HashedFile(path)
        self.file.write(schema.serialize().to_pybytes())

    def add(self, payload: bytes | pa.Buffer) -> None:
        self.file.write(payload)

    def finish(self) -> None:
        self.file.write(END_OF_STREAM)
        self.file.close()


class _ParquetShard:
    """A Parquet file with a row group for each chunk."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        import pyarrow.parquet as pq

        self.file = HashedFile(path)
        self._schema = schema
        self._writer = pq.ParquetWriter(pa.PythonFile(self.file, "w"), schema, compression="zstd")

    def add(self, payload: bytes | pa.Buffer) -> None:
        batch = pa.ipc.read_record_batch(pa.py_buffer(payload), self._schema)
        self._writer.write_batch(batch)

    def finish(self) -> None:
        self._writer.close()
        self.file.close()


class _TextShard:
    """JSON lines, a JSON array or CSV."""

    def __init__(self, path: Path, container: Container, header: str) -> None:
        self.file = HashedFile(path)
        self._array = container == "json"
        self._first = True
        if header:
            self.file.write(header.encode())

    def add(self, payload: bytes | pa.Buffer) -> None:
        if self._array and payload:
            self.file.write(b"[\n" if self._first else b",\n")
            self._first = False
            payload = bytes(payload).removesuffix(b"\n").replace(b"\n", b",\n")
        self.file.write(payload)

    def finish(self) -> None:
        if self._array:
            self.file.write(b"[]\n" if self._first else b"\n]\n")
        self.file.close()


def open_shard(path: Path, container: Container, to: str, kind: Kind) -> Shard:
    """Start a data file of a container with an output's schema."""
    schema = output_schema(to, kind)
    if container == "arrow":
        return _ArrowShard(path, schema)
    if container == "parquet":
        return _ParquetShard(path, schema)
    header = ",".join(schema.names) + "\r\n" if container == "csv" else ""
    return _TextShard(path, container, header)


class Shards:
    """The numbered data files of one split; a new one begins every GiB of input.

    Args:
        folder: The dataset folder being written.
        split: The split's name.
        container: The files' container.
        to: The output's format.
    """

    def __init__(self, folder: Path, split: str, container: Container, to: str) -> None:
        self._folder = folder / "data"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._split, self._container, self._to = split, container, to
        self._open: list[tuple[Path, Shard]] = []
        self._rows: list[int] = []
        self._input_bytes = 0

    def add(self, payload: bytes | pa.Buffer, rows: int, input_bytes: int, kind: Kind) -> None:
        """Append a chunk's payload; begin the next file where the input passed a GiB."""
        if not self._open or self._input_bytes >= SHARD_INPUT_BYTES:
            self._next(kind)
        self._input_bytes += input_bytes
        self._rows[-1] += rows
        self._open[-1][1].add(payload)

    def _next(self, kind: Kind) -> None:
        if self._open:
            self._open[-1][1].finish()
        path = self._folder / f"{self._split}-{len(self._open):05d}"
        self._open.append((path, open_shard(path, self._container, self._to, kind)))
        self._rows.append(0)
        self._input_bytes = 0

    def finish(self, kind: Kind) -> list[dict[str, Any]]:
        """Close the files, give them their final names and return the card's entries for them."""
        if not self._open:
            self._next(kind)
        self._open[-1][1].finish()
        entries = []
        for number, (path, shard) in enumerate(self._open):
            total = len(self._open)
            name = f"{self._split}-{number:05d}-of-{total:05d}.{self._container}"
            path.rename(path.with_name(name))
            entries.append(
                {
                    "path": f"data/{name}",
                    "split": self._split,
                    "rows": self._rows[number],
                    "bytes": shard.file.size,
                    "sha256": shard.file.sha256,
                }
            )
        return entries


class RejectedFile:
    """Removed records as JSON lines; the file is made when the first one comes.

    Args:
        path: The file.
        bare: Write place, codes, messages, length and hash, and no text of the record.
    """

    def __init__(self, path: Path, *, bare: bool = False) -> None:
        self._path = path
        self.bare = bare
        self._file: HashedFile | None = None

    def add(self, removed: Iterable[Removed]) -> None:
        """Append records: origin, id, codes, messages, length, and their bytes."""
        for record in removed:
            self._begin().write(dumps(_rejected(record, self.bare)).encode() + b"\n")

    def copy(self, lines: Path) -> None:
        """Append the removed records of an earlier step, if it left any."""
        if lines.is_file():
            out = self._begin()
            with lines.open("rb") as file:
                while block := file.read(_COPIED_BYTES):
                    out.write(block)

    def _begin(self) -> HashedFile:
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = HashedFile(self._path)
        return self._file

    def finish(self) -> bool:
        """Close the file; return whether there is one."""
        if self._file is not None:
            self._file.close()
        return self._file is not None


def _rejected(record: Removed, bare: bool) -> dict[str, Any]:
    judged = {"kept": record.kept, "score": record.score}
    return {
        "origin": record.origin,
        "id": record.id,
        "code": record.code,
        **{name: value for name, value in judged.items() if value is not None},
        "findings": [finding.to_dict() for finding in record.findings],
        "length_bytes": record.length_bytes,
        **({} if bare else _text_of(record.raw)),
    }


def _text_of(raw: bytes) -> dict[str, str]:
    try:
        return {"raw": raw.decode()}
    except UnicodeDecodeError:
        return {"raw_base64": base64.b64encode(raw).decode()}
