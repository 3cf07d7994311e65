"""Which format a single record has, by its columns and, where they do not decide, by its values.

One record is named at a time and no other row is looked at: tools that decide on the first row
misread the rest of a mixed file. The caller counts the answers over the whole input.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from curate.formats.shapes import published, values
from curate.formats.shapes.hosted import contents
from curate.formats.shapes.values import Ambiguous, Look, Pretokenised, Recognised, Shape, said

__all__ = ["Ambiguous", "Pretokenised", "Recognised", "Shape", "said", "shape_of"]

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

# A shape that rows of other formats have where they use nothing of their own: the turns of
# ms-swift without a call, the record of LLaVA without an image.
_PLAIN: dict[str, frozenset[str]] = {
    "openai": frozenset(
        {"trl-messages", "swift", "axolotl", "llamafactory-messages", "mistral", "anthropic"}
    ),
    "openai-kto": frozenset({"swift-kto"}),
    "sharegpt": frozenset({"llava"}),
}


def own_formats(names: Collection[str]) -> set[str]:
    """Return the formats of a file's rows without one that is another of them at its plainest."""
    found = set(names)
    return {name for name in found if not (len(found) == 2 and found & _PLAIN.get(name, _NONE))}


_NONE: frozenset[str] = frozenset()


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
    _rule(Pretokenised(), "attention_mask"),
    _rule(Pretokenised(), "tokens", "labels mask"),
    _rule(Pretokenised(), "chosen_ids rejected_ids"),
    _rule(Pretokenised(), "prompt_ids completion_ids"),
    # Pairs of answers.
    _rule("llamafactory-v1-preference", "chosen_messages rejected_messages"),
    _rule(
        "openai-preference",
        "",
        "preferred_output preferred_completion non_preferred_output non_preferred_completion",
    ),
    _rule("swift-preference", "messages", "rejected_response rejected_messages"),
    _rule("swift-query-preference", "query response rejected_response"),
    _rule(values.rejected_message, "messages rejected_message"),
    _rule(values.ULTRAFEEDBACK, "messages prompt chosen rejected"),
    _rule(values.TWO_LISTS, "messages conversations"),
    _rule(values.conversations_pair, "conversations", "chosen rejected"),
    _rule("chat-preference", "messages", "chosen rejected"),
    _rule(published.with_system("trl-preference", "axolotl-preference"), "prompt chosen rejected"),
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
    _rule("stack-exchange-paired", "question response_j response_k"),
    _rule("shp", "history human_ref_A human_ref_B"),
    _rule("helpsteer2-preference", "prompt response_1 response_2 preference_strength"),
    _rule("helpsteer3", "context response1 response2 overall_preference"),
    _rule("arena", "conversation_a conversation_b winner"),
    _rule(published.ARENA_TEXTS, "prompt response_a response_b"),
    # Steps and single judged answers.
    _rule("trl-stepwise", "prompt completions labels"),
    _rule(published.with_system("trl-kto", "axolotl-kto"), "prompt completion label"),
    _rule("axolotl-kto", "completion label", none_of="output response"),
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
    _rule("glaive-sharegpt", "conversations function_description"),
    _rule(values.plain_conversations, "conversations"),
    _rule(values.one_conversation, "conversation"),
    _rule("mistral", "interactions"),
    _rule(published.chatgpt, "mapping"),
    _rule("claude", "chat_messages"),
    _rule("oasst", "message_tree_id prompt"),
    _rule(published.OASST_MESSAGES, "message_id parent_id text role"),
    _rule(contents, "contents"),
    _rule(values.segments, "segments"),
    # Instructions.
    _rule("reflection", "instruction output reflection corrected"),
    _rule("oasst-instruct", "INSTRUCTION RESPONSE"),
    _rule("explainchoice", "question choices", "solution explanation", none_of="answer answers"),
    _rule("context-qa", "article question answer", none_of="options choices"),
    _rule("summarizetldr", "article summary", none_of="question"),
    _rule("metharme", "prompt generation", none_of=_ANSWER),
    _rule("open-orca", "system_prompt question response"),
    _rule("jeopardy", "question category answer", "air_date show_number"),
    _rule(values.query_history, "query response history"),
    _rule("self-instruct", "instruction instances"),
    _rule("ultrafeedback", "instruction completions"),
    _rule("alpaca-eval", "instruction output_1 output_2"),
    _rule("helpsteer", "prompt response helpfulness correctness"),
    _rule(values.TWO_CONTEXTS, "instruction output", "context response"),
    _rule("gpteacher", "instruction input response"),
    _rule("alpaca", "instruction", "input output"),
    _rule("dolly", "instruction", "response context"),
    _rule(values.question_answer, "instruction", "answer answers completion solution"),
    _rule("alpaca", "instruction"),
    _rule(values.VQA, "input output image"),
    _rule(values.INPUT_OUTPUT, "input output"),
    # Questions and plain text.
    _rule("xlam", "query answers tools"),
    _rule(values.BFCL, "id question function"),
    _rule(
        values.BFCL_ANSWERS,
        "id ground_truth",
        none_of="prompt question query problem instruction messages conversations text input data",
    ),
    _rule(published.prompt_answers, "prompt answers"),
    _rule(values.question_answer, "", " ".join(values.QUESTIONS), " ".join(values.ANSWERS)),
    _rule(values.TEXT_LABEL, "text label"),
    _rule(values.plain_text, "text"),
    _rule(values.CONTENT, "content", none_of="role"),
    _rule(published.prompt_alone, "prompt"),
    _rule(published.texts_by_turns, "data"),
    _rule(values.glaive, "", "chat sample"),
)
