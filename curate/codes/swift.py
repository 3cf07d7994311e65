"""What the decoders of ms-swift's and axolotl's formats report beside the codes of all formats."""

from curate.codes.base import Code

SWIFT = (
    Code(
        "SCH016",
        "text-not-a-list",
        "error",
        """\
A column holds a list as text, and the text is not JSON.

Why: ms-swift falls back on Python literals, in which `'true'` and `true` are different things and a
wrong quote makes another text; what was meant is not guessed.
Example: `{"history": "[('Hi', 'Hello')]"}`
Fix: write the list itself, or its JSON text.
Source: ms-swift `swift/dataset/preprocessor/core.py` (`default_repair_messages`).""",
    ),
)
