"""What `dedup` writes for later: the scores of pairs, to apply another threshold, and clusters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from curate.build.line.base import Removal, Rows
from curate.build.steps.texts import texts_of
from curate.deduplication.keep import Pairs
from curate.errors import InputError, UsageError, escaped, printable
from curate.files.json_text import dumps, loads
from curate.row import TEXT

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
else:
    Indices = Any

SCORES, CLUSTERS = "scores/dedup.arrow", "clusters.jsonl"
_MADE_OF = b"tunesmith.dedup"
_SCHEMA = pa.schema(
    [
        ("first", pa.int64()),
        ("second", pa.int64()),
        ("first_id", TEXT),
        ("second_id", TEXT),
        ("score", pa.float64()),
        ("method", pa.dictionary(pa.int8(), TEXT)),
    ]
)
_PAIRS, _CLUSTERS = 50_000, 1_000
_EXCERPT_CHARS = 1_000


def ids_key(rows: Rows) -> str:
    """Return a key of all rows' ids and their order, 32 hex digits."""
    digest = blake2b(digest_size=16)
    for _, batch in rows.batches(["id"]):
        texts = batch.column(0).to_pylist()
        digest.update(dumps([len(texts), *texts]).encode())
    return digest.hexdigest()


def scores_file(
    rows: Rows, pairs: Pairs, method: str, made_of: Mapping[str, Any]
) -> Callable[[Path], None]:
    """Return what writes the pairs that were found to be duplicates, ascending, with scores.

    Args:
        rows: The rows.
        pairs: The pairs.
        method: How they were found.
        made_of: The options that they depend on, `threshold` and `ids` among them.
    """
    schema = _SCHEMA.with_metadata({_MADE_OF: dumps(dict(made_of)).encode()})

    def write(path: Path) -> None:
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, schema) as out:
            for start in range(0, len(pairs.first), _PAIRS):
                part = pairs.where(slice(start, start + _PAIRS))
                ids = [rows.take(at, ["id"]).column(0).combine_chunks() for at in part[:2]]
                methods = pa.DictionaryArray.from_arrays(
                    pa.array(np.zeros(len(part.first), np.int8)), pa.array([method], TEXT)
                )
                out.write_batch(
                    pa.RecordBatch.from_arrays(
                        [
                            *(pa.array(at) for at in part[:2]),
                            *ids,
                            pa.array(part.scores),
                            methods,
                        ],
                        schema=schema,
                    )
                )

    return write


def read_scores(place: str, made_of: Mapping[str, Any]) -> Pairs:
    """Return the pairs of a file that `scores_file` wrote, those of the threshold asked for.

    Args:
        place: The file, or the output folder that it is in.
        made_of: As for `scores_file`.

    Raises:
        InputError: If it cannot be read.
        UsageError: If it was made of other rows or with other options, or with a higher threshold.
    """
    path = Path(place) / SCORES if Path(place).is_dir() else Path(place)
    shown = printable(path.as_posix(), 200)
    try:
        with pa.OSFile(str(path), "rb") as file, pa.ipc.open_file(file) as reader:
            table = reader.read_all()
    except (OSError, pa.ArrowInvalid) as error:
        raise InputError(f"scores: {shown} cannot be read: {printable(str(error))}") from None
    written = (table.schema.metadata or {}).get(_MADE_OF)
    if written is None:
        raise UsageError(f"scores: {shown} was not written by dedup")
    _check(shown, loads(written), made_of)
    first, second, scores = (table.column(name).to_numpy() for name in ("first", "second", "score"))
    return Pairs(first, second, scores).where(scores >= made_of["threshold"])


def _check(shown: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    if before.get("ids") != now["ids"]:
        raise UsageError(
            f"scores: {shown} belongs to other rows",
            hint="give the same inputs in the same order, or leave `scores` out",
        )
    for name, value in now.items():
        if name == "threshold":
            if value < before["threshold"]:
                raise UsageError(
                    f"scores: {shown} was made with the threshold {before['threshold']:g}, and "
                    f"{value:g} is below it",
                    hint="leave `scores` out to compare the rows again",
                )
        elif before.get(name) != value:
            raise UsageError(
                f"scores: {shown} was made with {name} {printable(before.get(name))}, "
                f"not {printable(value)}",
                hint="leave `scores` out to compare the rows again",
            )


def clusters_file(rows: Rows, removals: list[Removal]) -> Callable[[Path], None]:
    """Return what writes one line for each row that stays for others: the row and those that leave.

    Lines are in the order of the rows that stay, members in theirs; texts are cut and printable.
    """

    def write(path: Path) -> None:
        leaving = [(r, at) for r in removals for at in range(len(r.rows)) if r.kept is not None]
        kept = np.array([int(r.kept[at]) for r, at in leaving if r.kept is not None], np.int64)
        gone = np.array([int(r.rows[at]) for r, at in leaving], np.int64)
        order = np.lexsort((gone, kept))
        starts = np.flatnonzero(np.append(True, np.diff(kept[order]) != 0)[: len(order)])
        with path.open("w", encoding="utf-8") as out:
            for begin in range(0, len(starts), _CLUSTERS):
                ends = np.append(starts, len(order))[begin + 1 : begin + 1 + _CLUSTERS]
                part = list(zip(starts[begin : begin + _CLUSTERS].tolist(), ends, strict=True))
                inside = order[part[0][0] : part[-1][1]]
                shown = _shown(rows, np.unique(np.concatenate([kept[inside], gone[inside]])))
                for start, end in part:
                    own = order[start:end]
                    members = [shown[int(kept[own[0]])] | {"kept": True}]
                    for at in own.tolist():
                        removal, nth = leaving[at]
                        score = None if removal.scores is None else float(removal.scores[nth])
                        fate = {"kept": False, "code": removal.code, "score": score}
                        members.append(shown[int(gone[at])] | fate)
                    out.write(dumps({"size": len(members), "members": members}) + "\n")

    return write


def _shown(rows: Rows, indices: Indices) -> dict[int, dict[str, Any]]:
    """Return how rows are shown for review."""
    found: dict[int, dict[str, Any]] = {}
    for start in range(0, len(indices), _PAIRS // 10):
        part = indices[start : start + _PAIRS // 10]
        table = rows.take(part).combine_chunks()
        for batch in table.to_batches():
            texts = texts_of(batch, rows.kind, "conversation").joined()
            ids, origins = batch.column("id").to_pylist(), batch.column("origin").to_pylist()
            for own, origin, text in zip(ids, origins, texts, strict=True):
                place = origin or {}
                found[int(part[len(found) - start])] = {
                    "id": own,
                    "place": f"{place.get('path')}:{place.get('line')}",
                    "text": escaped(text[:_EXCERPT_CHARS]) + "…" * (len(text) > _EXCERPT_CHARS),
                }
    return found
