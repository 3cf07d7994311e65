"""What the decoders of published sets report: trees, steps, rankings and verdicts."""

from curate.codes.base import Code

PUBLISHED = (
    Code(
        "SCH020",
        "no-answer-in-tree",
        "error",
        """\
A tree of replies holds no answer that is not deleted or rejected.

Why: a row is a question with its answer; a prompt that nobody answered trains nothing.
Example: an OASST tree whose `prompt` has no `replies`
Fix: nothing to do: the record is set aside. Prompts alone are read with `--from trl-prompt-only`.
Source: LAION-AI/Open-Assistant `oasst-data/oasst_data/schemas.py`.""",
    ),
    Code(
        "SCH021",
        "steps-without-labels",
        "error",
        """\
A record has not as many labels as steps.

Why: TRL's PRM trainer pairs `completions` with `labels` one by one and drops what is left over.
Example: `{"prompt": "2 + 2 + 2?", "completions": ["2 + 2 is 4.", "So 6."], "labels": [true]}`
Fix: give each step one label.
Source: TRL 1.16 `docs/source/dataset_formats`, stepwise supervision.""",
    ),
    Code(
        "PRF012",
        "no-better-answer",
        "error",
        """\
The answers are judged equal, so none of them is the better one.

Why: a pair says that one answer is better; a side chosen by its place would be a guess.
Example: `{"winner": "tie"}`, `{"preference": 0}`, two answers of the same `overall_score`
Fix: nothing to do: the record is set aside. Change the verdict where you know better.
Source: tatsu-lab/alpaca_eval `annotators`; lmsys/chatbot_arena_conversations.""",
    ),
    Code(
        "PRF013",
        "not-judged",
        "error",
        """\
Fewer than two answers of the record are judged.

Why: without a verdict there is no pair.
Example: `{"preference": null}`, or one `completions` item with an `overall_score`
Fix: nothing to do: the record is set aside. Judge the answers first.
Source: openbmb/UltraFeedback; tatsu-lab/alpaca_eval.""",
    ),
    Code(
        "PRF014",
        "verdict-against-scores",
        "warning",
        """\
The label calls the answer with the lower score the better one.

Why: one of the two is wrong; the label is followed, as its readers do.
Example: `{"labels": 1, "score_A": 2, "score_B": 9}`
Fix: look at the record; take it out where the label is wrong.
Source: stanfordnlp/SHP.""",
    ),
)
