"""The sections that show rows: what was found in them, with places, and some examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from curate.reporting.charts import bar
from curate.reporting.markup import folded, number, plural, prose, section, table, text

Document = Mapping[str, Any]


def findings(document: Document) -> str:
    """Return what was found by code, with the first places and what to do."""
    checked = document["checked"]
    names = checked["select"] or [*checked["profiles"], *checked["extend_select"]]
    ran = f"Rules that ran: {text(', '.join(names))}."
    found = document["found"]
    if not found:
        return section("findings", "Findings", "<p>Nothing was found.</p>", lead=ran)
    told = [each for each in found if each["severity"] != "info"]
    mere = [each for each in found if each["severity"] == "info"]
    inside = "".join(map(_finding, mere))
    more = folded(f"Places of {plural(len(mere), 'code')} of mere information", inside)
    parts = [_by_code(found), *map(_finding, told), more if mere else ""]
    return section("findings", "Findings", *parts, lead=ran)


def _by_code(found: Sequence[Mapping[str, Any]]) -> str:
    most = max(each["findings"] for each in found)
    rows = [
        [
            f'<span class="code {text(e["severity"])}">{text(e["code"])}</span> {text(e["slug"])}',
            bar(e["findings"], most),
            text(e["severity"]),
            number(e["findings"]),
        ]
        for e in found
    ]
    heads = ["code", "", "severity", "findings"]
    return table("Findings by code", heads, rows, left=(0, 1, 2), class_="bars")


def _finding(found: Mapping[str, Any]) -> str:
    severity = found["severity"]
    head = (
        f'<p><span class="code {text(severity)}">{text(found["code"])}</span> '
        f"{prose(found['title'])} <span class='sub'>{text(severity)}, "
        f"{plural(found['findings'], 'time')}</span></p>"
    )
    fix = f"<p>Fix: {prose(found['fix'])}</p>" if found["fix"] else ""
    places = [f"<li>{_place(each)}</li>" for each in found["places"]]
    first, more = places[:2], places[2:]
    shown = f"<ul>{''.join(first)}</ul>"
    if more:
        shown += folded(f"{len(more)} more", f"<ul>{''.join(more)}</ul>")
    return f'<div class="finding">{head}{fix}{shown}</div>'


def _place(each: Mapping[str, Any]) -> str:
    where = text(each["file"] or "the set", 200)
    if each["line"] is not None:
        where += f":{each['line']}"
    pointer = f" <code>{text(each['pointer'], 200)}</code>" if each["pointer"] else ""
    value = each["value"]
    found = ""
    if value and value not in each["message"]:
        found = f", found <code>{text(value, 120)}</code>"
    return f"<code>{where}</code>{pointer} {text(each['message'], 300)}{found}"


def examples(document: Document) -> str:
    """Return some rows."""
    found = document["examples"]
    if not found:
        return ""
    lead = "Chosen by the hash of their ids. Secrets and personal data are masked, long texts cut."
    return section("examples", "Examples", *map(_example, found), lead=lead)


def _example(example: Mapping[str, Any]) -> str:
    place = text(example["file"] or "", 200)
    if example["line"] is not None and place:
        place += f":{example['line']}"
    named = [f"id {text(example['id'], 100)}", place, text(example["category"] or "", 100)]
    turns = "".join(
        f'<div class="turn"><b>{text(turn["role"], 40)}</b>'
        f'<div dir="auto">{text(turn["text"])}{_chars(turn)}</div></div>'
        for turn in example["turns"]
    )
    more = example["turns_cut"]
    after = f"<p>and {plural(more, 'more turn')}</p>" if more else ""
    return f"<article><p>{' · '.join(filter(None, named))}</p>{turns}{after}</article>"


def _chars(turn: Mapping[str, Any]) -> str:
    cut = turn["text"].endswith("…") and turn["chars"] > len(turn["text"])
    return f' <span class="sub">({plural(turn["chars"], "character")})</span>' if cut else ""
