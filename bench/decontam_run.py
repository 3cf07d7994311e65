"""One way to look for an evaluation, in a process of its own: `decontam_run.py WAY ROWS EVAL OUT`.

ROWS are JSON Lines of Alpaca rows or of texts, EVAL is GSM8K's test split. The indices of the rows
that the way finds go to OUT.npy, and the CPU seconds that were spent on anything but reading to
standard output.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import orjson

_BATCH = 5_000
_WORD = re.compile(r"\w+")
_N = 13


def text_of(row: dict[str, str]) -> str:
    if "text" in row:
        return row["text"]
    return "\n".join((row["instruction"], row["input"], row["output"]))


def batches(path: str) -> Iterator[list[str]]:
    with Path(path).open("rb") as file:
        texts = (text_of(orjson.loads(line)) for line in file)
        while batch := list(islice(texts, _BATCH)):
            yield batch


def questions(path: str) -> list[str]:
    return [orjson.loads(line)["question"] for line in Path(path).read_bytes().splitlines()]


def python(path: str, evaluation: str) -> Iterator[tuple[float, np.ndarray]]:
    """Look each row's 13-grams up in a set of strings, as scripts that are copied about do."""

    def grams(text: str) -> set[str]:
        words = _WORD.findall(text.lower())
        return {" ".join(words[at : at + _N]) for at in range(len(words) - _N + 1)}

    wanted = set().union(*map(grams, questions(evaluation)))
    for batch in batches(path):
        start = time.process_time()
        found = [at for at, text in enumerate(batch) if not wanted.isdisjoint(grams(text))]
        yield time.process_time() - start, np.array(found, np.int64)


def datatrove(path: str, evaluation: str) -> Iterator[tuple[float, np.ndarray]]:
    """Ask datatrove's filter, whose index is made by its own functions."""
    from datatrove.data import Document
    from datatrove.pipeline.decont.n_grams import (
        NGramsDecontConfig,
        NGramsDecontFilter,
        ngrams,
        simplify_text,
    )

    config = NGramsDecontConfig(n_grams=_N)
    asked = NGramsDecontFilter("/tmp", config=config)

    def grams(text: str) -> Iterator[str]:
        tokens = asked.tokenizer.word_tokenize(simplify_text(text, config.norm_config))
        return map(" ".join, ngrams(tokens, _N))

    asked._index_hashes = {
        asked.hash_func(gram): "gsm8k" for text in questions(evaluation) for gram in grams(text)
    }
    for batch in batches(path):
        start = time.process_time()
        found = [
            at
            for at, text in enumerate(batch)
            if asked.filter(Document(text=text, id=str(at))) is not True
        ]
        yield time.process_time() - start, np.array(found, np.int64)


def ours(
    path: str, evaluation: str, *, keys: bool = False, paraphrase: bool = False
) -> Iterator[tuple[float, np.ndarray]]:
    from curate.decontamination import Item, Paraphrases, Piece, Scan, Thresholds, build_index
    from curate.lexical import word_keys, words

    items = [
        Item("gsm8k", number, None, (Piece("question", "question", text),))
        for number, text in enumerate(questions(evaluation), 1)
    ]
    index = build_index(items)
    scan, asked = Scan(index), Thresholds()
    reworded = None
    if paraphrase:
        reworded = Paraphrases(index)
        for batch in islice(batches(path), 4):
            reworded.learn(words(batch))
        reworded.weigh()
    seen = []
    for batch in batches(path):
        start = time.process_time()
        hashed = words(batch)
        of_text = np.arange(len(batch))
        pairs = scan.pairs(hashed, of_text)
        found = pairs["row"][asked.may_be(pairs)]
        if keys:
            seen.append(word_keys(hashed))
        if reworded is not None:
            found = np.union1d(found, reworded.leaks(hashed, of_text, 0.45)["row"])
        yield time.process_time() - start, np.unique(found)
    if keys:
        start = time.process_time()
        np.unique(np.concatenate(seen)[:, 0])
        yield time.process_time() - start, np.zeros(0, np.int64)


def main(way: str, path: str, evaluation: str, out: str) -> None:
    sys.path.insert(0, str(Path(__file__).parents[1]))
    ways = {
        "13-grams in Python": lambda: python(path, evaluation),
        "datatrove": lambda: datatrove(path, evaluation),
        "exact, near, 13-grams": lambda: ours(path, evaluation),
        "the same, exact keys": lambda: ours(path, evaluation, keys=True),
        "the same, paraphrase": lambda: ours(path, evaluation, paraphrase=True),
    }
    spent, found, done = 0.0, [], 0
    for seconds, rows in ways[way]():
        spent += seconds
        found.append(rows + done)
        done += _BATCH
    np.save(out, np.concatenate(found))
    sys.stdout.write(f"{spent}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
