"""The names of chats, which say who meets whom: hidden where rows tell them, and in paths."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from curate.files.json_text import dumps, loads
from curate.people import Person
from curate.row import Row

# What readers of chats put into `extra` beside a chat's name.
_ABOUT_CHAT = frozenset({"chat", "date", "people", "message_count", "replies_outside"})
_LONGEST = 200
_SHORTEST = 3
_MOST = 10_000
_BETWEEN = re.compile(r" #| in |^#")
_SIGNS = re.compile(r"[\W_]+")


class ChatNames:
    """Hides the names of chats as `[chat 3]`, numbered in the order of the rows.

    A name is hidden in `extra.chat`, and in paths as it is, in its parts (`Server #channel`) and
    without the signs in it, as folders of exports are named; in any case, as whole words. So are my
    own names, which stand between signs in the names of archives.

    Args:
        people: Whom the inputs name.
    """

    def __init__(self, people: Iterable[Person]) -> None:
        self._names: dict[str, str] = {}
        self._pattern: re.Pattern[str] | None = None
        self._meant: dict[str, str] = {}
        for person in people:
            if person.is_me:
                self._mean(person.handle, "[Your handle]")
                self._mean(_SIGNS.sub("", person.name), "[Your name]")

    def see(self, row: Row) -> None:
        """Take up the name of a row's chat; called with all rows before the first is hidden."""
        about = _about(row)
        if about is not None:
            self._names.setdefault(about["chat"], f"[chat {len(self._names) + 1}]")

    def ready(self) -> None:
        """Begin to hide."""
        for name, shown in list(self._names.items())[:_MOST]:
            for each in (name, *_BETWEEN.split(name), _SIGNS.sub("", name)):
                self._mean(each, shown)
        if self._meant:
            every = "|".join(map(re.escape, sorted(self._meant, key=len, reverse=True)))
            self._pattern = re.compile(rf"(?<![^\W_])(?:{every})(?![^\W_])", re.IGNORECASE)

    def _mean(self, name: str, shown: str) -> None:
        if len(name) >= _SHORTEST:
            self._meant.setdefault(name.casefold(), shown)

    def hide(self, row: Row) -> set[str]:
        """Hide the name of a row's chat in place and return the columns that changed."""
        changed = set()
        about = _about(row)
        if about is not None:
            row["extra"] = dumps({**about, "chat": self._names[about["chat"]]})
            changed.add("extra")
        origin = row.get("origin")
        if origin is not None and isinstance(origin.get("path"), str):
            path = self.path(origin["path"])
            if path != origin["path"]:
                origin["path"] = path
                changed.add("origin")
        return changed

    def path(self, text: str) -> str:
        """Return a path or a line about an input without names of chats."""
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda found: self._meant.get(found[0].casefold(), "[chat]"), text)


def _about(row: Row) -> dict[str, Any] | None:
    """Return what a row says of its chat, None where it is of none."""
    extra = row.get("extra")
    if not isinstance(extra, str) or '"chat"' not in extra:
        return None
    about = loads(extra)
    if not isinstance(about, dict) or not about.keys() <= _ABOUT_CHAT:
        return None
    name = about.get("chat")
    return about if isinstance(name, str) and 0 < len(name) <= _LONGEST else None
