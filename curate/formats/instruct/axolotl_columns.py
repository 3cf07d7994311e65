"""axolotl's instruct families, torchtune's input and output: a question and its answer each.

The columns and how they make the question are those of axolotl-ai-cloud/axolotl
`prompt_tokenizers.py` and `prompt_strategies/` (`context_qa.py`, `metharme.py`,
`alpaca_w_system.py:OpenOrcaPromptTokenizingStrategy`), read at 0.19, and torchtune 0.6.1
`datasets/_instruct.py`. Sentences that axolotl's prompters put around them ("what is " before a
Jeopardy answer, "Choose the answer …") are no part of the data and of no row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from curate.formats.base import Format, Record
from curate.formats.instruct.flat import Columns, Layout, decoder, encoder, plain, with_context
from curate.formats.pieces.columns import schema
from curate.row import TEXT

_ARTICLE_END = "\n===\n"
_CHOICE = re.compile(r'- "(.*)"')


def _read_article(record: Record, layout: Layout) -> str:
    article: str = record["article"]
    question: str = record["question"]
    if not article:
        if _ARTICLE_END in question:
            layout["article_split"] = -1
        return question
    if _ARTICLE_END in article:
        layout["article_split"] = len(article)
    return f"{article}{_ARTICLE_END}{question}"


def _write_article(text: str, split: int | None, layout: Mapping[str, Any]) -> Record:
    del split
    at = layout.get("article_split")
    if not isinstance(at, int) or (at >= 0 and not text.startswith(_ARTICLE_END, at)):
        at = text.find(_ARTICLE_END)
    if at <= 0:
        return {"article": "", "question": text}
    return {"article": text[:at], "question": text[at + len(_ARTICLE_END) :]}


def _read_choices(record: Record, layout: Layout) -> str:
    text: str = record["question"]
    choices: list[str] = record["choices"]
    if choices or "\n" in text:
        layout["alpaca_split"] = len(text)
    if not choices:
        return text
    if any("\n" in choice for choice in choices):
        layout["choices"] = choices
    return f"{text}\n{_listed(choices)}"


def _listed(choices: list[str]) -> str:
    return "\n".join(f'- "{choice}"' for choice in choices)


def _write_choices(text: str, split: int | None, layout: Mapping[str, Any]) -> Record:
    if split is not None and split < len(text):
        given = text[split + 1 :]
        known = layout.get("choices")
        if known is not None and _listed(known) == given:
            return {"question": text[:split], "choices": known}
        found = [_CHOICE.fullmatch(line) for line in given.split("\n")]
        if all(found):
            return {"question": text[:split], "choices": [match[1] for match in found if match]}
    return {"question": text, "choices": []}


def _family(name: str, title: str, columns: Columns, *names: str) -> Format:
    fields = [(column, pa.list_(TEXT) if column == "choices" else TEXT) for column in names]
    arrow = pa.schema(fields) if "category" in names else schema(*fields)
    return Format(name, title, "sft", name, decoder(columns), encoder(columns), arrow)


JEOPARDY = _family(
    "jeopardy",
    "axolotl jeopardy: question, category, answer",
    Columns(*with_context("question", "category"), ("answer",), splits=True),
    *("question", "category", "answer"),
)
OASST_INSTRUCT = _family(
    "oasst-instruct",
    "axolotl oasst: INSTRUCTION, RESPONSE",
    Columns(*plain("INSTRUCTION"), ("RESPONSE",)),
    *("INSTRUCTION", "RESPONSE"),
)
GPTEACHER = _family(
    "gpteacher",
    "axolotl gpteacher: instruction, input, response",
    Columns(*with_context("instruction", "input"), ("response",), splits=True),
    *("instruction", "input", "response"),
)
REFLECTION = _family(
    "reflection",
    "axolotl reflection: instruction, input, output, reflection, corrected",
    Columns(
        *with_context("instruction", "input"), ("output", "reflection", "corrected"), splits=True
    ),
    *("instruction", "input", "output", "reflection", "corrected"),
)
EXPLAINCHOICE = _family(
    "explainchoice",
    "axolotl explainchoice: question, choices, solution or explanation",
    Columns(
        _read_choices,
        _write_choices,
        frozenset({"question", "choices"}),
        ("solution",),
        answer_or="explanation",
    ),
    *("question", "choices", "solution"),
)
CONTEXT_QA = _family(
    "context-qa",
    "axolotl context_qa: article, question, answer",
    Columns(_read_article, _write_article, frozenset({"article", "question"}), ("answer",)),
    *("article", "question", "answer"),
)
SUMMARIZETLDR = _family(
    "summarizetldr",
    "axolotl summarizetldr: article, summary",
    Columns(*plain("article"), ("summary",)),
    *("article", "summary"),
)
METHARME = _family(
    "metharme",
    "axolotl metharme: prompt, generation",
    Columns(*plain("prompt"), ("generation",)),
    *("prompt", "generation"),
)
OPEN_ORCA = _family(
    "open-orca",
    "axolotl open_orca: system_prompt, question, response",
    Columns(*plain("question"), ("response",), system="system_prompt", has_system=True),
    *("system_prompt", "question", "response"),
)
TORCHTUNE_INSTRUCT = _family(
    "torchtune-instruct",
    "torchtune instruct_dataset: input, output",
    Columns(*plain("input"), ("output",)),
    *("input", "output"),
)
AXOLOTL_INSTRUCT = (
    JEOPARDY,
    OASST_INSTRUCT,
    GPTEACHER,
    REFLECTION,
    EXPLAINCHOICE,
    CONTEXT_QA,
    SUMMARIZETLDR,
    METHARME,
    OPEN_ORCA,
)
