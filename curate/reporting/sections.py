"""The sections of the report, each from the document that `curate stats --json` prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from curate.reporting.charts import bar, columns, histogram
from curate.reporting.markup import DASH, number, plural, section, share, table, text

Document = Mapping[str, Any]
_SIDES = (("prompt", "Prompt"), ("response", "Response"), ("whole", "Whole row"))
_FIGURES = ("sum", "min", "median", "mean", "p95", "p99", "max")
_HEADS = ("in all", "least", "median", "mean", "95 %", "99 %", "most")


def unit_of(document: Document) -> str:
    """Return the unit that charts are drawn in: tokens where they were counted, else words."""
    return "tokens" if "tokens" in document["units"] else "words"


def tiles(document: Document) -> str:
    """Return the figures that one looks for first."""
    removed = sum(document["removed"].values())
    unit = unit_of(document)
    whole, response = (document["lengths"][side][unit] for side in ("whole", "response"))
    repeats = document["duplicates"]["rows"]
    severe = [each for each in document["found"] if each["severity"] == "error"]
    errors = sum(each["findings"] for each in severe)
    entries = [
        ("Rows", number(document["rows_out"]), f"kind {document['kind'] or DASH}"),
        ("Set aside", number(removed), f"of {plural(document['rows_in'], 'record')} read"),
        ("Errors found", number(errors), plural(len(severe), "code")),
    ]
    if whole is not None:
        half = f"half of the rows have {number(whole['median'])} or fewer"
        entries.append((f"{unit.capitalize()}", number(whole["sum"]), half))
    if response is not None:
        most = f"95 of 100 have {number(response['p95'])} or fewer"
        entries.append((f"Median response, {unit}", number(response["median"]), most))
    if repeats is not None:
        said = share(repeats["repeats"], repeats["of"])
        entries.append(("Repeated rows", number(repeats["repeats"]), f"{said} of the rows"))
    cells = (
        f'<div><dt>{text(name)}</dt><dd>{value}<span class="beside">{beside}</span></dd></div>'
        for name, value, beside in entries
    )
    return f'<dl class="tiles">{"".join(cells)}</dl>'


def inputs(document: Document) -> str:
    """Return what was read."""
    rows = [
        [
            f"<code>{text(each['path'])}</code>",
            text(each["container"]),
            number(each["bytes"]),
            number(each["records"]),
            text(", ".join(f"{name} {number(n)}" for name, n in each["shapes"].items()) or DASH),
        ]
        for each in document["inputs"]
    ]
    heads = ["input", "container", "bytes", "records", "format"]
    return section(
        "inputs", "What was read", table("Inputs", heads, rows, left=(0, 1, 4)), _origins(document)
    )


def _origins(document: Document) -> str:
    """Return where rows came from, where that is elsewhere than what was read."""
    read = {each["path"] for each in document["inputs"]}
    found = document["origins"]["top"]
    if not found or {each["value"] for each in found} <= read:
        return ""
    return "<h3>Where the rows came from first</h3>" + values("origin", document["origins"])


def funnel(document: Document) -> str:
    """Return the steps with what each took away and put in, by code."""
    steps = document["funnel"]
    most = max((max(step["rows_in"], step["rows_out"]) for step in steps), default=0)
    rows = []
    for step in steps:
        gone = sum(step["removed"].values())
        name = text(step["step"])
        if step["of"] is not None and len({each["of"] for each in steps}) > 2:
            name += f' <span class="sub">{text(step["of"])}</span>'
        rows.append(
            [
                name,
                bar(step["rows_out"], most, gone),
                number(step["rows_in"]),
                _codes(step["added"], step["removed"]),
                number(step["rows_out"]),
            ]
        )
    heads = ["step", "rows", "in", "change", "out"]
    lead = (
        '<span class="key"></span>rows that stay, <span class="key gone"></span>rows that leave; '
        "in + added = out + removed in every step"
    )
    shown = table("Rows by step", heads, rows, left=(0, 1, 3), class_="bars")
    return section("funnel", "Funnel", shown, lead=lead)


def _codes(added: Mapping[str, int], removed: Mapping[str, int]) -> str:
    """Return what came and what left by code, each with its sign, the most first."""
    changes = [(n, "+", code) for code, n in added.items()]
    changes += [(n, "−", code) for code, n in removed.items()]
    ranked = sorted(changes, key=lambda change: (-change[0], change[2]))
    said = "<br>".join(f"{sign}{number(n)} {text(code)}" for n, sign, code in ranked)
    return f'<span class="codes">{said}</span>' if said else DASH


def lengths(document: Document) -> str:
    """Return lengths: charts in one unit, figures in all."""
    unit = unit_of(document)
    found = document["lengths"]
    charts = [histogram(f"h-{side}", name, unit, found[side][unit]) for side, name in _SIDES]
    charts.append(
        columns("h-turns", "Messages in a row", "messages", document["turns"]["messages"])
    )
    rows = [
        [f"{name}, {each}", *(number(found[side][each][f], int(f == "mean")) for f in _FIGURES)]
        for side, name in _SIDES
        for each in document["units"]
        if found[side][each] is not None
    ]
    lead = (
        "Of texts alone, without the marks of a chat template. Each step of the scale is about a "
        "half more than the one before, the same in every report."
    )
    return section(
        "lengths",
        "Lengths and turns",
        f'<div class="charts">{"".join(charts)}</div>',
        table("Lengths", ["", *_HEADS], rows),
        _rendered(document),
        lead=lead,
    )


def _rendered(document: Document) -> str:
    """Return what a model reads in tokens, where a tokenizer and a template were named."""
    found = document.get("tokens")
    if not found:
        return ""
    template = f", template {text(found['chat_template'])}" if found["chat_template"] else ""
    rows = [
        ["tokens of all sequences", number(found["tokens"])],
        ["of them trained", number(found["trained_tokens"])],
        *([f"{p[1:]} of 100 rows have at most", number(found[p])] for p in _percentiles(found)),
    ]
    if found["max_length"] is not None:
        over = number(found["rows_over_max_length"])
        rows.append([f"rows longer than {number(found['max_length'])}", over])
    head = f"<h3>As a model reads the rows: {text(found['tokenizer'])}{template}</h3>"
    return head + table("Tokens of rendered rows", ["", "tokens"], rows)


def _percentiles(found: Mapping[str, Any]) -> Iterator[str]:
    return (name for name in ("p50", "p95", "p99") if name in found)


def values(what: str, tally: Mapping[str, Any], noun: str = "rows") -> str:
    """Return rows by value as a table with bars."""
    top = tally["top"]
    total = sum(each["rows"] for each in top) + tally.get("others", 0)
    most = max((each["rows"] for each in top), default=0)
    rows = [
        [
            text(each["value"], 200) or "(empty)",
            bar(each["rows"], most),
            number(each["rows"]),
            share(each["rows"], total),
        ]
        for each in top
    ]
    if tally.get("others"):
        more = tally["different"] - len(top)
        least = " or more" if tally.get("different_is_least") else ""
        rows.append(
            [
                f"{number(more)}{least} others",
                "",
                number(tally["others"]),
                share(tally["others"], total),
            ]
        )
    return table(f"{noun} by {what}", [what, "", noun, "share"], rows, left=(0, 1), class_="bars")


def content(document: Document) -> str:
    """Return categories, languages, roles, system prompts and what rows use."""
    parts = []
    if document["categories"]["rows"]:
        missing = document["rows_out"] - document["categories"]["rows"]
        parts.append("<h3>Categories</h3>")
        parts.append(values("category", document["categories"]))
        parts.append(f"<p class='sub'>{plural(missing, 'row')} without one</p>" if missing else "")
    parts += ["<h3>Languages of the responses</h3>", _languages(document)]
    if document["roles"]:
        parts += ["<h3>Roles</h3>", _roles(document)]
    systems = document["systems"]
    if systems["rows"]:
        said = f"{plural(systems['rows'], 'row')}, {plural(systems['different'], 'different one')}"
        parts += ["<h3>System prompts</h3>", f"<p class='sub'>{said}</p>", values("text", systems)]
    if document["uses"]:
        top = [{"value": _USES.get(n, n), "rows": rows} for n, rows in document["uses"].items()]
        parts += ["<h3>Rows that have</h3>", _uses(top, document["rows_out"])]
    if document["generated_by"]["rows"]:
        parts += ["<h3>Written by a model</h3>", values("model", document["generated_by"])]
    return section("content", "What is in it", *parts)


_USES = {
    "tools": "declared tools",
    "tool_calls": "tool calls",
    "parts": "messages in parts",
    "weight": "weights of turns",
    "generated": "text of a model",
    "refusal": "a refusal field",
    "group": "a group",
    "margin": "a margin",
    "label": "a label",
}


def _uses(top: Sequence[Mapping[str, Any]], rows: int) -> str:
    cells = [
        [text(e["value"]), bar(e["rows"], rows), number(e["rows"]), share(e["rows"], rows)]
        for e in top
    ]
    return table(
        "Rows by what they have", ["", "", "rows", "share"], cells, left=(0, 1), class_="bars"
    )


def _roles(document: Document) -> str:
    most = max(each["messages"] for each in document["roles"].values())
    rows = [
        [text(role), bar(n["messages"], most), number(n["messages"]), number(n["rows"])]
        for role, n in document["roles"].items()
    ]
    heads = ["role", "", "messages", "rows with it"]
    return table("Messages by role", heads, rows, left=(0, 1), class_="bars")


def _languages(document: Document) -> str:
    found, declared = document["languages"], document["declared_languages"]
    parts = []
    if found["identifier"] is None:
        parts.append(f"<p class='sub'>Not identified: {text(found['why'])}</p>")
    elif found["looked_at"]:
        few = found["looked_at"] < found["of"]
        part = f"{number(found['looked_at'])} of {number(found['of'])} rows" if few else "all rows"
        named = text(found["identifier"])
        parts.append(f"<p class='sub'>By {named}, of {part}; “not sure” where it may err</p>")
        parts.append(values("language", found))
    if declared["rows"]:
        parts += ["<h3>Languages that rows declare</h3>", values("language", declared)]
    return "".join(parts)


def duplicates(document: Document) -> str:
    """Return how often rows, prompts and answers come again."""
    named = (("rows", "Rows"), ("prompts", "Prompts"), ("responses", "Responses"))
    rows = []
    for key, name in named:
        found = document["duplicates"][key]
        if found is not None and found["of"]:
            rows.append(
                [
                    name,
                    bar(found["repeats"], found["of"]),
                    number(found["repeats"]),
                    share(found["repeats"], found["of"]),
                    number(found["groups"]),
                    number(found["largest"]),
                ]
            )
    if not rows:
        return ""
    lead = (
        "What is exactly the same as an earlier one; ids, categories and other columns beside the "
        "content do not count. Near-duplicates are found by <code>curate dedup</code>."
    )
    heads = ["the same", "", "repeats", "share", "groups", "largest group"]
    shown = table("Exact repeats", heads, rows, left=(0, 1), class_="bars")
    return section("duplicates", "Duplicates", shown, lead=lead)


def parts(document: Document) -> str:
    """Return splits or inputs side by side."""
    found = document["parts"]
    if not found:
        return ""
    unit = unit_of(document)
    rows = []
    for each in found:
        sides = [each["lengths"][side][unit] for side in ("prompt", "response")]
        figures = [number(side[f]) if side else DASH for side in sides for f in ("median", "p95")]
        mean = number(each["messages_mean"], 1)
        share_of = share(each["rows"], document["rows_out"])
        repeats = number(each["repeats"])
        rows.append([text(each["name"]), number(each["rows"]), share_of, *figures, mean, repeats])
    heads = ["", "rows", "share", "prompt, median", "prompt, 95 %", "response, median"]
    heads += ["response, 95 %", "messages, mean", "repeated rows"]
    of_splits = document["parts_are"] == "split"
    title = "Splits compared" if of_splits else "Inputs compared"
    lead = f"Lengths in {unit}. A repeated row is the same as an earlier one of its own part."
    return section("parts", title, table(title, heads, rows), _overlaps(document), lead=lead)


def _overlaps(document: Document) -> str:
    found = [each for each in document["overlaps"] if each.get("rows") or each.get("prompts")]
    if not found:
        return "<p class='sub'>No row and no prompt of one is in another.</p>"
    rows = [
        [f"{text(e['of'])} in {text(e['in'])}", number(e.get("rows")), number(e.get("prompts"))]
        for e in found
    ]
    return "<h3>In more than one</h3>" + table("Overlaps", ["", "rows", "prompts"], rows)
