"""Arrow safety: what `datasets` makes of values of several types under one key.

What each version does was measured with `datasets` 4.0.0, 4.8.4 and 5.2.0 on pyarrow 26.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from curate.checks.whole.base import Fault, WholeRule, counted, whole_rule
from curate.checks.whole.shape import (
    DATE,
    ENCODED,
    FLOAT,
    HUGE,
    INTEGER,
    LARGE,
    TEXT,
)
from curate.checks.whole.tree import (
    EMPTY_OBJECT,
    Path,
    Seen,
    Spot,
    Tree,
    above,
    named,
    pointer,
)

_LABELS = {("label",), ("kto_tag",), ("labels", None)}


def families(spot: Spot) -> dict[str, Seen]:
    """Return the families of types at a path, each with its records, the first one first."""
    return dict(sorted(spot.families.items(), key=lambda item: (item[1].offset, item[0])))


def kept_as_json(tree: Tree, path: Path) -> bool:
    """Return whether an object above a path is kept as JSON as a whole, by `datasets` 4.8 on.

    It is where the keys of objects differ, and where it stands beside other types; text inside is
    safe then.
    """
    for top in above(path):
        spot = tree.spots[top]
        if spot.varying() or spot.wide or len(families(spot)) > 1 or EMPTY_OBJECT in spot.types:
            return True
    return False


def _mixed(tree: Tree, wanted: Callable[[Path, set[str]], bool]) -> Iterator[Fault]:
    for path, spot in tree.ordered():
        found = families(spot)
        if len(found) < 2 or not wanted(path, set(found)):
            continue
        said = ", ".join(
            f"{family} in {counted(seen.records, 'row')} (first line {seen.line})"
            for family, seen in found.items()
        )
        second = list(found.values())[1]
        yield Fault(tree.place(second), f"`{named(path)}` is {said}", pointer(path))


def _is_content(path: Path, found: set[str]) -> bool:
    return path[-1:] == ("content",) and found == {"text", "list"}


def _is_arguments(path: Path, found: set[str]) -> bool:
    return path[-1:] == ("arguments",) and found == {"text", "object"}


def _is_tools(path: Path, found: set[str]) -> bool:
    return path in (("tools",), ("functions",)) and found == {"text", "list"}


def _is_label(path: Path, found: set[str]) -> bool:
    return path in _LABELS and found <= {"boolean", "number", "text"}


_OWN = (_is_content, _is_arguments, _is_tools, _is_label)


@whole_rule("ARW001", "mixed-types", severity="warning", over="records")
def mixed_types(tree: Tree) -> Iterator[Fault]:
    """A key holds values of several types over the file.

    Why: an Arrow column has one type. `datasets` 4.0, which LLaMA-Factory uses, stops with an error
    that names no row ("changed from string to array"); 4.8 and later keep the column as JSON text.
    Example: `"score": 3` in most rows and `"score": "3/5"` in some
    Fix: write one type in every row; `curate convert --to FORMAT` does for the keys of a format.
    Source: datasets 4.0.0 and 5.2.0 `packaged_modules/json/json.py`; huggingface/datasets#7322.
    """
    return _mixed(tree, lambda path, found: not any(own(path, found) for own in _OWN))


@whole_rule("ARW002", "text-read-as-value", severity="warning", over="records")
def text_read_as_value(tree: Tree) -> Iterator[Fault]:
    """A text that is also JSON stands under a key that holds other types too.

    Why: `datasets` 4.8 and later keep such a key as JSON and decode its texts on reading: `"42"`
    comes back as the number 42, `"true"` as a boolean, `"[1]"` as a list, and `"null"` as nothing.
    The answer that is trained is no longer the one in the file, without a word.
    Example: content `"42"` in a file in which other contents are lists of parts
    Fix: write one type under this key in every row.
    Source: datasets 5.2.0 `utils/json.py:json_encode_field`, `json_decode_field`.
    """
    for path, spot in tree.ordered():
        found = families(spot)
        if ENCODED not in spot.types or len(found) < 2 or kept_as_json(tree, path):
            continue
        seen = spot.types[ENCODED]
        others = " and ".join(family for family in found if family != "text")
        message = (
            f"`{named(path)}` is text that is JSON in {counted(seen.records, 'row')} (first line "
            f"{seen.line}), and {others} in others: `datasets` will decode the text"
        )
        yield Fault(tree.place(seen), message, pointer(path))


@whole_rule("ARW003", "text-and-parts", severity="warning", over="records")
def text_and_parts(tree: Tree) -> Iterator[Fault]:
    """The content of messages is text in some places and a list of parts in others.

    Why: the services of OpenAI and Anthropic take both, an Arrow column does not: `datasets` 4.0
    stops, 4.8 and later keep every content as JSON.
    Example: `"content": "Hi"` and `"content": [{"type": "text", "text": "Hi"}]`
    Fix: write parts everywhere where the set has media, else text everywhere.
    Source: datasets 4.0.0 `packaged_modules/json/json.py`; huggingface/datasets#7322.
    """
    return _mixed(tree, _is_content)


@whole_rule("ARW004", "text-and-object-arguments", severity="warning", over="records")
def text_and_object_arguments(tree: Tree) -> Iterator[Fault]:
    r"""The arguments of calls are JSON text in some places and objects in others.

    Why: `datasets` 4.0 stops; 4.8 and later decode the texts, so that they become objects, which a
    template writes with other spaces.
    Example: `"arguments": "{\"city\": \"Rome\"}"` and `"arguments": {"city": "Rome"}`
    Fix: `curate convert --to openai` writes text everywhere, `--to trl-messages` objects.
    Source: datasets 5.2.0 `utils/json.py`; axolotl#3136.
    """
    return _mixed(tree, _is_arguments)


@whole_rule("ARW005", "text-and-list-tools", severity="warning", over="records")
def text_and_list_tools(tree: Tree) -> Iterator[Fault]:
    """The tools of a row are JSON text in some rows and a list in others.

    Why: `datasets` 4.0 stops; 4.8 and later decode the texts to lists, where a loader made for
    text, as LLaMA-Factory's of ShareGPT, expects text.
    Example: `"tools": "[]"` and `"tools": [{"type": "function", …}]`
    Fix: write JSON text in every row; every trainer reads it.
    Source: datasets 5.2.0 `utils/json.py`; LLaMA-Factory 0.9.5 `converter.py`.
    """
    return _mixed(tree, _is_tools)


@whole_rule("ARW006", "labels-of-several-types", severity="warning", over="records")
def labels_of_several_types(tree: Tree) -> Iterator[Fault]:
    """The labels are of several types over the file.

    Why: `datasets` 4.0 stops. 4.8 and later read `true` and `0` as a boolean and a number, and
    LLaMA-Factory takes a number for no label and drops the row.
    Example: `"label": true` and `"label": 0`
    Fix: write true or false in every row (`--label-map` reads words).
    Source: datasets 5.2.0 `utils/json.py`; LLaMA-Factory 0.9.5 `converter.py`; ms-swift#1513.
    """
    return _mixed(tree, _is_label)


@whole_rule("ARW007", "texts-read-as-times", severity="info", over="records")
def texts_read_as_times(tree: Tree) -> Iterator[Fault]:
    """Every text under a key is a date, so that the column is read as times.

    Why: pyarrow's reader makes timestamps of them (`datasets` 4.0 of JSON Lines only); an answer is
    then no text, and ms-swift shows it as milliseconds.
    Example: `"output": "2024-01-02"` in every row of a set of extracted dates
    Fix: load the file with explicit features (`Value("string")`), or write the dates otherwise.
    Source: datasets 4.0.0 to 5.2.0 with pyarrow 26; huggingface/course#692.
    """
    for path, spot in tree.ordered():
        if DATE in spot.types and list(families(spot)) == ["text"]:
            seen = spot.types[DATE]
            rest = spot.types.keys() & {TEXT, ENCODED}
            if not rest and seen.records > 1:
                message = f"all {seen.records:,} texts of `{named(path)}` are dates"
                yield Fault(tree.place(seen), message, pointer(path))


@whole_rule("ARW012", "integer-beyond-64-bits", severity="warning", over="records")
def integer_beyond_64_bits(tree: Tree) -> Iterator[Fault]:
    """An integer is larger than 64 bits can hold.

    Why: in JSON Lines the whole column becomes reals, in a JSON array `datasets` stops on it
    ("Value is too big!").
    Example: `"id": 18446744073709551617`
    Fix: write it as text.
    Source: datasets 5.2.0 with pyarrow 26, measured.
    """
    for path, spot in tree.ordered():
        if (seen := spot.types.get(HUGE)) is not None:
            message = f"`{named(path)}` is too large in {counted(seen.records, 'row')}"
            yield Fault(tree.place(seen), message, pointer(path))


@whole_rule("ARW013", "inexact-integers", severity="warning", over="records")
def inexact_integers(tree: Tree) -> Iterator[Fault]:
    """Integers beyond 2^53 share a key with reals, and lose their last digits.

    Why: a column with one real number holds reals only; 9007199254740993 becomes ...992.
    Example: `"id": 9007199254740993` in one row and `"id": 1.5` in another
    Fix: write identifiers as text.
    Source: datasets 4.0.0 to 5.2.0 with pyarrow 26, measured.
    """
    for path, spot in tree.ordered():
        seen, real = spot.types.get(LARGE), spot.types.get(FLOAT)
        if seen is not None and real is not None:
            message = (
                f"`{named(path)}` is an integer beyond 2^53 in {counted(seen.records, 'row')}, "
                f"and a real in others (first line {real.line})"
            )
            yield Fault(tree.place(seen), message, pointer(path))


@whole_rule("ARW014", "integers-and-reals", severity="info", over="records")
def integers_and_reals(tree: Tree) -> Iterator[Fault]:
    """A key holds integers and reals, so that all become reals.

    Why: 1 comes back as 1.0, which a template writes into the arguments of a call as `1.0`.
    Example: `"arguments": {"n": 1}` in one row and `"arguments": {"n": 0.5}` in another
    Fix: keep free-form objects as JSON text; for scores nothing need be done.
    Source: datasets 4.0.0 to 5.2.0 with pyarrow 26, measured.
    """
    for path, spot in tree.ordered():
        if FLOAT in spot.types and INTEGER in spot.types and not kept_as_json(tree, path):
            whole, real = spot.types[INTEGER], spot.types[FLOAT]
            message = (
                f"`{named(path)}` is an integer in {counted(whole.records, 'row')} (first line "
                f"{whole.line}) and a real in {counted(real.records, 'row')} (first line "
                f"{real.line})"
            )
            yield Fault(
                tree.place(min(whole, real, key=lambda s: s.offset)), message, pointer(path)
            )


RULES: tuple[WholeRule, ...] = (
    mixed_types,
    text_read_as_value,
    text_and_parts,
    text_and_object_arguments,
    text_and_list_tools,
    labels_of_several_types,
    texts_read_as_times,
    integer_beyond_64_bits,
    inexact_integers,
    integers_and_reals,
)
