"""DUP: rows that `dedup` removes, and what it finds of them."""

from curate.codes.base import Code

DEDUP = (
    Code(
        "DUP010",
        "exact-duplicate",
        "info",
        """\
A row is the same as another one but for what `folds` names, and left for it.

Why: what is repeated weighs more than meant and is memorised; a copy in the validation split makes
the loss there look better than it is. Roles, declared tools, media and labels must be the same
too. Two rows are the same where 128-bit keys of their folded texts are.
Example: "What is a lake?" and "what is  a lake?" with the same answer
Fix: nothing; `rejected/` holds the row and names the one that was kept.
Source: Lee et al. 2022, Deduplicating Training Data Makes Language Models Better.""",
    ),
    Code(
        "DUP011",
        "near-duplicate",
        "info",
        """\
A row has nearly the same words as another one, and left for it.

Why: a few changed words do not make another example. The number is the exact Jaccard similarity of
the rows' word n-grams, which is never an estimate unless `unverified` was typed. Rows that share a
template (sentences that 20 rows or more have) and differ only around it are judged by what is
around it, so they stay where that differs; so do rows with the same words and other signs (3 + 4
and 3 - 4), other tools, media or labels, and other answers to one prompt where answers are judged.
Example: the same question and answer with two words changed: 0.83
Fix: raise `threshold` to keep more; `scores` applies another one without comparing again.
Source: Broder 1997, On the Resemblance and Containment of Documents; 0.7 is the
default of text-dedup.""",
    ),
    Code(
        "DUP012",
        "semantic-duplicate",
        "info",
        """\
A row means nearly the same as another one, as an embedding model has it, and left for it.

Why: paraphrases are no further examples. What a model calls the same is often a different question
of the same form, so look at `clusters.jsonl` before anything is removed. The number is the cosine
of the two rows' embeddings.
Example: "How tall is Mount Everest?" and "What is the height of Everest?"
Fix: raise `threshold`, or run with `--report-only` and remove by hand.
Source: Abbas et al. 2023, SemDeDup; 0.9 is SemHash's default.""",
    ),
    Code(
        "DUP013",
        "same-word-sequence",
        "info",
        """\
A row's text has nearly the same words in the same order as another one's, by ROUGE-L.

Why: this is how sets of generated instructions are thinned. The number is the F1 of the longest
common subsequence of the two texts' stemmed words; rows are taken in order, and one leaves where a
kept row reaches the threshold.
Example: "The sum of 3 and 4 is 7." and "The sum of 3 and 5 is 8.": 0.75
Fix: raise `threshold` to keep more. `on: response` at 0.9 makes of GPTeacher's Toolformer set
exactly the rows that its author published as the set of similarity 0.9.
Source: Lin 2004, ROUGE; Wang et al. 2023, Self-Instruct (0.7, on instructions).""",
    ),
    Code(
        "DUP014",
        "contradictory-preference",
        "warning",
        """\
Two rows prefer opposite answers to one prompt: A over B, and B over A.

Why: their gradients cancel out, and one of the labels is wrong.
Example: line 3 prefers "Canberra" to "Sydney", line 90 "Sydney" to "Canberra"
Fix: correct one of them, or type `contradictions: drop_both`.
Source: published preference sets hold such pairs where several people judged one prompt.""",
    ),
    Code(
        "DUP015",
        "contradictory-label",
        "warning",
        """\
Two rows give one answer to one prompt both labels: desired and undesired.

Why: the loss pulls the same text up and down, and one of the labels is wrong.
Example: the same prompt and completion with `true` in line 3 and `false` in line 90
Fix: correct one of them, or type `contradictions: drop_both`.
Source: published judged sets hold such rows where several people judged one answer.""",
    ),
    Code(
        "DUP016",
        "nothing-to-compare",
        "info",
        """\
Rows have no text where `on` looks, so they were compared with nothing and stay.

Why: rows without text are not duplicates of each other, and a wrong `on` would otherwise look as
if the set held no duplicates.
Example: `on: response` where the last message is the user's
Fix: compare on `conversation`, or remove such rows with `curate filter`.
Source: Tunesmith's steps: nothing is guessed.""",
    ),
    Code(
        "DUP017",
        "no-number-to-keep-by",
        "warning",
        """\
Some rows have no number in the field that `keep: best:FIELD` names.

Why: they rank below every row with a number, so a better row may leave for a worse one that was
scored.
Example: `"score": "good"`, or `"score": null`, where other rows hold 0.9
Fix: score all rows, or keep the first or the longest.
Source: Tunesmith's steps: nothing is guessed.""",
    ),
)
