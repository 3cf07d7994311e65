"""Conversations that a chat template has made one text of: cut into turns and written again.

Only a text that comes out the same to the byte is cut. What differs between tools (a token before
or behind all, line feeds between turns) is kept beside the turns. Sources:
- chatml: OpenAI's "Chat Markup Language"; Qwen 2.5 `tokenizer_config.json`; ends with a line feed.
- llama3: Meta's Llama 3 model card, "Instruct"; a tool's result has the role `ipython`.
- zephyr: HuggingFaceH4/zephyr-7b-beta `tokenizer_config.json`.
- guanaco: timdettmers/openassistant-guanaco, where nothing stands between two turns; a text before
  the first question is the system's, as in the prompts of artidoro/qlora.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

# A token that tokenizers put before and behind all; a longer one never begins with a shorter.
_BEGINS = ("<s>", "<|begin_of_text|>", "<|endoftext|>")
_ENDS = ("</s>", "<|endoftext|>", "<|end_of_text|>", "<|im_end|>", "<|end|>")

Turn = tuple[str, str]  # the role's word, and the content


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a template writes a conversation.

    Attributes:
        name: The template's name.
        before: What stands before a turn's role.
        after: What stands between the role and the content.
        end: What ends a turn; "" where the next turn's head does.
        ends: Spellings of `end` that other tokenizers have.
        gap: What usually stands between two turns.
        tail: What usually stands behind the last turn.
        words: The role's words, each with the row's role.
        marks: Texts that no content may hold, for they would be read as the template's own; all
            begin with the same two signs.
        preamble: Whether a text before the first turn is the system's.
        begin: What usually stands before all.
        marks_a_turn: How many of `marks` the template itself writes for each turn.
    """

    name: str
    before: str
    after: str
    end: str
    gap: str
    tail: str
    words: Mapping[str, str]
    marks: tuple[str, ...]
    ends: tuple[str, ...] = ()
    preamble: bool = False
    begin: str = ""
    marks_a_turn: int = 0

    @property
    def head(self) -> re.Pattern[str]:
        """Matches where a turn begins; group 1 is the role's word."""
        return _HEADS[self.name]


def _chat(**words: str) -> dict[str, str]:
    return {"system": "system", "user": "user", "assistant": "assistant"} | words


CHATML = Dialect(
    "chatml",
    "<|im_start|>",
    "\n",
    "<|im_end|>",
    "\n",
    "\n",
    _chat(tool="tool", developer="developer"),
    ("<|im_start|>", "<|im_end|>"),
    marks_a_turn=2,
)
LLAMA3 = Dialect(
    "llama3",
    "<|start_header_id|>",
    "<|end_header_id|>\n\n",
    "<|eot_id|>",
    "",
    "",
    _chat(ipython="tool"),
    ("<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<|eom_id|>", "<|python_tag|>"),
    begin="<|begin_of_text|>",
    marks_a_turn=3,
)
ZEPHYR = Dialect(
    "zephyr",
    "<|",
    "|>\n",
    "</s>",
    "\n",
    "\n",
    _chat(),
    ("<|system|>\n", "<|user|>\n", "<|assistant|>\n"),
    ends=("<|endoftext|>", "<|im_end|>", "<|end|>"),
    marks_a_turn=1,
)
GUANACO = Dialect(
    "guanaco",
    "### ",
    ": ",
    "",
    "",
    "",
    {"Human": "user", "Assistant": "assistant"},
    ("### Human:", "### Assistant:"),
    preamble=True,
)
DIALECTS = (CHATML, LLAMA3, ZEPHYR, GUANACO)
_HEADS = {
    "chatml": re.compile(r"<\|im_start\|>([^\n<]*)\n"),
    "llama3": re.compile(r"<\|start_header_id\|>([^\n<]*)<\|end_header_id\|>\n\n"),
    "zephyr": re.compile(r"<\|(system|user|assistant)\|>\n"),
    "guanaco": re.compile(r"### (Human|Assistant): "),
}


@dataclass(slots=True)
class Cut:
    """A text taken apart.

    Attributes:
        turns: The turns in order.
        system: What stands before the first turn of a dialect with a preamble, or None.
        style: What differs from the dialect's usual writing: `begin`, `end`, `gap`, `tail`.
    """

    turns: list[Turn]
    system: str | None
    style: dict[str, str]


def write(
    dialect: Dialect, turns: Sequence[Turn], system: str | None, style: Mapping[str, str]
) -> str:
    """Return a conversation as the dialect's text."""
    begin, end = style.get("begin", dialect.begin), style.get("end", dialect.end)
    gap, tail = style.get("gap", dialect.gap), style.get("tail", dialect.tail)
    before, after = dialect.before, dialect.after
    pieces = [f"{before}{word}{after}{content}{end}" for word, content in turns]
    if system is not None:
        pieces.insert(0, system)
    return begin + gap.join(pieces) + tail


def cut(dialect: Dialect, text: str) -> Cut | str:
    """Return a rendered conversation's turns, or why the text is none."""
    usual = _as_usual(dialect, text) if dialect.end else _as_open(dialect, text)
    if usual is not None:
        return usual
    begin = ""
    if text.startswith(_BEGINS):
        begin = next(sign for sign in _BEGINS if text.startswith(sign))
    heads = list(dialect.head.finditer(text, len(begin)))
    if not heads:
        return f"no turn begins as {dialect.name} begins one"
    stray = text[len(begin) : heads[0].start()]
    if stray and not dialect.preamble:
        return "text stands before the first turn"
    bodies = [text[head.end() : following.start()] for head, following in pairwise(heads)]
    bodies.append(text[heads[-1].end() :])
    words = [head[1] for head in heads]
    found = _ended(dialect, words, bodies) if dialect.end else _open(words, bodies, stray)
    if isinstance(found, str):
        return found
    if begin != dialect.begin:
        found.style["begin"] = begin
    for content in (found.system or "", *(content for _, content in found.turns)):
        for mark in dialect.marks:
            if mark in content:
                return f"{mark.strip()} stands inside a turn"
    if write(dialect, found.turns, found.system, found.style) != text:
        return "written again it would be another text"
    return found


def _as_usual(dialect: Dialect, text: str) -> Cut | None:
    """Return the turns of a text that is written as the dialect usually does, or None.

    Cutting at what stands between turns is the opposite of joining by it; the marks are counted,
    so that none stands inside a turn.
    """
    first, last = dialect.begin + dialect.before, dialect.end + dialect.tail
    if not (text.startswith(first) and text.endswith(last)):
        return None
    between = dialect.end + dialect.gap + dialect.before
    bodies = text[len(first) : len(text) - len(last)].split(between)
    count = len(bodies)
    if text.count(dialect.end) != count:
        return None
    if sum(map(text.count, dialect.marks)) != dialect.marks_a_turn * count:
        return None
    turns: list[Turn] = []
    for body in bodies:
        word, sign, content = body.partition(dialect.after)
        if not sign or word not in dialect.words:
            return None
        turns.append((word, content))
    return Cut(turns, None, {})


def _as_open(dialect: Dialect, text: str) -> Cut | None:
    """Return the turns of a text that is all heads and contents, with nothing between them."""
    first, *pieces = dialect.head.split(text)
    words, bodies = pieces[::2], pieces[1::2]
    if first or not bodies or bodies[-1].endswith(_ENDS):
        return None
    if len(bodies) > 1 and all(body.endswith("\n") for body in bodies[:-1]):
        return None
    if sum(map(text.count, dialect.marks)) != len(words):
        return None
    return Cut(list(zip(words, bodies, strict=True)), None, {})


def is_sure(dialect: Dialect, turns: Sequence[Turn]) -> bool:
    """Return whether turns without marks in them are cut as they were, written the usual way.

    A mark never reaches from a content into what stands around it, since its sign `<` comes first
    and once. So contents without the turn's end are enough.
    """
    if not dialect.end:
        return False
    return dialect.end in dialect.marks or all(dialect.end not in text for _, text in turns)


def _ended(dialect: Dialect, words: list[str], bodies: list[str]) -> Cut | str:
    """Return the turns of a dialect that ends each of them with a token."""
    end = dialect.end
    if end not in bodies[0]:
        end = next((other for other in dialect.ends if other in bodies[0]), "")
        if not end:
            return "the first turn has no end"
    turns: list[Turn] = []
    rests: list[str] = []
    for word, body in zip(words, bodies, strict=True):
        content, sign, rest = body.partition(end)
        if not sign:
            return "a turn has no end"
        turns.append((word, content))
        rests.append(rest)
    tail = rests.pop()
    gap = rests[0] if rests else dialect.gap
    if gap not in ("", "\n") or any(rest != gap for rest in rests):
        return "text stands between two turns"
    if tail.strip("\n") not in ("", *_ENDS) or len(tail) - len(tail.strip("\n")) > 2:
        return "text stands behind the last turn"
    return Cut(turns, None, _unusual(dialect, end=end, gap=gap, tail=tail))


def _open(words: list[str], bodies: list[str], stray: str) -> Cut | str:
    """Return the turns of a dialect whose turns end where the next begins.

    Line feeds that end every turn but the last stand between the turns.
    """
    last = bodies.pop()
    tail = next((sign for sign in _ENDS if last.endswith(sign)), "")
    inner = [stray, *bodies] if stray else bodies
    gap = next((g for g in ("\n\n", "\n") if inner and all(b.endswith(g) for b in inner)), "")
    cleaned = [body[: len(body) - len(gap)] for body in inner]
    system = cleaned.pop(0) if stray else None
    turns = list(zip(words, [*cleaned, last[: len(last) - len(tail)]], strict=True))
    return Cut(turns, system, _unusual(GUANACO, end="", gap=gap, tail=tail))


def _unusual(dialect: Dialect, *, end: str, gap: str, tail: str) -> dict[str, str]:
    pairs = (("end", end, dialect.end), ("gap", gap, dialect.gap), ("tail", tail, dialect.tail))
    return {name: found for name, found, usual in pairs if found != usual}
