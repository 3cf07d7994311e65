"""PRF and KTO: what the sides of a pair share, and answers that begin with their question."""

from __future__ import annotations

from collections.abc import Iterator

from curate.checks.base import Spot, rule
from curate.checks.structure.beginnings import LEAST_CHARS, one_of_each, two_of
from curate.row import Kind, Row

_PAIRS: tuple[Kind, ...] = ("preference",)
_SIDES = ("chosen", "rejected")
_SHARED_RATIO = 0.8
_SHARED_LEAST_CHARS = 200


def _only(row: Row, column: str) -> str | None:
    """Return the text of an answer of one message; None for any other."""
    messages = row.get(column) or []
    if len(messages) != 1 or messages[0].get("tool_calls"):
        return None
    text: str | None = messages[0].get("content")
    return text


@rule("PRF015", "mostly-the-same", severity="info", kinds=_PAIRS, screen=two_of("assistant"))
def mostly_the_same(row: Row) -> Iterator[Spot]:
    """Chosen and rejected share four fifths of the longer one, from the first character on.

    Why: both sides get nearly the same probability, so DPO can widen their distance by making the
    chosen one less likely as well. Pairs that differ in one step of a calculation are meant so.
    Example: two solutions of 500 characters that differ in the last number
    Fix: none for one pair; train with a term that holds the chosen side up (DPO-Positive), or put
    the shared part into the prompt.
    Source: Pal et al. 2024, Smaug (arXiv:2402.13228), section 3.
    """
    chosen, rejected = (_only(row, name) for name in _SIDES)
    if chosen is None or rejected is None or chosen == rejected:
        return
    longer = max(len(chosen), len(rejected))
    if chosen.startswith(rejected) or rejected.startswith(chosen):
        return  # PRF006 says it of these
    shared = next(at for at, (a, b) in enumerate(zip(chosen, rejected, strict=False)) if a != b)
    if shared >= _SHARED_LEAST_CHARS and shared >= _SHARED_RATIO * longer:
        message = f"the first {shared} of {longer} characters are those of chosen"
        yield Spot("/rejected", message, round(shared / longer, 3))


def _repeats(row: Row, columns: tuple[str, ...]) -> list[Spot]:
    prompt = row.get("prompt") or []
    asked = prompt[-1].get("content") if prompt and prompt[-1]["role"] == "user" else None
    found: list[Spot] = []
    if asked is None or len(asked) < LEAST_CHARS:
        return found
    for column in columns:
        answer = _only(row, column)
        if answer is not None and answer.startswith(asked) and len(answer) > len(asked):
            message = "the answer begins with the whole question"
            found.append(Spot(f"/{column}/0/content", message, asked))
    return found


@rule(
    "PRF016",
    "prompt-repeated-in-sides",
    severity="warning",
    kinds=_PAIRS,
    screen=one_of_each("user", "assistant"),
)
def prompt_repeated_in_sides(row: Row) -> Iterator[Spot]:
    """Both sides begin with the prompt again.

    Why: a set with an explicit prompt was made of one whose sides hold the whole conversation. TRL
    puts prompt and side together, so the question stands there twice and is trained. One side
    alone may take up the words of its question.
    Example: prompt "Name a colour.", chosen "Name a colour. Blue.", rejected "Name a colour. Up."
    Fix: cut the prompt off the sides.
    Source: TRL 1.16 `DPOTrainer` (prompt and completion are joined), `data_utils.py:extract_prompt`
    (the other of the two shapes).
    """
    spots = _repeats(row, _SIDES)
    if len(spots) == len(_SIDES):
        yield from spots


@rule("PRF018", "calls-in-one-side", severity="info", kinds=_PAIRS, ordinary=True)
def calls_in_one_side(row: Row) -> Iterator[Spot]:
    """One side calls a tool and the other does not.

    Why: the pair is about whether to call at all. axolotl keeps role and content of a side, so the
    calling side becomes an empty text, and OpenAI's preference format takes text alone.
    Example: chosen with `tool_calls`, rejected "I can't know that."
    Fix: none where it is meant and the trainer reads calls.
    Source: axolotl 0.19 `prompt_strategies/dpo/chat_template.py`.
    """
    called = [any(m.get("tool_calls") for m in row.get(name) or ()) for name in _SIDES]
    if called[0] != called[1]:
        name = _SIDES[called.index(True)]
        yield Spot(f"/{name}", f"only {name} calls a tool")


@rule(
    "KTO006",
    "prompt-repeated-in-completion",
    severity="info",
    kinds=("unpaired",),
    screen=one_of_each("user", "assistant"),
)
def prompt_repeated_in_completion(row: Row) -> Iterator[Spot]:
    """The completion begins with the prompt again.

    Why: TRL puts prompt and completion together, so the question stands there twice, and the label
    is about a text that repeats it. Where the question is the start of a sentence, an answer may
    take it up.
    Example: prompt "Name a colour.", completion "Name a colour. Blue."
    Fix: cut the prompt off the completion.
    Source: TRL 1.16 `KTOTrainer` (prompt and completion are joined).
    """
    yield from _repeats(row, ("completion",))


RULES = (
    mostly_the_same,
    prompt_repeated_in_sides,
    calls_in_one_side,
)
UNPAIRED_RULES = (prompt_repeated_in_completion,)
