"""Patterns that are compiled when they are first used: most texts need few of them."""

from __future__ import annotations

import re
from typing import Any, cast


class _Late:
    """Stands for a compiled pattern, whose methods it takes over when the first is asked for."""

    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern = pattern
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        compiled = re.compile(self.pattern, self._flags)
        for each in ("finditer", "findall", "fullmatch", "groupindex", "match", "search", "sub"):
            setattr(self, each, getattr(compiled, each))
        return getattr(compiled, name)


def late(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Return a pattern that is compiled at its first use, which tells whether it can be.

    Args:
        pattern: In the syntax of `re`.
        flags: As `re.compile` takes them.
    """
    return cast("re.Pattern[str]", _Late(pattern, flags))
