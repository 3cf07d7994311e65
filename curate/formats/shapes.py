"""Which format a single record has, by its columns and, where they do not decide, by its values.

One record is named at a time and no other row is looked at: tools that decide on the first row
misread the rest of a mixed file. The caller counts the answers over the whole input.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from curate.formats import shape_values as values
from curate.formats.shape_values import Ambiguous, Look, Pretokenised, Recognised, Shape

__all__ = ["Ambiguous", "Pretokenised", "Recognised", "Shape", "shape_of"]

_KNOWN_MAX = 4096
_COLUMNS_MAX = 200  # a vocabulary may hold any word; a row of a format never has so many columns


@dataclass(frozen=True, slots=True)
class _Rule:
    """Columns that must be there, groups of which one must be, columns that must not be."""

    then: Shape | Look
    all_of: frozenset[str]
    any_of: tuple[frozenset[str], ...]
    none_of: frozenset[str]

    def fits(self, keys: frozenset[str]) -> bool:
        return (
            self.all_of <= keys
            and self.none_of.isdisjoint(keys)
            and all(not group.isdisjoint(keys) for group in self.any_of)
        )


def shape_of(record: Mapping[str, Any]) -> Shape:
    """Return the shape of one record.

    The name of a format in `curate.formats`; `Ambiguous` where a flag has to decide; `Recognised`
    where the shape is known but not read; `Pretokenised`; None where nothing fits. The answer
    depends on this record only. A record of a known shape with a wrong value keeps its shape's
    name, so that the format's schema can say what is wrong.
    """
    keys = tuple(record)
    try:
        known = _known[keys]
    except KeyError:
        known = _by_columns(frozenset(keys))
        if len(_known) < _KNOWN_MAX:
            _known[keys] = known
    return known(record) if callable(known) else known


_known: dict[tuple[str, ...], Shape | Look] = {}


def _by_columns(keys: frozenset[str]) -> Shape | Look:
    for rule in _RULES if len(keys) <= _COLUMNS_MAX else ():
        if rule.fits(keys):
            return rule.then
    return None


# What columns decide, in this order.

_ANSWER = "output response completion answer"


def _rule(then: Shape | Look, all_of: str = "", *any_of: str, none_of: str = "") -> _Rule:
    """Return a rule; columns are written as words, and of each `any_of` one must be there."""
    groups = tuple(frozenset(words.split()) for words in any_of)
    return _Rule(then, frozenset(all_of.split()), groups, frozenset(none_of.split()))


_RULES: tuple[_Rule, ...] = (
    _rule("row", "origin layout"),
    _rule(Pretokenised(), "", "input_ids token_ids prompt_input_ids chosen_input_ids"),
    # Pairs of answers.
    _rule(
        "openai-preference",
        "",
        "preferred_output preferred_completion non_preferred_output non_preferred_completion",
    ),
    _rule("swift-preference", "messages", "rejected_response rejected_messages"),
    _rule(
        Recognised("openpipe", "--map rejected_messages=rejected_message, as a list of messages"),
        "messages rejected_message",
    ),
    _rule(values.ULTRAFEEDBACK, "messages prompt chosen rejected"),
    _rule(values.TWO_LISTS, "messages conversations"),
    _rule(values.conversations_pair, "conversations", "chosen rejected"),
    _rule("chat-preference", "messages", "chosen rejected"),
    _rule("trl-preference", "prompt chosen rejected"),
    _rule("alpaca-preference", "instruction chosen rejected", none_of="question"),
    _rule(
        values.one_prompt,
        "",
        "chosen chosen_response",
        "rejected rejected_response",
        "prompt input question instruction",
    ),
    _rule(values.sides_only, "chosen rejected"),
    _rule(values.OUTPUT_REJECTED, "instruction output", "chosen rejected rejected_response"),
    _rule("trl-preference", "prompt", "chosen rejected", none_of=_ANSWER),
    _rule("alpaca-preference", "instruction", "chosen rejected", none_of=_ANSWER),
    _rule(values.AUTOTRAIN, "text rejected_text"),
    _rule(values.STACK_EXCHANGE, "question response_j response_k"),
    # Steps and single judged answers.
    _rule(Recognised("stepwise", values.NO_READER), "prompt completions labels"),
    _rule("trl-kto", "prompt completion", "label"),
    _rule("trl-prompt-completion", "prompt completion"),
    _rule(
        values.labelled("alpaca", "alpaca", "alpaca-kto"),
        "instruction output",
        "label kto_tag",
        none_of="context response",
    ),
    _rule(
        values.labelled(values.plain_conversations, "sharegpt", "sharegpt-kto"),
        "conversations",
        "label kto_tag",
    ),
    _rule(
        values.labelled(values.plain_messages, "openai", "openai-kto"), "messages", "label kto_tag"
    ),
    # Conversations.
    _rule(values.plain_messages, "messages"),
    _rule(values.plain_conversations, "conversations"),
    _rule(values.one_conversation, "conversation"),
    _rule(Recognised("mistral-interactions", "--map messages=interactions"), "interactions"),
    _rule(Recognised("chatgpt-export", values.NO_READER), "mapping"),
    _rule(Recognised("claude-export", values.NO_READER), "chat_messages"),
    _rule(Recognised("oasst-tree", values.NO_READER), "message_tree_id"),
    _rule(Recognised("oasst", values.NO_READER), "message_id parent_id text role"),
    _rule(Recognised("gemini", values.NO_READER), "contents"),
    _rule(Recognised("input-output-segments", values.NO_READER), "segments"),
    # Instructions.
    _rule(Recognised("self-instruct", values.ONE_INSTANCE), "instruction instances"),
    _rule(Recognised("ultrafeedback", values.BEST_AND_WORST), "instruction completions"),
    _rule(Recognised("alpaca-eval", values.TWO_OUTPUTS), "instruction output_1 output_2"),
    _rule(values.TWO_CONTEXTS, "instruction output", "context response"),
    _rule(Recognised("gpteacher", "--map output=response"), "instruction input response"),
    _rule("alpaca", "instruction", "input output"),
    _rule("dolly", "instruction", "response context"),
    _rule(values.question_answer, "instruction", "answer answers completion solution"),
    _rule("alpaca", "instruction"),
    _rule(values.INPUT_OUTPUT, "input output"),
    # Questions and plain text.
    _rule(Recognised("xlam", values.NO_READER), "query answers tools"),
    _rule(values.prompt_answers, "prompt answers"),
    _rule(values.question_answer, "", " ".join(values.QUESTIONS), " ".join(values.ANSWERS)),
    _rule(values.TEXT_LABEL, "text label"),
    _rule("text", "text"),
    _rule(values.CONTENT, "content", none_of="role"),
    _rule(values.PROMPT_ONLY, "prompt"),
)
