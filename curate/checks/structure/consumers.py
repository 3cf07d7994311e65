"""TRN050 and on: what is no fault, and what some consumer reads otherwise than it is meant.

No set of rules but `all` runs these: the profile of a consumer names those that matter to it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np

from curate.checks.base import Spot, rule
from curate.checks.columns import ROLES, Mask, Texts
from curate.checks.structure.calling import arguments_of, calls
from curate.checks.walk import (
    ANSWER_COLUMNS,
    all_turns,
    dialogue,
    is_blank,
    spoken,
    turns_of,
)
from curate.row import Kind, Message, Row

_CHATS: tuple[Kind, ...] = ("sft", "preference", "unpaired", "prompt_only")
_PAIRS: tuple[Kind, ...] = ("preference",)


@rule("TRN050", "tool-call", severity="info", kinds=_CHATS, ordinary=True)
def tool_call(row: Row) -> Iterator[Spot]:
    """A turn calls a tool.

    Why: a trainer that does not read calls trains the turn as something else: torchtune repeats
    the text before it, axolotl makes a role of `function_call`, and TRL prints arguments that are
    text as text in quotation marks.
    Example: `{"role": "assistant", "tool_calls": […]}`
    Fix: convert to the format that the consumer's profile names (`curate profiles NAME`).
    Source: torchtune 0.6.1 `OpenAIToMessages`; TRL 1.16 `dataset_formats.md`, tool calling.
    """
    for pointer, message in all_turns(row):
        if called := message.get("tool_calls"):
            yield Spot(f"{pointer}/tool_calls", f"a call of {called[0]['name']}")


@rule("TRN051", "text-beside-call", severity="info", kinds=_CHATS, ordinary=True)
def text_beside_call(row: Row) -> Iterator[Spot]:
    """A turn that calls a tool also has text or reasoning.

    Why: formats whose calls are turns of their own have no place for it. LLaMA-Factory's `openai`
    converter loses the text; of ShareGPT it parses the whole value as JSON and ends the run where
    the template has no such thought; ms-swift makes a turn of its own of it.
    Example: `{"role": "assistant", "content": "I look it up.", "tool_calls": […]}`
    Fix: move the text to a turn of its own, or leave it out.
    Source: LLaMA-Factory 0.9.5 `converter.py:OpenAIDatasetConverter`, `formatter.py`.
    """
    for pointer, message in all_turns(row):
        if not message.get("tool_calls"):
            continue
        if not is_blank(spoken(message)):
            yield Spot(f"{pointer}/content", "text beside a call", spoken(message))
        elif "reasoning" in message:
            yield Spot(f"{pointer}/reasoning", "reasoning beside a call", message["reasoning"])


def _has_text(message: Message) -> bool:
    return "content" in message or any("text" in part for part in message.get("parts") or ())


def _marks(message: Message) -> dict[str, object]:
    """Return the marks in a message's own columns that no column of ours holds."""
    extra = message.get("extra")
    marks: dict[str, object] = json.loads(extra) if extra else {}
    return marks


@rule("TRN052", "untrained-answer", severity="info", kinds=("sft",), ordinary=True)
def untrained_answer(row: Row) -> Iterator[Spot]:
    """An answer is marked as one that is not to be trained.

    Why: LLaMA-Factory, TRL and torchtune read no such mark: the answer is trained as the others
    are.
    Example: `{"role": "assistant", "content": "…", "weight": 0}`
    Fix: cut the conversation behind each answer that is to be learnt, or take the row out.
    Source: LLaMA-Factory#9630; TRL 1.16 `SFTTrainer`; torchtune 0.6.1 `OpenAIToMessages`.
    """
    for pointer, message in turns_of("messages", row.get("messages")):
        if message["role"] != "assistant":
            continue
        if message.get("weight") == 0:
            yield Spot(f"{pointer}/weight", "an answer of weight 0", 0)
        elif found := [key for key in ("weight", "loss", "train") if _marks(message).get(key) == 0]:
            yield Spot(f"{pointer}/extra", f"an answer with `{found[0]}` 0 or false")


def _of_several(texts: Texts) -> Mask:
    """Return the texts of rows that have more than one text of the assistant's."""
    answers = texts.roles == ROLES.index("assistant")
    counts = np.bincount(texts.rows[answers], minlength=texts.n_rows)
    return np.asarray(counts[texts.rows] > 1)


@rule("TRN053", "several-answers", severity="info", kinds=("sft",), screen=_of_several)
def several_answers(row: Row) -> Iterator[Spot]:
    """The conversation has more than one answer of text.

    Why: of an Alpaca row LLaMA-Factory trains the answers of `history` too, axolotl and torchtune
    do not read it at all.
    Example: `{"history": [["Hi", "Hello"]], "instruction": "…", "output": "…"}`
    Fix: convert to a format of turns.
    Source: LLaMA-Factory 0.9.5 `data/README.md`; axolotl 0.19.0 `prompt_strategies/alpaca_chat.py`.
    """
    said = [turn for turn in dialogue(row) if turn.message["role"] == "assistant"]
    answers = [turn for turn in said if _has_text(turn.message)]
    if len(answers) > 1:
        yield Spot(answers[0].pointer, f"the first of {len(answers)} answers")


def _nulls(value: object) -> bool:
    if isinstance(value, dict):
        return any(item is None or _nulls(item) for item in value.values())
    return isinstance(value, list) and any(_nulls(item) for item in value)


@rule("TRN054", "null-argument", severity="info", kinds=_CHATS, ordinary=True)
def null_argument(row: Row) -> Iterator[Spot]:
    """An argument of a call is null.

    Why: axolotl takes every null out of a record, so the model learns a call without the argument.
    Example: `{"name": "find", "arguments": {"after": null}}`
    Fix: leave the argument out, if that means the same.
    Source: axolotl 0.19.0 `remove_none_values`.
    """
    for pointer, called in calls(row):
        if _nulls(arguments_of(called["arguments"]).value):
            yield Spot(f"{pointer}/arguments", "an argument is null", called["arguments"])


def _of_system(texts: Texts) -> Mask:
    return texts.of_roles(("system", "developer"))


@rule("TRN055", "system-turn", severity="info", kinds=_CHATS, screen=_of_system)
def system_turn(row: Row) -> Iterator[Spot]:
    """The row has a system text.

    Why: the Alpaca readers of axolotl and torchtune leave the column `system` out.
    Example: `{"system": "Be brief.", "instruction": "…", "output": "…"}`
    Fix: convert to a format of turns, or name the reader that takes a system text.
    Source: axolotl 0.19.0 `alpaca_w_system`; torchtune 0.6.1 `alpaca_dataset`.
    """
    for pointer, message in all_turns(row)[:1]:
        if message["role"] in ("system", "developer") and _has_text(message):
            yield Spot(pointer, f"a {message['role']} text")


_FRAME = "<|im_start|>user\n[[dummy_message]]<|im_end|>\n<|im_start|>assistant\n"


def _short(texts: Texts) -> Mask:
    return (texts.lengths <= len(_FRAME)) & texts.of_roles(("assistant",))


@rule("TRN056", "answer-in-frame", severity="info", kinds=_PAIRS, screen=_short)
def answer_in_frame(row: Row) -> Iterator[Spot]:
    """An answer also stands in the frame that axolotl writes around it.

    Why: axolotl looks for the answer in a rendering that begins with a message of its own, and
    takes what follows the first place where it is found, so a letter or two, or the word "user",
    is trained with the frame behind it.
    Example: the answer `d`, found in `dummy_message`
    Fix: write such answers out, or take the rows out.
    Source: axolotl 0.19.0 `prompt_strategies/dpo/chat_template.py`, run with a ChatML template.
    """
    for name in ANSWER_COLUMNS:
        for pointer, message in turns_of(name, row.get(name)):
            text = spoken(message)
            if text and message["role"] == "assistant" and text in _FRAME:
                yield Spot(f"{pointer}/content", "the frame around an answer holds it", text)


@rule("TRN057", "answer-of-several-turns", severity="info", kinds=_PAIRS, ordinary=True)
def answer_of_several_turns(row: Row) -> Iterator[Spot]:
    """A side of a pair has more than one turn.

    Why: axolotl trains the last turn of each side only.
    Example: chosen: assistant, user, assistant
    Fix: put the turns before the last into the prompt, or make a row of each.
    Source: axolotl 0.19.0 `prompt_strategies/dpo/chat_template.py`.
    """
    for name in ("chosen", "rejected"):
        if len(messages := row.get(name) or ()) > 1:
            yield Spot(f"/{name}", f"{len(messages)} turns, and one is read")


@rule("TRN058", "developer-turn", severity="info", kinds=_CHATS, screen=_of_system)
def developer_turn(row: Row) -> Iterator[Spot]:
    """A text is the developer's, a role that only OpenAI and some templates know.

    Why: ms-swift deletes the row, axolotl's pairs end the run with a KeyError.
    Example: `{"role": "developer", "content": "…"}`
    Fix: call the role `system`.
    Source: ms-swift 4.6.0 `_check_messages`; axolotl 0.19.0 `dpo/chat_template.py`.
    """
    for pointer, message in all_turns(row):
        if message["role"] == "developer" and _has_text(message):
            yield Spot(f"{pointer}/role", "the role is developer", "developer")


@rule("TRN059", "null-content", severity="info", kinds=_CHATS, ordinary=True)
def null_content(row: Row) -> Iterator[Spot]:
    """A message has no content, no parts and no call.

    Why: ms-swift deletes the row; a hosted service refuses the file.
    Example: `{"role": "assistant", "content": null}`
    Fix: write the text, `""` where it is meant to be empty.
    Source: ms-swift 4.6.0 `_check_messages`; OpenAI API specification, assistant message.
    """
    for pointer, message in all_turns(row):
        if not message.keys() & {"content", "parts", "tool_calls", "refusal"}:
            yield Spot(f"{pointer}/content", "content is null or missing")


@rule("TRN060", "reasoning-in-field", severity="info", kinds=_CHATS, ordinary=True)
def reasoning_in_field(row: Row) -> Iterator[Spot]:
    """Reasoning stands in a field of its own.

    Why: only a template that names the field reads it. LLaMA-Factory, ms-swift and torchtune leave
    it out without a word.
    Example: `{"role": "assistant", "content": "4", "reasoning_content": "2 and 2 …"}`
    Fix: `curate convert --reasoning inline` writes it into the text as a `<think>` block.
    Source: ms-swift 4.6.0 `_check_messages`; huggingface/trl#6363.
    """
    for pointer, message in all_turns(row):
        if "reasoning" in message and not message.get("tool_calls"):
            yield Spot(f"{pointer}/reasoning", "reasoning in a field", message["reasoning"])


@rule("TRN061", "several-calls", severity="info", kinds=_CHATS, ordinary=True)
def several_calls(row: Row) -> Iterator[Spot]:
    """A turn makes more than one call.

    Why: ms-swift reads a ShareGPT turn that holds a list of calls as one call without a name.
    Example: `{"from": "function_call", "value": "[{…}, {…}]"}`
    Fix: write `--to swift` or `--to openai` for it.
    Source: ms-swift 4.6.0 `preprocessor/core.py`.
    """
    for pointer, message in all_turns(row):
        if len(made := message.get("tool_calls") or ()) > 1:
            yield Spot(f"{pointer}/tool_calls", f"{len(made)} calls in a turn")


@rule("TRN062", "one-message", severity="info", kinds=("sft",), ordinary=True)
def one_message(row: Row) -> Iterator[Spot]:
    """The conversation is one message.

    Why: torchtune ends the run: it wants at least two.
    Example: `{"messages": [{"role": "user", "content": "Hi"}]}`
    Fix: take the row out, or convert it to plain text.
    Source: torchtune 0.6.1 `validate_messages`.
    """
    if len(row.get("messages") or ()) == 1:
        yield Spot("/messages", "one message, expected two or more")


@rule("TRN063", "tool-result", severity="info", kinds=_CHATS, ordinary=True)
def tool_result(row: Row) -> Iterator[Spot]:
    """A turn is a tool's result.

    Why: torchtune ends the run at the answer behind it, since no user turn comes between.
    Example: `{"role": "tool", "content": "12 °C"}`
    Fix: take the row out for this trainer.
    Source: torchtune 0.6.1 `validate_messages`.
    """
    for pointer, message in all_turns(row):
        if message["role"] == "tool":
            yield Spot(f"{pointer}/role", "a tool's result", "tool")


@rule("TRN064", "part-of-other-type", severity="info", kinds=_CHATS, ordinary=True)
def part_of_other_type(row: Row) -> Iterator[Spot]:
    """A part of a message is neither text nor an image.

    Why: torchtune leaves it out without a word.
    Example: `{"type": "input_audio", …}`
    Fix: take the row out for a trainer that reads text and images.
    Source: torchtune 0.6.1 `OpenAIToMessages`.
    """
    for pointer, message in all_turns(row):
        for at, part in enumerate(message.get("parts") or ()):
            if part["type"] not in ("text", "image"):
                yield Spot(f"{pointer}/parts/{at}/type", "neither text nor image", part["type"])


def _is_nine(text: str) -> bool:
    return len(text) == 9 and text.isascii() and text.isalnum()


@rule("TRN065", "call-id-not-nine", severity="info", kinds=_CHATS, ordinary=True)
def call_id_not_nine(row: Row) -> Iterator[Spot]:
    """The id of a call is not nine letters and digits.

    Why: Mistral accepts no other.
    Example: `"id": "call_1"`
    Fix: `--to mistral` gives calls such ids.
    Source: mistralai/mistral-finetune @ 1943535d, `finetune/data`; README.
    """
    for pointer, called in calls(row):
        if not _is_nine(called.get("id", "")):
            yield Spot(f"{pointer}/id", "expected nine letters and digits", called.get("id"))


@rule("TRN066", "assistant-image", severity="info", kinds=_CHATS, ordinary=True)
def assistant_image(row: Row) -> Iterator[Spot]:
    """A turn of another role than the user's holds an image.

    Why: hosted services take images in the user's turns only.
    Example: `{"role": "assistant", "content": [{"type": "image_url", …}]}`
    Fix: move the image to the user's turn, or take the row out.
    Source: OpenAI vision fine-tuning guide; Together fine-tuning data checks, SDK 1.x.
    """
    for pointer, message in all_turns(row):
        for at, part in enumerate(message.get("parts") or ()):
            if part["type"] == "image" and message["role"] != "user":
                yield Spot(f"{pointer}/parts/{at}", f"an image in a {message['role']} turn")


RULES = (
    tool_call,
    text_beside_call,
    untrained_answer,
    several_answers,
    null_argument,
    system_turn,
    answer_in_frame,
    answer_of_several_turns,
    developer_turn,
    null_content,
    reasoning_in_field,
    several_calls,
    one_message,
    tool_result,
    part_of_other_type,
    call_id_not_nine,
    assistant_image,
)
