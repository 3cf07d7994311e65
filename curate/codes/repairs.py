"""LOS: what a repair that was asked for takes away, moves or puts in."""

from curate.codes.losses import loss

REPAIRS = (
    loss(
        43,
        "sys-moved",
        "warning",
        "A system turn moved to the beginning of the conversation.",
        "it now also speaks for the turns that came before it.",
        "leave the repair out and choose a format that takes the turn where it is (`--to openai`).",
    ),
    loss(
        44,
        "turn-empty",
        "warning",
        "A turn without content is removed.",
        "an empty answer trains the model to say nothing; an empty question asks nothing.",
        "leave the repair out to keep the turn.",
    ),
    loss(
        45,
        "turn-repeat",
        "warning",
        "A turn that repeats the one before it is removed.",
        "exports double a turn where a message was sent twice.",
        "leave the repair out to keep the turn.",
    ),
    loss(
        46,
        "turn-made",
        "warning",
        "An empty user turn is put before an assistant turn.",
        "the format begins with a question; the turn asks nothing.",
        "leave the repair out, or remove the answer with `--repair drop-leading-assistant`.",
    ),
    loss(
        47,
        "tail-dropped",
        "warning",
        "A turn behind the last answer is removed.",
        "nothing answers it, so it trains nothing; some trainers drop the whole row for it.",
        "leave the repair out to keep the turn.",
    ),
    loss(
        48,
        "head-dropped",
        "warning",
        "An assistant turn before the first question is removed.",
        "it answers nothing; LLaMA-Factory drops the whole row for it, others train it.",
        "leave the repair out, or put a question before it with `--repair insert-empty-user`.",
    ),
    loss(
        49,
        "cut-at-system",
        "warning",
        "A conversation is cut into several rows at its system turns.",
        "each row begins with its own system turn and no longer knows what was said before.",
        "leave the repair out and choose a format that takes the turn where it is.",
    ),
    loss(
        50,
        "cut-at-answers",
        "warning",
        "A conversation becomes one row for each answer that is trained.",
        "trainers without weights train an answer where it is the completion; the number of rows "
        "changes, and so does the order in which answers are seen.",
        "leave the repair out and choose `--to openai`, which has weights.",
    ),
    loss(
        51,
        "literal-read",
        "warning",
        "A Python literal is read as the JSON that it stands for.",
        "`str()` of a list or dict is no JSON: quotes, True, False and None are spelled otherwise.",
        "write the column with `json.dumps`.",
    ),
    loss(
        52,
        "answer-left",
        "warning",
        "The answer is left out: the row is a prompt alone.",
        "trainers that generate answers themselves read prompts only.",
        "choose a format with answers.",
    ),
    loss(
        53,
        "surrogate-replaced",
        "warning",
        "Half of a surrogate pair is replaced by U+FFFD.",
        "no text can hold it; it comes from cutting a text in the middle of a character.",
        "cut texts by characters in the program that made the file.",
    ),
    loss(
        54,
        "paired",
        "info",
        "Two judged answers become one pair.",
        "the labels become sides; the rows that went into the pair are counted as removed.",
        "choose `--to trl-kto`, which keeps each answer.",
    ),
    loss(
        55,
        "spelling",
        "info",
        "What only the source's spelling says is not kept.",
        "the target has other columns: which keys were missing or null, where an Alpaca "
        "instruction ends, or how tools were spelled is not read back from it. Nothing that is "
        "trained changes.",
        "nothing to do; a dataset folder (`-o FOLDER` without `--to`) keeps it.",
    ),
    loss(
        56,
        "row-only",
        "info",
        "The row's group, language or making is not written.",
        "they are columns of the dataset folder; a trainer's format has no place for them. The "
        "group keeps related rows on one side of a split.",
        "nothing to do, or split before the conversion; a dataset folder (`-o FOLDER` without "
        "`--to`) keeps them.",
    ),
)
