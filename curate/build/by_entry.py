"""Records read as an entry of a registry says: its columns, its role tags, nothing else.

What the entry does not name is not read, as LLaMA-Factory 0.9.5 does not read it
(`converter.py`): such a column goes to `extra` with a finding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from curate.build.settings import Settings
from curate.errors import UsageError
from curate.files.inputs import Source
from curate.files.registry import Entry, escaped
from curate.finding import Hit
from curate.formats.base import Record
from curate.formats.pieces.sharegpt_turns import ROLE_WORDS
from curate.row import Row

# What each tag stands for, in a format of turns and in one of messages.
_WORDS = {
    "sharegpt": {
        "user_tag": "human",
        "assistant_tag": "gpt",
        "observation_tag": "observation",
        "function_tag": "function_call",
        "system_tag": "system",
    },
    "openai": {
        "user_tag": "user",
        "assistant_tag": "assistant",
        "observation_tag": "tool",
        "function_tag": "assistant",
        "system_tag": "system",
    },
}
_KEYS = {"sharegpt": ("from", "value"), "openai": ("role", "content")}
_SIDES = ("chosen", "rejected")


class EntryReader:
    """Gives records the columns and role words of the entry's format.

    Args:
        entry: The entry.
    """

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self._fields = {column: new for new, column in entry.columns}
        self._named = {new for new, _ in entry.columns}
        self._doubled = [pair for pair in entry.columns if self._fields[pair[1]] != pair[0]]
        self._why = dict(entry.unlisted)
        self._taken = self._named | self._why.keys()
        tags = dict(entry.tags)
        self._role, self._text = tags["role_tag"], tags["content_tag"]
        form = entry.source_format
        family = "alpaca"
        if form not in ("alpaca", "text") and not form.startswith("alpaca-"):
            family = "sharegpt" if form.startswith("sharegpt") else "openai"
        self._family = family
        words = _WORDS.get(family, {})
        self._words = {tags[tag]: word for tag, word in words.items() if tags[tag] is not None}
        self._keys = _KEYS.get(family, ("", ""))
        self._list = {"sharegpt": "conversations", "openai": "messages"}.get(family)
        self._as_it_is = self._is_usual()

    def _is_usual(self) -> bool:
        """Return whether the format itself reads the entry's keys and words as the entry does."""
        keys = (self._role, self._text)
        if self._family == "openai":
            return keys == self._keys and all(tag == word for tag, word in self._words.items())
        return keys in _KEYS.values() and all(
            ROLE_WORDS.get(str(tag)) == ROLE_WORDS[word] for tag, word in self._words.items()
        )

    def read(self, record: Record, hits: list[Hit]) -> tuple[Record, Record]:
        """Return the record as its format has it, and the columns that are not read.

        Args:
            record: The record; it is not changed.
            hits: Gets SCH026 to SCH028, with pointers into the record as it came.
        """
        made: Record = {}
        unread: Record = {}
        for key, value in record.items():
            if (new := self._fields.get(key)) is not None:
                made[new] = value
            elif key in self._taken:
                unread[key] = value
                if value not in (None, "", []):
                    hits.append(self._unlisted(key))
            else:
                made[key] = value
        for new, column in self._doubled:
            if column in record:
                made[new] = record[column]
        if self._list is not None:
            self._read_turns(made, record, hits)
        return made, unread

    def _unlisted(self, key: str) -> Hit:
        name = self._why.get(key)
        why = f"{key!r} stands beside the column that the entry names for it"
        fix = None
        if name is not None:
            why = f"the entry {self.entry.name!r} does not list {name}, so {key!r} is not read"
            fix = f'add "{name}": "{key}" to its columns, with every other column that is used'
        return Hit("SCH027", f"/{escaped(key)}", why, None, fix)

    def _read_turns(self, made: Record, record: Record, hits: list[Hit]) -> None:
        columns = dict(self.entry.columns)
        for new in (str(self._list), *_SIDES):
            column = columns.get(new)
            if column is None:
                continue
            pointer = f"/{escaped(column)}"
            if column not in record:
                hits.append(Hit("SCH026", pointer, f"no column {column!r}", ", ".join(record)))
            elif new in _SIDES and isinstance(made[new], dict):
                made[new] = self._turns([made[new]], hits, pointer, alone=True)[0]
            elif new not in _SIDES and isinstance(made[new], list):
                made[new] = self._turns(made[new], hits, pointer)

    def _turns(
        self, turns: Sequence[Any], hits: list[Hit], pointer: str, *, alone: bool = False
    ) -> Sequence[Any]:
        read = []
        for index, turn in enumerate(turns):
            at = pointer if alone else f"{pointer}/{index}"
            read.append(self._turn(turn, hits, at) if isinstance(turn, dict) else turn)
        return turns if self._as_it_is else read

    def _turn(self, turn: Mapping[str, Any], hits: list[Hit], at: str) -> Any:
        for tag, key in (("role_tag", self._role), ("content_tag", self._text)):
            if key is None:
                why = f"the tags of the entry {self.entry.name!r} leave out {tag}"
                hits.append(Hit("SCH028", at, why))
                return turn
            if key not in turn:
                if tag == "content_tag" and self._family == "openai":
                    continue
                hits.append(Hit("SCH026", at, f"no key {key!r} in the turn", ", ".join(turn)))
                return turn
        role = turn[str(self._role)]
        word = self._words.get(role) if isinstance(role, str) else None
        if word is None:
            known = ", ".join(sorted(map(str, self._words)))
            why = f"the role is none of the entry's tags ({known})"
            hits.append(Hit("SCH028", f"{at}/{escaped(str(self._role))}", why, role))
            return turn
        if self._as_it_is:
            return turn
        named = {self._role: self._keys[0], self._text: self._keys[1]}
        made = {named.get(key, key): value for key, value in turn.items()}
        if len(made) != len(turn):
            why = f"the turn has both {' and '.join(self._keys)} and the entry's own keys"
            hits.append(Hit("SCH026", at, why, ", ".join(turn)))
        return made | {self._keys[0]: word}

    def placed(self, hits: Sequence[Hit], since: int) -> list[Hit]:
        """Return hits whose pointers, from the index `since` on, are into the record as it came."""
        names = {new: column for new, column in self.entry.columns if new != column}
        turn = dict(zip(self._keys, (self._role, self._text), strict=True))
        placed = list(hits[:since])
        for hit in hits[since:]:
            first, *rest = hit.pointer.split("/")[1:] or [""]
            if first in (self._list, *_SIDES) and not self._as_it_is:
                rest = [str(turn.get(token) or token) for token in rest]
            column = escaped(names[first]) if first in names else first
            pointer = "/".join(["", column, *rest]) if hit.pointer else ""
            placed.append(hit._replace(pointer=pointer))
        return placed


def refuse_flags(settings: Settings, sources: Sequence[Source]) -> None:
    """Refuse flags that say again what a registry's entry says.

    Raises:
        UsageError: If there are such flags and such a source.
    """
    given = settings.source_format or settings.mapping or settings.prompt
    if given and (entry := next((source.entry for source in sources if source.entry), None)):
        raise UsageError(
            f"the entry {entry.name!r} says what its columns are",
            hint="leave out --from, --map and --prompt, or name the file itself",
        )


def keep_unread(rows: list[Row], unread: Record) -> None:
    """Put columns that the entry does not list into the rows' `extra`."""
    if unread:
        for row in rows:
            row["extra"] = {**(row.get("extra") or {}), **unread}
