"""A path through a conversation as turns of the user and of the assistant.

- Messages of one side that follow each other (an answer that calls of tools cut in pieces) are one
  turn, joined by a blank line. Thoughts before an answer are its reasoning.
- A question without words, such as a photo, is left out with its answer, which nothing in the row
  would ask for.
- A conversation is from its first question to its last answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from curate.finding import Hit
from curate.formats.exports.branches import Node
from curate.row import Message, Role


@dataclass(slots=True)
class Turn:
    """What one side says before the other does.

    Attributes:
        role: The side.
        indexes: The messages that it is made of.
        texts: Its paragraphs.
        thoughts: What was thought before it.
    """

    role: Role
    indexes: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    thoughts: list[str] = field(default_factory=list)

    def message(self) -> Message:
        """Return the turn as a message of a row."""
        message: Message = {"role": self.role, "content": "\n\n".join(self.texts)}
        if self.thoughts:
            message["reasoning"] = "\n\n".join(self.thoughts)
        return message


class Heard(NamedTuple):
    """A path as turns; `wordless`: the last question has no words."""

    turns: list[Turn]
    hits: list[Hit]
    wordless: bool


def hear(nodes: Sequence[Node], path: Iterable[int]) -> Heard:
    """Return the messages of a path as turns, those of one side joined."""
    turns: list[Turn] = []
    hits: list[Hit] = []
    thoughts: list[int] = []
    wordless = False
    for index in path:
        node = nodes[index]
        hits += node.hits
        if node.role is None:
            continue
        if node.role == "user":
            hits += _unanswered(nodes, thoughts)
            wordless = not node.text
        elif node.role == "system" and turns and turns[-1].role != "system":
            hits.append(Hit("SRC078", node.pointer, "instructions behind the first message"))
            continue
        elif wordless:
            hits.append(Hit("SRC081", node.pointer, "it answers a message without words"))
            continue
        elif node.role == "assistant" and not node.text:
            thoughts.append(index)
            continue
        if not node.text:
            continue
        if not turns or turns[-1].role != node.role:
            turns.append(Turn(node.role))
        _say(turns[-1], nodes, [*thoughts, index])
        thoughts = []
    return Heard(turns, hits + _unanswered(nodes, thoughts), wordless)


def _say(turn: Turn, nodes: Sequence[Node], indexes: list[int]) -> None:
    turn.indexes += indexes
    turn.thoughts += [nodes[n].reasoning for n in indexes if nodes[n].reasoning]
    turn.texts.append(nodes[indexes[-1]].text)


def _unanswered(nodes: Sequence[Node], thoughts: list[int]) -> list[Hit]:
    """Return what is said of thoughts that no answer follows, and forget them."""
    hits = [Hit("SRC079", nodes[n].pointer, "thoughts that no answer follows") for n in thoughts]
    thoughts.clear()
    return hits


def exchange(nodes: Sequence[Node], heard: Heard) -> tuple[list[Turn], list[Hit]]:
    """Return the turns from the first question to the last answer, and what is said of others."""
    turns, hits = list(heard.turns), list(heard.hits)
    first = 1 if turns and turns[0].role == "system" else 0
    while len(turns) > first and turns[first].role == "assistant":
        hits += _outside(nodes, turns.pop(first), "it stands before the first question")
    while len(turns) > first and turns[-1].role == "user":
        hits += _outside(nodes, turns.pop(), "nothing answers it")
    return ([] if len(turns) - first < 2 else turns), hits


def _outside(nodes: Sequence[Node], turn: Turn, why: str) -> list[Hit]:
    return [Hit("SRC073", nodes[index].pointer, why) for index in turn.indexes]
