"""RSN: reasoning that is empty, misplaced, cut off, or in a spelling that trainers do not read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from curate.checks.base import Spot, rule
from curate.checks.walk import Turn, all_turns, is_blank, threads
from curate.row import Kind, Message, Row

_KINDS: tuple[Kind, ...] = ("sft", "preference", "unpaired")
_OPEN, _CLOSE = "<think>", "</think>"
_EMPTY = re.compile(r"<think>\s*</think>")
_BLOCK = re.compile(r"\s*<think>(.*?)</think>", re.DOTALL)
_ANY_BLOCK = re.compile(r"<think>(?:(?!<think>).)*?</think>", re.DOTALL)
_OTHER = re.compile(
    r"\s*(?:<(?:thinking|thought|thoughts|reasoning|reflection|seed:think)>"
    r"|\[THINK\]|<\|begin_of_thought\|>|◁think▷)"
)
_SWITCH = re.compile(r"(?:^|\s)/no_think\s*$")


def _said(message: Message) -> str:
    """Return a message's text where it is one text, so that a look at single texts finds it."""
    if (content := message.get("content")) is not None:
        return content
    found = [part["text"] for part in message.get("parts") or () if part.get("text")]
    return found[0] if len(found) == 1 else ""


def _answers(row: Row) -> Iterator[tuple[Turn, str]]:
    """Yield the assistant's turns, each with its text."""
    for turn in all_turns(row):
        if turn.message["role"] == "assistant":
            yield turn, _said(turn.message)


def _field(message: Message) -> str:
    """Return the reasoning of a message's own field, "" where it shows nothing."""
    reasoning = message.get("reasoning")
    return reasoning if reasoning and not is_blank(reasoning) else ""


def _where(turn: Turn) -> str:
    return f"{turn.pointer}/{'content' if 'content' in turn.message else 'parts'}"


@rule(
    "RSN005",
    "empty-reasoning",
    severity="info",
    kinds=_KINDS,
    needs=r"<think>\s*</think>",
    roles=("assistant",),
)
def empty_reasoning(row: Row) -> Iterator[Spot]:
    r"""A `<think>` block is empty.

    Why: in a set of reasoned answers it teaches the model to think of nothing. Qwen3's and
    LLaMA-Factory's templates put the empty block there themselves where thinking is off, so a
    second one may follow.
    Example: "<think>\n\n</think>\n\nParis"
    Fix: take the block out and let the template write it, or keep it where both modes are trained.
    Source: LLaMA-Factory 0.9.5 `template.py:ReasoningTemplate` (adds the empty block); Qwen3 chat
    template (`enable_thinking`).
    """
    for turn, text in _answers(row):
        if found := _EMPTY.search(text):
            yield Spot(_where(turn), "the block is empty", found.group())


@rule(
    "RSN006",
    "reasoning-in-question",
    severity="warning",
    kinds=_KINDS,
    needs=r"</think>",
    roles=("user",),
)
def reasoning_in_question(row: Row) -> Iterator[Spot]:
    """A user's turn begins with a `<think>` block.

    Why: reasoning is the assistant's; the roles are mixed up, or an answer was quoted whole.
    Templates strip the block from the assistant's turns alone, so it stays in the prompt.
    Example: `{"role": "user", "content": "<think>It must be 4.</think>4"}`
    Fix: correct the role.
    Source: Qwen3 chat template (only assistant turns are split); LLaMA-Factory 0.9.5
    `template.py:ReasoningTemplate.encode_oneturn` (every second turn is).
    """
    for turn in all_turns(row):
        if turn.message["role"] == "user" and (found := _BLOCK.match(_said(turn.message))):
            yield Spot(_where(turn), "a block in the user's turn", found.group())


def _missing_answer(message: Message, text: str) -> str | None:
    """Return what is wrong with a text that reasons and does not answer."""
    start = text.rfind(_OPEN)
    if start < 0 or text[:start].strip() or message.get("tool_calls"):
        return None
    end = text.find(_CLOSE, start)
    if end < 0:
        return "the block never closes, so no answer follows"
    if is_blank(text[end + len(_CLOSE) :]) and not is_blank(text[start + len(_OPEN) : end]):
        return "nothing follows the block"
    return None


@rule(
    "RSN007",
    "reasoning-without-answer",
    severity="warning",
    kinds=_KINDS,
    needs=r"<think>",
    roles=("assistant",),
)
def reasoning_without_answer(row: Row) -> Iterator[Spot]:
    """An answer is a `<think>` block and nothing else, or a block that never closes.

    Why: the generation was cut off at its length limit; the model learns to stop inside its
    thoughts, and servers that split off the reasoning return an empty answer.
    Example: "<think>First I add 2 and"
    Fix: generate the answer again with more room, or remove the row.
    Source: vLLM `reasoning/abs_reasoning_parsers.py` (without `</think>` all text is reasoning and
    the content is null); vllm-project/vllm#42635.
    """
    for turn, text in _answers(row):
        if fault := _missing_answer(turn.message, text):
            yield Spot(_where(turn), fault, text[-60:])


@rule(
    "RSN008",
    "reasoning-not-opened",
    severity="warning",
    kinds=_KINDS,
    needs=r"</think>",
    roles=("assistant",),
)
def reasoning_not_opened(row: Row) -> Iterator[Spot]:
    r"""An answer has `</think>` and no `<think>` before it.

    Why: servers log it so where the template put `<think>` into the prompt. Trained as it stands,
    with a template that does not, the model learns to close what it never opened; axolotl and
    LLaMA-Factory look for the pair and find no reasoning.
    Example: "2 and 2 is 4.\n</think>\n\n4"
    Fix: put `<think>` first.
    Source: axolotl 0.19 `chat_template.py` (split_thinking wants both tags); LLaMA-Factory 0.9.5
    `template.py:remove_thought`.
    """
    for turn, text in _answers(row):
        end = text.find(_CLOSE)
        if end >= 0 and _OPEN not in text[:end] and not _is_code(text, end):
            yield Spot(_where(turn), f"{_CLOSE} at character {end} and none opened before", text)


def _is_code(text: str, at: int) -> bool:
    """Return whether the tag at a place stands in code or quotation marks: it is talked about."""
    around = text[max(0, at - 1) : text.find(">", at) + 2]
    return around[:1] in "`'\"" or around[-1:] in "`'\"" or text[:at].count("```") % 2 == 1


@rule(
    "RSN009",
    "reasoning-block-in-history",
    severity="info",
    kinds=_KINDS,
    needs=r"</think>",
    roles=("assistant",),
)
def reasoning_block_in_history(row: Row) -> Iterator[Spot]:
    """An answer that another question follows has a `<think>` block.

    Why: Qwen3's and DeepSeek's templates and LLaMA-Factory take the block out of every turn but the
    last, so the reasoning of earlier turns is never trained.
    Example: user, assistant "<think>…</think>Hi", user, assistant "<think>…</think>Bye"
    Fix: make a row of each answer where its reasoning is to be learnt.
    Source: LLaMA-Factory 0.9.5 `template.py:ReasoningTemplate.encode_oneturn`;
    LLaMA-Factory#8634; modelscope/ms-swift#4939.
    """
    yield from _in_history(row, lambda turn: _BLOCK.match(_said(turn.message)) is not None)


@rule("RSN010", "reasoning-field-in-history", severity="info", kinds=_KINDS, ordinary=True)
def reasoning_field_in_history(row: Row) -> Iterator[Spot]:
    """An answer that another question follows has reasoning in a field.

    Why: templates print the reasoning of the turns behind the last question only, so that of
    earlier ones is never trained.
    Example: user, assistant with `reasoning_content`, user, assistant
    Fix: make a row of each answer where its reasoning is to be learnt.
    Source: Qwen3 chat template (`last_query_index`); huggingface/trl#6363.
    """
    yield from _in_history(row, lambda turn: bool(_field(turn.message)))


def _in_history(row: Row, reasons: Callable[[Turn], bool]) -> Iterator[Spot]:
    found: dict[str, None] = {}
    for thread in threads(row):
        asked = [at for at, turn in enumerate(thread) if turn.message["role"] == "user"]
        for turn in thread[: asked[-1]] if asked else ():
            if turn.message["role"] == "assistant" and reasons(turn):
                found[turn.pointer] = None
    if found:
        message = f"reasoning in {len(found)} turns before the last question"
        yield Spot(next(iter(found)), message, len(found))


@rule(
    "RSN011",
    "reasoning-in-some-answers",
    severity="info",
    kinds=("sft",),
    needs=r"</think>",
    roles=("assistant",),
)
def reasoning_in_some_answers(row: Row) -> Iterator[Spot]:
    """Some answers of a conversation have a `<think>` block, and others have none.

    Why: whether to think is then left to chance. LLaMA-Factory writes an empty block before a last
    answer that has none.
    Example: assistant "<think>…</think>Hi", user, assistant "Bye"
    Fix: reason in every answer or in none, or say in the question which is wanted (`/no_think`).
    Source: LLaMA-Factory 0.9.5 `template.py:ReasoningTemplate.encode_oneturn`; Qwen3 technical
    report (arXiv:2505.09388), section 4.3.
    """
    answers = [(turn, text) for turn, text in _answers(row) if not is_blank(text)]
    bare = [turn for turn, text in answers if not _BLOCK.match(text)]
    bare = [turn for turn in bare if "reasoning" not in turn.message]
    if 0 < len(bare) < len(answers):
        message = f"{len(bare)} of {len(answers)} answers have no block, this is the first"
        yield Spot(bare[0].pointer, message, len(bare))


@rule(
    "RSN012",
    "other-reasoning-tag",
    severity="info",
    kinds=_KINDS,
    needs=r"^\s*(?:<(?:thinking|thoughts?|reasoning|reflection|seed:think)>|\[THINK\]"
    r"|<\|begin_of_thought\|>|◁think▷)",
    roles=("assistant",),
)
def other_reasoning_tag(row: Row) -> Iterator[Spot]:
    """An answer begins with reasoning in another tag than `<think>`.

    Why: templates and trainers split off `<think>` alone (axolotl knows two more), so the
    reasoning is trained as part of the answer and stays in the history.
    Example: "<thinking>2 and 2 is 4.</thinking>4"
    Fix: write `<think>`, or put the reasoning into a field, where it is to be split off.
    Source: axolotl 0.19 `chat_template.py` (split_thinking knows think, reasoning and
    begin_of_thought); LLaMA-Factory 0.9.5 `template.py` (thought_words).
    """
    for turn, text in _answers(row):
        if found := _OTHER.match(text):
            yield Spot(_where(turn), "reasoning in another tag than <think>", found.group())


@rule("RSN014", "reasoning-of-another-role", severity="warning", kinds=_KINDS, ordinary=True)
def reasoning_of_another_role(row: Row) -> Iterator[Spot]:
    """A turn that is not the assistant's has reasoning.

    Why: templates read reasoning of assistant turns alone; here it is dropped, or a sign that
    roles or columns are mixed up.
    Example: `{"role": "user", "content": "2+2?", "reasoning_content": "It is 4."}`
    Fix: move it to the answer that it belongs to.
    Source: Qwen3 chat template (`reasoning_content` is read of assistant turns).
    """
    for pointer, message in all_turns(row):
        if message["role"] != "assistant" and _field(message):
            text = f"reasoning of a {message['role']} turn"
            yield Spot(f"{pointer}/reasoning", text, message["reasoning"])


@rule("RSN015", "reasoned-though-told-not", severity="warning", kinds=_KINDS, needs=r"/no_think")
def reasoned_though_told_not(row: Row) -> Iterator[Spot]:
    """The question ends on `/no_think`, and the answer reasons.

    Why: it is Qwen3's switch for an answer without thoughts; the model learns to ignore it.
    Example: user "2+2? /no_think", assistant "<think>2 and 2 is 4.</think>4"
    Fix: empty the block, or take the switch out of the question.
    Source: Qwen3 technical report (arXiv:2505.09388), section 4.3 and table 9.
    """
    seen: set[str] = set()
    for thread in threads(row):
        for asked, turn in pairwise(thread):
            if asked.message["role"] != "user" or turn.message["role"] != "assistant":
                continue
            if turn.pointer in seen or not _SWITCH.search(_said(asked.message)):
                continue
            block = _BLOCK.match(_said(turn.message))
            reasoning = block[1] if block else turn.message.get("reasoning", "")
            if not is_blank(reasoning):
                seen.add(turn.pointer)
                yield Spot(turn.pointer, "an answer with reasoning after /no_think", reasoning)


def _blocks(text: str) -> list[re.Match[str]]:
    """Return the blocks of a text that are no talk about tags."""
    return [
        block
        for block in _ANY_BLOCK.finditer(text)
        if not _is_code(text, block.start()) and not _is_code(text, block.end() - len(_CLOSE))
    ]


@rule(
    "RSN016",
    "second-reasoning-block",
    severity="warning",
    kinds=_KINDS,
    needs=r"</think>",
    roles=("assistant",),
)
def second_reasoning_block(row: Row) -> Iterator[Spot]:
    """An answer has more than one `<think>` block.

    Why: Qwen3's template keeps the first block and the text behind the last one: what stands
    between them is lost without a word. axolotl trains the second block as text.
    Example: "<think>a</think>One.<think>b</think>Two.", of which "One." is lost
    Fix: join the blocks at the start, or make a turn of each.
    Source: Qwen3 chat template (`content.split('</think>')`); axolotl 0.19 `chat_template.py`
    (split_thinking).
    """
    for turn, text in _answers(row):
        found = _blocks(text)
        if len(found) > 1:
            message = f"block 2 of {len(found)} at character {found[1].start()}"
            yield Spot(_where(turn), message, found[1].group())


@rule(
    "RSN017",
    "text-before-reasoning",
    severity="warning",
    kinds=_KINDS,
    needs=r"</think>",
    roles=("assistant",),
)
def text_before_reasoning(row: Row) -> Iterator[Spot]:
    """Text stands before the `<think>` block of an answer.

    Why: Qwen3's template and axolotl take the block and what is behind it; the text before it is
    lost without a word.
    Example: "Sure. <think>a</think>b", of which "Sure." is lost
    Fix: put the block first.
    Source: Qwen3 chat template (`content.split('</think>')`); axolotl 0.19 `chat_template.py`
    (split_thinking).
    """
    for turn, text in _answers(row):
        found = _blocks(text)
        if found and not is_blank(before := text[: found[0].start()]):
            yield Spot(_where(turn), f"the block begins at {len(before)}", before[-60:])


@rule("RSN018", "reasoning-twice", severity="warning", kinds=_KINDS, ordinary=True)
def reasoning_twice(row: Row) -> Iterator[Spot]:
    """An answer has reasoning in a field, and a `<think>` block in its text.

    Why: templates print the field and then the text with its block, so the model learns to think
    twice; trainers without the field train the block alone.
    Example: `{"reasoning_content": "a", "content": "<think>a</think>b"}`
    Fix: keep one of them.
    Source: Qwen3 chat template (a field that is there leaves the text as it is); ms-swift 4.6
    `core.py:_check_messages` (drops the field).
    """
    for turn, text in _answers(row):
        if _field(turn.message) and (found := _BLOCK.match(text)):
            yield Spot(_where(turn), "a block in the text beside the field", found.group())


RULES = (
    empty_reasoning,
    reasoning_in_question,
    reasoning_without_answer,
    reasoning_not_opened,
    reasoning_block_in_history,
    reasoning_field_in_history,
    reasoning_in_some_answers,
    other_reasoning_tag,
    reasoning_of_another_role,
    reasoned_though_told_not,
    second_reasoning_block,
    text_before_reasoning,
    reasoning_twice,
)
