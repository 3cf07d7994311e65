"""What the decoders of hosted services' formats report beside the codes of all formats."""

from curate.codes.base import Code

HOSTED = (
    Code(
        "SCH012",
        "said-twice",
        "error",
        """\
Two keys say the same, and the format takes one of them.

Why: mistral-finetune refuses a record with `messages` and `interactions`, `tools` and
`available_tools`, or `content` and `text`; which one counts is not said. Two prompt or two answer
columns that differ are reported for axolotl's pairs as well.
Example: `{"role": "user", "content": "Hi", "text": "Hello"}`
Fix: leave one of the two out.
Source: mistralai/mistral-finetune `finetune/data/tokenize.py`.""",
    ),
    Code(
        "SCH013",
        "not-one-preferred",
        "error",
        """\
Of two answers, not exactly one is labelled as preferred.

Why: preference tuning compares a better answer with a worse one.
Example: `{"candidates": [{"preferenceLabel": "preferred"}, {"preferenceLabel": "preferred"}]}`
Fix: label one answer `preferred` (score 1) and the other `non-preferred` (score 0).
Source: Amazon Nova user guide, direct preference optimization; Vertex AI, preference tuning.""",
    ),
)
