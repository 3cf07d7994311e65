"""LEN: what a chat template makes of a row, and what it leaves out in silence."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from curate.checks.base import Spot
from curate.checks.rendered.base import CHATS, rendered_rule
from curate.checks.rendered.probe import TOOLS
from curate.checks.rendered.reading import Missing, Reading, Side
from curate.checks.walk import SYSTEM_ROLES, spoken
from curate.errors import printable
from curate.row import Message

_THOUGHT = re.compile(r"<think>(.*?)</think>", re.DOTALL)


def _missing(reading: Reading, field: str) -> Iterator[tuple[Side, int, Message]]:
    for side in reading.sides:
        for at, name in sorted(side.missing):
            if name == field:
                yield side, at, side.messages[at]


def _shown(reading: Reading) -> str:
    template = reading.rendering.template
    return f"template {template.name}" if template is not None else "the template"


def _head(text: str) -> str:
    return printable(text.strip(), 40)


@rendered_rule("LEN010", "template-refuses-row", severity="error")
def template_refuses_row(reading: Reading) -> Iterator[Spot]:
    """The chat template ends in an error for this row, or has no place for what it holds.

    Why: trainers apply the template to every row, so one row ends the whole run, often hours into
    tokenising and without its number. Mistral's and Gemma's templates refuse turns that do not
    alternate, some refuse a system turn or a role of their own choice.
    Example: user, user, assistant under a template with
    `raise_exception("Conversation roles must alternate user/assistant/user/assistant/...")`
    Fix: repair the row (`--repair merge-consecutive`, `hoist-system`), or use another template.
    Source: the chat templates of Mistral-7B-Instruct and Gemma; transformers 5.23
    `utils/chat_template_utils.py` (raise_exception).
    """
    for side in reading.sides:
        if side.refused is not None:
            hit = side.refused
            yield Spot(_row_pointer(side, hit.pointer), hit.message, hit.value, hit.fix)


def _row_pointer(side: Side, pointer: str) -> str:
    """Return the row's pointer for one into a side's messages."""
    found = re.fullmatch(r"/messages/(\d+)(.*)", pointer)
    if found is not None and int(found[1]) < len(side.pointers):
        return side.pointers[int(found[1])] + found[2]
    if pointer == "/messages" and side.pointers:
        return side.pointers[0].rpartition("/")[0]
    return pointer


@rendered_rule("LEN011", "template-drops-system", severity="error")
def template_drops_system(reading: Reading) -> Iterator[Spot]:
    """The template does not show the system text that the conversation begins with.

    Why: the answers follow instructions that the model never saw, and the system prompt has no
    effect when the model is used.
    Example: `{"role": "system", …}` under a template that only knows user and assistant
    Fix: use a template with a place for it, or put the text into the first question.
    Source: google/gemma's paper and template know no system role (chujiezheng/chat_templates#17);
    SUSTech-IDEA/SUS-Chat#3.
    """
    for side, at, message in _missing(reading, "content"):
        if at == 0 and message["role"] == "system":
            yield Spot(
                f"{side.pointers[at]}/content",
                f"{_shown(reading)} leaves the system text out: {_head(spoken(message))}",
            )


@rendered_rule("LEN012", "template-drops-reasoning", severity="warning")
def template_drops_reasoning(reading: Reading) -> Iterator[Spot]:
    """The template does not show a turn's reasoning, or cuts it out of the text.

    Why: the model is not trained on the thoughts that the data was made for. Templates differ in
    the key that they read, and Qwen3's and DeepSeek-R1's take the thoughts of earlier turns out,
    so that of a conversation only the last are trained.
    Example: `reasoning` on the first of two answers, under Qwen3's template
    Fix: make one row of each answer (`--repair split-at-answers`), move the reasoning
    (`--reasoning inline`), or use a template made for training.
    Source: TRL 1.16 `chat_templates/README.md` (deepseek_r1_distill, gemma4_v2);
    hiyouga/LLaMA-Factory#8634, modelscope/ms-swift#4939.
    """
    for side, at, message in _missing(reading, "reasoning"):
        yield Spot(
            f"{side.pointers[at]}/reasoning",
            f"{_shown(reading)} leaves the reasoning of turn {at + 1} of {len(side.messages)} out",
            message.get("reasoning"),
        )
    for side, _ in reading.read():
        for at, message in enumerate(side.messages):
            if message["role"] == "assistant" and _thought_cut(spoken(message), side.text):
                yield Spot(
                    f"{side.pointers[at]}/content",
                    f"{_shown(reading)} cuts the <think> block of turn {at + 1} of "
                    f"{len(side.messages)} out",
                )


def _thought_cut(text: str, shown: str) -> bool:
    if "</think>" not in text:
        return False
    thoughts = [each.strip() for each in _THOUGHT.findall(text)]
    return any(thought and thought not in shown for thought in thoughts)


@rendered_rule("LEN013", "template-drops-tool-call", severity="error")
def template_drops_tool_call(reading: Reading) -> Iterator[Spot]:
    """The template does not show a tool call: its name, or its arguments.

    Why: the model learns to answer nothing where it should call, and reads results of calls that
    it never made.
    Example: `tool_calls` under a template that writes `message.content` alone
    Fix: use the tool template of the model, or write calls as text (`--to sharegpt-hermes`).
    Source: huggingface/trl#5517; TRL 1.16 `chat_templates/README.md` (lfm2 never reads them,
    deepseek_r1_distill drops them where there is text too).
    """
    found: dict[str, Spot] = {}
    for field in ("calls", "arguments"):
        for side, at, message in _missing(reading, field):
            names = ", ".join(call["name"] for call in message.get("tool_calls") or ())
            what = "the call of" if field == "calls" else "the arguments of"
            pointer = f"{side.pointers[at]}/tool_calls"
            spot = Spot(pointer, f"{_shown(reading)} leaves {what} {printable(names)} out")
            found.setdefault(pointer, spot)
    yield from found.values()


@rendered_rule("LEN014", "template-drops-tool-result", severity="error")
def template_drops_tool_result(reading: Reading) -> Iterator[Spot]:
    """The template does not show what a tool gave back.

    Why: the answer rests on a result that the model did not read, so it learns to invent one.
    Example: `{"role": "tool", …}` under a template that only knows user and assistant
    Fix: use the tool template of the model.
    Source: TRL 1.16 `chat_templates/phi3.jinja` writes system, user and assistant alone (tried).
    """
    for side, at, message in _missing(reading, "content"):
        if message["role"] == "tool":
            yield Spot(
                f"{side.pointers[at]}/content",
                f"{_shown(reading)} leaves the tool's result out: {_head(spoken(message))}",
            )


@rendered_rule("LEN015", "template-drops-name", severity="info", once=True)
def template_drops_name(reading: Reading) -> Iterator[Spot]:
    """The template does not show the name of a speaker.

    Why: who speaks in a chat of several people is not trained.
    Example: `{"role": "user", "name": "dana", …}` under ChatML without names
    Fix: write the name into the text where it matters.
    Source: OpenAI API specification (`name`); the template's own text.
    """
    for side, at, message in _missing(reading, "name"):
        if message["role"] != "tool":
            pointer = f"{side.pointers[at]}/name"
            yield Spot(pointer, f"{_shown(reading)} shows no names")


@rendered_rule("LEN016", "template-drops-tools", severity="warning", kinds=CHATS)
def template_drops_tools(reading: Reading) -> Iterator[Spot]:
    """The template does not show the tools that the row declares.

    Why: the model learns to call tools that it was not told of.
    Example: `tools` in a row, under a template without the word
    Fix: use the tool template of the model, or write the tools into the system text.
    Source: TRL 1.16 `chat_templates/README.md`; axolotl-ai-cloud/axolotl#2115.
    """
    for side in reading.sides:
        if TOOLS in side.missing:
            yield Spot("/tools", f"{_shown(reading)} shows no tools")


@rendered_rule("LEN017", "template-drops-turn", severity="error")
def template_drops_turn(reading: Reading) -> Iterator[Spot]:
    """The template does not show the text of a question or an answer.

    Why: a part of the conversation is not trained, and the rest does not follow from it.
    Example: a second answer in a row under a template that takes turns by twos
    Fix: repair the order of turns (`--repair merge-consecutive`), or use another template.
    Source: templates write the roles and places that they test for; TRL 1.16
    `chat_templates/phi3.jinja` does so for three roles.
    """
    for side, at, message in _missing(reading, "content"):
        if message["role"] in ("user", "assistant"):
            yield Spot(
                f"{side.pointers[at]}/content",
                f"{_shown(reading)} leaves the {message['role']}'s text of turn {at + 1} out: "
                f"{_head(spoken(message))}",
            )


@rendered_rule("LEN018", "template-trims-text", severity="info", once=True)
def template_trims_text(reading: Reading) -> Iterator[Spot]:
    """The template takes white space off the ends of texts.

    Why: mostly harmless, but an indented first line of code loses its indent, and a prefix that
    ends on a space meets other tokens than it was written for.
    Example: `"    return x"` under `{{ message.content | trim }}`
    Fix: none where the white space means nothing; else use a template that keeps it.
    Source: the chat templates of Llama 3 and Gemma (`| trim`).
    """
    for side, _ in reading.read():
        for at, text in _altered(side):
            if _all_lines(text, side.text):
                pointer = f"{side.pointers[at]}/content"
                yield Spot(pointer, f"{_shown(reading)} changes the white space of texts")


@rendered_rule("LEN019", "template-changes-text", severity="warning")
def template_changes_text(reading: Reading) -> Iterator[Spot]:
    """The template writes something else than the text that the row holds.

    Why: what is trained is not what was checked. Some templates cut a text at a sign that they
    take for their own, others replace or escape characters.
    Example: an answer that speaks of `</think>`, under a template that splits texts there
    Fix: use a template that shows it, or reword the text.
    Source: TRL 1.16 `chat_templates/deepseek_r1_distill.jinja` (`split('</think>')[-1]`).
    """
    for side, _ in reading.read():
        for at, text in _altered(side):
            if _all_lines(text, side.text) or _thought_cut(text, side.text):
                continue
            lines = (line for line in text.split("\n") if line.strip() not in side.text)
            yield Spot(
                f"{side.pointers[at]}/content",
                f"{_shown(reading)} changes the text; not in the rendering: "
                f"{_head(next(lines, text))}",
            )


def _altered(side: Side) -> Iterator[tuple[int, str]]:
    """Yield each text that the template shows, though not as it is written."""
    for at, (message, span) in enumerate(zip(side.messages, side.spans(), strict=True)):
        text = spoken(message)
        if span is not None or not text.strip() or Missing(at, "content") in side.missing:
            continue
        if json.dumps(text, ensure_ascii=False)[1:-1] not in side.text:
            yield at, text


def _all_lines(text: str, shown: str) -> bool:
    return all(line.strip() in shown for line in text.split("\n"))


@rendered_rule("LEN020", "template-drops-middle-system", severity="error")
def template_drops_middle_system(reading: Reading) -> Iterator[Spot]:
    """The template shows the first system turn and leaves a later one out.

    Why: the answers behind it follow instructions that the model never saw.
    Example: system, user, assistant, system, user, assistant
    Fix: `--repair hoist-system` or `split-at-system`, or use a template that shows it.
    Source: TRL 1.16 `chat_templates/qwen3_vl.jinja` and gptoss.jinja (tried).
    """
    for side, at, message in _missing(reading, "content"):
        if at > 0 and message["role"] == "system":
            yield Spot(
                f"{side.pointers[at]}/content",
                f"{_shown(reading)} leaves the system text of turn {at + 1} out: "
                f"{_head(spoken(message))}",
            )


@rendered_rule("LEN021", "template-drops-developer", severity="error")
def template_drops_developer(reading: Reading) -> Iterator[Spot]:
    """The template has no place for the role developer and leaves its text out in silence.

    Why: as with a lost system text; few models know the role.
    Example: `{"role": "developer", …}` under ChatML-like templates that test for `system`
    Fix: name the role system (`--repair hoist-system` does where the turn comes first).
    Source: sgl-project/sglang#40082 (Qwen/Qwen3-0.6B).
    """
    for side, at, message in _missing(reading, "content"):
        if message["role"] in SYSTEM_ROLES and message["role"] == "developer":
            yield Spot(
                f"{side.pointers[at]}/content",
                f"{_shown(reading)} leaves the developer's text out: {_head(spoken(message))}",
            )


@rendered_rule("LEN022", "answer-cannot-be-told-apart", severity="warning")
def answer_cannot_be_told_apart(reading: Reading) -> Iterator[Spot]:
    """It cannot be said which tokens of the row the assistant wrote.

    Why: the loss on answers alone is then impossible or wrong. The template has no
    `{% generation %}` marks and renders the beginning of a conversation otherwise than it does
    with more behind it, so that prefixes do not tell the answers apart either.
    Example: Qwen3's template, which takes `<think>` blocks out of earlier turns
    Fix: use a template with `{% generation %}`, split the row into one row for each answer, or
    train on all tokens.
    Source: TRL 1.16 `trainer/sft_trainer.py` (assistant_only_loss); transformers 5.23
    `return_assistant_tokens_mask`.
    """
    for side in reading.sides:
        if side.unmasked is not None:
            pointer = _row_pointer(side, side.unmasked.pointer)
            yield Spot(pointer, side.unmasked.message)


@rendered_rule("LEN023", "template-without-generation-marks", severity="info", once=True)
def template_without_generation_marks(reading: Reading) -> Iterator[Spot]:
    """The template does not mark what the assistant writes.

    Why: `train` and this check find the answers by prefixes, which is exact where it works. TRL's
    `assistant_only_loss` needs the marks: it replaces templates that it knows and ends in an error
    for any other.
    Example: a template without `{% generation %}`
    Fix: put `{% generation %}` and `{% endgeneration %}` around what the assistant writes, the
    end of its turn included.
    Source: TRL 1.16 `chat_template_utils.py:get_training_chat_template`.
    """
    template = reading.rendering.template
    if template is not None and not template.marks_generation and reading.answered:
        yield Spot("", f"{_shown(reading)} has no {{% generation %}}")


@rendered_rule("LEN024", "template-takes-arguments-as-text", severity="warning", once=True)
def template_takes_arguments_as_text(reading: Reading) -> Iterator[Spot]:
    """The template ends in an error on arguments that are an object, and takes them as JSON text.

    Why: data sets and trainers differ in which of the two they hand to templates; with the other
    one the run ends in a TypeError without the row's number. Here the rows are read as text.
    Example: DeepSeek-V3's template, which joins `arguments` to other text
    Fix: write arguments as JSON text (`--to openai` does), and see that the trainer keeps them so.
    Source: TRL 1.16 `chat_templates/deepseekv3.jinja` (tried); axolotl 0.19 parses arguments.
    """
    for side in reading.sides:
        if side.text_arguments:
            yield Spot("", f"{_shown(reading)} takes arguments of calls as text, not as an object")


RULES = (
    template_refuses_row,
    template_drops_system,
    template_drops_reasoning,
    template_drops_tool_call,
    template_drops_tool_result,
    template_drops_name,
    template_drops_tools,
    template_drops_turn,
    template_trims_text,
    template_changes_text,
    template_drops_middle_system,
    template_drops_developer,
    answer_cannot_be_told_apart,
    template_without_generation_marks,
    template_takes_arguments_as_text,
)
