"""What redaction tells of itself: counts, and never what was hidden."""

from __future__ import annotations

from collections import Counter
from typing import Any

from curate.redaction import Plan, Redactor


def report(redactor: Redactor, remarks: Counter[str], plan: Plan) -> dict[str, Any]:
    """Return the step's section of the JSON document.

    Args:
        redactor: After the last row.
        remarks: Code → places that should be looked at.
        plan: What was asked for.
    """
    tally = redactor.tally
    return {
        **card(redactor, plan)["redaction"],
        "rows": tally.rows,
        "places": dict(sorted(tally.kinds.items())),
        "rules": dict(sorted(tally.rules.items())),
        "unsure": dict(sorted(tally.unsure.items())),
        "entities": dict(sorted(redactor.names.entities.items())),
        "ambiguous_names": tally.ambiguous,
        "changed_media": tally.media,
        "to_review": dict(sorted(remarks.items())),
    }


def card(redactor: Redactor, plan: Plan) -> dict[str, Any]:
    """Return what `card.json` says of the redaction."""
    return {
        "redaction": {
            "kinds": sorted(plan.kinds),
            "style": plan.style,
            "numbering": plan.numbering,
            "replaced": redactor.tally.kinds.total(),
        }
    }


def lines(redactor: Redactor, remarks: Counter[str], n_rows: int) -> list[str]:
    """Return what people are told at the end."""
    tally = redactor.tally
    made = [f"replaced {tally.kinds.total():,} places in {tally.rows:,} of {n_rows:,} rows"]
    for kind, places in tally.kinds.most_common():
        entities = redactor.names.entities.get(kind, 0)
        different = f", {entities:,} different" if entities else ""
        made.append(f"  {kind}: {places:,}{different}")
    if remarks:
        codes = ", ".join(sorted(remarks))
        made.append(f"to be looked at: {remarks.total():,} places, told above ({codes})")
    made.append("names are known from headers, greetings and closings: read rows before you share")
    return made
