"""TOL: what the schemas of a row's tools say, and what servers and trainers make of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from curate.checks.base import Check, Spot, rule
from curate.checks.structure.calling import breaks, schema_fault, tools_of
from curate.checks.structure.schemas import (
    Body,
    bodies_of,
    dumped,
    padding_of,
    properties_of,
    subschemas,
    types_of,
    without_padding,
)
from curate.row import Kind, Row

_KINDS: tuple[Kind, ...] = ("sft", "preference", "unpaired")
_MOST_TOOLS = 128
_MOST_CHARS = 1024
_SAYS_WHAT = frozenset({"enum", "const", "$ref", "anyOf", "oneOf", "allOf", "not", "properties"})
_SHOWN = 5

Find = Callable[[Body], Iterator[Spot]]


@lru_cache(maxsize=4096)
def _in_tools(find: Find, tools: str) -> tuple[Spot, ...]:
    # Many rows of a set have the same tools, so each list is looked at once.
    try:
        return tuple(spot for body in bodies_of(tools) for spot in find(body))
    except RecursionError:
        return ()


def _of_each(find: Find) -> Check:
    """Return a check that looks at each tool; the page is the function's own."""

    def check(row: Row) -> Iterator[Spot]:
        if tools := row.get("tools"):
            yield from _in_tools(find, tools)

    check.__doc__ = find.__doc__
    return check


def _listed(names: list[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


@rule("TOL040", "too-many-tools", severity="warning", kinds=_KINDS, ordinary=True)
def too_many_tools(row: Row) -> Iterator[Spot]:
    """The row offers more than 128 tools.

    Why: OpenAI refuses the row, and the schemas take the place of the conversation: trainers that
    cut long rows cut the answer.
    Example: `tools` with 200 entries
    Fix: keep the tools that are called and some others.
    Source: OpenAI API specification (`tools`: at most 128 functions).
    """
    if row.get("tools") and (count := len(tools_of(row["tools"]))) > _MOST_TOOLS:
        yield Spot("/tools", f"{count} tools, expected at most {_MOST_TOOLS}", count)


@rule("TOL041", "tool-description-too-long", severity="info", kinds=_KINDS, ordinary=True)
@_of_each
def tool_description_too_long(tool: Body) -> Iterator[Spot]:
    """A tool's description is longer than 1,024 characters.

    Why: OpenAI and Azure refuse the request, so what the model learns cannot be served there.
    Example: a description of 2,000 characters
    Fix: shorten it; what is about one parameter belongs to that parameter.
    Source: OpenHands/OpenHands#4838 (OpenAI: expected a string with maximum length 1024).
    """
    said = tool.body.get("description")
    if isinstance(said, str) and len(said) > _MOST_CHARS:
        message = f"{tool.name}: {len(said)} characters, expected at most {_MOST_CHARS}"
        yield Spot(tool.pointer, message, len(said))


@rule("TOL042", "tool-without-description", severity="info", kinds=_KINDS, ordinary=True)
@_of_each
def tool_without_description(tool: Body) -> Iterator[Spot]:
    """A tool has no description.

    Why: mistral-finetune refuses it, and the model has only the name to go by.
    Example: `{"name": "get_weather", "parameters": {…}}`
    Fix: say in a sentence what the tool does.
    Source: mistral-finetune `validate_data` (description is required); LLaMA-Factory 0.9.5
    `tool_utils.py` (an empty text is printed).
    """
    said = tool.body.get("description")
    if tool.name and (not isinstance(said, str) or not said.strip()):
        yield Spot(tool.pointer, f"{tool.name} has no description")


def _says_what(schema: dict[str, Any]) -> bool:
    """Return whether a schema, or those of what it is made of, have a description."""
    if schema.get("description"):
        return True
    items = schema.get("items")
    inner = [*properties_of(schema).values(), *([items] if isinstance(items, dict) else ())]
    return any(_says_what(each) for each in inner)


@rule("TOL043", "parameter-without-description", severity="info", kinds=_KINDS, ordinary=True)
@_of_each
def parameter_without_description(tool: Body) -> Iterator[Spot]:
    """A tool's parameter has no description, nor has anything inside it.

    Why: the model has to guess from the name what is wanted and in which unit or format.
    Example: `"properties": {"d": {"type": "string"}}`
    Fix: describe each parameter.
    Source: LLaMA-Factory 0.9.5 `tool_utils.py:DefaultToolUtils` (an empty text is printed);
    Anthropic, tool use guide (detailed descriptions).
    """
    bare = [
        name
        for name, inner in properties_of(tool.parameters).items()
        if not inner.keys() & {"$ref", "title"} and not _says_what(inner)
    ]
    if bare:
        message = f"{tool.name}: no description of {_listed(bare)}"
        yield Spot(tool.pointer, message, len(bare))


@rule("TOL044", "parameter-without-type", severity="info", kinds=_KINDS, ordinary=True)
@_of_each
def parameter_without_type(tool: Body) -> Iterator[Spot]:
    """A tool's parameter has no type and nothing that stands for one.

    Why: LLaMA-Factory prints an empty type, Gemini refuses the tool, and no call can be checked.
    Example: `"properties": {"city": {"description": "The city"}}`
    Fix: write the type; where any is meant, list the types.
    Source: LLaMA-Factory 0.9.5 `tool_utils.py:DefaultToolUtils`; zereight/gitlab-mcp#166 (Gemini).
    """
    bare = [
        name
        for name, inner in properties_of(tool.parameters).items()
        if not types_of(inner) and not (inner.keys() & _SAYS_WHAT)
    ]
    if bare:
        yield Spot(tool.pointer, f"{tool.name}: no type of {_listed(bare)}", len(bare))


@rule("TOL045", "required-parameter-unknown", severity="warning", kinds=_KINDS, ordinary=True)
@_of_each
def required_parameter_unknown(tool: Body) -> Iterator[Spot]:
    """A tool requires a parameter that it does not describe.

    Why: Gemini refuses the tool ("property is not defined"), and no call can be right: the model
    is asked for a value of which it knows the name alone.
    Example: `"required": ["city"]` with `"properties": {"town": …}`
    Fix: describe the parameter, or take it out of `required`.
    Source: iBUHub/AIStudioToAPI#154 (Gemini API: required[0]: property is not defined).
    """
    for path, schema in subschemas(tool.parameters or {}):
        required, known = schema.get("required"), schema.get("properties")
        if not isinstance(required, list) or not isinstance(known, dict):
            continue
        missing = [name for name in required if isinstance(name, str) and name not in known]
        if missing:
            where = f"{tool.name}.{path}" if path else tool.name
            message = f"{where} requires {_listed(missing)}, described: {_listed(list(known))}"
            yield Spot(tool.pointer, message, missing[0])


def _has_items(schema: dict[str, Any]) -> bool:
    return bool(schema.keys() & {"items", "prefixItems", "contains", "enum", "const", "$ref"})


@rule("TOL046", "array-without-items", severity="warning", kinds=_KINDS, ordinary=True)
@_of_each
def array_without_items(tool: Body) -> Iterator[Spot]:
    """A parameter is an array and does not say of what.

    Why: OpenAI refuses the tool ("array schema missing items"), and the model has to guess what
    to put into it.
    Example: `{"type": "array", "description": "The cities"}`
    Fix: add `items` with the type of each entry.
    Source: modelscope/ms-agent#610; sigoden/aichat#1049 (OpenAI: array schema missing items).
    """
    for path, schema in subschemas(tool.parameters or {}):
        if "array" in types_of(schema) and not _has_items(schema):
            message = f"{tool.name}.{path} is an array without items"
            yield Spot(tool.pointer, message, path)


@rule("TOL047", "parameters-not-an-object", severity="warning", kinds=_KINDS, ordinary=True)
@_of_each
def parameters_not_an_object(tool: Body) -> Iterator[Spot]:
    """The schema of a tool's parameters is of another type than object, or names none.

    Why: arguments are named, so Gemini and OpenAI refuse the tool ("schema should be of type
    OBJECT").
    Example: `"parameters": {"properties": {"city": {"type": "string"}}}`
    Fix: write `"type": "object"` beside `properties`.
    Source: BerriAI/litellm#19103 (Gemini: parameters schema should be of type OBJECT).
    """
    schema = tool.parameters
    if not schema or schema.keys() & {"$ref", "anyOf", "oneOf", "allOf"}:
        return
    # A type that JSON Schema does not know is TOL018's.
    if (
        types_of(schema) != ("object",)
        and schema_fault(json.dumps(without_padding(schema))) is None
    ):
        found = ", ".join(types_of(schema)) or "missing"
        yield Spot(tool.pointer, f"{tool.name}: the type is {found}, expected object", found)


@rule("TOL048", "tool-without-properties", severity="info", kinds=_KINDS, ordinary=True)
@_of_each
def tool_without_properties(tool: Body) -> Iterator[Spot]:
    """A tool that takes no argument leaves out `parameters`, or its `properties`.

    Why: LLaMA-Factory's default format reads `tool["parameters"]["properties"]` and ends the run
    with a KeyError; mistral-finetune refuses the tool.
    Example: `{"name": "get_time", "description": "The time"}`
    Fix: write `"parameters": {"type": "object", "properties": {}}`.
    Source: LLaMA-Factory 0.9.5 `tool_utils.py:DefaultToolUtils.tool_formatter`; mistral-finetune
    `validate_data`.
    """
    if tool.name and not isinstance((tool.parameters or {}).get("properties"), dict):
        missing = "properties" if tool.parameters else "parameters"
        yield Spot(tool.pointer, f"{tool.name} has no {missing}", missing)


@rule("TOL049", "enum-not-text", severity="info", kinds=_KINDS, ordinary=True)
@_of_each
def enum_not_text(tool: Body) -> Iterator[Spot]:
    """A parameter's `enum` holds something that is no text.

    Why: LLaMA-Factory's default format joins the values as text and ends the run with a TypeError;
    Gemini accepts text alone.
    Example: `"enum": [1, 2, 3]`
    Fix: write the values as text, or say the range in the description.
    Source: LLaMA-Factory 0.9.5 `tool_utils.py:DefaultToolUtils.tool_formatter`; Gemini API
    (`Schema.enum` is a list of strings).
    """
    for name, inner in properties_of(tool.parameters).items():
        values = inner.get("enum")
        if isinstance(values, list) and (odd := [v for v in values if not isinstance(v, str)]):
            yield Spot(tool.pointer, f"{tool.name}.{name}: {json.dumps(odd[0])} in enum", odd[0])


@rule("TOL050", "enum-value-twice", severity="warning", kinds=_KINDS, ordinary=True)
@_of_each
def enum_value_twice(tool: Body) -> Iterator[Spot]:
    """A parameter's `enum` is empty, or holds a value twice.

    Why: a mistake in the schema: no value fits an empty list, and validators may refuse one with
    repeats.
    Example: `"enum": ["asc", "desc", "asc"]`
    Fix: list each value once.
    Source: JSON Schema 2020-12, validation, section 6.1.2 (elements should be unique).
    """
    for path, schema in subschemas(tool.parameters or {}):
        values = schema.get("enum")
        if not isinstance(values, list):
            continue
        texts = [json.dumps(value, sort_keys=True) for value in values]
        again = [text for at, text in enumerate(texts) if text in texts[:at]]
        if again or not values:
            found = f"{again[0]} stands twice" if again else "no value"
            yield Spot(tool.pointer, f"{tool.name}.{path}: {found} in enum")


@rule("TOL051", "default-breaks-schema", severity="warning", kinds=_KINDS, ordinary=True)
@_of_each
def default_breaks_schema(tool: Body) -> Iterator[Spot]:
    """A parameter's default is not allowed by its own type or enum.

    Why: the model learns the default from the schema, and servers that check arguments refuse it.
    A null, where the parameter may be left out, is no fault.
    Example: `{"type": "integer", "default": "10"}`
    Fix: correct the default or the type.
    Source: JSON Schema 2020-12, validation, section 9.2 (default should be valid); Berkeley
    Function Calling Leaderboard data.
    """
    for path, schema in subschemas(tool.parameters or {}):
        if schema.get("default") is None:
            continue
        plain = {key: schema[key] for key in ("type", "enum") if schema.get(key) is not None}
        text = json.dumps({"properties": {"default": plain}})
        if not plain or schema_fault(text):
            continue
        for _, message, found in breaks(text, {"default": schema["default"]}):
            yield Spot(tool.pointer, f"{tool.name}.{path}: default: {message}", found)
            break


def _is_open(schema: dict[str, Any]) -> bool:
    return "object" in types_of(schema) and schema.get("additionalProperties") is not False


@rule("TOL052", "strict-without-closed-schema", severity="warning", kinds=_KINDS, ordinary=True)
@_of_each
def strict_without_closed_schema(tool: Body) -> Iterator[Spot]:
    """A tool is declared strict, and its schema is not as strict mode asks for.

    Why: OpenAI refuses the tool: in strict mode every object has `additionalProperties: false`,
    and every parameter is required.
    Example: `"strict": true` with `"required": []`
    Fix: require every parameter (a type with null for those that may be left out), close every
    object, or take `strict` out.
    Source: OpenAI structured outputs guide (supported schemas).
    """
    if tool.body.get("strict") is not True:
        return
    for path, schema in subschemas(tool.parameters or {}):
        where = f"{tool.name}.{path}" if path else tool.name
        required = schema.get("required")
        names = set(required) if isinstance(required, list) else set()
        optional = [name for name in properties_of(schema) if name not in names]
        if _is_open(schema):
            yield Spot(tool.pointer, f"{where}: additionalProperties is not false")
        elif optional:
            yield Spot(tool.pointer, f"{where}: not required: {_listed(optional)}")


def _without_padding(row: Row) -> Row:
    text = row.get("tools")
    if not text or not bodies_of(text):
        return row
    try:
        entries = json.loads(text)
        changed = [_unpadded(entry) for entry in entries]
    except RecursionError:
        return row
    if changed == entries:
        return row
    return {**row, "tools": dumped(changed)}


def _unpadded(entry: Any) -> Any:
    if not isinstance(entry, dict):
        return entry
    kind = entry.get("type")
    if isinstance(kind, str) and isinstance(entry.get(kind), dict):
        return {**entry, kind: _with_schema(entry[kind])}
    return _with_schema(entry)


def _with_schema(body: dict[str, Any]) -> dict[str, Any]:
    return {
        key: without_padding(value) if key in ("parameters", "input_schema") else value
        for key, value in body.items()
    }


@rule(
    "TOL053",
    "null-in-schema",
    severity="warning",
    kinds=_KINDS,
    fix=_without_padding,
    fix_kind="safe",
    ordinary=True,
)
@_of_each
def null_in_schema(tool: Body) -> Iterator[Spot]:
    """A tool's schema has keys that are null: the padding of an Arrow or Parquet table.

    Why: a table has one set of keys for all tools, so that each tool gets the parameters of every
    other one, as null. They stand in the prompt, and templates that read them raise.
    Example: `"properties": {"city": {"type": "string", "enum": null}, "amount": null}`
    Fix: the safe fix takes out nulls that no schema means; keep `tools` as JSON text in a table.
    Source: modelscope/ms-swift#10110 and `swift/utils/schema_utils.py` (4.6).
    """
    if padded := padding_of(tool.parameters):
        message = f"{tool.name}: null at {_listed(padded)}"
        yield Spot(tool.pointer, message, len(padded))


RULES = (
    too_many_tools,
    tool_description_too_long,
    tool_without_description,
    parameter_without_description,
    parameter_without_type,
    required_parameter_unknown,
    array_without_items,
    parameters_not_an_object,
    tool_without_properties,
    enum_not_text,
    enum_value_twice,
    default_breaks_schema,
    strict_without_closed_schema,
    null_in_schema,
)
