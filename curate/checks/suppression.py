"""What is found and not reported: a row's `curate_ignore`, and patterns of files with codes.

What a rule finds can be hidden, and any other warning. An error of reading or decoding cannot: it
leaves no row.
"""

from __future__ import annotations

import difflib
import fnmatch
import os
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from curate.codes.base import FAMILIES, Code, Severity
from curate.errors import UsageError, printable
from curate.finding import Hit
from curate.row import IGNORED

PerFile = tuple[tuple[str, tuple[str, ...]], ...]
_OWN = frozenset({"SCH032", "SCH033", "SCH034", "SCH035"})
_WISHES_KEPT, _WISH_CHARS = 10_000, 1_000


@dataclass(frozen=True, slots=True)
class Wish:
    """What a row does not want to hear of.

    Attributes:
        entries: Each entry as written, with the codes that it names.
        hits: What is wrong with the entries.
    """

    entries: tuple[tuple[str, frozenset[str]], ...]
    hits: tuple[Hit, ...]

    def naming(self, code: str) -> list[str]:
        """Return the entries that name a code."""
        return [entry for entry, codes in self.entries if code in codes]


@dataclass(frozen=True, slots=True)
class FilePattern:
    """A pattern of `--per-file-ignores`.

    Attributes:
        pattern: As written.
        entries: The codes, families or slugs beside it, as written.
        codes: The codes that they name.
    """

    pattern: str
    entries: tuple[str, ...]
    codes: frozenset[str]

    def matches(self, path: str) -> bool:
        """Return whether it names an input: by its name, its path as typed or its whole path."""
        whole = os.path.abspath(path), os.path.abspath(self.pattern)  # noqa: PTH100 - both are text
        names = ((path.rpartition("/")[2], self.pattern), (path, self.pattern), whole)
        return any(fnmatch.fnmatchcase(name, pattern) for name, pattern in names)


class Suppressor:
    """Says what is hidden.

    Args:
        known: Every code there is.
        of_rows: The codes of rules about rows.
        of_wholes: The codes of rules about whole files and sets, which no row can hide.
        selected: The codes that are looked for.
        per_file: Patterns of files, each with codes, their beginnings, slugs or families.

    Raises:
        UsageError: If `per_file` names what is no code.
    """

    def __init__(
        self,
        known: Mapping[str, Code],
        of_rows: Set[str],
        of_wholes: Set[str],
        selected: frozenset[str],
        per_file: PerFile = (),
    ) -> None:
        self._known = known
        self._slugs = {code.slug: name for name, code in known.items()}
        self._of_rows = of_rows
        self._of_rules = of_rows | of_wholes
        self._selected = selected
        self._wishes: dict[str, Wish] = {}
        self.patterns = tuple(
            FilePattern(pattern, entries, frozenset().union(*map(self._named_for_files, entries)))
            for pattern, entries in per_file
        )

    def may_hide(self, code: str, severity: Severity) -> bool:
        """Return whether a finding may be hidden at all."""
        return code not in _OWN and (severity != "error" or code in self._of_rules)

    def looked_for(self, codes: frozenset[str], *, in_rows: bool = False) -> bool:
        """Return whether a rule of any of the codes is run; `in_rows` asks for rules about rows."""
        rules = self._of_rows if in_rows else self._of_rules
        return not codes.isdisjoint(self._selected & rules)

    def of_file(self, path: str) -> list[int]:
        """Return the positions of the patterns that name an input."""
        return [at for at, own in enumerate(self.patterns) if own.matches(path)]

    def wish(self, value: object) -> Wish:
        """Return what a row's `curate_ignore` asks for; rows mostly ask for the same."""
        key = f"\0{value!r}" if isinstance(value, list) else value
        if not isinstance(key, str) or len(key) > _WISH_CHARS:
            return self._read(value)
        if key not in self._wishes:
            if len(self._wishes) >= _WISHES_KEPT:
                self._wishes.clear()
            self._wishes[key] = self._read(value)
        return self._wishes[key]

    def _read(self, value: object) -> Wish:
        if value is None:
            return Wish((), ())
        listed = value if isinstance(value, list) else [value]
        texts = [text for text in listed if isinstance(text, str)]
        pointer = f"/{IGNORED}"
        if len(texts) < len(listed):
            why = "expected codes as text or as a list of texts"
            return Wish((), (Hit("SCH035", pointer, why, value),))
        entries: dict[str, frozenset[str]] = {}
        hits: list[Hit] = []
        for entry in (part.strip() for text in texts for part in text.split(",")):
            if not entry or entry in entries:
                continue
            if (codes := self._named(entry)) is None:
                hits.append(Hit("SCH033", pointer, self._unknown(entry), entry))
                continue
            entries[entry] = codes
            if (refusal := self._refusal(codes)) is not None:
                hits.append(Hit("SCH034", pointer, refusal, entry))
        return Wish(tuple(entries.items()), tuple(hits))

    def _named(self, entry: str) -> frozenset[str] | None:
        """Return the codes that an entry names, None where it names nothing that there is."""
        if entry.lower() in self._slugs:
            return frozenset({self._slugs[entry.lower()]})
        found = frozenset(code for code in self._known if code.startswith(entry.upper()))
        return found if found or entry.upper() in FAMILIES else None

    def _named_for_files(self, entry: str) -> frozenset[str]:
        if (codes := self._named(entry)) is None:
            near = self._near(entry)
            raise UsageError(
                f"--per-file-ignores: unknown code {printable(entry)!r}",
                hint=f"did you mean {near}?" if near else "see `curate rules`",
            )
        return codes

    def _refusal(self, codes: frozenset[str]) -> str | None:
        """Return why a row cannot hide the one code that an entry names, None where it can."""
        if len(codes) != 1:
            return None
        (code,) = codes
        if code in self._of_rules:
            about = f"{code} is about a whole file or set: see --per-file-ignores"
            return None if code in self._of_rows else about
        if self.may_hide(code, self._known[code].severity):
            return None
        return f"{code} is about suppressions" if code in _OWN else f"{code} leaves no usable row"

    def _unknown(self, entry: str) -> str:
        near = self._near(entry)
        meant = f" (did you mean {near}?)" if near else ""
        return f"there is no code {printable(entry)!r}{meant}"

    def _near(self, entry: str) -> str | None:
        choices = {name.upper(): name for name in (*FAMILIES, *self._known, *self._slugs)}
        near = difflib.get_close_matches(entry[:80].upper(), choices, n=1)
        return choices[near[0]] if near else None


def per_file_of(given: Sequence[str] | Mapping[str, Sequence[str]]) -> PerFile:
    """Return what `PATTERN:CODES` texts, or a mapping of patterns to codes, say, in order.

    Raises:
        UsageError: If a text has no colon, or nothing on one of its sides.
    """
    if isinstance(given, Mapping):
        return tuple((pattern, tuple(codes)) for pattern, codes in given.items())
    read: list[tuple[str, tuple[str, ...]]] = []
    for text in given:
        pattern, sign, codes = text.rpartition(":")
        listed = tuple(part.strip() for part in codes.split(",") if part.strip())
        if not (sign and pattern and listed):
            raise UsageError(
                f"--per-file-ignores {printable(text)}: expected PATTERN:CODES",
                hint="--per-file-ignores 'old/*.jsonl:TXT001,QLT'",
            )
        read.append((pattern, listed))
    return tuple(read)
