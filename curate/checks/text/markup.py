"""TXT: markup that was cut off, left over or not filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curate.checks.base import Spot, rule
from curate.checks.text.looks import Look, Looks
from curate.checks.text.places import found
from curate.checks.text.prose import about_markup, has_code, prose
from curate.checks.walk import texts
from curate.row import Row

_FENCE = re.compile(r"^[ ]{0,3}(`{3,}|~{3,})(.*)$", re.MULTILINE)
_SHELL_NAME = r"\$\{[A-Z][A-Z_]{2,40}\}"
_PLACEHOLDER = re.compile(
    r"(?<![A-Za-z{}\\^_$])\{\{ ?[A-Za-z_][A-Za-z0-9_.]* ?\}\}(?![{}])|" + _SHELL_NAME
)
# A row about templates may show one; what a placeholder is called says nothing of that.
_ABOUT_TEMPLATES = re.compile(
    r"(?i)\b(?:templates?|place-?holders?|jinja2?|handlebars|mustache|liquid|mail.?merge"
    r"|merge fields?"
    r"|variables?|fields|curly|shell|bash|environment)\b|模板|占位符|变量|Vorlage|Platzhalter|plantilla"
    r"|modèle de (?:lettre|courriel)|шаблон"
)
# Control tokens of the templates of Llama, ChatML, Phi, Gemma, Mistral, DeepSeek, GLM and gpt-oss.
_SPECIAL = re.compile(
    r"<\|(?:im_start|im_end|im_sep|endoftext|eot_id|eom_id|begin_of_text|end_of_text|python_tag"
    r"|start_header_id|end_header_id|end_of_turn|user|assistant|system|observation|end|tool"
    r"|tool_calls?|tool_response|channel|message|start|return|call|constrain|startoftext"
    r"|fim_(?:prefix|middle|suffix)|(?:object_ref|box|vision)_(?:start|end)|(?:image|video)_pad"
    r"|START_OF_TURN_TOKEN|END_OF_TURN_TOKEN|reserved_special_token_[0-9]+|header_start"
    r"|header_end|eot|eom)\|>"
    r"|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>|\[/?(?:TOOL_CALLS|AVAILABLE_TOOLS"
    r"|TOOL_RESULTS|SYSTEM_PROMPT|TOOL_CONTENT)\]"
    r"|<[｜|](?:(?:begin|end)[▁_]of[▁_]sentence|User|Assistant|tool[▁_][a-z▁_]+)[｜|]>"
    r"|<\|reserved_[0-9]+\|>|<unused[0-9]+>|\[gMASK\]|[.!?]</s>|</s>\s*(?:\Z|<s>)"
)
_MARKER_LINE = (
    r"^(?:###? ?(?:Instruction|Input|Response|Human|Assistant|User):?|(?:Human|User|Assistant):)"
)
_MARKER = re.compile(_MARKER_LINE + r"(?=\s|\Z)", re.MULTILINE)


_LOOKS = Looks(
    fence=Look("(?m:^ {0,3}(?:```|~~~))", "`~"),
    placeholder=Look(rf"\{{\{{ ?[A-Za-z_][A-Za-z0-9_.]* ?\}}\}}|{_SHELL_NAME}", "{"),
    special=Look(_SPECIAL.pattern.removesuffix(r"\s*(?:\Z|<s>)"), "<["),
    marker=Look(f"(?m:{_MARKER_LINE})", ":#"),
)


@rule(
    "TXT010",
    "unbalanced-code-fence",
    severity="info",
    screen=_LOOKS["fence"],
    roles=("assistant",),
)
def unbalanced_code_fence(row: Row) -> Iterator[Spot]:
    r"""An answer opens a code block and does not close it.

    Why: a sign that a length limit cut the answer off; the model learns to stop inside code.
    Example: "```python\nprint(1)"
    Fix: complete the answer, or remove the row.
    Source: CommonMark 0.31, section 4.5 (fenced code blocks).
    """
    for pointer, role, text in texts(row):
        if role == "assistant" and (line := _open_fence(text)) is not None:
            yield Spot(pointer, "a code block is not closed", line)


def _open_fence(text: str) -> str | None:
    opened: re.Match[str] | None = None
    for fence in _FENCE.finditer(text):
        sign, info = fence.groups()
        if opened is None:
            opened = fence if sign[0] == "~" or "`" not in info else None
        elif sign.startswith(opened[1]) and not info.strip():
            opened = None
    return None if opened is None else opened[0]


@rule(
    "TXT011",
    "unresolved-placeholder",
    severity="warning",
    screen=_LOOKS["placeholder"],
)
def unresolved_placeholder(row: Row) -> Iterator[Spot]:
    """A text holds a template's placeholder that nothing was put into.

    Why: the model learns to write `{{name}}` for a name.
    Example: "Dear {{first_name}},"
    Fix: fill it in. Inside code, and where a template is asked for, it is no fault.
    Source: OpenAssistant and Dolly cleaning notes; Jinja template syntax.
    """
    for pointer, _, text in texts(row):
        if "{" not in text or has_code(text) or about_markup(row) or _about_templates(row):
            continue
        if match := _PLACEHOLDER.search(prose(text)):
            yield Spot(pointer, "a placeholder that nothing filled", match.group())


def _about_templates(row: Row) -> bool:
    return any(
        _ABOUT_TEMPLATES.search(_PLACEHOLDER.sub(" ", text))
        for _, role, text in texts(row)
        if role and role != "assistant"
    )


@rule(
    "TXT012",
    "special-token-in-text",
    severity="warning",
    screen=_LOOKS["special"],
)
def special_token_in_text(row: Row) -> Iterator[Spot]:
    """A text holds a control token of a chat template.

    Why: a tokenizer that parses special tokens in content ends the turn there, or lets the text
    speak as another role. They come from exports that were rendered already.
    Example: "Sure.<|im_end|>"
    Fix: export the messages before they were rendered.
    Source: transformers `split_special_tokens`; Llama 3, ChatML, Mistral and gpt-oss templates.
    """
    yield from found(row, _SPECIAL, "a special token")


_DIALOGUE = re.compile(
    r"\b(?:dialog\w*|convers\w+|chat\w*|interview|transcript|script|(?:human|user|assistant):)"
    r"|对话|聊天",
    re.IGNORECASE,
)


def _asks_for_dialogue(row: Row) -> bool:
    return any(role != "assistant" and _DIALOGUE.search(text) for _, role, text in texts(row))


@rule(
    "TXT014",
    "prompt-marker-in-answer",
    severity="warning",
    screen=_LOOKS["marker"],
    roles=("assistant",),
)
def prompt_marker_in_answer(row: Row) -> Iterator[Spot]:
    r"""A line of an answer begins with a prompt's marker.

    Why: the answer runs on into the next question, and the model learns to ask itself.
    Example: "4\n### Instruction: Name a colour"
    Fix: cut the answer before the marker, or export the turns as messages.
    Source: Stanford Alpaca prompt template; Anthropic HH-RLHF format.
    """
    for pointer, role, text in texts(row):
        match = _MARKER.search(prose(text)) if role == "assistant" else None
        # Where a dialogue was asked for, its speakers are named like those of a prompt.
        if match and (match[0][0] == "#" or (match.start() and not _asks_for_dialogue(row))):
            yield Spot(pointer, f"a prompt marker at character {match.start()}", match.group())


RULES = (
    unbalanced_code_fence,
    unresolved_placeholder,
    special_token_in_text,
    prompt_marker_in_answer,
)
