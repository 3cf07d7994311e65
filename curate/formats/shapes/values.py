"""The possible shapes of a record, and what its values decide where its columns do not."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from curate.formats.shapes.hosted import service_of
from curate.formats.shapes.media import by_items, has_tag, trl_images
from curate.formats.shapes.turns import is_pygmalion, is_turn, messages_dialect, pairs_of


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """The record fits several formats, and nothing is guessed.

    Attributes:
        candidates: Names of formats that it may be, each reached by flags that `fix` names.
        why: What cannot be told apart.
        fix: The flags that answer it.
    """

    candidates: tuple[str, ...]
    why: str
    fix: str


@dataclass(frozen=True, slots=True)
class Recognised:
    """A known shape that has no decoder of its own.

    Attributes:
        name: What the shape is called.
        hint: How to read it all the same.
    """

    name: str
    hint: str


@dataclass(frozen=True, slots=True)
class Pretokenised:
    """The record holds token ids; they are reported and never converted."""


Shape = str | Ambiguous | Recognised | Pretokenised | None
Look = Callable[[Mapping[str, Any]], Shape]


def said(shape: Shape) -> str:
    """Return a shape as a histogram names it."""
    if isinstance(shape, Ambiguous):
        return f"{' or '.join(shape.candidates)} (to be said)"
    if isinstance(shape, Recognised):
        return f"{shape.name} (not read)"
    if isinstance(shape, Pretokenised):
        return "token ids (not read)"
    return shape or "unknown"


# What a flag has to answer.

_TURNS_AS_TEXT = Ambiguous(
    ("autotrain-chat", "text"),
    "the conversation is one text, not a list of turns",
    "--map text=COLUMN with --from autotrain-chat for the JSON text of a list, or with --from "
    "text; --repair python-literals where Python wrote the list",
)
_MESSAGES_AS_TEXT = Ambiguous(
    ("swift", "text"),
    "the conversation is one text, not a list of turns",
    "--from swift where it is the JSON text of messages, --repair python-literals where Python "
    "wrote it, --map text=messages for plain text",
)
TWO_LISTS = Ambiguous(
    ("openai", "sharegpt"),
    "the record has both `messages` and `conversations`",
    "--from openai or --from sharegpt; the other column is kept in extra",
)
_TWO_PROMPTS = Ambiguous(
    ("axolotl-preference",),
    "several columns may be the prompt: of prompt, input, question and instruction one is wanted",
    "--map prompt=COLUMN --map chosen=COLUMN --map rejected=COLUMN with --from trl-preference",
)
ULTRAFEEDBACK = Ambiguous(
    ("trl-preference-implicit", "trl-preference", "chat-preference"),
    "`prompt` and `messages` both stand beside `chosen` and `rejected`",
    "--from trl-preference-implicit where both sides are whole conversations",
)
AUTOTRAIN = Ambiguous(
    ("autotrain-preference", "text"),
    "`text` and `rejected_text` may be answers or whole conversations",
    "--from autotrain-preference",
)
TEXT_LABEL = Ambiguous(
    ("text", "trl-kto"),
    "`text` with `label` may be a class, an unpaired answer or plain text",
    "--from text, or --map completion=text with a prompt column",
)
INPUT_OUTPUT = Ambiguous(
    ("alpaca", "trl-prompt-completion", "torchtune-instruct"),
    "`input` and `output` without `instruction`: which text is the question is not said",
    "--from torchtune-instruct where input is the question; --map instruction=input, or "
    "--map prompt=input --map completion=output",
)
CONTENT = Ambiguous(
    ("text",),
    "`content` alone may be plain text or a field of something else",
    "--map text=content",
)
OUTPUT_REJECTED = Ambiguous(
    ("alpaca", "alpaca-preference"),
    "`output` stands beside only one side of a pair",
    "--map chosen=output for a pair, or --from alpaca to keep the other column in extra",
)
VQA = Ambiguous(
    ("torchtune-vqa", "alpaca"),
    "`input`, `output` and `image`: a question about an image, or columns of something else",
    "--from torchtune-vqa where input is the question about the image",
)
_SYSTEM_BESIDE = Ambiguous(
    ("swift", "anthropic", "openai"),
    "`system` stands beside `messages`: ms-swift and Anthropic take it for the first turn, OpenAI "
    "and TRL leave it out",
    "--from swift or --from anthropic to put it first, --from openai to keep it in extra",
)
_ONE_IMAGE = Ambiguous(
    ("swift", "trl-messages"),
    "`image` beside a typed <image>: ms-swift puts it there, TRL before the first user text",
    "--from swift or --from trl-messages",
)
TWO_CONTEXTS = Ambiguous(
    ("alpaca", "dolly"),
    "both Alpaca and Dolly columns are there",
    "--from alpaca with --map input=context, or --from dolly with --map response=output",
)


def _label_unclear(kto: str, plain: str) -> Ambiguous:
    return Ambiguous(
        (kto, plain),
        "`label` is not true or false: it may be a class, a rating or the label of an answer",
        f"--label-map good=true,bad=false, or --from {plain} to keep `label` in extra",
    )


# What values decide.


def plain_messages(record: Mapping[str, Any]) -> Shape:
    """Return the shape of a record with `messages`, by the keys of its turns."""
    turns = record["messages"]
    if isinstance(turns, str):
        return _MESSAGES_AS_TEXT
    foreign = _foreign_turns(turns)
    if foreign is not None:
        return foreign
    if is_turn(turns, "from"):
        return Recognised("sharegpt", "--map conversations=messages")
    if by_items(turns):
        return "llamafactory-v1"
    if (service := service_of(record)) is not None:
        return service
    dialect = messages_dialect(turns) if isinstance(turns, list) else "openai"
    if dialect in ("swift", "axolotl"):
        return dialect
    if ("images" in record or "image" in record) and isinstance(turns, list):
        if "images" not in record and has_tag((_said_in(turn) for turn in turns), "<image>"):
            return _ONE_IMAGE
        if trl_images(record, turns):
            return "trl-messages"
    if "objects" in record and isinstance(record["objects"], dict):
        return "swift"
    system = record.get("system")
    return _SYSTEM_BESIDE if isinstance(system, str) and system else dialect


def _said_in(turn: object) -> object:
    return turn.get("content") if isinstance(turn, dict) else None


def rejected_message(record: Mapping[str, Any]) -> Shape:
    """Return openpipe where the rejected message is there, else the shape without it."""
    return plain_messages(record) if record["rejected_message"] is None else "openpipe"


# How a list of messages begins, as JSON or as Python writes it.
_TURN_TEXT = re.compile(r"""\[\s*\{\s*["'](?:role|content|from|value)["']\s*:""")
_CHAT_AS_TEXT = Ambiguous(
    ("autotrain-chat", "text"),
    "`text` holds the text of a list of messages: a conversation, or plain text",
    "--from autotrain-chat for conversations, --from text for plain text",
)


def plain_text(record: Mapping[str, Any]) -> Shape:
    """Return the shape of a record with `text`: plain text, or AutoTrain's list of messages."""
    text = record["text"]
    if type(text) is str:
        return _CHAT_AS_TEXT if text[:1] == "[" and _TURN_TEXT.match(text) else "text"
    return "autotrain-chat" if is_turn(text, "role") else "text"


def plain_conversations(record: Mapping[str, Any]) -> Shape:
    """Return the shape of a record with `conversations`; ShareGPT also has turns of role."""
    turns = record["conversations"]
    if record.get("image") is not None and is_turn(turns, "from"):
        return "llava"
    if is_turn(turns, "role"):
        return "pygmalion" if is_pygmalion(turns) else "sharegpt"
    return pairs_of(turns) or _foreign_turns(turns) or "sharegpt"


def one_conversation(record: Mapping[str, Any]) -> Shape:
    """Return the shape of a record with `conversation`: lmsys where its turns have roles."""
    turns = record["conversation"]
    if is_turn(turns, "role"):
        return "lmsys"
    foreign = pairs_of(turns) or _foreign_turns(turns)
    if foreign is not None:
        return foreign
    return Recognised("sharegpt", "--map conversations=conversation")


def _foreign_turns(turns: object) -> Shape:
    """Return the shape of turns that no decoder reads, None for all others and for no turns."""
    if isinstance(turns, str):
        return _TURNS_AS_TEXT
    if not (isinstance(turns, list) and turns and isinstance(turns[0], dict)):
        return None
    first: dict[str, Any] = turns[0]
    if "role" in first:
        return _PYGMALION if "value" in first and "content" not in first else None
    if "from" in first and "value" in first:
        return None
    for keys, shape in _FOREIGN_TURNS:
        if not keys.isdisjoint(first):
            return shape
    return None


_PYGMALION = Recognised("pygmalion", "--map conversations=messages")
_FOREIGN_TURNS = (
    (
        frozenset({"human", "assistant"}),
        Recognised("swift-pairs", "--map conversation=COLUMN"),
    ),
    (
        frozenset({"input", "output"}),
        Recognised("xtuner", "--map conversation=COLUMN"),
    ),
    (
        frozenset({"sender", "sender_name", "author", "from_id", "date", "timestamp"}),
        Recognised("chat-export", "turns name senders; write them as {role, content} turns"),
    ),
)


_LABEL_BESIDE = "`label` or `kto_tag` stands beside turns of a format that has no judged answers"
_NO_LABELS = frozenset(
    {
        *("pygmalion", "swift-pairs", "xtuner", "xtuner-text"),
        *("anthropic", "cohere", "mistral", "nova", "nova-preference"),
    }
)


def labelled(look: Shape | Look, plain: str, kto: str) -> Look:
    """Return a look that makes an unpaired answer of a boolean `label` or of any `kto_tag`."""
    unclear = _label_unclear(kto, plain)
    swift = _label_unclear("swift-kto", "swift")

    def shape(record: Mapping[str, Any]) -> Shape:
        found = look(record) if callable(look) else look
        if not isinstance(found, str):
            return found
        if found == "swift":
            return "swift-kto" if isinstance(record.get("label"), bool) else swift
        if found in _NO_LABELS:
            return Ambiguous((found,), _LABEL_BESIDE, f"--from {found} to keep it in extra")
        if "kto_tag" in record or isinstance(record.get("label"), bool):
            return kto
        return unclear

    return shape


def conversations_pair(record: Mapping[str, Any]) -> Shape:
    """Return the shape of a record with `conversations` and sides of a pair."""
    turns = record["conversations"]
    if not is_turn(turns, "role"):
        return _foreign_turns(turns) or "sharegpt-preference"
    sides = [record[side] for side in ("chosen", "rejected") if side in record]
    if all(isinstance(side, dict) for side in sides):
        return "sharegpt-preference"
    return Recognised("chat-preference", "--map messages=conversations")


def sides_only(record: Mapping[str, Any]) -> Shape:
    """Return hh-rlhf where both sides are its transcripts, else whole conversations."""
    if by_items(record.get("chosen")):
        return "llamafactory-v1-preference"
    for side in ("chosen", "rejected"):
        text = record.get(side)
        if not (isinstance(text, str) and text.startswith("\n\nHuman:")):
            return "trl-preference-implicit"
    return "hh-rlhf"


_AXOLOTL_PROMPTS = ("prompt", "input", "question", "instruction")
QUESTIONS = ("question", "query", "problem", "prompt", "instruction")
ANSWERS = (
    *("answer", "response", "completion", "output", "solution", "answers", "responses"),
    *("text", "content"),
)


def one_prompt(record: Mapping[str, Any]) -> Shape:
    """Return axolotl-preference where one column alone can be the prompt."""
    if sum(name in record for name in _AXOLOTL_PROMPTS) > 1:
        return _TWO_PROMPTS
    return "axolotl-preference"


_GLAIVE_SPEAKERS = ("SYSTEM:", "USER:", "ASSISTANT:", "FUNCTION RESPONSE:")
BFCL = Recognised(
    "bfcl",
    "an evaluation set without answers to train on: keep it to decontaminate against; for rows, "
    "write each list of `question` as messages and `function` as tools",
)
BFCL_ANSWERS = Recognised(
    "bfcl-answers", "the possible answers of an evaluation set, of which any one is right"
)


def glaive(record: Mapping[str, Any]) -> Shape:
    """Return glaive for a transcript of speakers, None for any other text of that name."""
    text = record.get("chat", record.get("sample"))
    return (
        "glaive" if isinstance(text, str) and text.lstrip().startswith(_GLAIVE_SPEAKERS) else None
    )


def query_history(record: Mapping[str, Any]) -> Shape:
    """Return swift-query where `history` is a list beside query and response."""
    return "swift-query" if isinstance(record["history"], list) else question_answer(record)


def segments(record: Mapping[str, Any]) -> Shape:
    """Return input-output where the segments have labels and texts."""
    items = record["segments"]
    if is_turn(items, "label") and is_turn(items, "text"):
        return "input-output"
    return Recognised("segments", "write them as [{label, text}], label saying what is trained")


_SAID_BY = (
    (("query", "response"), "swift-query"),
    (("prompt", "solution"), "trl-prompt-only"),
    (("question", "category", "answer"), "jeopardy"),
)


def question_answer(record: Mapping[str, Any]) -> Shape:
    """Return how the record's own column names are mapped to an instruction."""
    question = next(name for name in QUESTIONS if name in record)
    answer = next(name for name in ANSWERS if name in record)
    hint = f"--map instruction={question} --map output={answer}"
    for columns, name in _SAID_BY:
        if all(column in record for column in columns):
            hint += f", or --from {name} where it is that"
    return Recognised("question-answer", hint)
