"""Exceptions that reach a user, and the exit code of each.

    CurateError                      1  findings left, or a gate failed
    ├── UsageError                   2  a flag or a recipe is wrong
    ├── InputError                   3  an input cannot be read at all
    ├── BackendError                 4  a server, the network or a model is absent
    ├── MissingExtraError            5  an optional dependency is not installed
    ├── HardwareError                6  this machine cannot run the plan
    ├── OutputError                  7  the output is not writable, foreign, or the disk is full
    └── LockedError                  8  another run holds the output

They are raised at the borders only; inside, a fault is a `Finding` value.
"""

from __future__ import annotations

import re
from typing import ClassVar

EXIT_OK = 0
EXIT_FINDINGS = 1
EXIT_INTERRUPTED = 130
EXIT_CLOSED_PIPE = 141


class CurateError(Exception):
    """A fault that ends the command.

    Attributes:
        message: What was found and what was expected, one line.
        hint: What to do about it, or None.
        code: The code of the fault (`RUN003`), or None where there is none.
    """

    exit_code: ClassVar[int] = EXIT_FINDINGS

    def __init__(self, message: str, *, hint: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code


class UsageError(CurateError):
    """A flag, an argument or a recipe is wrong."""

    exit_code = 2


class InputError(CurateError):
    """An input cannot be read at all."""

    exit_code = 3


class BackendError(CurateError):
    """A server, the network or a model is absent."""

    exit_code = 4


class MissingExtraError(CurateError):
    """An optional dependency is not installed; the hint is the line that installs it."""

    exit_code = 5

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(
            f"this needs the package {package}, which is not installed",
            hint=f"pip install 'tunesmith[{extra}]'",
        )


class HardwareError(CurateError):
    """This machine cannot run what was planned."""

    exit_code = 6


class OutputError(CurateError):
    """The output is not writable, belongs to someone else, or the disk is full."""

    exit_code = 7


class LockedError(CurateError):
    """Another run holds the output folder."""

    exit_code = 8


_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


def printable(value: object, limit_chars: int = 80) -> str:
    """Return dataset text that is safe to show on a terminal: one line, no control or bidi signs.

    Args:
        value: Anything; a string is shown as it is, other values by `repr`.
        limit_chars: Where the text is cut (an ellipsis shows that it was).
    """
    text = value if isinstance(value, str) else repr(value)
    cut = len(text) > limit_chars
    text = text[:limit_chars].replace("\r", "\\r").replace("\n", "\\n").replace("\t", "\\t")
    text = escaped(text)
    return text + "…" if cut else text


def escaped(text: str) -> str:
    r"""Return a text whose control and bidi signs, but for line ends, are `\uXXXX` escapes.

    JSON text stays the same JSON.
    """
    return _UNSAFE.sub(lambda m: f"\\u{ord(m.group()):04x}", text)


_JSON_TYPES: tuple[tuple[type, str], ...] = (
    (bool, "boolean"),
    (str, "string"),
    (int, "integer"),
    (float, "number"),
    (dict, "object"),
    (list, "array"),
)


def json_type(value: object) -> str:
    """Return the name that JSON Schema gives a value's type, `integer` or `null`."""
    return next((name for kind, name in _JSON_TYPES if isinstance(value, kind)), "null")
