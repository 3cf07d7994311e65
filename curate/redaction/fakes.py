"""Invented names, addresses and numbers that stand for real ones, the same for the same seed.

Nothing that is made can be somebody's: addresses end in a domain that RFC 2606 keeps for examples,
numbers of phones lie in ranges that are kept for drama (NANPA 555-0100 to 0199, Ofcom's 07700
900000 to 900999), IP addresses in those of RFC 5737 and RFC 3849, accounts and cards fail their
check digits, and MAC addresses lie in the range of RFC 7042.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Callable

from curate.redaction.lexicon import family, given

_BRITISH_DIGITS = 3


class Draw:
    """Numbers that follow from a seed and from what is hidden, whatever came before.

    Args:
        seed: Of the whole set.
        kind: What is hidden.
        key: Which of them.
    """

    def __init__(self, seed: int, kind: str, key: str) -> None:
        message = f"{kind}\0{key}".encode("utf-8", "surrogatepass")
        self._digest = hmac.new(str(seed).encode(), message, hashlib.sha256).digest()
        self._left = int.from_bytes(self._digest, "big")

    def below(self, limit: int) -> int:
        """Return the next number from 0 to `limit - 1`."""
        self._left, number = divmod(self._left, limit)
        return number

    def digits(self, count: int) -> str:
        """Return the next digits."""
        return "".join(str(self.below(10)) for _ in range(count))


def fake_name(seed: int, key: str, again: int = 0) -> tuple[str, str]:
    """Return a given and a family name for a person.

    Args:
        seed: Of the whole set.
        key: Which person.
        again: How many of the person's names were somebody's already: of some 200,000 pairs two
            people may draw the same.
    """
    draw = Draw(seed, "name", f"{key}\0{again}" if again else key)
    return given()[draw.below(len(given()))], family()[draw.below(len(family()))]


def fake(seed: int, kind: str, key: str, original: str, name: tuple[str, str]) -> str:
    """Return what stands for a thing that is no name.

    Args:
        seed: Of the whole set.
        kind: One of `labels.KINDS`.
        key: Which of them: the person for what a person has.
        original: How it is written, for the shape.
        name: The person's invented name, of which addresses are made.
    """
    draw = Draw(seed, kind, key)
    made = _SIMPLE.get(kind)
    if made is not None:
        return made(draw)
    if kind in ("email", "handle"):
        first, last = map(_ascii, name)
        return f"{first}.{last}@example.org" if kind == "email" else f"@{first}_{last}"
    if kind == "phone":
        if original.lstrip("(").startswith(("+44", "07", "0044")):
            return f"07700 900{draw.digits(_BRITISH_DIGITS)}"
        return f"+1 {draw.below(800) + 200}-555-01{draw.digits(2)}"
    if kind == "ip":
        return (
            f"2001:db8::{draw.below(65535) + 1:x}"
            if ":" in original
            else f"192.0.2.{draw.below(254) + 1}"
        )
    return f"EXAMPLE-{draw.digits(8)}"


def _ascii(name: str) -> str:
    bare = unicodedata.normalize("NFD", name.replace("ß", "ss").replace("ł", "l").replace("Ł", "l"))
    return "".join(c for c in bare.lower() if c.isascii() and c.isalnum())


def _wrong_card(draw: Draw) -> str:
    """Return a number with the shape of a card's whose Luhn digit is wrong."""
    body = "0000" + draw.digits(11)
    total = sum(sum(divmod(int(digit) * (2 - at % 2), 10)) for at, digit in enumerate(body))
    check = (-total % 10 + 1 + draw.below(9)) % 10
    whole = f"{body}{check}"
    return " ".join(whole[at : at + 4] for at in range(0, 16, 4))


_SIMPLE: dict[str, Callable[[Draw], str]] = {
    "mac": lambda draw: f"00:00:5e:00:53:{draw.below(256):02x}",
    "iban": lambda draw: (
        f"XX00 {draw.digits(4)} {draw.digits(4)} {draw.digits(4)} {draw.digits(2)}"
    ),
    "card": _wrong_card,
    "address": lambda draw: f"{draw.below(998) + 1} Example Street, Exampletown",
    "url": lambda draw: f"https://example.org/{draw.below(10**8):08d}",
    "date_of_birth": lambda draw: f"1 January {1950 + draw.below(50)}",
}
