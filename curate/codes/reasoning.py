"""RSN: reasoning blocks that are left where they are, because moving them would be a guess."""

from curate.codes.base import Code

REASONING = (
    Code(
        "RSN001",
        "think-unbalanced",
        "warning",
        """\
A `<think>` block is not closed, or closed and never opened.

Why: templates that split the text at `</think>` take the wrong half for the answer. The text is
left as it is.
Example: `</think>The answer is 4.`, as servers log it that put `<think>` into the prompt
Fix: add the missing tag, or remove the other.
Source: Qwen3 chat template; axolotl 0.19 `split_thinking`.""",
    ),
    Code(
        "RSN002",
        "think-twice",
        "warning",
        """\
A `<think>` block is nested, or a second one follows.

Why: a message has one place for reasoning; which of the blocks belongs there is not known. The
text is left as it is.
Example: `<think>a</think>b<think>c</think>d`
Fix: write one block at the start of the answer.
Source: Qwen3 chat template; axolotl 0.19 `split_thinking`.""",
    ),
    Code(
        "RSN003",
        "think-both",
        "warning",
        """\
A message has reasoning of its own and a `<think>` block in its text.

Why: trainers read one of the two and train the other as part of the answer, or drop it. Both are
left as they are.
Example: `{"reasoning_content": "a", "content": "<think>b</think>c"}`
Fix: keep one of them.
Source: ms-swift 4.6 `_check_messages`; Qwen3 chat template.""",
    ),
    Code(
        "RSN004",
        "think-not-first",
        "warning",
        """\
Text stands before the `<think>` block of an answer.

Why: axolotl drops the text before the block, others train the block as text. The text is left as
it is.
Example: `Sure. <think>a</think>b`
Fix: put the block first.
Source: axolotl 0.19 `split_thinking`.""",
    ),
)
