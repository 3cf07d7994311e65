"""LEK: rows that hold items of an evaluation, and evaluations that cannot be looked for."""

from curate.codes.base import Code

LEAKS = (
    Code(
        "LEK001",
        "leaked-item",
        "info",
        """\
A row holds the question of an evaluation's item word for word.

Why: a model that was trained on the question is not measured by it. Words are compared without
case, punctuation and white space; a question of fewer than 8 words must be the whole text of a
message, a longer one may stand anywhere in it.
Example: a training prompt that ends on a question of GSM8K's test split
Fix: nothing; the row left, and `leaks.jsonl` shows it beside the item.
Source: Brown et al. 2020, Language Models are Few-Shot Learners, appendix C.""",
    ),
    Code(
        "LEK002",
        "nearly-leaked-item",
        "info",
        """\
A row holds most of the n-grams of an evaluation item's question.

Why: a name or a number was changed, the rest is the item. The number is the share of the
question's 8-grams of words that the row has; n-grams that more than 10 items share belong to a
template and are not counted.
Example: a question of GSM8K with another first name: 0.82
Fix: raise `near_ratio` to keep more; `scores/decontaminate.arrow` has the share of every row.
Source: Chowdhery et al. 2022, PaLM, section 8.1: 70 % of the 8-grams.""",
    ),
    Code(
        "LEK003",
        "shared-words",
        "info",
        """\
A row shares a long run of words with an evaluation item's question.

Why: so many words in a row are seldom the same by chance. The number is the length of the run.
Runs of idioms and numbers, with few words of three letters, do not count, nor do runs that stand
in more than `common_rows` rows.
Example: 17 words in a row with item 12 of MT-bench
Fix: read the pair in `leaks.jsonl`; raise `ngram_words` where it is a quotation.
Source: Brown et al. 2020, Language Models are Few-Shot Learners, appendix C: 13 words, in more than
10 documents.""",
    ),
    Code(
        "LEK004",
        "paraphrased-item",
        "info",
        """\
A row seems to ask an evaluation item's question in other words.

Why: a paraphrase teaches the item as well as its text does, and shares no long run of words with
it. The number is the part of the question's worth, by rare words, that stands close together in
the row, with half of its numbers. This finds most paraphrases and not all, so the row stays where
`action` is not `remove-all`.
Example: "A garment requires 2 bolts of blue fiber" for "A robe takes 2 bolts of blue fiber"
Fix: read the pair in `leaks.jsonl`; `--action remove-all` removes such rows too.
Source: Yang et al. 2023, Rethinking Benchmark and Contamination for Language Models with Rephrased
Samples: its rephrased GSM8K is what this was measured on.""",
    ),
    Code(
        "LEK005",
        "same-meaning-as-item",
        "info",
        """\
A row means nearly what an evaluation item's question means, as an embedding model has it.

Why: it may be a paraphrase, or another question of the same form, so the row stays where `action`
is not `remove-all`. The number is the cosine of the two embeddings.
Example: "What does the robe need in all?" for "How many bolts in total does it take?": 0.91
Fix: read the pair in `leaks.jsonl`; raise `semantic_cosine` to be told of fewer.
Source: Yang et al. 2023, Rethinking Benchmark and Contamination for Language Models with Rephrased
Samples.""",
    ),
    Code(
        "LEK006",
        "leaked-answer",
        "info",
        """\
A row holds the answer of an evaluation's item, but not its question.

Why: a worked solution word for word gives the item away, but common solutions are written alike by
everybody, so the row stays where `action` is not `remove-all`.
Example: a function that tests for primes in six lines, as HumanEval and half of the world write it
Fix: read the pair in `leaks.jsonl`; `--sides question` does not look for answers.
Source: HumanEval's and AlpacaEval's answers, looked for in published code instructions.""",
    ),
    Code(
        "LEK010",
        "item-too-short",
        "info",
        """\
Items of an evaluation are too short, or too much alike, to be found inside a text.

Why: a question of a few words, or one that many items share but for a number, stands in many texts
by chance. A text that is equal to it, of 4 words or more, is still found; nothing else is.
Example: "Who wrote it?"
Fix: nothing; or give the choices or the context with the question.
Source: Brown et al. 2020, appendix C, looks for no n-gram of fewer than 8 words.""",
    ),
    Code(
        "LEK011",
        "unread-item",
        "warning",
        """\
Records of an evaluation file are damaged or of another shape, and were not looked for.

Why: rows that leak them are not found, and the set looks cleaner than it is.
Example: a line of GSM8K's file that was cut in the middle
Fix: repair the file, or say `--against-format any`.
Source: Tunesmith's readers of evaluations; docs/cli.md.""",
    ),
    Code(
        "LEK012",
        "not-an-evaluation",
        "error",
        """\
No record of an evaluation file has the shape that was asked for.

Why: nothing would be looked for, and every training set would look clean.
Example: `--against-format gsm8k` with a file of HumanEval
Fix: leave `--against-format` away, say `any`, or name the columns with `--field`.
Source: Tunesmith's readers of evaluations; docs/cli.md.""",
    ),
    Code(
        "LEK013",
        "empty-evaluation",
        "error",
        """\
An evaluation file holds no record.

Why: nothing would be looked for, and every training set would look clean.
Example: a download that broke off at once
Fix: fetch the file again.
Source: Tunesmith's readers of evaluations; docs/cli.md.""",
    ),
    Code(
        "LEK014",
        "mostly-leaked",
        "warning",
        """\
More than half of the rows hold items of the evaluation.

Why: the rows and the evaluation are probably the same file, or the wrong split was named.
Example: `curate decontaminate test.jsonl --against test.jsonl`
Fix: look at a few pairs in `leaks.jsonl`.
Source: Tunesmith's own inputs: the commands are easily typed with one file twice.""",
    ),
)
