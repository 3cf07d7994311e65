"""One way to find near-duplicates, in a process of its own: `dedup_run.py WAY ROWS.jsonl OUT.npy`.

The indices of the rows that the way would remove go to OUT.npy. Reading is the same for all: one
`orjson.loads` for each line. Peers get 5-grams of words in lower case, 128 permutations, 16 bands
of 8 rows and a threshold of 0.7, as their own defaults have it.
"""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import orjson

_BATCH = 5000
_WORD = re.compile(r"\w+")


def texts(path: str) -> Iterator[str]:
    with Path(path).open("rb") as file:
        for line in file:
            yield orjson.loads(line)["text"]


def batches(path: str) -> Iterator[list[str]]:
    found = texts(path)
    while batch := list(islice(found, _BATCH)):
        yield batch


def shingles(text: str) -> list[str]:
    words = _WORD.findall(text.lower())
    return [" ".join(words[at : at + 5]) for at in range(max(1, len(words) - 4))]


def ours(path: str, *, verified: bool, bands: int, rows: int, jobs: int = 1) -> np.ndarray:
    from curate.deduplication.clusters import clusters
    from curate.deduplication.near import NearDuplicates, NearOptions
    from curate.lexical import Ragged, words

    starts = array("q")

    def read() -> Iterator[list[str]]:
        batch: list[str] = []
        with Path(path).open("rb") as file:
            at = 0
            for line in file:
                starts.append(at)
                at += len(line)
                batch.append(orjson.loads(line)["text"])
                if len(batch) == _BATCH:
                    yield batch
                    batch = []
        yield batch

    with TemporaryDirectory() as folder, Path(path).open("rb", buffering=1 << 13) as file:

        def words_of(indices: np.ndarray) -> Ragged:
            found = []
            for index in indices.tolist():
                file.seek(starts[index])
                found.append(orjson.loads(file.readline())["text"])
            return words(found)

        options = NearOptions(bands=bands, rows=rows, verified=verified)
        near = NearDuplicates(options, Path(folder))
        near.add_all(read(), words, jobs=jobs)
        labels = clusters(near.pairs(words_of), near.n_rows)
    return np.flatnonzero(labels != np.arange(len(labels)))


def floor(path: str) -> np.ndarray:
    for _ in texts(path):
        pass
    return np.zeros(0, np.int64)


def words_only(path: str) -> np.ndarray:
    from curate.files.platform import keep_freed_memory
    from curate.lexical import words

    keep_freed_memory()
    for batch in batches(path):
        words(batch)
    return np.zeros(0, np.int64)


def exact_and_grams(path: str) -> np.ndarray:
    """Normalised-exact duplicates, and 8-grams held against those of an evaluation, in one pass."""
    from curate.files.platform import keep_freed_memory
    from curate.lexical import ngrams, word_keys, words

    keep_freed_memory()
    items = [text[:250] for text in islice(texts(path), 1319)]
    tests = np.unique(ngrams(words(items), 8).values)
    high = np.uint64(43)
    slots = np.zeros(1 << 21, np.bool_)
    slots[tests >> high] = True
    keys, hits = [], 0
    for batch in batches(path):
        hashed = words(batch)
        keys.append(word_keys(hashed))
        grams = ngrams(hashed, 8).values
        maybe = grams[slots[(grams >> high).view(np.int64)]]
        found = np.minimum(np.searchsorted(tests, maybe), len(tests) - 1)
        hits += int((tests[found] == maybe).sum())
    assert hits >= len(tests)
    whole = np.concatenate(keys)
    _, first = np.unique(whole[:, 0] ^ whole[:, 1] * np.uint64(3), return_index=True)
    return np.setdiff1d(np.arange(len(whole)), first)


def rensa(path: str) -> np.ndarray:
    from rensa import RMinHash, RMinHashDeduplicator

    kept = RMinHashDeduplicator(0.7, 128, True, 16, 42)
    removed = []
    for at, text in enumerate(texts(path)):
        sketch = RMinHash(128, 42)
        sketch.update(shingles(text))
        if not kept.add_pairs([(str(at), sketch)])[0]:
            removed.append(at)
    return np.array(removed)


def datasketch(path: str) -> np.ndarray:
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(num_perm=128, params=(16, 8))
    removed = []
    for at, text in enumerate(texts(path)):
        sketch = MinHash(128)
        sketch.update_batch([gram.encode() for gram in shingles(text)])
        if index.query(sketch):
            removed.append(at)
        else:
            index.insert(str(at).encode(), sketch)
    return np.array(removed)


def gaoya(path: str) -> np.ndarray:
    from gaoya.minhash import MinHashStringIndex

    index = MinHashStringIndex(32, 0.7, 16, 8, None, "word", True, (5, 5))
    removed = []
    for at, text in enumerate(texts(path)):
        if index.query(text):
            removed.append(at)
        else:
            index.insert_document(at, text)
    return np.array(removed)


def daft(path: str) -> np.ndarray:
    import daft as daft_
    from daft.functions import minhash, normalize

    frame = daft_.read_json(path)
    clean = normalize(frame["text"], remove_punct=True, lowercase=True, white_space=True)
    frame = frame.select(minhash(clean, num_hashes=128, ngram_size=5, seed=42).alias("m"))
    values = frame.to_arrow()["m"].combine_chunks()
    signatures = np.asarray(values.flatten()).reshape(-1, 16, 8)
    removed = np.zeros(len(signatures), np.bool_)
    for band in range(16):
        raw = np.ascontiguousarray(signatures[:, band]).view("V32").ravel()
        _, first = np.unique(raw, return_index=True)
        again = np.ones(len(raw), np.bool_)
        again[first] = False
        removed |= again
    return np.flatnonzero(removed)


def text_dedup(path: str) -> np.ndarray:
    from datasets import disable_progress_bars, load_from_disk
    from text_dedup.minhash import main

    disable_progress_bars()
    with TemporaryDirectory() as folder:
        named, out = Path(folder) / "rows.jsonl", str(Path(folder) / "out")
        with named.open("wb") as file:
            for at, text in enumerate(texts(path)):
                file.write(orjson.dumps({"id": at, "text": text}) + b"\n")
        given = {
            "path": "json",
            "data_files": str(named),
            "split": "train",
            "cache_dir": folder,
            "output": out,
            "num_proc": 1,
            "column": "text",
            "idx_column": "id",
            "batch_size": 10_000,
            "ngram": 5,
            "num_perm": 128,
            "threshold": 0.7,
            "b": 16,
            "r": 8,
            "hash_func": "xxh3",
        }
        flags = [part for name, value in given.items() for part in (f"--{name}", str(value))]
        main.main(flags, standalone_mode=False)
        kept = load_from_disk(out).select_columns("id")[:]["id"]
        n_rows = sum(1 for _ in texts(path))
    return np.setdiff1d(np.arange(n_rows), kept)


def datatrove(path: str) -> np.ndarray:
    from datatrove.data import Document
    from datatrove.pipeline.dedup import minhash
    from loguru import logger

    logger.remove()
    config = minhash.MinhashConfig(n_grams=5, num_buckets=16, hashes_per_bucket=8)
    documents = (Document(text, str(at)) for at, text in enumerate(texts(path)))
    with TemporaryDirectory() as folder:
        signed, banded, removed = (f"{folder}/{name}" for name in ("signed", "banded", "removed"))
        minhash.MinhashDedupSignature(signed, config).run(documents, 0, 1)
        for band in range(16):
            minhash.MinhashDedupBuckets(signed, banded, config=config).run(None, band, 16)
        minhash.MinhashDedupCluster(banded, removed, config).run(None, 0, 1)
        (found,) = Path(removed).glob("*.remove")
        return np.fromfile(found, "<u4").astype(np.int64)


def command(path: str, *flags: str) -> np.ndarray:
    """`curate dedup` as it is typed: reading, checking, writing and the removed rows included."""
    from curate.cli import main

    with TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        sys.argv = ["curate", "dedup", path, "-o", str(out), *flags]
        try:
            main()
        except SystemExit as ended:
            if ended.code:
                raise
        with (out / "rejected" / "rejected.jsonl").open("rb") as file:
            return np.array([orjson.loads(line)["origin"]["line"] - 1 for line in file])


WAYS: dict[str, Callable[[str], np.ndarray]] = {
    "floor": floor,
    "words": words_only,
    "exact+grams": exact_and_grams,
    "unverified 16x8": lambda path: ours(path, verified=False, bands=16, rows=8),
    "verified 16x8": lambda path: ours(path, verified=True, bands=16, rows=8),
    "verified 25x5": lambda path: ours(path, verified=True, bands=25, rows=5),
    "verified 25x5, 2 jobs": lambda path: ours(path, verified=True, bands=25, rows=5, jobs=2),
    "curate dedup": command,
    "curate dedup, plain": lambda path: command(path, "--no-templates"),
    "rensa": rensa,
    "datasketch": datasketch,
    "gaoya": gaoya,
    "daft": daft,
    "text_dedup": text_dedup,
    "datatrove": datatrove,
}

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    np.save(sys.argv[3], WAYS[sys.argv[1]](sys.argv[2]))
