"""Shapes of published sets and of prompts alone: what values decide, and what a flag has to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from curate.formats.shapes.values import Ambiguous, Look, Recognised, Shape

OASST_MESSAGES = Recognised(
    "oasst-messages",
    "one message a line: read the export of whole trees (*_trees.jsonl) with --from oasst, "
    "oasst-paths or oasst-preference",
)
ARENA_TEXTS = Recognised(
    "arena-texts",
    "the turns are JSON texts: write them as lists of messages in conversation_a, conversation_b "
    "and the verdict as winner (model_a, model_b or tie)",
)
_PROMPT_ALONE = Ambiguous(
    ("trl-prompt-only", "text"),
    "`prompt` alone may be a prompt to be answered while training, or plain text",
    "--from trl-prompt-only, --map text=prompt for plain text, or --map completion=COLUMN where "
    "the answer has another name",
)


def chatgpt(record: Mapping[str, Any]) -> Shape:
    """Return chatgpt where `mapping` holds messages by id, else nothing.

    An empty one is a conversation where a key of ChatGPT's export stands beside it.
    """
    mapping = record["mapping"]
    first = next(iter(mapping.values()), None) if isinstance(mapping, dict) else None
    if isinstance(first, dict):
        return None if first.keys().isdisjoint(("message", "parent", "children")) else "chatgpt"
    return None if record.keys().isdisjoint(("current_node", "conversation_id")) else "chatgpt"


def prompt_alone(record: Mapping[str, Any]) -> Shape:
    """Return trl-prompt-only where `prompt` is a list of messages, which plain text never is."""
    prompt = record["prompt"]
    said = isinstance(prompt, list) and prompt and isinstance(prompt[0], dict)
    return "trl-prompt-only" if said and "role" in prompt[0] else _PROMPT_ALONE


def with_system(trl: str, axolotl: str) -> Look:
    """Return a look that asks whether a `system` text beside a text prompt is a turn."""
    unclear = Ambiguous(
        (axolotl, trl),
        "`system` stands beside `prompt`: axolotl trains it as the first turn, TRL leaves it out",
        f"--from {axolotl} to put it first, --from {trl} to keep it in extra",
    )

    def shape(record: Mapping[str, Any]) -> Shape:
        system = record.get("system")
        beside = isinstance(system, str) and system and isinstance(record["prompt"], str)
        return unclear if beside else trl

    return shape


def texts_by_turns(record: Mapping[str, Any]) -> Shape:
    """Return ultrachat where `data` is a list of texts, else nothing."""
    texts = record["data"]
    return "ultrachat" if isinstance(texts, list) and texts and type(texts[0]) is str else None


def prompt_answers(record: Mapping[str, Any]) -> Shape:
    """Return nectar where the answers are ranked, else a hint."""
    answers = record["answers"]
    if isinstance(answers, list) and answers and isinstance(answers[0], dict):
        return "nectar"
    return Recognised("question-answer", "--map prompt=COLUMN --map completion=answers")
