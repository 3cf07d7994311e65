"""The pages about formats and about round trips between them."""

from __future__ import annotations

import json
from typing import Any

from page_parts import fenced, page, table

from curate.build.mend import MENDS
from curate.codes import CODES, Code
from curate.formats import (
    ALIASES,
    BY_NAME,
    FORMATS,
    Ambiguous,
    Format,
    shape_of,
)
from curate.formats.recast import RECASTS
from curate.formats.shapes import published, values
from curate.formats.trips import class_of
from curate.repairs import REPAIRS
from curate.schema import load as load_schema
from curate.sources.known import EXPORTS


def _exports() -> list[list[str]]:
    return [
        [f"`{each.name}`", each.columns, "yes" if each.personal else "", each.title]
        for each in EXPORTS
    ]


def formats() -> str:
    names = [
        [
            f"[{form.name}](#{form.name.replace(':', '')})",
            form.kind,
            _reads(form),
            "yes" if form.encode else "",
            form.title,
        ]
        for form in FORMATS
    ]
    aliases = ", ".join(f"`{alias}` is `{name}`" for alias, name in ALIASES.items())
    losses = [code for code in CODES if code.family == "LOS"]
    return page(
        "Formats",
        "A record is checked by the format's JSON Schema, decoded into the row, and encoded from "
        f"it. On the command line {aliases}.",
        "A record's format is told by its columns and, where they do not decide, by its values. "
        "Formats with `--from` below are read only where `--from NAME` says so, for their records "
        "look like another format's. Where several formats fit, nothing is guessed: see [Where a "
        "flag has to say](#where-a-flag-has-to-say).",
        table(["format", "kind", "reads", "writes", "what it is"], names),
        "## Where a flag has to say\n\nSuch a record is set aside (SCH007) until a flag answers.",
        table(["what cannot be told", "flags that answer it"], _ambiguities()),
        "## Exports\n\nWhat applications give their users is read by readers of their own, from "
        "files and folders, and in place from zip archives. A file is told by its bytes; `--from` "
        "names it where that is not enough. What is made of private exports is redacted "
        "([emails.md](emails.md)).",
        table(["export", "rows", "private", "what it is"], _exports()),
        *(_format(form) for form in FORMATS),
        "## Losses\n\nWhat a format cannot carry is a finding at the row. An `error` loss keeps "
        "the row out unless `--allow-loss` names it.",
        table(["code", "name", "severity", "loss"], [_loss(code) for code in losses]),
        "## Repairs\n\nA repair is made only where `--repair NAME` (or `NAME=TEXT`) asks for it, "
        "in the order given, and each repaired row is reported.",
        table(
            ["repair", "code", "what it does"],
            [[f"`{each.name}`", each.code, each.title] for each in (*REPAIRS, *MENDS)],
        ),
        "## Reasoning\n\nReasoning stays where it stands. `--reasoning field` moves a `<think>` "
        "block at the beginning of an answer to the message's own key, which a format writes by "
        "its name (`reasoning_content`), and `--reasoning inline` moves it back into the text; "
        "each move is LOS036.",
        "## Kinds\n\nRows of one kind are made of those of another where `--to` names a format of "
        "the other kind, or `--as KIND` asks for it; each such row is reported. Judged answers "
        "become pairs by `--pair first` or `--pair all` only, conversations become text by "
        "`--template NAME` only.",
        table(["from", "to", "by"], [[f"`{a}`", f"`{b}`", way] for (a, b), way in _ways().items()]),
    )


def _reads(form: Format) -> str:
    """Return whether a format is read, and whether its records are told without `--from`."""
    if form.decode is None:
        return ""
    found = [shape_of(example) for example in load_schema(form.schema)["examples"]]
    return "yes" if form.name == "row" or form.name in found else "`--from`"


def _ambiguities() -> list[list[str]]:
    """Return what each ambiguous shape leaves open, and the flags that answer it."""
    shapes = [
        shape
        for module in (values, published)
        for shape in vars(module).values()
        if isinstance(shape, Ambiguous)
    ]
    made = [
        {"instruction": "", "output": "", "label": "up"},
        {"prompt": "", "chosen": "", "rejected": "", "system": "s"},
    ]
    shapes += [shape for each in made if isinstance(shape := shape_of(each), Ambiguous)]
    return [[shape.why, shape.fix] for shape in dict.fromkeys(shapes)]


def _ways() -> dict[tuple[str, str], str]:
    ways: dict[tuple[str, str], str] = dict.fromkeys(RECASTS, "`--to` or `--as`")
    ways["unpaired", "preference"] = "`--pair first` or `--pair all`"
    ways["sft", "text"] = "`--template NAME`"
    return ways


def round_trip_page(trips: dict[str, dict[str, dict[str, list[str]]]]) -> str:
    kinds = dict.fromkeys(BY_NAME[name].kind for name in trips)
    parts = [
        "What comes back when a record goes to another format of its kind and back: A exact, B but "
        "for call ids that were invented or dropped, C but for spelling, D lossy, each loss "
        "reported at its row. The first letter is for usual records (the examples of the format's "
        "schema), the second for all cases of the tests, rare dialects among them. `curate formats "
        "NAME` names the codes. Tests make every trip and fail where a record comes back different "
        "and nothing was reported."
    ]
    for kind in kinds:
        own = [name for name in trips if BY_NAME[name].kind == kind]
        head = ["from ↓ to →", *(str(number) for number in range(1, len(own) + 1))]
        rows = [
            [f"{n} {name}", *(_letters(trips[name][other]) for other in own)]
            for n, name in enumerate(own, 1)
        ]
        parts += [f"## {kind}", table(head, rows)]
    return page("Round trips", *parts)


def _letters(codes: dict[str, list[str]]) -> str:
    usual, worst = class_of(codes["usual"]), class_of(codes["any"])
    return usual if usual == worst else f"{usual} {worst}"


def _loss(code: Code) -> list[str]:
    return [f"[{code.code}](rules.md#{_anchor(code)})", code.slug, code.severity, code.title]


def _anchor(code: Code) -> str:
    return f"{code.code.lower()}-{code.slug}"


def _own_example(form: Format, schema: dict[str, Any]) -> Any:
    """Return the first example that the format reads; several formats may share a schema."""
    for example in schema["examples"]:
        if form.decode is None or form.decode(example, []) is not None:
            return example
    return schema["examples"][0]


def _format(form: Format) -> str:
    schema = load_schema(form.schema)
    required = set(schema.get("required", ()))
    rows = [
        [
            f"`{name}`",
            _schema_type(value),
            "yes" if name in required else "",
            value.get("description", ""),
        ]
        for name, value in schema["properties"].items()
    ]
    example = json.dumps(_own_example(form, schema), ensure_ascii=False, indent=2)
    return "\n\n".join(
        [
            f"## {form.name}",
            f"{schema['title']}. {schema['description']}",
            table(["key", "type", "required", "meaning"], rows),
            fenced(example, "json"),
            f"Schema: [`{form.schema}.schema.json`](../schemas/{form.schema}.schema.json)",
        ]
    )


def _schema_type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "type" in schema:
        found = schema["type"]
        return " or ".join(found) if isinstance(found, list) else str(found)
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return " or ".join(dict.fromkeys(_schema_type(arm) for arm in schema[key]))
    return "any"
