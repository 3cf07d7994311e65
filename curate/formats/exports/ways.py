"""The three ways in which conversations that branch are read, whatever the service.

- One path: the messages from the first to the one that the user saw last.
- Every path: one row for each answer behind which there is no other.
- Pairs: where two answers stand under one message and one of them is on the path, that one is
  chosen and the other rejected. Of an answer that was given up, its newest continuation is read.
  Two questions under one message are an edit, and no pair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Decode, Format, Record
from curate.formats.exports.branches import Conversation, Node, children_of, newest_leaf, walk
from curate.formats.exports.turns import Heard, Turn, exchange, hear
from curate.formats.pieces.columns import finish
from curate.row import Row

Read = Callable[[Record], Conversation]


def _finished(row: Row, found: Conversation, indexes: Iterable[int]) -> Row:
    row["group"] = found.group
    extra = dict(found.extra)
    models = [model for index in indexes if (model := found.nodes[index].model)]
    if models and "model" not in extra:
        extra["model"] = models[-1]
    return finish(row, extra, {}, frozenset())


def _beside(found: Conversation, read: set[int], what: str) -> list[Hit]:
    """Return how many messages are in no row and have no finding of their own."""
    count = sum(1 for n, node in enumerate(found.nodes) if not node.structure and n not in read)
    return [Hit("LOS042", found.at, f"{count} message(s) {what}")] if count else []


def _once(hits: Iterable[Hit]) -> list[Hit]:
    return list({(hit.code, hit.pointer, hit.message): hit for hit in hits}.values())


def _nothing(found: Conversation, why: str) -> Hit:
    return Hit("SRC080", found.at, why)


def _current(read: Read) -> Decode:
    def decode(record: Record, hits: list[Hit]) -> Row | None:
        found = read(record)
        path, _ = walk(found.nodes, found.last)
        turns, said = exchange(found.nodes, hear(found.nodes, path))
        hits += [found.doubt] if found.doubt else []
        hits += said
        hits += _beside(found, set(path), "stand beside the path that is read")
        if not turns:
            hits.append(_nothing(found, "no question with an answer"))
            return None
        row: Row = {"messages": [turn.message() for turn in turns]}
        return _finished(row, found, path)

    return decode


def _every(read: Read) -> Decode:
    def decode(record: Record, hits: list[Hit]) -> list[Row] | None:
        found = read(record)
        said: list[Hit] = []
        read_at: set[int] = set()
        rows: dict[tuple[int, ...], list[Turn]] = {}
        paths: dict[tuple[int, ...], list[int]] = {}
        for end in _ends(found.nodes):
            path, _ = walk(found.nodes, end)
            turns, more = exchange(found.nodes, hear(found.nodes, path))
            said += more
            read_at.update(path)
            key = tuple(index for turn in turns for index in turn.indexes)
            rows.setdefault(key, turns)
            paths.setdefault(key, path)
        hits += _once(said)
        hits += _beside(found, read_at, "are on no path that ends on an answer")
        if not (keys := _longest(rows)):
            hits.append(_nothing(found, "no question with an answer"))
            return None
        return [
            _finished({"messages": [t.message() for t in rows[key]]}, found, paths[key])
            for key in keys
        ]

    return decode


def _ends(nodes: Sequence[Node]) -> list[int]:
    """Return the answers behind which there is no other, in the record's order."""
    children = children_of(nodes)
    waiting = [(index, -1) for index, node in enumerate(nodes) if node.parent < 0]
    answers: set[int] = set()
    answered: set[int] = set()
    while waiting:
        index, answer = waiting.pop()
        if nodes[index].role == "assistant" and nodes[index].text:
            answers.add(index)
            answered.add(answer)
            answer = index
        waiting += [(child, answer) for child in children[index]]
    return sorted(answers - answered)


def _longest(keys: Iterable[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Return the paths that are not the beginning of another, by the place of their ends."""
    ordered = sorted(key for key in keys if key)
    kept = [key for key, after in pairwise([*ordered, ()]) if after[: len(key)] != key]
    return sorted(kept, key=lambda key: key[-1])


def _pairs(read: Read) -> Decode:
    def decode(record: Record, hits: list[Hit]) -> list[Row] | None:
        found = read(record)
        path, _ = walk(found.nodes, found.last)
        said: list[Hit] = [found.doubt] if found.doubt else []
        used: set[int] = set()
        rows: list[Row] = []
        for prompt, chosen, given_up in _chosen(found.nodes, path):
            turns = [*prompt.turns, chosen.turns[0]]
            asked, more = exchange(found.nodes, prompt._replace(turns=turns))
            said += [*more, *chosen.hits, *given_up.hits]
            used.update(n for turn in [*asked, given_up.turns[0]] for n in turn.indexes)
            row: Row = {
                "prompt": [turn.message() for turn in asked[:-1]],
                "chosen": [chosen.turns[0].message()],
                "rejected": [given_up.turns[0].message()],
            }
            rows.append(_finished(row, found, chosen.turns[0].indexes))
        if not rows:
            hits.append(_nothing(found, "no message has two answers of which one was kept"))
            return None
        hits += _once(said)
        told = {hit.pointer for hit in hits}
        used |= {n for n, node in enumerate(found.nodes) if node.pointer in told}
        hits += _beside(found, used, "are in no pair")
        return rows

    return decode


def _chosen(nodes: Sequence[Node], path: Sequence[int]) -> Iterator[tuple[Heard, Heard, Heard]]:
    """Yield each question with the answer on the path and one that was given up."""
    children = children_of(nodes)
    for place, (parent, child) in enumerate(pairwise(path), 1):
        others = [other for other in children[parent] if other != child]
        chosen = _answer(nodes, path[place:]) if others else None
        if chosen is None:
            continue
        asked = hear(nodes, path[:place])
        if asked.wordless or not asked.turns or asked.turns[-1].role != "user":
            continue
        for other in others:
            end = newest_leaf(nodes, children, [other])
            given_up = _answer(nodes, _between(nodes, end, parent))
            if given_up is not None and given_up.turns[0].texts != chosen.turns[0].texts:
                yield asked, chosen, given_up


def _between(nodes: Sequence[Node], end: int, before: int) -> list[int]:
    """Return the path from behind one message to another."""
    path, _ = walk(nodes, end)
    return path[path.index(before) + 1 :]


def _answer(nodes: Sequence[Node], path: Sequence[int]) -> Heard | None:
    """Return the answer that a path begins with, up to the next question; None for none."""
    run = []
    for index in path:
        if nodes[index].role == "user":
            break
        run.append(index)
    heard = hear(nodes, run)
    one = len(heard.turns) == 1 and heard.turns[0].role == "assistant"
    return heard if one else None


def formats(name: str, title: str, read: Read) -> tuple[Format, Format, Format]:
    """Return the three ways in which a service's conversations are read.

    Args:
        name: The name of the first; `-paths` and `-preference` are added for the others.
        title: What a record is.
        read: Makes a tree of a record that its schema passes.
    """
    none = pa.schema([])
    preference = f"{title}: the answer that was kept against those given up"
    return (
        Format(name, f"{title}: the path seen last", "sft", name, _current(read), None, none, True),
        Format(
            f"{name}-paths",
            f"{title}: every path that ends on an answer",
            "sft",
            name,
            _every(read),
            None,
            none,
            True,
        ),
        Format(
            f"{name}-preference", preference, "preference", name, _pairs(read), None, none, True
        ),
    )
