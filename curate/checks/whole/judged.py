"""What judged answers say against each other over a set: pairs, and answers with a label."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from curate.checks.whole.base import Fault, WholeRule, counted, whole_rule
from curate.checks.whole.repeats import SHOWN, first_places, grouped, repeats
from curate.checks.whole.rows import LABELLED, MARGIN, WANTED, RowSet
from curate.lexical.keys import joined

# TRL 1.16 warns where the weighted ratio leaves this range, and rounds (`kto_trainer.py`).
_LOWEST, _HIGHEST, _ROUNDED = 1.0, 4 / 3, 1.33
_SAME_MARGIN_ROWS = 20


@whole_rule("KTO016", "one-label-only", severity="error", over="rows", kinds=("unpaired",))
def one_label_only(rows: RowSet) -> Iterator[Fault]:
    """All answers have the same label.

    Why: KTO learns from the difference between wanted and unwanted answers; with one label the
    loss falls and nothing useful is learnt.
    Example: `"label": true` in every row, mostly because labels were read wrongly
    Fix: see how labels were read (`--label-map bad=false`); train with SFT if all are wanted.
    Source: TRL 1.16 `kto_trainer.py`; hiyouga/LLaMA-Factory#4564, modelscope/ms-swift#1513.
    """
    labelled = np.flatnonzero(rows.having(LABELLED))
    wanted = int(rows.having(WANTED).sum())
    if len(labelled) > 1 and wanted in (0, len(labelled)):
        label = "true" if wanted else "false"
        message = f"all {len(labelled):,} labels are {label}, expected both"
        yield Fault(rows.place(int(labelled[0])), message, "/label", label)


@whole_rule("KTO017", "unbalanced-labels", severity="warning", over="rows", kinds=("unpaired",))
def unbalanced_labels(rows: RowSet) -> Iterator[Fault]:
    """Wanted and unwanted answers are not in the ratio that KTO is made for.

    Why: the ratio of wanted to unwanted answers, each times its weight, should lie between 1:1 and
    4:3; TRL warns outside of it.
    Example: 900 wanted and 100 unwanted answers with both weights 1
    Fix: set the weight that the finding names in the trainer's configuration; `curate balance`
    writes it to the card.
    Source: TRL 1.16 `kto_trainer.py`, `kto_config.py:desirable_weight`; Ethayarajh et al. 2024,
    KTO, equation 8.
    """
    labelled = np.flatnonzero(rows.having(LABELLED))
    wanted = int(rows.having(WANTED).sum())
    unwanted = len(labelled) - wanted
    if not wanted or not unwanted:
        return
    ratio = wanted / unwanted
    if _LOWEST <= ratio <= _HIGHEST:
        return
    if ratio < _LOWEST:
        low, high = unwanted / wanted, unwanted / wanted * _ROUNDED
        fix = f"set desirable_weight between {low:.2f} and {high:.2f}, undesirable_weight 1"
    else:
        low, high = ratio / _ROUNDED, ratio
        fix = f"set undesirable_weight between {low:.2f} and {high:.2f}, desirable_weight 1"
    message = (
        f"{wanted:,} wanted and {unwanted:,} unwanted answers, a ratio of {ratio:.2f}; expected "
        "1 to 4:3 with their weights"
    )
    yield Fault(rows.place(int(labelled[0])), message, "/label", None, fix)


@whole_rule("KTO018", "answer-with-both-labels", severity="warning", over="rows",
            kinds=("unpaired",))  # fmt: skip
def answer_with_both_labels(rows: RowSet) -> Iterator[Fault]:
    """The same answer to the same prompt is wanted in one row and unwanted in another.

    Why: the two rows cancel each other out, and one of them is wrong.
    Example: prompt and completion of line 4 again in line 9 with the other label
    Fix: ask once more which label is right, or remove both (`curate dedup --contradictions
    drop_both`).
    Source: Ethayarajh et al. 2024, KTO, on contradictory preferences.
    """
    groups = grouped(joined(rows.first, rows.second), np.flatnonzero(rows.having(LABELLED)))
    if not len(groups.starts):
        return
    wanted = np.add.reduceat(rows.having(WANTED)[groups.order], groups.starts, dtype=np.int64)
    both = np.sort(groups.firsts()[(wanted > 0) & (wanted < groups.sizes)])
    if len(both):
        message = f"{counted(len(both), 'answer')} with both labels: {first_places(rows, both)}"
        yield Fault(rows.place(int(both[0])), message, "/label")


@whole_rule("PRF030", "contradictory-pairs", severity="warning", over="rows",
            kinds=("preference",))  # fmt: skip
def contradictory_pairs(rows: RowSet) -> Iterator[Fault]:
    """Of two answers to one prompt, one row prefers the first and another the second.

    Why: the two rows pull the model both ways and cancel each other out; one of them is wrong.
    Example: chosen "A", rejected "B" in line 2, and chosen "B", rejected "A" in line 7
    Fix: keep the one that most judges agree with, or remove both (`curate dedup --contradictions
    drop_both`).
    Source: Rafailov et al. 2023, DPO: the loss compares the two answers of a pair.
    """
    pairs, turned = joined(rows.first, rows.second), joined(rows.second, rows.first)
    same = rows.first == rows.second
    found = np.flatnonzero(np.isin(turned, pairs) & ~same)
    if len(found):
        order = np.argsort(pairs, kind="stable")
        said = []
        for row in found[:SHOWN].tolist():
            at = order[np.searchsorted(pairs[order], turned[row])]
            said.append(f"{rows.line(row)} against {rows.line(int(at))}")
        more = f" and {len(found) - SHOWN:,} more" if len(found) > SHOWN else ""
        message = f"{counted(len(found), 'pair')} contradicted: {', '.join(said)}{more}"
        yield Fault(rows.place(int(found[0])), message)


@whole_rule("PRF031", "repeated-pair", severity="warning", over="rows", kinds=("preference",))
def repeated_pair(rows: RowSet) -> Iterator[Fault]:
    """The same pair of answers to the same prompt comes again.

    Why: what is repeated weighs more than meant, and a copy that falls into the validation split
    makes the accuracy there look better than it is.
    Example: prompt, chosen and rejected of line 3 again in line 40
    Fix: `curate dedup` keeps one of them.
    Source: defect in published data: LLaMA-Factory's DPO demo sets.
    """
    found, before = repeats(joined(rows.first, rows.second))
    if len(found):
        said = ", ".join(
            f"{rows.line(row)} repeats {rows.line(old)}"
            for row, old in zip(found[:SHOWN].tolist(), before[:SHOWN].tolist(), strict=True)
        )
        more = f" and {len(found) - SHOWN:,} more" if len(found) > SHOWN else ""
        message = f"{counted(len(found), 'pair')} of {len(rows):,} repeat another: {said}{more}"
        yield Fault(rows.place(int(found[0])), message)


@whole_rule("PRF032", "chosen-rejected-elsewhere", severity="info", over="rows",
            kinds=("preference",))  # fmt: skip
def chosen_rejected_elsewhere(rows: RowSet) -> Iterator[Fault]:
    """An answer that is chosen in one row is rejected for the same prompt in another.

    Why: right for pairs made of a ranking of three answers and more (B beats C and loses to A);
    elsewhere a sign that judges disagree, and its effect on the model is next to none.
    Example: chosen "B" over "C" in line 2, chosen "A" over "B" in line 3
    Fix: nothing for rankings; else see which rows are right.
    Source: found in published data: torchtune's pairs from StackExchange, which are rankings.
    """
    pairs, turned = joined(rows.first, rows.second), joined(rows.second, rows.first)
    contradicted = np.isin(turned, pairs)
    found = np.flatnonzero(np.isin(rows.first, rows.second[~contradicted]) & ~contradicted)
    if len(found):
        message = (
            f"the chosen answer of {counted(len(found), 'row')} is rejected in others: "
            f"{first_places(rows, found)}"
        )
        yield Fault(rows.place(int(found[0])), message, "/chosen")


@whole_rule("PRF033", "margin-in-some-rows", severity="warning", over="rows",
            kinds=("preference",))  # fmt: skip
def margin_in_some_rows(rows: RowSet) -> Iterator[Fault]:
    """Some rows have a margin and some have none.

    Why: a trainer that uses margins subtracts them in every row; a missing one becomes null and
    stops it, or counts as 0, which says that both answers are equally good.
    Example: `"margin": 2.0` in 900 rows of 1,000
    Fix: give every row a margin, or none.
    Source: TRL 1.16 `reward_trainer.py` reads `margin` from every row where the column is there.
    """
    have = rows.having(MARGIN)
    if have.any() and not have.all():
        found = np.flatnonzero(~have)
        message = (
            f"{counted(len(found), 'row')} of {len(rows):,} have no margin: "
            f"{first_places(rows, found)}"
        )
        yield Fault(rows.place(int(found[0])), message, "/margin")


@whole_rule("PRF034", "constant-margin", severity="info", over="rows", kinds=("preference",))
def constant_margin(rows: RowSet) -> Iterator[Fault]:
    """Every margin is the same.

    Why: margins that do not differ say nothing of how much better an answer is; a large one only
    shifts the loss.
    Example: `"margin": 1.0` in every row
    Fix: leave the margin out.
    Source: Touvron et al. 2023, Llama 2, section 3.2.2: margins are for ratings of several grades.
    """
    n = int(rows.having(MARGIN).sum())
    if rows.margins is not None and n >= _SAME_MARGIN_ROWS and rows.margins[0] == rows.margins[1]:
        first = int(np.flatnonzero(rows.having(MARGIN))[0])
        message = f"the margin is {rows.margins[0]:g} in all {n:,} rows that have one"
        yield Fault(rows.place(first), message, "/margin", rows.margins[0])


RULES_KTO: tuple[WholeRule, ...] = (one_label_only, unbalanced_labels, answer_with_both_labels)
RULES_PRF: tuple[WholeRule, ...] = (
    contradictory_pairs,
    repeated_pair,
    chosen_rejected_elsewhere,
    margin_in_some_rows,
    constant_margin,
)
