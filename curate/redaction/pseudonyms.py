"""What each hidden thing is called: by number, by role, or by an invented name."""

from __future__ import annotations

from collections import Counter
from typing import Literal

from curate.redaction.fakes import fake, fake_name
from curate.redaction.labels import PERSONAL, UNNUMBERED, placeholder

Style = Literal["placeholder", "fake"]
Numbering = Literal["dataset", "row", "none"]
_PERSON = "person"
_MOST_DRAWS = 1_000


class Pseudonyms:
    """Gives the same name to the same thing, over a whole set of rows.

    Numbers are given in the order of asking; a person has one number for name, address and phone.

    Args:
        style: `placeholder` writes `[name 3]`, `fake` an invented value.
        numbering: How far a number reaches: the whole set, one row, or there is none.
        seed: Of invented values.
        remember: Keep what was hidden, for a key file.
    """

    def __init__(
        self,
        style: Style = "placeholder",
        numbering: Numbering = "dataset",
        seed: int = 0,
        *,
        remember: bool = False,
    ) -> None:
        self._style = style
        self._numbering = numbering
        self._seed = seed
        self._remember = remember
        self._numbers: dict[tuple[str, str], int] = {}
        self._last: Counter[str] = Counter()
        # Pseudonym → what it stands for, each spelling once, in the order met.
        self.meanings: dict[str, dict[str, None]] = {}
        # Kind → how many different things were met.
        self.entities: Counter[str] = Counter()
        self._met: set[tuple[str, str]] = set()
        self._invented: dict[str, tuple[str, str]] = {}
        self._taken: set[tuple[str, str]] = set()

    def new_row(self) -> None:
        """Begin the next row."""
        if self._numbering == "row":
            self._numbers.clear()
            self._last.clear()

    def of(self, kind: str, key: str, original: str, *, role: str = "", form: str = "gf") -> str:
        """Return what stands for something.

        Args:
            kind: One of `labels.KINDS`.
            key: Which of them; "" for one that cannot be told from others of its kind.
            original: How it is written here.
            role: Whose it is, where that was said.
            form: Of a name, its parts, as `matching.Named` has them.
        """
        made = self._fake(kind, key, original, form) if self._style == "fake" else ""
        if not made:
            made = placeholder(kind, None if role else self._number(kind, key), role)
        self._count(kind, key)
        if self._remember and key:
            self.meanings.setdefault(made, {})[original] = None
        return made

    def _count(self, kind: str, key: str) -> None:
        met = (kind, key)
        if key and met not in self._met:
            self._met.add(met)
            self.entities[kind] += 1

    def _number(self, kind: str, key: str) -> int | None:
        if self._numbering == "none" or kind in UNNUMBERED or not key:
            return None
        counter = _PERSON if kind in PERSONAL else kind
        number = self._numbers.get((counter, key))
        if number is None:
            self._last[counter] += 1
            number = self._numbers[counter, key] = self._last[counter]
        return number

    def _fake(self, kind: str, key: str, original: str, form: str) -> str:
        key = key or original.casefold()
        if kind not in PERSONAL:
            return fake(self._seed, kind, key, original, ("", ""))
        name = self._name_of(key)
        if kind != "name":
            return fake(self._seed, kind, key, original, name)
        made = _formed(form, *name)
        return made.upper() if original.isupper() and len(original) > 3 else made

    def _name_of(self, key: str) -> tuple[str, str]:
        """Return a person's invented name, which nobody else has; the first to come draws first."""
        name = self._invented.get(key)
        again = 0
        while name is None:
            drawn = fake_name(self._seed, key, again)
            again += 1
            if drawn not in self._taken or again == _MOST_DRAWS:
                name = self._invented[key] = drawn
                self._taken.add(drawn)
        return name


def _formed(form: str, first: str, last: str) -> str:
    """Return a name with the parts of a form: `g`, `f`, both in either order, or an initial."""
    if form.startswith("G"):
        return f"{first[0]}. {last}"
    if "f" not in form:
        return first
    if not set("gm") & set(form):
        return last
    return f"{last}, {first}" if form.startswith("f") else f"{first} {last}"
