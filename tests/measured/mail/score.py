"""How right a separation of a labelled mail is."""

from __future__ import annotations

from typing import NamedTuple


class Score(NamedTuple):
    """What was right about one mail.

    Attributes:
        own_kept: No own line was dropped.
        quotes_gone: No line of another's mail was left.
        footers_gone: No signature, footer or disclaimer was left.
    """

    own_kept: bool
    quotes_gone: bool
    footers_gone: bool

    @property
    def a(self) -> bool:
        """Whether all own lines are kept and nothing quoted or forwarded is left."""
        return self.own_kept and self.quotes_gone

    @property
    def b(self) -> bool:
        """Whether signatures, footers and disclaimers are gone too."""
        return self.a and self.footers_gone


def score(text: str, labels: dict[str, list[int]], own: str) -> Score:
    """Score the own text that a tool gave for a mail, by its lines.

    Lines are compared without their blanks, so that tools that refold or trim are not wronged. A
    line that must go counts as left if it is left whole and no line that may stay reads the same.
    """
    lines = [_folded(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    given = _folded(own)
    left = {_folded(line) for line in own.split("\n")} - {""}
    stays = {lines[at] for kind in ("own", "optional") for at in labels.get(kind, [])}
    return Score(
        all(lines[at] in given for at in labels.get("own", [])),
        not any(_left(lines[at], left, stays) for at in labels.get("quote", [])),
        not any(_left(lines[at], left, stays) for at in labels.get("footer", [])),
    )


def _folded(text: str) -> str:
    return "".join(text.split())


def _left(line: str, left: set[str], stays: set[str]) -> bool:
    bare = line.lstrip(">|")
    return any(each in left and each not in stays for each in {line, bare} if each)
