"""The report of a set as one HTML file that opens offline: no scripts, no fonts, no addresses."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from curate.reporting import places, sections
from curate.reporting.markup import plural, text

GENERATOR = "Tunesmith"
# In the order of the page: what a section is called in the list at its top, and what makes it.
_SECTIONS = (
    ("funnel", "Funnel", sections.funnel),
    ("lengths", "Lengths and turns", sections.lengths),
    ("content", "Content", sections.content),
    ("duplicates", "Duplicates", sections.duplicates),
    ("parts", "Compared", sections.parts),
    ("findings", "Findings", places.findings),
    ("examples", "Examples", places.examples),
    ("inputs", "Inputs", sections.inputs),
)


@cache
def _style() -> str:
    lines = Path(__file__).with_name("page.css").read_text("utf-8").splitlines()
    return "\n".join(line for line in lines if line.strip())


def _policy() -> str:
    """Return what a browser may load: nothing but this very style."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def page(document: Mapping[str, Any]) -> str:
    """Return the report of a document that keeps to `stats.schema.json`.

    The same document gives the same bytes.
    """
    made = [(name, title, make(document)) for name, title, make in _SECTIONS]
    made = [each for each in made if each[2]]
    links = "".join(f'<li><a href="#{name}">{title}</a></li>' for name, title, _ in made)
    paths = [each["path"] for each in document["inputs"]]
    title = text(_title(paths))
    read = f"{plural(len(paths), 'input')}, {plural(document['rows_in'], 'record')} read"
    left = f"All figures are of the {plural(document['rows_out'], 'row')} that are left."
    beside = "The same numbers stand in the JSON file beside this page."
    version = text(document["tunesmith_version"])
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="{GENERATOR} {version}">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{_style()}</style>
</head>
<body>
<header>
<h1>{title}</h1>
<p class="sub">{read}. {left}</p>
<nav aria-label="Sections"><ul>{links}</ul></nav>
{sections.tiles(document)}
</header>
<main>
{chr(10).join(each for _, _, each in made)}
</main>
<footer>Made by {GENERATOR} {version}. {beside}</footer>
</body>
</html>
"""


def _title(paths: list[str]) -> str:
    """Return what the page is called: the one input, the folder of all, or the first of them."""
    if len(paths) <= 1:
        return paths[0] if paths else "no input"
    folders = {path.rpartition("/data/")[0] for path in paths}
    if len(folders) == 1 and (folder := folders.pop()):
        return folder
    return f"{paths[0]} and {len(paths) - 1} more"
