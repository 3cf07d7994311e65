"""TRN: fields of a turn that trainers leave out."""

from __future__ import annotations

from collections.abc import Iterator

from curate.checks.base import Spot, rule
from curate.checks.walk import all_turns, is_blank, spoken
from curate.row import Kind, Row

_CHATS: tuple[Kind, ...] = ("sft", "preference", "unpaired")


@rule("TRN017", "refusal-without-content", severity="warning", kinds=_CHATS, ordinary=True)
def refusal_without_content(row: Row) -> Iterator[Spot]:
    """An answer is a `refusal` and has no content.

    Why: templates and trainers read `content` alone, so they print `None` or an empty answer, and
    the model learns to say nothing.
    Example: `{"role": "assistant", "content": null, "refusal": "I can't help with that."}`
    Fix: write the refusal into `content` where it is to be learnt.
    Source: OpenAI API specification (assistant message: refusal beside content); ms-swift 4.6
    `core.py:_check_messages` (other keys are taken out, null content deletes the row).
    """
    for pointer, message in all_turns(row):
        refusal = message.get("refusal")
        if refusal and not is_blank(refusal) and is_blank(spoken(message)):
            yield Spot(f"{pointer}/refusal", "a refusal and no content", refusal)


@rule("TRN018", "name-not-read", severity="info", kinds=_CHATS, ordinary=True)
def name_not_read(row: Row) -> Iterator[Spot]:
    """A turn of the user, the assistant or the system has a `name`.

    Why: OpenAI's models are told it; chat templates and the trainers of open models leave it out,
    so what tells several speakers apart is lost.
    Example: `{"role": "user", "name": "Ann", "content": "Hi"}`
    Fix: write the name into the text where it matters.
    Source: ms-swift 4.6 `core.py:_check_messages` (the key is taken out); Qwen and Llama 3 chat
    templates (never read it).
    """
    named = [(p, m["name"]) for p, m in all_turns(row) if m["role"] != "tool" and m.get("name")]
    if named:
        pointer, name = named[0]
        yield Spot(f"{pointer}/name", f"{len(named)} turns have a name", name)


RULES = (refusal_without_content, name_not_read)
