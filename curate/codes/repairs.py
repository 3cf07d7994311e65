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
)
