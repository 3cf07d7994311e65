"""The formats that records are read from and written to, in the order of the documentation."""

from curate.formats.base import Format
from curate.formats.chat.openai import OPENAI
from curate.formats.chat.sharegpt import SHAREGPT
from curate.formats.chat.trl import TRL_MESSAGES, TRL_PROMPT_COMPLETION
from curate.formats.instruct.alpaca import ALPACA, DOLLY
from curate.formats.judged.kto import ALPACA_KTO, OPENAI_KTO, SHAREGPT_KTO, TRL_KTO, read_label
from curate.formats.pairs.preference import (
    OPENAI_PREFERENCE,
    TRL_PREFERENCE,
    TRL_PREFERENCE_IMPLICIT,
)
from curate.formats.pairs.preference_import import (
    AUTOTRAIN_PREFERENCE,
    AXOLOTL_PREFERENCE,
    CHAT_PREFERENCE,
    HH_RLHF,
    SWIFT_PREFERENCE,
)
from curate.formats.pairs.ranking import ALPACA_PREFERENCE, SHAREGPT_PREFERENCE
from curate.formats.plain.text import TEXT
from curate.formats.row_format import ROW
from curate.formats.shapes import Ambiguous, Pretokenised, Recognised, Shape, shape_of

FORMATS: tuple[Format, ...] = (
    ROW,
    ALPACA,
    DOLLY,
    SHAREGPT,
    OPENAI,
    TRL_MESSAGES,
    TRL_PROMPT_COMPLETION,
    TEXT,
    ALPACA_PREFERENCE,
    SHAREGPT_PREFERENCE,
    OPENAI_PREFERENCE,
    TRL_PREFERENCE,
    TRL_PREFERENCE_IMPLICIT,
    SWIFT_PREFERENCE,
    CHAT_PREFERENCE,
    AXOLOTL_PREFERENCE,
    AUTOTRAIN_PREFERENCE,
    HH_RLHF,
    ALPACA_KTO,
    SHAREGPT_KTO,
    OPENAI_KTO,
    TRL_KTO,
)
ALIASES: dict[str, str] = {"preference": "trl-preference", "kto": "trl-kto"}
BY_NAME: dict[str, Format] = {form.name: form for form in FORMATS}
BY_NAME |= {alias: BY_NAME[name] for alias, name in ALIASES.items()}


def readers() -> tuple[Format, ...]:
    """Return the formats that can be read, in registry order."""
    return tuple(form for form in FORMATS if form.decode is not None)


def writers() -> tuple[Format, ...]:
    """Return the formats that can be written, in registry order."""
    return tuple(form for form in FORMATS if form.encode is not None)


__all__ = [
    "ALIASES",
    "BY_NAME",
    "FORMATS",
    "Ambiguous",
    "Format",
    "Pretokenised",
    "Recognised",
    "Shape",
    "read_label",
    "readers",
    "shape_of",
    "writers",
]
