"""SCH: suppressions that hide nothing, or that nobody can honour."""

from curate.codes.base import Code

SUPPRESSION = (
    Code(
        "SCH032",
        "unused-suppression",
        "warning",
        """\
A suppression hides nothing: what it names was looked for and not found.

Why: it was written for a fault that has gone, and will hide the next one without a word.
Example: `"curate_ignore": "TXT001"` in a row without U+0000
Fix: take the code out of `curate_ignore`, or the pattern out of `per-file-ignores`.
Source: Tunesmith's suppressions: docs/ci.md; ruff's RUF100 is the same idea for Python.""",
    ),
    Code(
        "SCH033",
        "unknown-code-in-suppression",
        "error",
        """\
A row's `curate_ignore` names what is no code, slug or family.

Why: a code that is misspelt hides nothing, and nobody notices.
Example: `"curate_ignore": "TXT0O1"`
Fix: write a code (`TXT001`), its slug or a family (`TXT`); `curate rules` lists them.
Source: Tunesmith's suppressions: docs/ci.md.""",
    ),
    Code(
        "SCH034",
        "not-suppressible",
        "warning",
        """\
A suppression names a fault that leaves no usable row, so it cannot be hidden.

Why: a record that cannot be read or decoded becomes no row, whatever it says of itself.
Example: `"curate_ignore": "SCH002"` in a record whose `output` is a number
Fix: repair the record; only findings of rules and warnings can be suppressed.
Source: Tunesmith's suppressions: docs/ci.md.""",
    ),
    Code(
        "SCH035",
        "wrong-suppression",
        "error",
        """\
A row's `curate_ignore` is neither text nor a list of texts.

Why: what it was meant to hide cannot be told.
Example: `"curate_ignore": {"TXT001": true}`
Fix: write `"TXT001, QLT003"` or `["TXT001", "QLT003"]`.
Source: Tunesmith's suppressions: docs/ci.md.""",
    ),
)
