"""The possible shapes of a record, and what its values decide where its columns do not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """The record fits several formats, and nothing is guessed.

    Attributes:
        candidates: Names of formats that it may be, each usable with `--from`.
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

# What a flag has to answer.

_TURNS_AS_TEXT = Ambiguous(
    ("text",),
    "the conversation is one text, not a list of turns",
    "export the turns as a JSON list, or name the column as plain text with --map text=COLUMN",
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
    ("alpaca", "trl-prompt-completion"),
    "`input` and `output` without `instruction`: which text is the question is not said",
    "--map instruction=input, or --map prompt=input --map completion=output",
)
PROMPT_ONLY = Ambiguous(
    ("text",),
    "`prompt` alone may be a prompt to be answered or plain text",
    "--map text=prompt, or --map completion=COLUMN where the answer has another name",
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
TWO_CONTEXTS = Ambiguous(
    ("alpaca",),
    "both Alpaca and Dolly columns are there",
    "--from alpaca with --map input=context, or --from dolly with --map response=output",
)

NO_READER = "no reader yet; build rows with --prompt and --completion templates"
ONE_INSTANCE = "write one record for each of `instances`, with its input and output"
BEST_AND_WORST = "write the best and the worst answer as chosen and rejected"
TWO_OUTPUTS = "--map chosen=output_1 --map rejected=output_2, in the order of `preference`"
STACK_EXCHANGE = Recognised(
    "stack-exchange-paired",
    "--map prompt=question --map chosen=response_j --map rejected=response_k",
)


def _label_unclear(kto: str, plain: str) -> Ambiguous:
    return Ambiguous(
        (kto, plain),
        "`label` is not true or false: it may be a class, a rating or the label of an answer",
        f"--label-map good=true,bad=false, or --from {plain} to keep `label` in extra",
    )


# What values decide.


def plain_messages(record: Mapping[str, Any]) -> Shape:
    """Return the shape of a record with `messages`: openai, or trl-messages by its arguments."""
    turns = record["messages"]
    foreign = _foreign_turns(turns)
    if foreign is not None:
        return foreign
    if _is_turn(turns, "from"):
        return Recognised("sharegpt", "--map conversations=messages")
    return "trl-messages" if _has_object_arguments(turns) else "openai"


def plain_conversations(record: Mapping[str, Any]) -> Shape:
    """Return the shape of a record with `conversations`; ShareGPT also has turns of role."""
    turns = record["conversations"]
    return "sharegpt" if _is_turn(turns, "role") else _foreign_turns(turns) or "sharegpt"


def one_conversation(record: Mapping[str, Any]) -> Shape:
    """Return the shape of a record with `conversation`, which no format of ours has."""
    turns = record["conversation"]
    foreign = None if _is_turn(turns, "role") else _foreign_turns(turns)
    if foreign is not None:
        return foreign
    return Recognised("sharegpt", "--map conversations=conversation")


def _is_turn(turns: object, key: str) -> bool:
    """Return whether the first turn has a key."""
    return (
        isinstance(turns, list) and bool(turns) and isinstance(turns[0], dict) and key in turns[0]
    )


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
        Recognised(
            "swift-pairs", "write each {human, assistant} pair as two {role, content} turns"
        ),
    ),
    (
        frozenset({"input", "output"}),
        Recognised("xtuner", "write each {input, output} pair as two {role, content} turns"),
    ),
    (
        frozenset({"sender", "sender_name", "author", "from_id", "date", "timestamp"}),
        Recognised("chat-export", "turns name senders; write them as {role, content} turns"),
    ),
)


def _has_object_arguments(turns: object) -> bool:
    """Return whether a tool call keeps its arguments as an object, as TRL wants it."""
    for turn in turns if isinstance(turns, list) else ():
        if isinstance(turn, dict) and turn.get("tool_calls"):
            calls = turn["tool_calls"]
            call = calls[0] if isinstance(calls, list) else None
            function = call.get("function") if isinstance(call, dict) else None
            return isinstance(function, dict) and isinstance(function.get("arguments"), dict)
    return False


def labelled(look: Shape | Look, plain: str, kto: str) -> Look:
    """Return a look that makes an unpaired answer of a boolean `label` or of any `kto_tag`."""
    unclear = _label_unclear(kto, plain)

    def shape(record: Mapping[str, Any]) -> Shape:
        found = look(record) if callable(look) else look
        if not isinstance(found, str):
            return found
        if "kto_tag" in record or isinstance(record.get("label"), bool):
            return kto
        return unclear

    return shape


def conversations_pair(record: Mapping[str, Any]) -> Shape:
    """Return the shape of a record with `conversations` and sides of a pair."""
    turns = record["conversations"]
    if not _is_turn(turns, "role"):
        return _foreign_turns(turns) or "sharegpt-preference"
    sides = [record[side] for side in ("chosen", "rejected") if side in record]
    if all(isinstance(side, dict) for side in sides):
        return "sharegpt-preference"
    return Recognised("chat-preference", "--map messages=conversations")


def sides_only(record: Mapping[str, Any]) -> Shape:
    """Return hh-rlhf where both sides are its transcripts, else whole conversations."""
    for side in ("chosen", "rejected"):
        text = record.get(side)
        if not (isinstance(text, str) and text.startswith("\n\nHuman:")):
            return "trl-preference-implicit"
    return "hh-rlhf"


def prompt_answers(record: Mapping[str, Any]) -> Shape:
    """Return the shape of a record with `prompt` and `answers`."""
    answers = record["answers"]
    if isinstance(answers, list) and answers and isinstance(answers[0], dict):
        return Recognised("nectar", BEST_AND_WORST)
    return Recognised("question-answer", "--map prompt=COLUMN --map completion=answers")


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


def question_answer(record: Mapping[str, Any]) -> Shape:
    """Return how the record's own column names are mapped to an instruction."""
    question = next(name for name in QUESTIONS if name in record)
    answer = next(name for name in ANSWERS if name in record)
    return Recognised("question-answer", f"--map instruction={question} --map output={answer}")
