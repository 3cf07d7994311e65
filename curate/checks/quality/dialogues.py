"""QLT: conversations whose turns are not what their roles say, or come twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.checks.base import Rule, Spot, rule
from curate.checks.columns import ROLES, Mask, Texts
from curate.checks.quality.asking import ASKING, USER, opening
from curate.checks.walk import Turn, dialogue, is_blank, texts
from curate.row import KINDS, Row

_USER, _ASSISTANT = ROLES.index("user"), ROLES.index("assistant")
# Shorter answers ("Yes.", "You're welcome!") are said twice for good reasons.
_SHORTEST_REPEAT = 40
_PARTING = re.compile(
    r"(?i)(?:i['’]?m (?:very |really |so )?sorry|sorry|i (?:do )?apologi[sz]e|i can(?:no|['’])t"
    r"|unfortunately|as an ai|i['’]?m (?:unable|not able)|you['’]?re (?:very |most )?welcome|thank"
    r"|good ?bye|对不起|抱歉|不客气|很抱歉|再见)"
)


def _may_repeat(texts: Texts) -> Mask:
    """Tell which texts occur twice among the assistant's of their row."""
    found = texts.of_roles(("assistant",)) & (texts.lengths >= _SHORTEST_REPEAT)
    found[found] = np.bincount(texts.rows[found], minlength=texts.n_rows)[texts.rows[found]] > 1
    at = np.flatnonzero(found)
    if not len(at):
        return found
    words = pc.dictionary_encode(texts.at(found).values).indices.to_numpy().astype(np.int64)
    pairs = texts.rows[at] * (int(words.max()) + 1) + words
    _, place, times = np.unique(pairs, return_inverse=True, return_counts=True)
    found[at] = times[place] > 1
    return found


@rule("QLT060", "repeated-answer", severity="warning", kinds=ASKING, screen=_may_repeat)
def repeated_answer(row: Row) -> Iterator[Spot]:
    """The assistant says word for word what it said before in the conversation.

    Why: models copy what stands in their context; such rows teach them to say it again.
    Example: two answers of one conversation are the same five sentences
    Fix: remove the later turns, or the row.
    Source: jingyaogong/minimind#746 (a published set with an answer twice in a row).
    """
    seen: dict[str, Turn] = {}
    for turn in dialogue(row):
        text = turn.message.get("content", "")
        if turn.message["role"] != "assistant" or len(text.encode()) < _SHORTEST_REPEAT:
            continue
        if text in seen and not _PARTING.match(text):
            first = seen[text].pointer
            yield Spot(f"{turn.pointer}/content", f"the same answer as {first}", text)
        seen.setdefault(text, turn)


_SHORTEST_ECHO = 4
_MOST_SPACE = 8


def _may_echo(texts: Texts) -> Mask:
    """Tell which texts of the assistant are the user's just before, but for space and case."""
    found = np.zeros(len(texts.values), dtype=np.bool_)
    follows = (texts.roles[1:] == _ASSISTANT) & (texts.roles[:-1] == _USER)
    follows &= texts.rows[1:] == texts.rows[:-1]
    follows &= abs(np.diff(texts.lengths)) <= _MOST_SPACE
    at = np.flatnonzero(follows)
    asked, said = (texts.values.take(pa.array(places)).to_pylist() for places in (at, at + 1))
    found[at + 1] = [_same(*pair) for pair in zip(asked, said, strict=True)]
    return found


def _same(asked: str, said: str) -> bool:
    return asked.strip().lower() == said.strip().lower()


@rule("QLT061", "echoed-question", severity="warning", kinds=("sft",), screen=_may_echo)
def echoed_question(row: Row) -> Iterator[Spot]:
    """The answer is the question, word for word.

    Why: the model learns to say after the user what was said instead of answering.
    Example: user "What should I cook?", assistant "What should I cook?"
    Fix: write the answer, or remove the row.
    Source: defect in published data: alpaca_eval outputs of text_davinci_003, glaive (Chinese).
    """
    for before, turn in pairwise(dialogue(row)):
        if (before.message["role"], turn.message["role"]) != ("user", "assistant"):
            continue
        asked, said = before.message.get("content", ""), turn.message.get("content", "")
        if abs(len(asked.encode()) - len(said.encode())) > _MOST_SPACE:
            continue
        if _same(asked, said) and len(said.strip().encode()) >= _SHORTEST_ECHO:
            yield Spot(f"{turn.pointer}/content", "the answer repeats the question", said)


_AN_AI = (
    r"(?:as an ai(?: language model| assistant)?,? i(?:['’]m| am| do| can| don)"
    r"|i(?:['’]m| am) (?:just |only )?an ai(?: language model| assistant)[,. ]+(?:and|so|i|but)\b)"
)
_ANSWERS = (
    r"(?:(?:sure|certainly|of course|absolutely)[,!.] here(?:['’]s| is| are) (?:the|an?|some|your) "
    r"|i(?:['’]m| am) sorry, but (?:as an ai|i (?:can(?:no|['’])t|am (?:not able|unable) to)"
    r" (?:provide|fulfill|assist|generate|comply)\b))"
)
_LATER = re.compile(rf"(?i)\A{_AN_AI}")
_FIRST = re.compile(rf"(?i)\A(?:{_AN_AI}|{_ANSWERS})")


@rule(
    "QLT062",
    "user-speaks-as-assistant",
    severity="warning",
    kinds=ASKING,
    needs=r"^(?i:as an ai\b|i(?:['’]m| am) (?:just |only )?an ai\b|i(?:['’]m| am) sorry, but "
    r"|(?:sure|certainly|of course|absolutely)[,!.] here)",
    roles=USER,
)
def user_speaks_as_assistant(row: Row) -> Iterator[Spot]:
    """A user's turn is written as the assistant's answer.

    Why: the roles are swapped, or a model that was to translate the question answered it; what
    follows answers no question.
    Example: user "Sure, here's the code that you asked for: …"
    Fix: put the question back, or remove the row.
    Source: defect in published data: glaive (Chinese) of LLaMA-Factory, whose translator answered.
    """
    opened = False
    for turn in dialogue(row):
        text = turn.message.get("content", "")
        # Asked for a text, a user too says "Sure, here is the text".
        pattern = _LATER if opened else _FIRST
        opened |= turn.message["role"] not in ("system", "developer")
        if turn.message["role"] == "user" and (match := pattern.match(text)):
            spot = f"{turn.pointer}/content"
            yield Spot(spot, "the user's turn begins as an answer does", match.group().strip())


# What a prompt of a template begins with, and what its answer begins with.
_RENDERED = (
    (
        re.compile(r"\A\s*(?:Human|User): ?\S"),
        re.compile(r"\n[^\S\n]*Assistant:(?:[ \t]|$)", re.MULTILINE),
    ),
    (
        re.compile(r"^#{2,3} ?Instruction:?[ \t]*$", re.MULTILINE),
        re.compile(r"^#{2,3} ?Response:?(?:[ \t]|$)", re.MULTILINE),
    ),
)


def _written_out(text: str) -> str | None:
    """Return where a prompt with its answer begins in a text, None where there is none."""
    for prompt, answer in _RENDERED:
        first = prompt.search(text)
        if first is not None and (last := answer.search(text, first.end())) is not None:
            return text[first.start() : last.end()][:60]
    return None


@rule(
    "QLT063",
    "rendered-dialogue",
    severity="info",
    kinds=KINDS,
    needs=r"\n\s*(?:#{2,3} ?Response|Assistant:)",
)
def rendered_dialogue(row: Row) -> Iterator[Spot]:
    r"""One text holds a conversation that somebody's prompt template has written out already.

    Why: the trainer's chat template is put round the other one, the markers are trained as text,
    and the answer inside is no answer for the mask of the loss.
    Example: `{"text": "### Instruction:\nSay hello.\n\n### Response:\nHello!"}`
    Fix: read the markers back into turns before converting.
    Source: stanford_alpaca `train.py:PROMPT_DICT`; Anthropic hh-rlhf, whose rows are one text with
    "Human:" and "Assistant:".
    """
    first = opening(row)
    for pointer, role, text in texts(row):
        of_user = first is not None and pointer == first.question.pointer
        if (of_user or not role) and (begin := _written_out(text)) is not None:
            yield Spot(pointer, "a written-out prompt, expected turns", begin)


_MOST_BYTES = 12
_MOST_WORDS = 2
_LEAST_ANSWERS = 2
_ASKS = re.compile(r"[\d?？]")


def _may_say_little(texts: Texts) -> Mask:
    """Tell which answers stand in rows of several, all of whose texts are of a few bytes."""
    said = texts.of_roles(("assistant",)) & (texts.lengths <= _MOST_BYTES)
    if not said.any():
        return said
    counts = np.bincount(texts.rows[said], minlength=texts.n_rows)
    long = texts.rows_of(texts.lengths > _MOST_BYTES)
    return np.asarray(said & ((counts >= _LEAST_ANSWERS) & ~long)[texts.rows])


@rule("QLT064", "dialogue-of-fillers", severity="info", kinds=("sft",), screen=_may_say_little)
def dialogue_of_fillers(row: Row) -> Iterator[Spot]:
    """A conversation of several answers in which every turn is a word or two.

    Why: small talk and test messages teach the model nothing but to be short; several such turns
    are what is left of a log. Questions, numbers, and rows with a system text are passed over.
    Example: user "hey", assistant "hi", user "ok", assistant "ok"
    Fix: remove the row.
    Source: data-juicer 1.6 `text_length_filter.py` (least length of a sample: 10); WildChat and
    LMSYS-Chat-1M, which hold what people typed to try a chat window.
    """
    said = [turn.message for turn in dialogue(row)]
    spoken = [message.get("content") or "" for message in said]
    answers = [m for m in said if m["role"] == "assistant"]
    if len(answers) < _LEAST_ANSWERS or row.get("tools") or row.get("media"):
        return
    if any(message["role"] not in ("user", "assistant") for message in said):
        return
    if all(len(text.encode()) <= _MOST_BYTES and _says_little(text) for text in spoken):
        yield Spot("/messages", f"{len(said)} turns, and none has more than two words")


def _says_little(text: str) -> bool:
    return len(text.split()) <= _MOST_WORDS and not _ASKS.search(text) and not is_blank(text)


RULES: tuple[Rule, ...] = (
    repeated_answer,
    echoed_question,
    user_speaks_as_assistant,
    rendered_dialogue,
    dialogue_of_fillers,
)
