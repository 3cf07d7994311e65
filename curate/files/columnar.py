"""Parquet and Arrow files, read in a child process.

Crafted columnar files crash readers, so a child opens them, validates every batch in full, and
sends the rows as JSON lines; a crash is a finding here and not the end of the run.
"""

from __future__ import annotations

import base64
import datetime
import decimal
import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

from curate.files import json_text
from curate.files.chunks import Chunk
from curate.files.inputs import Source
from curate.files.limits import CHUNK_BYTES
from curate.finding import Hit
from curate.row import FORMAT_KEY, SCHEMAS, Kind, kind_of, without_nulls

_PACKAGE = os.pathsep.join(
    [
        str(Path(__file__).parents[2]),
        *filter(os.path.isabs, os.environ.get("PYTHONPATH", "").split(os.pathsep)),
    ]
)

_ROWS = "rows-of-"


def _command(what: str, path: Path) -> list[str]:
    # -P: a module that lies in the working folder must not be imported in place of ours.
    child = [sys.executable, "-P", "-m", "curate.files.columnar"]
    return [*child, what, str(path.absolute())]


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": _PACKAGE}


def is_sound(path: Path, kind: str) -> bool:
    """Return whether a file is an Arrow stream of rows of a kind that can be mapped as it is.

    A child process reads all of it, with full validation.
    """
    command = _command(_ROWS + kind, path)
    ended = subprocess.run(command, capture_output=True, env=_environment(), check=False)
    return ended.returncode == 0


def columnar_chunks(source: Source) -> Iterator[Chunk]:
    """Split a Parquet or Arrow file into chunks of rows, each as the bytes of a JSON object.

    Nulls are left out: a column store cannot say whether a value was null or absent.
    """
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(
            _command(str(source.container), source.file),
            stdout=subprocess.PIPE,
            stderr=errors,
            env=_environment(),
        ) as child,
    ):
        assert child.stdout is not None
        yield from _chunks(source, child.stdout)
        if child.wait() != 0:
            errors.seek(0)
            said = errors.read(1 << 16).decode(errors="replace").strip()
            yield _failure(source, child.returncode, said)


def _chunks(source: Source, stream: IO[bytes]) -> Iterator[Chunk]:
    chunk, size, offset = Chunk(source), 0, 0
    for number, line in enumerate(stream, 1):
        if not line.endswith(b"\n"):
            break  # the child ended within a row; its exit code says so
        chunk.add(line[:-1], number, offset)
        size += len(line)
        offset += len(line)
        if chunk.full or size > CHUNK_BYTES:
            yield chunk
            chunk, size = Chunk(source), 0
    if chunk.records:
        yield chunk


def _failure(source: Source, code: int, said: str) -> Chunk:
    reason = said.splitlines()[-1] if said else f"the reader ended with {code}"
    crashed = f" (the reader crashed with signal {-code})" if code < 0 else ""
    chunk = Chunk(source)
    chunk.notes.append((1, 0, Hit("SRC020", "", f"not a readable table: {reason}{crashed}")))
    return chunk


def _default(value: Any) -> Any:
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return str(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    raise TypeError(f"cannot write {type(value).__name__} as JSON")


def _not_finite(value: Any) -> bool:
    """Return whether a value holds NaN or an infinity."""
    if isinstance(value, dict):
        return any(map(_not_finite, value.values()))
    if isinstance(value, list):
        return any(map(_not_finite, value))
    return isinstance(value, float) and not math.isfinite(value)


def _is_ours(schema: Any) -> str | None:
    """Return the format of a table that we wrote (`row` for rows), None for another one."""
    if kind_of(schema) is not None:
        return "row"
    found = (schema.metadata or {}).get(FORMAT_KEY)
    return found.decode() if found else None


def _opened(record: dict[str, Any], form: str) -> dict[str, Any]:
    """Return a record with the objects that its table holds as JSON text as objects again.

    A row gets its `layout` and `extra`; another format's record gets the columns of `extra` back.
    """
    if form != "row":
        rest: dict[str, Any] = json_text.loads(record.pop("extra", "{}"))
        return record | rest
    for name in ("layout", "extra"):
        record[name] = json_text.loads(record[name]) if name in record else None
    return record


def _batches(container: str, path: str) -> Iterator[Any]:
    import pyarrow as pa

    if container == "parquet":
        import pyarrow.parquet as pq

        yield from pq.ParquetFile(path, page_checksum_verification=False).iter_batches(1_000)
        return
    with pa.memory_map(path) as file:
        magic = file.read(6)
        file.seek(0)
        if magic == b"ARROW1":
            reader = pa.ipc.open_file(file)
            for index in range(reader.num_record_batches):
                yield reader.get_batch(index)
        else:
            yield from pa.ipc.open_stream(file)


def _check(kind: str, path: str) -> int:
    """Return 0 where a file is a whole Arrow stream of rows of a kind, else 1."""
    import pyarrow as pa

    try:
        for batch in _batches("arrow", path):
            batch.validate(full=True)
            if not batch.schema.equals(SCHEMAS[cast("Kind", kind)]):
                return 1
    except (pa.ArrowException, OSError, ValueError, KeyError):
        return 1
    return 0


def main(container: str, path: str) -> int:
    """Write the rows of a columnar file to stdout as JSON lines; 1 where it cannot be read."""
    import orjson
    import pyarrow as pa

    if container.startswith(_ROWS):
        return _check(container.removeprefix(_ROWS), path)

    try:
        if not Path(path).stat().st_size:
            sys.stderr.write("the file is empty\n")
            return 1
        for batch in _batches(container, path):
            batch.validate(full=True)
            names = batch.schema.names
            if len(set(names)) < len(names):
                doubled = min(name for name in names if names.count(name) > 1)
                sys.stderr.write(f"the column {doubled!r} stands twice\n")
                return 1
            ours = _is_ours(batch.schema)
            for row in batch.to_pylist():
                record = without_nulls(row)
                if ours is not None:
                    record = _opened(record, ours)
                line = orjson.dumps(record, default=_default)
                if b"null" in line and _not_finite(record):
                    # orjson writes null for NaN; this spelling is reported by who reads it.
                    line = json.dumps(record, default=_default, ensure_ascii=False).encode()
                sys.stdout.buffer.write(line + b"\n")
    except (pa.ArrowException, OSError, ValueError, TypeError, OverflowError) as error:
        sys.stdout.buffer.flush()
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
