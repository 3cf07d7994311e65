"""Checks of rows as the model reads them: rendered by a chat template, tokenised, cut at a length.

They need a tokenizer. Without one the rules are known, with their pages, and find nothing.

rendering = open_rendering("models/qwen", None, 2048)
hits, tally = check_tokens(batch, "sft", selection, rendering, place)
"""

from __future__ import annotations

from curate.checks.base import Rule
from curate.checks.rendered import length, template, tokens
from curate.checks.rendered.base import RenderedRule, kind_of_row
from curate.checks.rendered.fate import Fate, fate
from curate.checks.rendered.reading import Reading
from curate.checks.rendered.rendering import Rendering, open_rendering
from curate.checks.rendered.running import check_tokens
from curate.checks.rendered.tally import Place, Tally

RULES: tuple[RenderedRule, ...] = (*length.RULES, *template.RULES, *tokens.RULES)


def rendered_rules(rendering: Rendering) -> tuple[Rule, ...]:
    """Return the rules bound to a rendering: each reads the rows that it is given."""
    return tuple(rule.bound(rendering) for rule in RULES)


__all__ = [
    "RULES",
    "Fate",
    "Place",
    "Reading",
    "RenderedRule",
    "Rendering",
    "Tally",
    "check_tokens",
    "fate",
    "kind_of_row",
    "open_rendering",
    "rendered_rules",
]
