r"""Conversations as one text: `\n\nHuman: …\n\nAssistant: …`, as Anthropic's HH-RLHF has them.

A space behind the colon belongs to the marker; where a turn has none, the layout's `bare` marks it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from curate.row import Message

_TURN = re.compile(r"\n\n(Human|Assistant):( ?)")
_MARKERS = ("\n\nHuman:", "\n\nAssistant:")
_ROLES = {"Human": "user", "Assistant": "assistant"}
_WORDS = {role: word for word, role in _ROLES.items()}


def read_transcript(text: str) -> tuple[list[Message], list[int]]:
    """Return the turns of a text that begins with a marker, and which have no space behind it."""
    pieces = _TURN.split(text)[1:]
    turns: list[Message] = [
        {"role": "user" if word == "Human" else "assistant", "content": content}
        for word, content in zip(pieces[::3], pieces[2::3], strict=True)
    ]
    return turns, [index for index, space in enumerate(pieces[1::3]) if not space]


def is_read_back(text: str, turns: Sequence[tuple[str, str]], bare: Collection[int] = ()) -> bool:
    """Return whether the text of turns is read as the same turns; see `write_transcript`."""
    if not bare and sum(map(text.count, _MARKERS)) == len(turns):
        return True
    read, _ = read_transcript(text)
    return [(turn["role"], turn["content"]) for turn in read] == list(turns)


def write_transcript(turns: Sequence[tuple[str, str]], bare: Collection[int] = ()) -> str:
    """Return the text of turns of user and assistant; `bare` ones get no space."""
    return "".join(
        f"\n\n{_WORDS[role]}:{'' if index in bare else ' '}{text}"
        for index, (role, text) in enumerate(turns)
    )
