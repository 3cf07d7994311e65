"""TXT: characters and remains of markup that should not be in a text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from curate.checks.base import Spot, rule
from curate.checks.structure.preference import same_but_space
from curate.checks.walk import is_blank, texts, with_texts
from curate.row import Row

_CONTROL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Joiners shape letters in Persian, in Indic scripts and in emoji; between these they do nothing.
_UNSEEN = re.compile(
    "[\u00ad\u180e\u200b\u2060-\u2064]|(?<=[\x20-\x7e])[\u200c\u200d](?=[\x20-\x7e])"
)
_LINE_SIGN = re.compile("[\u2028\u2029]")
# UTF-8 bytes read as cp1252. After a capital, a lone `Ã` or `Â` may belong to a word.
_MISREAD_LEAD = re.compile("[âðïãÃÂÐÑ]")
_MOJIBAKE = re.compile(
    "â€|ðŸ|ï»¿|ï¼|ã€"
    "|(?<![A-ZÀ-Þ])[ÃÂ][\u0080-\u009f\u00a1-\u00aa\u00ac-\u00ba\u00bc-\u00bf]|(?<!\\w)Â\u00a0"
    "|(?:[ÐÑ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]){3}"
)
_FENCE = re.compile(r"^[ ]{0,3}(`{3,}|~{3,})(.*)$", re.MULTILINE)
_CODE = re.compile(r"^[ ]{0,3}```.*?(?:^[ ]{0,3}```|\Z)|`[^`\n]+`", re.MULTILINE | re.DOTALL)
_PLACEHOLDER = re.compile(r"(?<![A-Za-z{}\\^_])\{\{ ?[A-Za-z_][A-Za-z0-9_.]* ?\}\}(?![{}])")
_SPECIAL = re.compile(
    r"<\|(?:im_start|im_end|im_sep|endoftext|eot_id|eom_id|begin_of_text|end_of_text"
    r"|start_header_id|end_header_id|end_of_turn|user|assistant|system|end)\|>"
    r"|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>|<[｜|]end[▁_]of[▁_]sentence[｜|]>|</s>\s*\Z"
)
_MARKER = re.compile(
    r"^(?:###? ?(?:Instruction|Input|Response|Human|Assistant|User):?|(?:Human|User|Assistant):)"
    r"(?=\s|\Z)",
    re.MULTILINE,
)


def _found(row: Row, pattern: re.Pattern[str], what: str) -> Iterator[Spot]:
    """Yield a spot for each text in which the pattern occurs, with the first place of it."""
    for pointer, _, text in texts(row):
        if match := pattern.search(text):
            around = text[max(0, match.start() - 20) : match.end() + 20]
            yield Spot(pointer, f"{what} at character {match.start()}", around)


def _first_character(
    row: Row, pattern: re.Pattern[str], *, ascii_too: bool = False
) -> Iterator[Spot]:
    """Yield a spot for each text that holds a character of the pattern, with the number of them."""
    for pointer, _, text in texts(row):
        if (ascii_too or not text.isascii()) and (match := pattern.search(text)):
            count = len(pattern.findall(text))
            name = f"U+{ord(match.group()):04X}"
            yield Spot(pointer, f"{name} at character {match.start()}, {count} in all")


def _replacing(pattern: re.Pattern[str], by: str) -> Callable[[Row], Row]:
    def fix(row: Row) -> Row:
        return with_texts(row, lambda text: pattern.sub(by, text))

    return fix


_NUL = re.compile("\x00")
_MARK = re.compile("\ufeff")
_LOST = re.compile("\ufffd")
_RETURN = re.compile("\r")
_CRLF = re.compile("\r\n?")


@rule("TXT001", "nul-character", severity="warning", fix=_replacing(_NUL, ""), fix_kind="safe")
def nul_character(row: Row) -> Iterator[Spot]:
    r"""A text holds U+0000.

    Why: programs in C cut the text there, databases refuse it, and it shows nothing.
    Example: "Hello\u0000"
    Fix: the safe fix removes it.
    Source: The Unicode Standard, section 23.1 (control codes).
    """
    yield from _first_character(row, _NUL, ascii_too=True)


def _without_controls(row: Row) -> Row:
    # In misread UTF-8 they are parts of letters, which TXT004 may still save.
    return with_texts(row, lambda t: t if _MOJIBAKE.search(t) else _CONTROL.sub("", t))


@rule(
    "TXT002",
    "control-character",
    severity="warning",
    fix=_without_controls,
    fix_kind="unsafe",
)
def control_character(row: Row) -> Iterator[Spot]:
    r"""A text holds a control character other than tab and line ends.

    Why: remains of terminals (U+001B), of PDF pages (U+000C) or of a wrong encoding (U+0080 to
    U+009F); each costs tokens, and the model learns to write them.
    Example: "\u001b[31mError"
    Fix: remove them; the unsafe fix does, whatever they stood for.
    Source: The Unicode Standard, section 23.1 (control codes).
    """
    yield from _first_character(row, _CONTROL, ascii_too=True)


@rule("TXT003", "replacement-character", severity="warning")
def replacement_character(row: Row) -> Iterator[Spot]:
    """A text holds U+FFFD, which stands for a character that was lost.

    Why: somebody read the text in the wrong encoding; what it was cannot be told any more.
    Example: "caf\ufffd"
    Fix: export the text again with the right encoding.
    Source: The Unicode Standard, section 23.8 (specials).
    """
    yield from _first_character(row, _LOST)


# The characters of cp1252 that are not those of latin-1, to the bytes that they were read from.
_CP1252 = {
    ord(bytes([byte]).decode("cp1252")): byte
    for byte in range(0x80, 0xA0)
    if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}


def _reread(text: str) -> str:
    if not _MOJIBAKE.search(text):
        return text
    try:
        again = text.translate(_CP1252).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text
    return text if _CONTROL.search(again) else again


def _without_mojibake(row: Row) -> Row:
    return with_texts(row, _reread)


@rule("TXT004", "mojibake", severity="warning", fix=_without_mojibake, fix_kind="unsafe")
def mojibake(row: Row) -> Iterator[Spot]:
    """A text is UTF-8 that somebody read as cp1252 or latin-1.

    Why: the model learns to write the broken letters.
    Example: "Itâ€™s a cafÃ©"
    Fix: export again as UTF-8; the unsafe fix reads the whole text back where that is possible.
    Source: ftfy documentation (how UTF-8 is misread).
    """
    # Two looks: hardly a text has one of the letters that misread UTF-8 begins with.
    if any(_MISREAD_LEAD.search(text.text) for text in texts(row)):
        yield from _found(row, _MOJIBAKE, "UTF-8 read as cp1252")


@rule(
    "TXT005",
    "byte-order-mark-inside",
    severity="warning",
    fix=_replacing(_MARK, ""),
    fix_kind="safe",
)
def byte_order_mark_inside(row: Row) -> Iterator[Spot]:
    r"""A text holds U+FEFF, the mark at the start of some files.

    Why: it cannot be seen, breaks the match of the first word, and is a token of its own.
    Example: "\ufeffHello"
    Fix: the safe fix removes it.
    Source: The Unicode Standard, section 23.8 (byte order mark).
    """
    yield from _first_character(row, _MARK)


@rule(
    "TXT006",
    "invisible-character",
    severity="info",
    fix=_replacing(_UNSEEN, ""),
    fix_kind="unsafe",
)
def invisible_character(row: Row) -> Iterator[Spot]:
    r"""A text holds characters that cannot be seen, such as a zero-width space.

    Why: remains of web pages; words that look the same become other tokens. Thai and Khmer use
    some of them between words, so this is a hint only.
    Example: "zero\u200bwidth"
    Fix: the unsafe fix removes them.
    Source: Unicode Standard Annex 14 (zero width space); Unicode Technical Report 36.
    """
    yield from _first_character(row, _UNSEEN)


@rule("TXT007", "bidi-control", severity="warning", fix=_replacing(_BIDI, ""), fix_kind="unsafe")
def bidi_control(row: Row) -> Iterator[Spot]:
    r"""A text holds a sign that changes the direction of what follows.

    Why: the text reads otherwise than it is stored, which can hide instructions and code.
    Example: "access\u202e tnemmoc"
    Fix: look at the text; the unsafe fix removes the signs.
    Source: Boucher and Anderson 2021, Trojan Source (CVE-2021-42574).
    """
    yield from _first_character(row, _BIDI)


def _tidy(text: str) -> str:
    """Return a text without white space around it; the first of several lines keeps its indent."""
    if is_blank(text):
        return text
    text = text.rstrip()
    start = len(text) - len(text.lstrip())
    if "\n" in text[start:]:
        start = text.rfind("\n", 0, start) + 1
    return text[start:]


def _tidied(row: Row) -> Row:
    if "chosen" in row and same_but_space(row):
        return row
    return with_texts(row, _tidy, roles=("assistant",))


@rule(
    "TXT008",
    "surrounding-white-space",
    severity="info",
    fix=_tidied,
    fix_kind="safe",
    kinds=("sft", "preference", "unpaired"),
)
def surrounding_white_space(row: Row) -> Iterator[Spot]:
    r"""An answer begins or ends with white space.

    Why: templates that trim make axolotl lose the answer, and others teach the model to begin or
    end with blanks, which are tokens of their own. The indent of a first line is no fault.
    Example: " Paris" or "Paris\n"
    Fix: the safe fix removes it from answers.
    Source: axolotl 0.19 `dpo/chat_template.py`; Llama 3 chat template (`| trim`).
    """
    for pointer, role, text in texts(row):
        if role == "assistant" and text != _tidy(text):
            yield Spot(pointer, "white space around the answer", repr(text[:10] + "…" + text[-10:]))


@rule(
    "TXT009",
    "line-separator",
    severity="warning",
    fix=_replacing(_LINE_SIGN, "\n"),
    fix_kind="safe",
)
def line_separator(row: Row) -> Iterator[Spot]:
    r"""A text holds U+2028 or U+2029, line ends that few programs know.

    Why: readers that use `splitlines` cut a JSONL record there; in a text it is a rare token.
    Example: "one\u2028two"
    Fix: the safe fix writes a line feed.
    Source: The Unicode Standard, section 5.8 (newline guidelines).
    """
    yield from _first_character(row, _LINE_SIGN)


@rule("TXT010", "unbalanced-code-fence", severity="info")
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


@rule("TXT011", "unresolved-placeholder", severity="warning")
def unresolved_placeholder(row: Row) -> Iterator[Spot]:
    """A text holds a template's placeholder that nothing was put into.

    Why: the model learns to write `{{name}}` for a name.
    Example: "Dear {{first_name}},"
    Fix: fill it in. Inside code it is no fault.
    Source: OpenAssistant and Dolly cleaning notes; Jinja template syntax.
    """
    for pointer, _, text in texts(row):
        if "{{" in text and (match := _PLACEHOLDER.search(_CODE.sub("", text))):
            yield Spot(pointer, "a placeholder that nothing filled", match.group())


@rule("TXT012", "special-token-in-text", severity="warning")
def special_token_in_text(row: Row) -> Iterator[Spot]:
    """A text holds a control token of a chat template.

    Why: a tokenizer that parses special tokens in content ends the turn there, or lets the text
    speak as another role. They come from exports that were rendered already.
    Example: "Sure.<|im_end|>"
    Fix: export the messages before they were rendered.
    Source: transformers `split_special_tokens`; Llama 3, ChatML and Mistral chat templates.
    """
    yield from _found(row, _SPECIAL, "a special token")


@rule("TXT013", "carriage-return", severity="info", fix=_replacing(_CRLF, "\n"), fix_kind="safe")
def carriage_return(row: Row) -> Iterator[Spot]:
    r"""A text has Windows line ends.

    Why: `\r\n` is another token than `\n`, so the model learns two ways to end a line.
    Example: "one\r\ntwo"
    Fix: the safe fix writes line feeds.
    Source: The Unicode Standard, section 5.8 (newline guidelines).
    """
    yield from _first_character(row, _RETURN, ascii_too=True)


@rule("TXT014", "prompt-marker-in-answer", severity="warning")
def prompt_marker_in_answer(row: Row) -> Iterator[Spot]:
    r"""A line of an answer begins with a prompt's marker.

    Why: the answer runs on into the next question, and the model learns to ask itself.
    Example: "4\n### Instruction: Name a colour"
    Fix: cut the answer before the marker, or export the turns as messages.
    Source: Stanford Alpaca prompt template; Anthropic HH-RLHF format.
    """
    for pointer, role, text in texts(row):
        if role == "assistant" and (match := _MARKER.search(text)):
            yield Spot(pointer, f"a prompt marker at character {match.start()}", match.group())


RULES = (
    nul_character,
    control_character,
    replacement_character,
    mojibake,
    byte_order_mark_inside,
    invisible_character,
    bidi_control,
    surrounding_white_space,
    line_separator,
    unbalanced_code_fence,
    unresolved_placeholder,
    special_token_in_text,
    carriage_return,
    prompt_marker_in_answer,
)
