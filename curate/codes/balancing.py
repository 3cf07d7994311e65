"""BAL: rows that balancing takes out or adds, and what it could not do."""

from curate.codes.base import Code

BALANCING = (
    Code(
        "BAL010",
        "over-cap",
        "info",
        """\
A row left because its value has more rows than the cap keeps.

Why: `cap_rows` or `cap_ratio` bounds each value, so that none dominates what is learnt.
Example: `curate balance IN -o OUT --by category --cap-rows 1000`
Fix: raise the cap; `--select` says which rows of a value stay.
Source: Wei et al. 2022, FLAN, which bounds the rows of each dataset at 30,000.""",
    ),
    Code(
        "BAL011",
        "over-target",
        "info",
        """\
A row left because its value has more rows than its target.

Why: `target` says how many rows, or which share of all rows, a value is to have.
Example: `curate balance IN -o OUT --by category --target coding=1000`
Fix: raise the target; a value without a target keeps its rows.""",
    ),
    Code(
        "BAL012",
        "over-share",
        "info",
        """\
A row left because its value has more rows than the temperature gives it.

Why: a temperature above 1 makes shares more alike: a value with the share p gets one in proportion
to p to the power of 1 / T.
Example: `curate balance IN -o OUT --by language --temperature 3`
Fix: lower the temperature, or copy rows of rare values with `--upsample` instead.
Source: Devlin 2019, multilingual BERT; Conneau et al. 2020, XLM-R (alpha = 1 / T); Raffel et al.
2020, T5, section 3.5.2.""",
    ),
    Code(
        "BAL013",
        "over-budget",
        "info",
        """\
A row left because the budget of rows, characters or tokens was spent on others.

Why: `rows`, `chars` or `tokens` bounds the whole set; values share it in proportion.
Example: `curate balance IN -o OUT --rows 1000 --select diverse`
Fix: raise the budget; `--select` says which rows stay.
Source: Zhou et al. 2023, LIMA: a thousand chosen rows can do as well as fifty thousand.""",
    ),
    Code(
        "BAL014",
        "upsampled",
        "info",
        """\
A copy of a row was added, so that its value has the rows that it is to have.

Why: `upsample` was typed, and the value has fewer rows than its target or share asks for. A copy
names its original in `origin.parent`.
Example: `curate balance IN -o OUT --by language --temperature 3 --upsample`
Fix: nothing; leave `--upsample` out to keep every row once.""",
    ),
    Code(
        "BAL015",
        "fewer-rows-than-asked",
        "warning",
        """\
A value, or the whole set, has fewer rows than was asked for, and keeps all it has.

Why: no row is made up or copied unasked, so that the result has other shares than was meant.
Example: `--target coding=1000` where 400 rows have the category `coding`
Fix: lower the target or the budget, add rows, or copy them with `--upsample`.""",
    ),
    Code(
        "BAL016",
        "copied-often",
        "warning",
        """\
The rows of a value stand in the set more than four times each.

Why: a model learns copies by heart; up to four repetitions are worth nearly as much as new rows,
and more are soon worth nothing.
Example: `--target poetry=1000 --upsample` where 50 rows have the category `poetry`
Fix: lower the target or the temperature, or collect more rows of the value.
Source: Muennighoff et al. 2023, Scaling Data-Constrained Language Models.""",
    ),
    Code(
        "BAL017",
        "without-value",
        "info",
        """\
Some rows have no value for a facet; together they count as the value `(none)`.

Why: they are capped and copied as any other value is, which may not be what was meant.
Example: `--by category` where 300 of 1,000 rows have no category
Fix: give them a value, or keep what they have: `--target '(none)=300'`.""",
    ),
    Code(
        "BAL018",
        "without-number",
        "warning",
        """\
Some rows have no number under the field that the best rows are chosen by.

Why: they stay only where no row with a number is left, whatever they are worth.
Example: `--select best:extra.score` where 20 rows have `"score": null`
Fix: give every row a number, or take those without one out first.""",
    ),
    Code(
        "BAL019",
        "no-weights-for-one-label",
        "warning",
        """\
All rows have the same label, so that no weights can bring wanted and unwanted ones into balance.

Why: KTO learns from the difference between wanted and unwanted answers.
Example: `"label": true` in every row
Fix: see how labels were read (`--label-map bad=false`); train with SFT if all are wanted.
Source: TRL 1.16 `trl/trainer/kto_trainer.py`.""",
    ),
)
