"""TRN: turns and roles."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

from curate.checks.base import Spot, rule
from curate.checks.walk import (
    ANSWER_COLUMNS,
    SYSTEM_ROLES,
    Turn,
    all_turns,
    dialogue,
    is_blank,
    says_nothing,
    spoken,
    threads,
    turns_of,
    without_layout,
)
from curate.row import Kind, Message, Row, message_lists

_WITH_PROMPT: tuple[Kind, ...] = ("preference", "unpaired", "prompt_only", "stepwise")
_CHATS: tuple[Kind, ...] = ("sft", *_WITH_PROMPT)


def _roles(row: Row) -> list[str]:
    return [message["role"] for message in row.get("messages") or ()]


def _has_media(messages: list[Message]) -> bool:
    return any(part["type"] != "text" for m in messages for part in m.get("parts") or ())


@rule("TRN004", "empty-conversation", severity="error", kinds=_CHATS, ordinary=True)
def empty_conversation(row: Row) -> Iterator[Spot]:
    """The conversation, or the prompt, has no message.

    Why: chat templates fail on an empty list ("list index out of range"), and there is nothing to
    learn from. LLaMA-Factory drops the row as "invalid example".
    Example: `{"messages": []}`
    Fix: remove the row, or export it again.
    Source: OpenAI fine-tuning schema (messages: at least one); LLaMA-Factory `converter.py`.
    """
    if not dialogue(row):
        column = "prompt" if row.keys() & {"prompt", *ANSWER_COLUMNS} else "messages"
        yield Spot(f"/{column}", "no message, expected at least one")


@rule("TRN005", "no-assistant-turn", severity="error", kinds=("sft",), ordinary=True)
def no_assistant_turn(row: Row) -> Iterator[Spot]:
    """No turn is the assistant's, so there is no answer to learn.

    Why: with the loss on answers the row has no trained token: TRL filters it in silence, OpenAI
    refuses the file.
    Example: `{"messages": [{"role": "user", "content": "Hi"}]}`
    Fix: add the answer, or convert with `--kind prompt_only` if these are prompts to be answered.
    Source: OpenAI fine-tuning guide; TRL 1.16 `SFTTrainer`.
    """
    roles = _roles(row)
    if roles and "assistant" not in roles:
        yield Spot("/messages", f"no assistant turn among {len(roles)}", ", ".join(roles))


def _without_tail(row: Row) -> Row:
    roles = _roles(row)
    if "assistant" not in roles:
        return row
    end = len(roles) - roles[::-1].index("assistant")
    if _has_media(row["messages"][end:]):
        return row
    return without_layout({**row, "messages": row["messages"][:end]})


@rule(
    "TRN006",
    "ends-on-user",
    severity="error",
    kinds=("sft",),
    fix=_without_tail,
    fix_kind="unsafe",
    ordinary=True,
)
def ends_on_user(row: Row) -> Iterator[Spot]:
    """The last turn is the user's (or a system text), and nothing answers it.

    Why: LLaMA-Factory drops the row, mistral-finetune refuses the file, TRL with the loss on
    everything teaches the model to write the user's part.
    Example: user, assistant, user
    Fix: add the answer; `--repair drop-trailing-user` or the unsafe fix drops what follows the
    last answer.
    Source: LLaMA-Factory `converter.py` (odd number of turns); mistral-finetune `validate_data`.
    """
    roles = _roles(row)
    if "assistant" in roles and roles[-1] in ("user", *SYSTEM_ROLES):
        message = f"the last turn is {roles[-1]}, expected assistant"
        yield Spot(f"/messages/{len(roles) - 1}/role", message, roles[-1])


@rule(
    "TRN007",
    "ends-on-tool",
    severity="error",
    kinds=("sft",),
    fix=_without_tail,
    fix_kind="unsafe",
    ordinary=True,
)
def ends_on_tool(row: Row) -> Iterator[Spot]:
    """The last turn is a tool's result that no answer follows.

    Why: LLaMA-Factory's `openai` converter loses the result without a word; others spend tokens on
    a text that is never trained.
    Example: user, assistant (call), tool
    Fix: add the answer; the unsafe fix drops the result, so that the row ends on the call.
    Source: LLaMA-Factory `converter.py:OpenAIDatasetConverter`.
    """
    roles = _roles(row)
    if "assistant" in roles and roles[-1] == "tool":
        spot = f"/messages/{len(roles) - 1}/role"
        yield Spot(spot, "the last turn is tool, expected assistant", "tool")


def _without_head(row: Row) -> Row:
    messages: list[Message] = row.get("messages") or []
    start = next((at for at, m in enumerate(messages) if m["role"] not in SYSTEM_ROLES), 0)
    first = next((at for at, m in enumerate(messages) if m["role"] == "user"), None)
    if first is None or not any(m["role"] == "assistant" for m in messages[first:]):
        return row
    dropped = messages[start:first]
    # A call whose result, or a system text that, stands in the dropped part would be torn apart.
    if any(m["role"] != "assistant" or m.get("tool_calls") for m in dropped):
        return row
    if _has_media(dropped) or not any(m.get("weight") != 0 for m in _answers(messages[first:])):
        return row
    return without_layout({**row, "messages": messages[:start] + messages[first:]})


@rule(
    "TRN008",
    "assistant-first",
    severity="warning",
    kinds=_CHATS,
    fix=_without_head,
    fix_kind="unsafe",
    ordinary=True,
)
def assistant_first(row: Row) -> Iterator[Spot]:
    """The conversation begins with the assistant, before any question.

    Why: LLaMA-Factory drops such a row and torchtune raises; the templates of Mistral, Gemma and
    Llama 2 refuse it. TRL and axolotl train it where the template allows it.
    Example: assistant "How can I help?", user "…", assistant "…"
    Fix: put the question first; `--repair drop-leading-assistant` or the unsafe fix drops the
    opening turns of the assistant.
    Source: LLaMA-Factory#4023; torchtune `validate_messages`.
    """
    spoken_turns = [t for t in threads(row)[0] if t.message["role"] not in SYSTEM_ROLES]
    if spoken_turns and spoken_turns[0].message["role"] == "assistant":
        yield Spot(f"{spoken_turns[0].pointer}/role", "the first turn is assistant, expected user")


def _is_plain(message: Message) -> bool:
    return message.keys() <= {"role", "content"} and not is_blank(message.get("content", ""))


def _merged(row: Row) -> Row:
    changed = dict(row)
    for name, messages in message_lists(row):
        joined: list[Message] = []
        for message in messages:
            last = joined[-1] if joined else None
            if last and message["role"] == last["role"] and message["role"] in _REPEATABLE:
                if not (_is_plain(last) and _is_plain(message)):
                    return row
                text = f"{last['content']}\n\n{message['content']}"
                joined[-1] = {"role": message["role"], "content": text}
            else:
                joined.append(message)
        changed[name] = joined
    return without_layout(changed)


_REPEATABLE = ("user", "assistant")


@rule(
    "TRN009",
    "consecutive-roles",
    severity="warning",
    kinds=_CHATS,
    fix=_merged,
    fix_kind="unsafe",
    ordinary=True,
)
def consecutive_roles(row: Row) -> Iterator[Spot]:
    """Two turns in a row are the user's, or the assistant's.

    Why: LLaMA-Factory drops the row, torchtune and Together refuse it, ms-swift glues the texts
    without a separator; several templates raise. Others train it as it stands.
    Example: user, user, assistant
    Fix: `--repair merge-consecutive` joins them by an empty line, so does the unsafe fix where
    both are plain text.
    Source: LLaMA-Factory#10178; ms-swift `_swift_prepare_inputs`; torchtune `validate_messages`.
    """
    for name, messages in message_lists(row):
        turns = turns_of(name, messages)
        for before, turn in pairwise(turns):
            role = turn.message["role"]
            if role in _REPEATABLE and role == before.message["role"]:
                yield Spot(f"{turn.pointer}/role", f"a second {role} turn in a row", role)


def _leading_systems(turns: list[Turn]) -> int:
    roles = [turn.message["role"] for turn in turns]
    return next((at for at, role in enumerate(roles) if role not in SYSTEM_ROLES), len(roles))


@rule("TRN010", "system-not-first", severity="warning", kinds=_CHATS, ordinary=True)
def system_not_first(row: Row) -> Iterator[Spot]:
    """A system turn stands inside the conversation.

    Why: LLaMA-Factory drops the row, torchtune and mistral-finetune refuse it; some templates
    raise, some move the text, some leave it out.
    Example: user, assistant, system, user, assistant
    Fix: move its text to the first turn, or begin a new row there.
    Source: LLaMA-Factory `converter.py`; torchtune `validate_messages`.
    """
    start = _leading_systems(dialogue(row))
    for turn in dialogue(row)[start:]:
        if turn.message["role"] in SYSTEM_ROLES:
            yield Spot(f"{turn.pointer}/role", "a system turn after the conversation began")
    for turn in all_turns(row):
        if turn.message["role"] in SYSTEM_ROLES and not turn.pointer.startswith(_START):
            yield Spot(f"{turn.pointer}/role", "a system turn in an answer")


_START = ("/messages/", "/prompt/")


def _one_system(row: Row) -> Row:
    column = "messages" if "messages" in row else "prompt"
    messages: list[Message] = row.get(column) or []
    count = _leading_systems(dialogue(row))
    head = messages[:count]
    roles = {message["role"] for message in head}
    if count < 2 or len(roles) > 1 or not all(_is_plain(message) for message in head):
        return row
    text = "\n\n".join(message["content"] for message in head)
    joined: Message = {"role": head[0]["role"], "content": text}
    return without_layout({**row, column: [joined, *messages[count:]]})


@rule(
    "TRN011",
    "several-system-turns",
    severity="warning",
    kinds=_CHATS,
    fix=_one_system,
    fix_kind="unsafe",
    ordinary=True,
)
def several_system_turns(row: Row) -> Iterator[Spot]:
    """The conversation begins with more than one system turn.

    Why: most templates keep the first or the last and lose the others; mistral-finetune refuses a
    second one.
    Example: system "Be brief.", system "Answer in French.", user "…", assistant "…"
    Fix: the unsafe fix joins them with an empty line.
    Source: mistral-finetune `validate_data`; ms-swift preprocessor.
    """
    turns = dialogue(row)
    for turn in turns[1 : _leading_systems(turns)]:
        yield Spot(f"{turn.pointer}/role", "another system turn", spoken(turn.message))


def _answers(messages: list[Message]) -> list[Message]:
    return [message for message in messages if message["role"] == "assistant"]


@rule(
    "TRN012",
    "empty-content",
    severity="error",
    kinds=(*_CHATS, "text", "segments"),
    ordinary=True,
)
def empty_content(row: Row) -> Iterator[Spot]:
    """A turn has no content, or the answer that is to be learnt shows nothing.

    Why: templates print `None` or raise on null content, ms-swift deletes the row. An empty answer
    teaches the model to stop at once, and axolotl masks it because it finds no turn boundary.
    Example: `{"role": "assistant", "content": ""}`
    Fix: remove the row or the turn, or write the answer.
    Source: ms-swift `_check_messages`; axolotl 0.19 `find_turn`.
    """
    for pointer, message in dialogue(row):
        role, parts = message["role"], message.get("parts")
        if role == "tool" or (parts == [] and role in SYSTEM_ROLES) or not says_nothing(message):
            continue
        if "content" not in message and not parts:
            yield Spot(f"{pointer}/content", f"{role} content is null or missing, expected text")
        elif role == "assistant" and message.get("weight") != 0:
            yield Spot(f"{pointer}/content", "the answer is empty", spoken(message))
    if "text" in row and is_blank(row["text"]):
        yield Spot("/text", "the text is empty", row["text"])
    segments = row.get("segments")
    if segments is not None and all(is_blank(s.get("text") or "") for s in segments):
        yield Spot("/segments", "no segment has text")


@rule("TRN013", "blank-content", severity="warning", kinds=_CHATS, ordinary=True)
def blank_content(row: Row) -> Iterator[Spot]:
    """A user, a system or an untrained turn is an empty text or white space.

    Why: the model learns to answer a question that is not there, or pays for an empty system turn.
    Example: `{"role": "user", "content": " "}`
    Fix: remove the turn, or export its text.
    Source: LLaMA-Factory `data/README.md`; OpenAI cookbook, chat fine-tuning data preparation.
    """
    for pointer, message in dialogue(row):
        if message["role"] == "tool" or not says_nothing(message):
            continue
        if message["role"] == "assistant" and message.get("weight") != 0:
            continue
        if "content" in message or message.get("parts"):
            text = f"the {message['role']} turn is blank"
            yield Spot(f"{pointer}/content", text, spoken(message))


@rule("TRN014", "no-trained-answer", severity="error", kinds=("sft", "segments"), ordinary=True)
def no_trained_answer(row: Row) -> Iterator[Spot]:
    """Every answer has weight 0, so no token of the row is trained.

    Why: the row costs memory and time for nothing; a batch of such rows makes the loss NaN.
    Example: the only assistant turn has `"weight": 0`
    Fix: give the answer to be learnt weight 1, or remove the row.
    Source: OpenAI fine-tuning guide (weight); TRL 1.16 (fully masked rows are filtered).
    """
    answers = _answers(row.get("messages") or [])
    if answers and all(message.get("weight") == 0 for message in answers):
        yield Spot("/messages", f"all {len(answers)} assistant turns have weight 0")
    segments = row.get("segments")
    if segments and not any(segment.get("train") for segment in segments):
        yield Spot("/segments", f"none of {len(segments)} segments is trained")


@rule("TRN015", "weight-not-0-or-1", severity="warning", kinds=_CHATS, ordinary=True)
def weight_not_0_or_1(row: Row) -> Iterator[Spot]:
    """A message's weight is neither 0 nor 1.

    Why: OpenAI, Together, Fireworks and Mistral accept 0 and 1 only; TRL ignores weights.
    Example: `{"role": "assistant", "content": "Hi", "weight": 0.5}`
    Fix: write 0 (not trained) or 1 (trained).
    Source: OpenAI API specification, fine-tuning chat message (weight: 0 or 1).
    """
    for pointer, message in all_turns(row):
        weight = message.get("weight", 1)
        if weight not in (0, 1) or math.isnan(weight):
            yield Spot(f"{pointer}/weight", f"weight {weight:g}, expected 0 or 1", weight)


@rule(
    "TRN016",
    "prompt-ends-on-assistant",
    severity="error",
    kinds=("preference", "unpaired", "prompt_only"),
    ordinary=True,
)
def prompt_ends_on_assistant(row: Row) -> Iterator[Spot]:
    """The prompt ends on an assistant turn, so the answer has no question before it.

    Why: TRL takes the last turn as the start of the answer and glues both, LLaMA-Factory drops the
    row, Together refuses it.
    Example: a prompt of user, assistant with a chosen assistant turn
    Fix: end the prompt on the user's turn; put an assistant turn into the answers.
    Source: TRL 1.16 `apply_chat_template` (continue_final_message); Together preference format.
    """
    prompt = turns_of("prompt", row.get("prompt"))
    if prompt and prompt[-1].message["role"] == "assistant":
        yield Spot(f"{prompt[-1].pointer}/role", "the prompt ends on assistant, expected user")


RULES = (
    empty_conversation,
    no_assistant_turn,
    ends_on_user,
    ends_on_tool,
    assistant_first,
    consecutive_roles,
    system_not_first,
    several_system_turns,
    empty_content,
    blank_content,
    no_trained_answer,
    weight_not_0_or_1,
    prompt_ends_on_assistant,
)
