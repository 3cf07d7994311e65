"""Arrow safety: keys and columns that `datasets` adds, misses or empties.

What each version does was measured with `datasets` 4.0.0, 4.8.4 and 5.2.0 on pyarrow 26.
"""

from __future__ import annotations

from collections.abc import Iterator

from curate.checks.whole.arrow_types import families, kept_as_json
from curate.checks.whole.base import Fault, WholeRule, counted, whole_rule
from curate.checks.whole.shape import DATE, ENCODED, FLOAT, INTEGER, LARGE, NULL, TEXT
from curate.checks.whole.tree import (
    BLOCK_BYTES,
    EMPTY_LIST,
    EMPTY_OBJECT,
    LIST,
    OBJECT,
    WIDE_KEYS,
    Path,
    Seen,
    Spot,
    Tree,
    named,
    pointer,
)

_SHOWN = 5
_MIB = BLOCK_BYTES >> 20
# Keys whose objects have whatever keys a tool or a user gives them.
_FREE = {"arguments", "args", "kwargs", "parameters", "properties", "input_schema", "schema"}
_RARE_RATIO, _RARE_ROWS = 0.01, 100
_TRACES = {
    "hermes": (("id", "source", "model", "system_prompt"), ("messages",)),
    "droid": (("type", "id", "cwd"), ()),
    "codex": (("type",), ("payload",)),
    "claude_code, pi or openclaw": (("type",), ("message",)),
}


def _is_free(path: Path) -> bool:
    return any(key in _FREE for key in path)


@whole_rule("ARW008", "late-key", severity="warning", over="records")
def late_key(tree: Tree) -> Iterator[Fault]:
    """A key first comes behind the block of the file that gives the schema.

    Why: `datasets` takes the columns of a JSON Lines file from its first 10 MiB, and stops at the
    first block with another one ("column names don't match"), often after minutes.
    Example: 20,000 rows without `system`, then one with it
    Fix: write every key in every row, null where it has no value; or load with explicit features.
    Source: datasets 4.0.0 to 5.2.0 `packaged_modules/json/json.py`, measured.
    """
    for path, spot in tree.ordered():
        up = tree.spots.get(path[:-1])
        if not path or path[-1] is None or up is None or up.objects is None:
            continue
        if tree.is_late(spot.seen) and not tree.is_late(up.objects):
            message = (
                f"`{named(path)}` first comes in line {spot.seen.line}, behind the first {_MIB} MiB"
                f" ({counted(spot.seen.records, 'row')} of {tree.records():,} have it)"
            )
            yield Fault(tree.place(spot.seen), message, pointer(path))


@whole_rule("ARW009", "late-type", severity="warning", over="records")
def late_type(tree: Tree) -> Iterator[Fault]:
    """The type that a column gets from the first block of the file does not hold later values.

    Why: a column that is null, an empty list, whole numbers or dates only in the first 10 MiB of a
    JSON Lines file gets that type, and `datasets` stops at the first other value.
    Example: `"system": null` in the first 20,000 rows, then a text
    Fix: put a row with the wider type among the first, or load with explicit features.
    Source: datasets 4.0.0 to 5.2.0 `packaged_modules/json/json.py`, measured.
    """
    for path, spot in tree.ordered():
        early = {name for name, seen in spot.types.items() if not tree.is_late(seen)}
        late = {name: seen for name, seen in spot.types.items() if tree.is_late(seen)}
        change = _change(early, late)
        if change is None or len(families(spot)) > 1:
            continue
        was, (name, seen) = change
        message = (
            f"`{named(path)}` is {was} in the first {_MIB} MiB and {name} from line {seen.line} on"
        )
        yield Fault(tree.place(seen), message, pointer(path))
    for path, spot in tree.ordered():
        inner, empty = tree.spots.get((*path, None)), spot.types.get(EMPTY_LIST)
        if inner is None or empty is None or len(families(spot)) > 1:
            continue
        if tree.is_late(inner.seen) and not tree.is_late(empty):
            message = (
                f"`{named(path)}` is empty in the first {_MIB} MiB and has elements from line "
                f"{inner.seen.line} on"
            )
            yield Fault(tree.place(inner.seen), message, pointer(path))


def _change(early: set[str], late: dict[str, Seen]) -> tuple[str, tuple[str, Seen]] | None:
    """Return what the first block has, and the first later type that does not fit it."""
    found = sorted(late.items(), key=lambda item: (item[1].offset, item[0]))
    if early == {NULL}:
        return next((("null", item) for item in found), None)
    if early and early <= {INTEGER, LARGE, NULL}:
        return next((("an integer", item) for item in found if item[0] == FLOAT), None)
    if DATE in early and early <= {DATE, NULL}:
        return next((("a date", item) for item in found if item[0] in (TEXT, ENCODED)), None)
    return None


@whole_rule("ARW010", "varying-keys", severity="info", over="records")
def varying_keys(tree: Tree) -> Iterator[Fault]:
    """Nested objects do not all have the same keys.

    Why: `datasets` 4.0, and every version from Parquet and `from_list`, gives each object all keys,
    null where it has none; templates that ask whether a key is there then find it.
    Example: messages with and without `tool_calls`
    Fix: nothing where the trainer reads nulls as absent keys; else give every object every key.
    Source: datasets 4.0.0 and 5.2.0, measured; axolotl#3974.
    """
    for path, spot in tree.ordered():
        if not path or _is_free(path) or kept_as_json(tree, path):
            continue
        if varying := spot.varying():
            yield _varying(tree, path, spot, varying)


@whole_rule("ARW011", "varying-free-form-keys", severity="warning", over="records")
def varying_free_form_keys(tree: Tree) -> Iterator[Fault]:
    """Arguments or schemas are objects whose keys differ from row to row.

    Why: `datasets` 4.0, and every version from Parquet and `from_list`, gives each object the keys
    of all others with null: calls and schemas are trained with arguments that nobody wrote.
    Example: `"arguments": {"city": "Rome"}` in one row and `{"amount": 5}` in another
    Fix: write such objects as JSON text (`curate convert --to openai`), and tools as JSON text.
    Source: datasets 4.0.0 and 5.2.0, measured; ms-swift#10110, axolotl#3136.
    """
    done: list[Path] = []
    for path, spot in tree.ordered():
        if any(path[: len(top)] == top for top in done):
            continue
        if spot.wide and path:
            done.append(path)
            assert spot.objects is not None
            message = f"the objects of `{named(path)}` have more than {WIDE_KEYS} different keys"
            yield Fault(tree.place(spot.objects), message, pointer(path))
        elif _is_free(path) and (varying := spot.varying()):
            done.append(path)
            yield _varying(tree, path, spot, varying)


def _varying(tree: Tree, path: Path, spot: Spot, varying: dict[str, int]) -> Fault:
    assert spot.objects is not None
    most = sorted(varying.items(), key=lambda item: (item[1], item[0]))
    said = ", ".join(
        f"`{key}` is missing in {counted(n, 'row')} (first line {spot.missing[key][1]})"
        for key, n in most[:_SHOWN]
    )
    more = f" and {len(most) - _SHOWN} more keys" if len(most) > _SHOWN else ""
    message = f"of {counted(spot.objects.records, 'row')} with `{named(path)}`: {said}{more}"
    return Fault(tree.place(min(spot.missing[key] for key in varying)), message, pointer(path))


@whole_rule("ARW015", "column-of-nulls", severity="info", over="records")
def column_of_nulls(tree: Tree) -> Iterator[Fault]:
    """A key is null in every row.

    Why: the column gets the type null, and sets in which it holds something cannot be appended to
    it ("Couldn't cast array of type string to null").
    Example: `"system": null` in every row
    Fix: leave the key out, or load with explicit features.
    Source: datasets 4.0.0 to 5.2.0, measured.
    """
    for path, spot in tree.ordered():
        if kept_as_json(tree, path):
            continue
        if spot.types.keys() == {NULL} and spot.seen.records > 1:
            message = f"`{named(path)}` is null in all {counted(spot.seen.records, 'row')}"
            yield Fault(tree.place(spot.seen), message, pointer(path))


@whole_rule("ARW016", "always-empty", severity="info", over="records")
def always_empty(tree: Tree) -> Iterator[Fault]:
    """A key holds an empty list or an empty object in every row.

    Why: an empty list has elements of type null, to which no filled one can be appended; an empty
    object has no columns, and Parquet cannot hold it.
    Example: `"history": []` in every row
    Fix: leave the key out, or load with explicit features.
    Source: datasets 4.0.0 to 5.2.0, measured; pyarrow 26 ("struct type with no child field").
    """
    for path, spot in tree.ordered():
        found = spot.types.keys() - {NULL}
        if kept_as_json(tree, path):
            continue
        if spot.seen.records > 1 and found in ({EMPTY_LIST}, {EMPTY_OBJECT}):
            what = "an empty list" if found == {EMPTY_LIST} else "an empty object"
            message = f"`{named(path)}` is {what} in all {counted(spot.seen.records, 'row')}"
            yield Fault(tree.place(spot.seen), message, pointer(path))


@whole_rule("ARW017", "rare-column", severity="info", over="records")
def rare_column(tree: Tree) -> Iterator[Fault]:
    """A column stands in few rows only.

    Why: it is null in all others, and often a misspelt or forgotten key, so that what these rows
    hold in it is read by nobody.
    Example: `example_input` in one of 7,673 rows
    Fix: look at the row that is named; rename the key, or leave it out.
    Source: defect in published data: GPTeacher Toolformer.
    """
    root = tree.spots.get(())
    if root is None or root.wide or tree.records() < _RARE_ROWS:
        return
    for path, spot in tree.ordered():
        if len(path) == 1 and spot.seen.records <= _RARE_RATIO * tree.records():
            message = (
                f"`{named(path)}` stands in {counted(spot.seen.records, 'row')} of "
                f"{tree.records():,} (first line {spot.seen.line})"
            )
            yield Fault(tree.place(spot.seen), message, pointer(path))


@whole_rule("ARW018", "keys-differ-in-case", severity="warning", over="records")
def keys_differ_in_case(tree: Tree) -> Iterator[Fault]:
    """Two keys of the same objects differ in upper and lower case only.

    Why: they become two columns, each of them null where the other is used, and a trainer reads
    one.
    Example: `"Output"` in some rows and `"output"` in others
    Fix: spell the key alike in every row.
    Source: datasets 5.2.0 keeps both, measured; LLaMA-Factory 0.9.5 `converter.py` reads the one
    that its entry names.
    """
    for path, spot in tree.ordered():
        if _is_free(path):
            continue
        alike: dict[str, list[str]] = {}
        for key in sorted(spot.always):
            alike.setdefault(key.casefold(), []).append(key)
        for keys in alike.values():
            if len(keys) > 1:
                spots = {key: tree.spots[(*path, key)].seen for key in keys}
                said = " and ".join(
                    f"`{key}` in {counted(seen.records, 'row')} (first line {seen.line})"
                    for key, seen in spots.items()
                )
                rare = min(spots.values(), key=lambda seen: (seen.records, seen.offset))
                yield Fault(tree.place(rare), f"{named(path)} has {said}", pointer(path))


@whole_rule("ARW022", "read-as-agent-trace", severity="warning", over="records")
def read_as_agent_trace(tree: Tree) -> Iterator[Fault]:
    """The columns are those by which `datasets` knows traces of coding agents.

    Why: 5.2 (4.8 does not) gives such a JSON Lines file the columns of a trace and converts it with
    another package, or stops ("To support decoding agent traces, please install 'teich'").
    Example: rows with `id`, `source`, `model`, `system_prompt` and `messages`
    Fix: rename a column (`curate convert` keeps it in `extra`), or load with
    `parse_agent_traces=False`.
    Source: datasets 5.2.0 `packaged_modules/json/json.py:AGENT_TRACES_FEATURES_MARKERS`, measured.
    """
    if not tree.lines:
        return
    for name, (texts, nested) in _TRACES.items():
        fits = all(_is_text(tree, key) for key in texts)
        if name == "droid":
            version = tree.spots.get(("version",))
            fits = fits and version is not None and version.types.keys() <= {INTEGER, LARGE, NULL}
        if fits and all(_is_nested(tree, key) for key in nested):
            columns = ", ".join((*texts, *nested, *(("version",) if name == "droid" else ())))
            message = f"the columns {columns} make the file a trace of {name}"
            yield Fault(tree.place(tree.spots[()].seen), message)
            return


def _is_text(tree: Tree, key: str) -> bool:
    spot = tree.spots.get((key,))
    if spot is None or list(families(spot)) != ["text"]:
        return False
    return bool(spot.types.keys() & {TEXT, ENCODED})


def _is_nested(tree: Tree, key: str) -> bool:
    spot = tree.spots.get((key,))
    if spot is None:
        return False
    if key == "messages" and LIST in spot.types:
        return True
    as_json = bool(spot.varying()) or spot.wide or len(families(spot)) > 1
    return as_json or (OBJECT not in spot.types and EMPTY_OBJECT in spot.types)


RULES: tuple[WholeRule, ...] = (
    late_key,
    late_type,
    varying_keys,
    varying_free_form_keys,
    column_of_nulls,
    always_empty,
    rare_column,
    keys_differ_in_case,
    read_as_agent_trace,
)
