"""What can be wrong with a record's shape: SCH, and what decoders of other families report."""

from curate.codes.base import Code

DECODING = (
    Code(
        "SCH001",
        "missing-key",
        "error",
        """\
A key that the format requires is missing.

Example: an Alpaca row without `output`
Fix: add it, or say with `--map output=answer` which column holds it.
Source: the format's schema (`curate schema NAME`).""",
    ),
    Code(
        "SCH002",
        "wrong-type",
        "error",
        """\
A value has another type than the format says.

Why: LLaMA-Factory drops such a row with "Dropped invalid example: []"; others train `None` or the
text of a Python list.
Example: `{"instruction": "How many?", "output": 42}`
Fix: write the type that the message expects (text as text: `"42"`).
Source: the format's schema; hiyouga/LLaMA-Factory#4249.""",
    ),
    Code(
        "SCH003",
        "wrong-value",
        "error",
        """\
A value is not one of those the format allows.

Fix: use one of the values that the message lists.
Source: the format's schema.""",
    ),
    Code(
        "SCH004",
        "wrong-length",
        "error",
        """\
A list has too few or too many items for the format.

Why: an empty conversation trains nothing, and trainers fail on it or drop it in silence.
Example: `"messages": []`
Fix: add or take out items until the count is in the bounds of the message, or leave the row out.
Source: the format's schema.""",
    ),
    Code(
        "SCH005",
        "schema",
        "error",
        """\
The record breaks the schema in another way, which the message states.

Source: the format's schema, or the one given with `--schema`.""",
    ),
    Code(
        "SCH006",
        "unknown-shape",
        "error",
        """\
The record's columns fit no format.

Fix: rename columns with `--map instruction=question`, build them with `--prompt`/`--completion`,
or name the format with `--from`.
Source: `curate formats`.""",
    ),
    Code(
        "SCH007",
        "ambiguous-shape",
        "error",
        """\
The record's columns fit several formats, and nothing is guessed.

Example: `{"text": "…", "label": 1}` may be pretraining text, a class or an unpaired answer
Fix: say which with `--from FORMAT` or `--map`.
Source: `curate formats`.""",
    ),
    Code(
        "SCH008",
        "other-kind",
        "error",
        """\
The record is of another kind than the output holds.

Why: a dataset folder has one kind of row.
Fix: keep the rows of one kind with `--kind`, or make one kind of all with `--as` where that is
possible.
Source: the dataset folder's contract.""",
    ),
    Code(
        "SCH009",
        "pretokenised",
        "error",
        """\
The record holds token ids instead of text.

Why: ids cannot be checked, shown or rendered; they are recognised and never converted.
Fix: convert from the text that they were made of.
Source: the row contract.""",
    ),
    Code(
        "SCH010",
        "not-one-exchange",
        "error",
        """\
`--reverse` needs one user turn and one assistant turn of plain text.

Why: with several exchanges it is open which instruction belongs to which response.
Example: a chat of four turns
Fix: convert it without `--reverse`, or split the chat into exchanges first.
Source: `curate convert --reverse`.""",
    ),
    Code(
        "SCH011",
        "several-rows",
        "info",
        """\
One record makes several rows.

Why: rows are counted, so the rows that come to the first are added under this code; each names the
first in `origin.parent`.
Example: a tree of replies, read as every path through it
Fix: nothing to do.
Source: the row contract.""",
    ),
    Code(
        "TRN001",
        "unknown-role",
        "error",
        """\
A message's role is none that the format knows.

Why: TRL leaves `human` and `gpt` in the prompt, LLaMA-Factory v1 drops the turn, ms-swift the row.
Example: `{"from": "Human", "value": "Hi"}`
Fix: use the role that is proposed, or one that the message lists.
Source: TRL 1.16 `maybe_convert_to_chatml`; LLaMA-Factory `converter.py`.""",
    ),
    Code(
        "TRN003",
        "system-twice",
        "warning",
        """\
The row has a system column and a system turn.

Why: LLaMA-Factory and ms-swift let the turn win and lose the column in silence. The column's text
is kept in `extra`.
Fix: keep one of them.
Source: LLaMA-Factory `converter.py:SharegptDatasetConverter`.""",
    ),
    Code(
        "TOL001",
        "tools-not-json",
        "error",
        """\
The tools column is not a JSON list of tools.

Why: LLaMA-Factory crashes on `" "` and on a single object; its v1 engine removes the tools.
Fix: write a JSON list, `[]` for none.
Source: hiyouga/LLaMA-Factory#7547.""",
    ),
    Code(
        "TOL002",
        "call-not-json",
        "error",
        """\
A function_call turn is not JSON of `{"name": …, "arguments": …}`.

Why: one such turn ends a LLaMA-Factory run after hours of tokenising.
Fix: write the call as JSON.
Source: LLaMA-Factory `FunctionFormatter`.""",
    ),
    Code(
        "PRF001",
        "prompt-differs",
        "error",
        """\
The chosen and the rejected conversation do not share a prompt.

Why: the pair compares answers to different questions.
Fix: give both sides the same first messages.
Source: TRL 1.16 `extract_prompt`.""",
    ),
    Code(
        "PRF002",
        "prompt-not-separable",
        "error",
        """\
Chosen and rejected are plain texts without a prompt column.

Why: TRL cuts them at the first differing character, in the middle of a word.
Fix: give the prompt as a column of its own.
Source: TRL 1.16 `extract_prompt`.""",
    ),
    Code(
        "KTO001",
        "label-not-boolean",
        "error",
        """\
The label is not true or false.

Why: LLaMA-Factory takes 1 or "true" for no label at all and drops the row.
Fix: write JSON true or false.
Source: LLaMA-Factory `converter.py` (`kto_tag`).""",
    ),
)
