"""SCH: what is wrong with a text that should be a rendered conversation."""

from curate.codes.base import Code

RENDERED = (
    Code(
        "SCH031",
        "not-rendered",
        "error",
        """\
The text is not a conversation in the template that was named.

Why: a text is taken apart only where writing it again gives the same bytes; anything else would
move text from one speaker to another.
Example: `--from rendered:chatml` on `<|im_start|>user` without `<|im_end|>`
Fix: name the template that made the text, cut off what follows the last answer, or read the text as
it is with `--from text`.
Source: the templates' own writing: docs/formats.md, `rendered:chatml` and its siblings.""",
    ),
)
