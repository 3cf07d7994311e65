"""SCH and BAL: splits that are not as asked for, and what a mixture draws."""

from curate.codes.base import Code

SPLITTING = (
    Code(
        "BAL030",
        "not-drawn",
        "info",
        """\
A row was not drawn for the mixture: its input has more than its share asks for.

Why: a mixture by weights, temperature or budget takes a part of an input. Which rows are taken is
decided by a seeded hash of each row's id, so the same rows are taken again, in any order of the
inputs.
Example: `curate mix big small -o OUT --weights big=1 --weights small=1`
Fix: nothing. A higher weight or a larger budget draws more, and keeps what was drawn before.""",
    ),
    Code(
        "BAL031",
        "drawn-again",
        "info",
        """\
A row is in the mixture more than once: its input has less than its share asks for.

Why: `upsample` was asked for. Each row of the input is taken as often as all of them fit, and those
with the lowest draw once more.
Example: `curate mix big small -o OUT --weights big=1 --weights small=1 --upsample`
Fix: nothing. Without `upsample` each row is taken once at most, and the mixture is smaller.""",
    ),
    Code(
        "BAL032",
        "input-too-small",
        "warning",
        """\
An input has less than the mixture asks of it, and was taken whole.

Why: the mixture is smaller than its budget, and the input's share of it is lower than its weight.
Nothing is repeated unless that is asked for.
Example: 500 rows asked of an input that has 100
Fix: `upsample` repeats its rows; or lower its weight or the budget, or find more data.""",
    ),
    Code(
        "BAL033",
        "repeated-often",
        "warning",
        """\
An input's rows are in the mixture more than four times on average.

Why: a model gains next to nothing from rows that it sees that often, and learns them by heart.
Example: 10,000 rows asked of an input that has 100
Fix: lower its weight or the budget, or find more data.
Source: Muennighoff et al. 2023, Scaling Data-Constrained Language Models: up to four epochs of
repeated data are nearly as good as new data, and the gain decays to nothing by about 16.""",
    ),
    Code(
        "BAL034",
        "input-without-rows",
        "warning",
        """\
An input has no row to draw from, so the mixture has none of it.

Why: its weight went to nothing; the file is empty, or all its rows stand in splits that
are not mixed.
Example: `--weights empty=2`, where `empty` holds no row
Fix: look at the input (`curate inspect`), or leave it out.""",
    ),
    Code(
        "SCH060",
        "group-larger-than-split",
        "warning",
        """\
A group has more rows than a split asks for, so it cannot go there whole.

Why: groups, identical prompts and near-duplicates never straddle a split. A group that is larger
than the split would make it many times as large as it was asked for.
Example: one author wrote 600 of 1,000 rows, and validation asks for 100
Fix: group by something finer; or ask for a larger split. Where near-duplicates make the group (a
long text that all prompts share), compare `on` more than the prompt, or set `near_duplicates` to
false.""",
    ),
    Code(
        "SCH061",
        "split-off-its-size",
        "info",
        """\
A split has other than the number of rows that was asked for.

Why: whole groups are drawn. By count they rarely add up exactly, and by ratio each group is drawn
by itself, so that rows that are added later move nothing; few or large groups then vary much.
Example: 112 rows where a ratio of 0.1 of 1,000 was asked for
Fix: nothing where it is near enough; `validation_rows` and `test_rows` are exact where groups are
small.""",
    ),
    Code(
        "SCH062",
        "stratum-off-its-share",
        "info",
        """\
Strata have other shares in a split than in the whole.

Why: groups hold rows of several strata, or more rows than a stratum gives, and are kept whole.
Example: 14 rows of category `math` in validation, where its share is 10
Fix: nothing where it is near enough; group by something finer, or stratify by fewer facets.""",
    ),
    Code(
        "SCH063",
        "stratum-not-in-split",
        "info",
        """\
Strata have no row in a split.

Why: a stratum of few rows has a share below one row there, so nothing can be measured of it.
Example: 4 rows of category `law`, of which 0.4 would go to validation
Fix: a larger split, coarser strata, or more rows of these.""",
    ),
    Code(
        "SCH064",
        "prompt-in-two-splits",
        "warning",
        """\
Rows with the same prompt stand in more than one split.

Why: `near_duplicates` is false. What is measured on a prompt that was trained on is memory, and the
measured quality is too good.
Example: `Name the capital of France.` in train and in test
Fix: leave `near_duplicates` on, which is the default.""",
    ),
)
