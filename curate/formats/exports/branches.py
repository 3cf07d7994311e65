"""A conversation that branches, as a tree of messages.

An edited question and an answer that was asked for again are branches.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from curate.finding import Hit
from curate.row import Role


@dataclass(slots=True)
class Node:
    """A message of a conversation.

    Attributes:
        pointer: Where it stands in the record.
        parent: Index of the message that it follows, -1 for none.
        role: Who says it: system, user or assistant; None where nothing of it is read.
        text: What is said; of a user "" for a question without words.
        reasoning: What was thought before it is said.
        time: Seconds since 1970, or None.
        hits: What of it is left out.
        model: The model that answered, "" where it is not said.
        structure: Whether it is no message, only a joint of the tree.
    """

    pointer: str
    parent: int = -1
    role: Role | None = None
    text: str = ""
    reasoning: str = ""
    time: float | None = None
    hits: list[Hit] = field(default_factory=list)
    model: str = ""
    structure: bool = False

    def leave(self, code: str, message: str) -> None:
        """Say what of it is left out."""
        self.hits.append(Hit(code, self.pointer, message))


class Conversation(NamedTuple):
    """A record as a tree.

    Attributes:
        nodes: Its messages in the order of the record; parents may lead in a circle.
        last: Index of the message that its user saw last, -1 for none.
        at: Pointer to the messages.
        group: Its id.
        extra: What of the record is kept beside the messages.
        doubt: Why `last` may be another, or None.
    """

    nodes: list[Node]
    last: int
    at: str
    group: str
    extra: dict[str, Any]
    doubt: Hit | None = None


def walk(nodes: Sequence[Node], end: int) -> tuple[list[int], bool]:
    """Return the indexes from the first message to one, and whether they lead in a circle."""
    path: list[int] = []
    seen: set[int] = set()
    while end >= 0 and end not in seen:
        seen.add(end)
        path.append(end)
        end = nodes[end].parent
    return path[::-1], end >= 0


def children_of(nodes: Sequence[Node]) -> list[list[int]]:
    """Return the indexes of the messages that follow each message, in the record's order."""
    children: list[list[int]] = [[] for _ in nodes]
    for index, node in enumerate(nodes):
        if node.parent >= 0:
            children[node.parent].append(index)
    return children


def newest_leaf(nodes: Sequence[Node], children: list[list[int]], roots: Iterable[int]) -> int:
    """Return the last message of the branch whose end is newest; -1 where there is no message.

    A message without a time has its parent's. Of equal ones the last of the record is taken.
    """
    best, leaf = (float("-inf"), -1), -1
    waiting = [(root, float("-inf")) for root in roots]
    while waiting:
        index, before = waiting.pop()
        own = nodes[index].time
        time = before if own is None else own
        waiting += [(child, time) for child in children[index]]
        if not children[index] and (time, index) > best:
            best, leaf = (time, index), index
    return leaf
