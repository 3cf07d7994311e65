"""Whom an export names: what its readers find and redaction looks for."""

from __future__ import annotations

from typing import NamedTuple


class Person(NamedTuple):
    """Someone whom an export names.

    Attributes:
        handle: The address, number or user name that is theirs alone, in lower case; "" where the
            export shows a name only.
        name: The name that is shown with it, as it is; "" where there is none.
        is_me: Whether it is the person whose messages are learnt.
    """

    handle: str
    name: str
    is_me: bool = False
