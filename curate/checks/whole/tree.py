"""What the records of one file hold, path by path: which types, how often, and where first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from curate.checks.whole.base import Place
from curate.checks.whole.shape import (
    BOOL,
    DATE,
    ENCODED,
    FLOAT,
    HUGE,
    INTEGER,
    LARGE,
    TEXT,
    Shape,
    shape_of,
)
from curate.errors import printable

# `datasets` 4.0 to 5.2 (packaged_modules/json/json.py) takes the schema of a JSON Lines file from
# its first block, which ends with the line in which this many bytes are reached.
BLOCK_BYTES = 10 << 20
# An object with more keys than this is a table of its own; what its keys hold is not kept.
WIDE_KEYS = 256
LIST, EMPTY_LIST = "list", "empty list"
OBJECT, EMPTY_OBJECT = "object", "empty object"

# Types that Arrow does not hold in one column. Null goes with all.
_FAMILY = {
    BOOL: "boolean",
    INTEGER: "number",
    LARGE: "number",
    HUGE: "number",
    FLOAT: "number",
    TEXT: "text",
    DATE: "text",
    ENCODED: "text",
    LIST: "list",
    EMPTY_LIST: "list",
    OBJECT: "object",
    EMPTY_OBJECT: "object",
}
Path = tuple[str | None, ...]  # None is any element of a list


@dataclass(slots=True)
class Seen:
    """How many records had something, and the first of them by offset and line."""

    records: int
    offset: int
    line: int

    def add(self, other: Seen) -> None:
        """Add what later records had."""
        self.records += other.records
        if other.offset < self.offset:
            self.offset, self.line = other.offset, other.line


@dataclass(slots=True)
class Spot:
    """What stands at one path.

    Attributes:
        seen: Records that have the path.
        types: Records by the type of value, each record once for each type that it has here.
        families: Likewise by families of types, which Arrow does not hold in one column.
        objects: Records that have an object here.
        always: By key, the records in which every object here has the key.
        missing: By key, where the first object without it stands.
        wide: More keys than `WIDE_KEYS`: nothing is known of them.
    """

    seen: Seen
    types: dict[str, Seen] = field(default_factory=dict)
    families: dict[str, Seen] = field(default_factory=dict)
    objects: Seen | None = None
    always: dict[str, int] = field(default_factory=dict)
    missing: dict[str, tuple[int, int]] = field(default_factory=dict)
    wide: bool = False

    def varying(self) -> dict[str, int]:
        """Return the keys that some object here lacks, with the number of such records."""
        total = self.objects.records if self.objects else 0
        return {key: total - n for key, n in self.always.items() if n < total}

    def add(self, other: Spot) -> None:
        """Add what later records have here."""
        self.seen.add(other.seen)
        for name, seen in other.types.items():
            _add(self.types, name, seen)
        for name, seen in other.families.items():
            _add(self.families, name, seen)
        if other.objects is None:
            return
        if self.objects is None:
            self.objects = other.objects
            self.always, self.missing, self.wide = other.always, other.missing, other.wide
            return
        for key in other.always.keys() - self.always.keys():
            self.missing[key] = (self.objects.offset, self.objects.line)
        for key in self.always.keys() - other.always.keys():
            place = (other.objects.offset, other.objects.line)
            self.missing[key] = min(self.missing.get(key, place), place)
        for key, place in other.missing.items():
            self.missing[key] = min(self.missing.get(key, place), place)
        for key, n in other.always.items():
            self.always[key] = self.always.get(key, 0) + n
        self.objects.add(other.objects)
        self.wide = self.wide or other.wide or len(self.always) > WIDE_KEYS


@dataclass(slots=True)
class Tree:
    """Every path of a file's records.

    Attributes:
        spots: By path; `()` is the record itself.
        lines: Whether the file is JSON Lines, which is read in blocks; else it is one array.
        file: The file as typed.
    """

    spots: dict[Path, Spot] = field(default_factory=dict)
    lines: bool = True
    file: str | None = None

    def add(self, other: Tree) -> None:
        """Add what later records of the file have."""
        for path, spot in other.spots.items():
            if path in self.spots:
                self.spots[path].add(spot)
            else:
                self.spots[path] = spot
        self.prune()

    def prune(self) -> None:
        """Forget what the keys of wide objects hold."""
        wide = [path for path, spot in self.spots.items() if spot.wide]
        for path in wide:
            spot = self.spots[path]
            spot.always, spot.missing = {}, {}
        if wide:
            kept = {p: s for p, s in self.spots.items() if not _below(p, wide)}
            self.spots = kept

    def records(self) -> int:
        """Return how many records there were."""
        return self.spots[()].seen.records if () in self.spots else 0

    def ordered(self) -> list[tuple[Path, Spot]]:
        """Return every path with what stands there, a path before those below it."""
        return sorted(self.spots.items(), key=lambda item: (pointer(item[0]), str(item[0])))

    def place(self, seen: Seen | tuple[int, int]) -> Place:
        """Return where something was first seen."""
        offset, line = (seen.offset, seen.line) if isinstance(seen, Seen) else seen
        return Place(self.file, line, offset)

    def is_late(self, seen: Seen) -> bool:
        """Return whether something first came behind the block that gives the schema."""
        return self.lines and seen.offset >= BLOCK_BYTES


def _below(path: Path, wide: Sequence[Path]) -> bool:
    return any(len(path) > len(top) and path[: len(top)] == top for top in wide)


def _add(types: dict[str, Seen], name: str, seen: Seen) -> None:
    if name in types:
        types[name].add(seen)
    else:
        types[name] = Seen(seen.records, seen.offset, seen.line)


class Watch:
    """Gathers the shapes of a chunk's records, which come in their order."""

    def __init__(self) -> None:
        self._shapes: dict[Shape, list[int]] = {}

    def see(self, record: dict[str, Any], index: int) -> None:
        """Take one record, by its index in the chunk."""
        shape = shape_of(record)
        known = self._shapes.get(shape)
        if known is None:
            self._shapes[shape] = [1, index]
        else:
            known[0] += 1

    def tree(self, offsets: Sequence[int], lines: Sequence[int]) -> Tree:
        """Return what was seen; `offsets` and `lines` are the chunk's."""
        tree = Tree()
        for shape, (records, index) in self._shapes.items():
            _enter(tree, shape, Seen(records, offsets[index], lines[index]))
        tree.prune()
        return tree


class _Alike(dict[Path, tuple[set[str], list[frozenset[str]]]]):
    """By path, the types and the sets of keys that records of one shape have."""

    def __missing__(self, path: Path) -> tuple[set[str], list[frozenset[str]]]:
        made: tuple[set[str], list[frozenset[str]]] = (set(), [])
        self[path] = made
        return made


def _walk(shape: Shape, path: Path, found: _Alike) -> None:
    types, keys = found[path]
    if type(shape) is str:
        types.add(shape)
    elif type(shape) is frozenset:
        types.add(LIST if shape else EMPTY_LIST)
        for inner in shape:
            _walk(inner, (*path, None), found)
    else:
        names, inner_shapes = shape
        types.add(OBJECT if names else EMPTY_OBJECT)
        keys.append(frozenset(names))
        for name, inner in zip(names, inner_shapes, strict=True):
            _walk(inner, (*path, name), found)


def _enter(tree: Tree, shape: Shape, seen: Seen) -> None:
    """Add records of one shape, the first of which comes behind those of all shapes before."""
    found = _Alike()
    _walk(shape, (), found)
    for path, (types, keys) in found.items():
        one = Spot(Seen(seen.records, seen.offset, seen.line))
        for name in types:
            one.types[name] = Seen(seen.records, seen.offset, seen.line)
            if name in _FAMILY:
                one.families[_FAMILY[name]] = Seen(seen.records, seen.offset, seen.line)
        if keys:
            every, some = frozenset.intersection(*keys), frozenset.union(*keys)
            one.objects = Seen(seen.records, seen.offset, seen.line)
            one.always = {key: seen.records if key in every else 0 for key in some}
            one.missing = dict.fromkeys(some - every, (seen.offset, seen.line))
            one.wide = len(some) > WIDE_KEYS
        if path in tree.spots:
            tree.spots[path].add(one)
        else:
            tree.spots[path] = one


def named(path: Path) -> str:
    """Return a path as people write it: `messages[].content`."""
    text = "".join("[]" if key is None else f".{key}" for key in path)
    return printable(text.removeprefix(".")) or "the record"


def pointer(path: Path) -> str:
    """Return a path as a JSON Pointer in which `*` is any element."""
    return "".join(
        "/*" if key is None else "/" + key.replace("~", "~0").replace("/", "~1") for key in path
    )


def above(path: Path) -> Iterator[Path]:
    """Yield every path above one, but for the record itself, from the top."""
    return (path[:n] for n in range(1, len(path)))
