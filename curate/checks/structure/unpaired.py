"""KTO: answers with a label of their own."""

from __future__ import annotations

from collections.abc import Iterator

from curate.checks.base import Spot, rule
from curate.checks.structure.preference import side_fault
from curate.checks.walk import says_nothing, turns_of
from curate.row import Kind, Row

_UNPAIRED: tuple[Kind, ...] = ("unpaired",)


@rule("KTO002", "empty-completion", severity="error", kinds=_UNPAIRED, ordinary=True)
def empty_completion(row: Row) -> Iterator[Spot]:
    """The completion is missing or shows nothing.

    Why: LLaMA-Factory finds the label again from whether the answer is empty, so a desired row
    with an empty answer is trained as undesired.
    Example: `{"completion": "", "label": true}`
    Fix: remove the row, or write the answer.
    Source: LLaMA-Factory `processor/feedback.py`.
    """
    if all(says_nothing(message) for message in row.get("completion") or []):
        yield Spot("/completion", "the answer is empty")


@rule("KTO003", "completion-role", severity="error", kinds=_UNPAIRED, ordinary=True)
def completion_role(row: Row) -> Iterator[Spot]:
    """The completion does not begin and end with an assistant turn.

    Why: the label is then about a text that the model should not write.
    Example: `"completion": [{"role": "user", "content": "Hi"}]`
    Fix: put other turns into the prompt and give the answer the role assistant.
    Source: TRL 1.16 unpaired preference format.
    """
    yield from side_fault(row.get("completion") or [], of="completion")


@rule("KTO004", "user-turn-in-completion", severity="warning", kinds=_UNPAIRED, ordinary=True)
def user_turn_in_completion(row: Row) -> Iterator[Spot]:
    """A completion of several messages has a user's turn in it.

    Why: TRL trains every token of the completion, so the model learns to write the user's part.
    Example: completion: assistant, user, assistant
    Fix: end the completion at its first answer.
    Source: TRL 1.16 `KTOTrainer`.
    """
    for pointer, message in turns_of("completion", row.get("completion"))[1:-1]:
        if message["role"] == "user":
            yield Spot(f"{pointer}/role", "a user turn inside the answer")


@rule("KTO005", "label-missing", severity="error", kinds=_UNPAIRED, ordinary=True)
def label_missing(row: Row) -> Iterator[Spot]:
    """The row has no label.

    Why: nothing says whether the answer is desired; trainers read a null as false or stop.
    Example: `{"prompt": "…", "completion": "…", "label": null}`
    Fix: write true or false, or remove the row.
    Source: TRL 1.16 unpaired preference format.
    """
    if row.get("label") is None:
        yield Spot("/label", "no label, expected true or false")


RULES = (empty_completion, completion_role, user_turn_in_completion, label_missing)
