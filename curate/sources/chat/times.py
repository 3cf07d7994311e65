"""Times of messages as exports write them."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any


def seconds_of(value: Any) -> float | None:
    """Return seconds since 1970: of a number, of its digits, or of an ISO 8601 time.

    A time without a zone is taken as UTC. None where it is none of these.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value) if abs(value) < 1e15 and math.isfinite(value) else None
    if not isinstance(value, str) or len(value) > 64:
        return None
    if value.isascii() and value.removeprefix("-").isdigit():
        return seconds_of(int(value))
    try:
        time = datetime.fromisoformat(value)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
