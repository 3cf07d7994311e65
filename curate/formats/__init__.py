"""The formats that records are read from and written to, in the order of the documentation."""

import difflib
from collections.abc import Iterable

from curate.formats.base import Format
from curate.formats.chat.anthropic import ANTHROPIC
from curate.formats.chat.autotrain import AUTOTRAIN_CHAT
from curate.formats.chat.axolotl import AXOLOTL
from curate.formats.chat.cohere import COHERE
from curate.formats.chat.exchanges import SWIFT_PAIRS, XTUNER, XTUNER_TEXT
from curate.formats.chat.gemini import GEMINI
from curate.formats.chat.glaive import GLAIVE, GLAIVE_SHAREGPT
from curate.formats.chat.hermes import HERMES
from curate.formats.chat.hosted import AZURE, FIREWORKS, TOGETHER
from curate.formats.chat.llamafactory import LLAMAFACTORY_V1, LLAMAFACTORY_V1_PREFERENCE
from curate.formats.chat.llava import LLAVA, TORCHTUNE_VQA
from curate.formats.chat.mistral import MISTRAL
from curate.formats.chat.nova import NOVA
from curate.formats.chat.openai import LLAMAFACTORY_MESSAGES, OPENAI
from curate.formats.chat.pygmalion import PYGMALION
from curate.formats.chat.rendered import RENDERED_FORMATS
from curate.formats.chat.sharegpt import SHAREGPT
from curate.formats.chat.swift import SWIFT
from curate.formats.chat.trl import TRL_MESSAGES, TRL_PROMPT_COMPLETION
from curate.formats.exports.chatgpt import CHATGPT, CHATGPT_PATHS, CHATGPT_PREFERENCE
from curate.formats.exports.claude import CLAUDE, CLAUDE_PATHS, CLAUDE_PREFERENCE
from curate.formats.instruct.alpaca import ALPACA, DOLLY
from curate.formats.instruct.axolotl_columns import AXOLOTL_INSTRUCT, TORCHTUNE_INSTRUCT
from curate.formats.instruct.query import SWIFT_QUERY
from curate.formats.instruct.xlam import XLAM
from curate.formats.judged.kto import (
    ALPACA_KTO,
    OPENAI_KTO,
    SHAREGPT_KTO,
    SWIFT_KTO,
    TRL_KTO,
    read_label,
)
from curate.formats.judged.kto_import import AXOLOTL_KTO
from curate.formats.pairs.axolotl import AXOLOTL_PREFERENCE, CHAT_PREFERENCE
from curate.formats.pairs.hh import HH_RLHF
from curate.formats.pairs.hosted import GEMINI_PREFERENCE, NOVA_PREFERENCE, OPENPIPE
from curate.formats.pairs.preference import (
    OPENAI_PREFERENCE,
    TRL_PREFERENCE,
    TRL_PREFERENCE_IMPLICIT,
)
from curate.formats.pairs.preference_import import AUTOTRAIN_PREFERENCE
from curate.formats.pairs.ranking import ALPACA_PREFERENCE, SHAREGPT_PREFERENCE
from curate.formats.pairs.swift import SWIFT_PREFERENCE
from curate.formats.pairs.swift_query import SWIFT_QUERY_PREFERENCE
from curate.formats.plain.prompts import TRL_PROMPT_ONLY
from curate.formats.plain.segments import INPUT_OUTPUT
from curate.formats.plain.steps import TRL_STEPWISE
from curate.formats.plain.text import TEXT
from curate.formats.published.arena import ARENA, STACK_EXCHANGE_PAIRED
from curate.formats.published.chats import HELPSTEER, LMSYS, ULTRACHAT
from curate.formats.published.compared import (
    ALPACA_EVAL,
    HELPSTEER2_PREFERENCE,
    HELPSTEER3,
    SHP,
)
from curate.formats.published.ranked import NECTAR, ULTRAFEEDBACK
from curate.formats.published.seeds import SELF_INSTRUCT
from curate.formats.published.trees import OASST, OASST_PATHS, OASST_PREFERENCE
from curate.formats.row_format import ROW
from curate.formats.shapes import Ambiguous, Pretokenised, Recognised, Shape, shape_of

FORMATS: tuple[Format, ...] = (
    ROW,
    ALPACA,
    DOLLY,
    SHAREGPT,
    HERMES,
    GLAIVE,
    GLAIVE_SHAREGPT,
    XLAM,
    OPENAI,
    TRL_MESSAGES,
    TRL_PROMPT_COMPLETION,
    LLAMAFACTORY_MESSAGES,
    LLAMAFACTORY_V1,
    LLAVA,
    TORCHTUNE_VQA,
    SWIFT,
    SWIFT_QUERY,
    SWIFT_PAIRS,
    XTUNER,
    PYGMALION,
    AXOLOTL,
    *AXOLOTL_INSTRUCT,
    TORCHTUNE_INSTRUCT,
    AUTOTRAIN_CHAT,
    TEXT,
    *RENDERED_FORMATS,
    XTUNER_TEXT,
    INPUT_OUTPUT,
    ALPACA_PREFERENCE,
    SHAREGPT_PREFERENCE,
    LLAMAFACTORY_V1_PREFERENCE,
    OPENAI_PREFERENCE,
    TRL_PREFERENCE,
    TRL_PREFERENCE_IMPLICIT,
    SWIFT_PREFERENCE,
    SWIFT_QUERY_PREFERENCE,
    CHAT_PREFERENCE,
    AXOLOTL_PREFERENCE,
    AUTOTRAIN_PREFERENCE,
    HH_RLHF,
    ALPACA_KTO,
    SHAREGPT_KTO,
    OPENAI_KTO,
    SWIFT_KTO,
    TRL_KTO,
    AXOLOTL_KTO,
    TRL_STEPWISE,
    TRL_PROMPT_ONLY,
    ULTRACHAT,
    LMSYS,
    HELPSTEER,
    SELF_INSTRUCT,
    OASST,
    OASST_PATHS,
    OASST_PREFERENCE,
    CHATGPT,
    CHATGPT_PATHS,
    CHATGPT_PREFERENCE,
    CLAUDE,
    CLAUDE_PATHS,
    CLAUDE_PREFERENCE,
    ULTRAFEEDBACK,
    NECTAR,
    SHP,
    HELPSTEER2_PREFERENCE,
    HELPSTEER3,
    ARENA,
    ALPACA_EVAL,
    STACK_EXCHANGE_PAIRED,
    TOGETHER,
    FIREWORKS,
    AZURE,
    MISTRAL,
    COHERE,
    ANTHROPIC,
    GEMINI,
    NOVA,
    OPENPIPE,
    GEMINI_PREFERENCE,
    NOVA_PREFERENCE,
)
ALIASES: dict[str, str] = {"preference": "trl-preference", "kto": "trl-kto", "wildchat": "lmsys"}
BY_NAME: dict[str, Format] = {form.name: form for form in FORMATS}
BY_NAME |= {alias: BY_NAME[name] for alias, name in ALIASES.items()}


def readers() -> tuple[Format, ...]:
    """Return the formats that can be read, in registry order."""
    return tuple(form for form in FORMATS if form.decode is not None)


def writers() -> tuple[Format, ...]:
    """Return the formats that can be written, in registry order."""
    return tuple(form for form in FORMATS if form.encode is not None)


def meant(name: str, known: Iterable[Format]) -> str:
    """Return the hint for a name that none of these formats has: the nearest, if one is near."""
    near = difflib.get_close_matches(name, [form.name for form in known], n=1)
    return f"did you mean {near[0]}?" if near else "see `curate formats`"


__all__ = [
    "ALIASES",
    "BY_NAME",
    "FORMATS",
    "Ambiguous",
    "Format",
    "Pretokenised",
    "Recognised",
    "Shape",
    "meant",
    "read_label",
    "readers",
    "shape_of",
    "writers",
]
