"""Rows with near-duplicates planted at a known similarity, for `bench/dedup.py`.

Of the rows 60 % are texts of their own (the published texts there are, then sentences of them
mixed anew), 10 % exact copies, 5 % copies in other case, spacing and punctuation, and 25 % copies
of which 0.3 to 8 % of the words were replaced. All are shuffled by a seed. What is known of each
planted row: its parent, and the exact Jaccard similarity of the two sets of 5-grams of words, made
with Python's `re` and sets and not with the code that is measured.
"""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import orjson
import rows

_WORD = re.compile(r"[^\W_]+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_SHORTEST, _LONGEST = 60, 2200
_BASE = 500_000


class Planted(NamedTuple):
    """A set on disk.

    Attributes:
        path: JSON Lines with a `text` each.
        parent: `(n,) int64`: the row each was made of, or -1.
        jaccard: `(n,) float64`: how similar the two are.
        exact: `(n,) bool`: whether it is a copy to the letter.
    """

    path: Path
    parent: np.ndarray
    jaccard: np.ndarray
    exact: np.ndarray


def published() -> tuple[str, list[str]]:
    """Return where the texts come from, and the texts, each once."""
    root = os.environ.get("TUNESMITH_DATA")
    if not root or not Path(root).is_dir():
        return rows.texts()
    found: dict[str, None] = {}
    for path in sorted(Path(root).rglob("*.json*")):
        if path.suffix not in (".json", ".jsonl") or path.stat().st_size > 1 << 26:
            continue
        for text in _strings(_values(path)):
            short = text[:_LONGEST]
            if len(text) >= _SHORTEST and len(short.encode("utf-8", "replace")) < 1.03 * len(short):
                found[short.encode("utf-8", "replace").decode()] = None
    return "TUNESMITH_DATA", list(found)


def _values(path: Path) -> Iterator[Any]:
    lines = path.read_bytes().splitlines() if path.suffix == ".jsonl" else [path.read_bytes()]
    for line in lines:
        try:
            yield json.loads(line)
        except (ValueError, RecursionError):
            continue


def _strings(values: Any) -> Iterator[str]:
    waiting = list(values)[::-1]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            waiting += value[::-1]
        elif isinstance(value, dict):
            waiting += list(value.values())[::-1]


def write(folder: Path, count: int, seed: int = 0) -> Planted:
    """Write a set, or read the one that is there."""
    folder.mkdir(parents=True, exist_ok=True)
    path, truth = folder / f"planted-{count}.jsonl", folder / f"planted-{count}.npz"
    if not truth.exists():
        texts, parent, exact = _texts(count, seed)
        jaccard = np.zeros(count)
        for row in np.flatnonzero(parent >= 0).tolist():
            jaccard[row] = 1 if exact[row] else similarity(texts[row], texts[parent[row]])
        with path.open("wb") as file:
            for text in texts:
                file.write(orjson.dumps({"text": text}) + b"\n")
        np.savez(truth, parent=parent, jaccard=jaccard, exact=exact)
    known = np.load(truth)
    return Planted(path, known["parent"], known["jaccard"], known["exact"])


def grown(folder: Path, count: int) -> Path:
    """Write a larger set: half a million rows again and again, their letters changed each time.

    So every half million has its own words, and as many duplicates as the first.
    """
    path = folder / f"planted-{count}.jsonl"
    if path.exists():
        return path
    base = write(folder, min(count, _BASE)).path
    small = "abcdefghijklmnopqrstuvwxyz"
    with path.open("wb") as file:
        for turn in range(-(-count // _BASE)):
            turned = small[turn:] + small[:turn]
            table = str.maketrans(small + small.upper(), turned + turned.upper())
            with base.open("rb") as lines:
                for line in lines:
                    text = orjson.loads(line)["text"].translate(table)
                    file.write(orjson.dumps({"text": text}) + b"\n")
    return path


def _texts(count: int, seed: int) -> tuple[list[str], np.ndarray, np.ndarray]:
    draw = random.Random(seed)
    _, real = published()
    draw.shuffle(real)
    n_own, n_exact, n_folded = count * 60 // 100, count // 10, count // 20
    own = real[: min(len(real), n_own * 2 // 3)]
    pool = [s for text in real for s in _SENTENCE.split(text) if 20 < len(s) < 400]
    words = [word for text in real[:5000] for word in text.split()]
    while len(own) < n_own:
        mixed, room = [], draw.randint(400, 1700)
        while room > 0:
            mixed.append(draw.choice(pool))
            room -= len(mixed[-1]) + 1
        own.append(" ".join(mixed))
    made = [(text, -1, False) for text in own]
    for number in range(count - n_own):
        parent = draw.randrange(n_own)
        if number < n_exact:
            made.append((own[parent], parent, True))
        elif number < n_exact + n_folded:
            made.append((_refolded(own[parent], draw), parent, False))
        else:
            made.append((_edited(own[parent], words, draw), parent, False))
    order = list(range(count))
    draw.shuffle(order)
    place = {old: new for new, old in enumerate(order)}
    place[-1] = -1
    parents = np.array([place[made[old][1]] for old in order])
    return [made[old][0] for old in order], parents, np.array([made[old][2] for old in order])


def _refolded(text: str, draw: random.Random) -> str:
    text = text.upper() if draw.random() < 0.5 else text.lower()
    return re.sub(r"[.,;]? ", lambda found: draw.choice((" ", "  ", ", ", " - ")), text)


def _edited(text: str, words: list[str], draw: random.Random) -> str:
    share = draw.uniform(0.003, 0.08)
    pieces = re.split(r"(\s+)", text)
    places = range(0, len(pieces), 2)
    for at in draw.sample(places, max(1, round(share * len(places)))):
        pieces[at] = draw.choice(words)
    return "".join(pieces)


def similarity(first: str, second: str) -> float:
    """Return the exact Jaccard similarity of two texts' sets of 5-grams of words."""
    left, right = _grams(first), _grams(second)
    return len(left & right) / len(left | right) if left | right else 1.0


def _grams(text: str) -> set[tuple[str, ...]]:
    found = _WORD.findall(text.lower())
    return {tuple(found[at : at + 5]) for at in range(max(1, len(found) - 4))}
