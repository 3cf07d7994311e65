"""What stands in a text for what was hidden, and how it is known again."""

from __future__ import annotations

import re
from collections.abc import Iterable

# What is found → what it is called in a text.
LABELS: dict[str, str] = {
    "name": "name",
    "email": "email",
    "phone": "phone",
    "handle": "handle",
    "address": "address",
    "card": "card",
    "iban": "iban",
    "id": "id",
    "ip": "ip",
    "mac": "mac",
    "url": "url",
    "wallet": "wallet",
    "date_of_birth": "date of birth",
    "secret": "secret",
    "key": "secret",
}
KINDS = tuple(LABELS)
# What a person has; it is counted by the person.
PERSONAL = frozenset({"name", "email", "phone", "handle"})
# Of these one is as good as another.
UNNUMBERED = frozenset({"address", "secret", "key", "date_of_birth"})
GROUP, ROW = "group", "row"


def placeholder(kind: str, number: int | None = None, role: str = "") -> str:
    """Return what stands for something: `[name 3]`, `[Your email]`, `[boss name]`, `[address]`.

    Args:
        kind: One of `KINDS`, or `group`, `row`.
        number: The number of what is hidden, from 1; None gives none.
        role: Whose it is, where that was said.
    """
    label = LABELS.get(kind, kind)
    if role and kind in PERSONAL:
        return f"[{role} {label}]"
    return f"[{label}]" if number is None else f"[{label} {number}]"


def placeholders(roles: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern of all that `placeholder` makes for these roles."""
    whose = "|".join(map(re.escape, sorted({"Your", *roles})))
    own = "|".join(sorted(PERSONAL))
    labels = "|".join(sorted({*LABELS.values(), GROUP, ROW}))
    return re.compile(rf"\[(?:(?:{whose}) (?:{own})|(?:{labels})(?: \d{{1,12}})?)\]")
