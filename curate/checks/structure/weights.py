"""WGT: which turns are to be trained, as a row says it."""

from __future__ import annotations

import json
from collections.abc import Iterator

from curate.checks.base import Spot, rule
from curate.checks.walk import all_turns, turns_of
from curate.row import Kind, Row

_KINDS: tuple[Kind, ...] = ("sft", "preference", "unpaired", "prompt_only")
# Keys by which some tool says what it trains; where the row's format reads one, it is not in extra.
_FLAGS = frozenset(
    {"train", "training", "trainable", "masked", "mask", "loss", "loss_mask", "loss_weight"}
    | {"loss_scale", "weight", "train_on_turn"}
)


@rule("WGT001", "weight-on-other-turn", severity="warning", kinds=_KINDS, ordinary=True)
def weight_on_other_turn(row: Row) -> Iterator[Spot]:
    """A turn that is not the assistant's has a weight other than 0.

    Why: OpenAI, Together, Fireworks and Mistral read weights of assistant turns alone; axolotl does
    train the turn, so the model learns to write the user's part.
    Example: `{"role": "user", "content": "Hi", "weight": 1}`
    Fix: take the weight out, or put it on the answer.
    Source: OpenAI API specification (weight belongs to the assistant's message); axolotl 0.19
    `chat_template.py` (a turn with `training` true is trained, whatever its role).
    """
    for pointer, message in all_turns(row):
        if message["role"] != "assistant" and message.get("weight", 0) != 0:
            text = f"a weight on a {message['role']} turn"
            yield Spot(f"{pointer}/weight", text, message["weight"])


@rule("WGT002", "untrained-tail", severity="info", kinds=("sft",), ordinary=True)
def untrained_tail(row: Row) -> Iterator[Spot]:
    """The last answer has weight 0, and an earlier one is trained.

    Why: what stands behind the last trained turn has no part in the loss: it costs memory and time
    for nothing. Trainers that read no weights train it, and mistral-finetune, in a row with tools,
    trains the last answer only.
    Example: assistant (weight 1), user, assistant (weight 0)
    Fix: cut the conversation behind its last trained answer.
    Source: OpenAI fine-tuning guide (weight); mistral-finetune `tokenize.py` (rows with tools).
    """
    answers = [t for t in turns_of("messages", row.get("messages")) if _is_answer(t.message)]
    trained = [at for at, turn in enumerate(answers) if turn.message.get("weight") != 0]
    if trained and trained[-1] < len(answers) - 1:
        first = answers[trained[-1] + 1]
        count = len(answers) - 1 - trained[-1]
        yield Spot(f"{first.pointer}/weight", f"the last {count} answers are not trained", 0)


def _is_answer(message: object) -> bool:
    return isinstance(message, dict) and message.get("role") == "assistant"


@rule("WGT003", "training-mark-not-read", severity="warning", kinds=_KINDS, ordinary=True)
def training_mark_not_read(row: Row) -> Iterator[Spot]:
    """A message has a key that says what is trained, and the row's format does not read it.

    Why: tools spell it `weight`, `loss`, `train` or `masked`; in another tool's file the mark is
    carried along and has no effect, so turns are trained that should not be.
    Example: `"masked": true` in an OpenAI row
    Fix: name the format that reads it (`--from axolotl-chat`, `--from swift`), or write `weight`.
    Source: axolotl 0.19 `message_field_training`; ms-swift 4.6 `core.py:_check_messages` (other
    keys are taken out); torchtune 0.6.1 `Message.masked`.
    """
    for pointer, message in all_turns(row):
        extra = message.get("extra")
        found = json.loads(extra) if extra else {}
        for name in sorted(found.keys() & _FLAGS) if isinstance(found, dict) else ():
            if found[name] is not None:
                yield Spot(f"{pointer}/extra/{name}", f"{name} is not read", found[name])


RULES = (weight_on_other_turn, untrained_tail, training_mark_not_read)
