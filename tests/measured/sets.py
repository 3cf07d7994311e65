"""The published files on which rules are measured, and how each is read.

Paths are below the folder that `TUNESMITH_DATA` names.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curate.build.inputs import expand, recognise
from curate.build.read import chunk_of, chunks_of
from curate.build.reports import Report
from curate.build.runner import Run
from curate.build.settings import Settings
from curate.sources.base import Reading


@dataclass(frozen=True, slots=True)
class Measured:
    """A file of data.

    Attributes:
        path: Its path in the folder.
        clean: Whether people use it as it is, so that a rule that hits many of its rows is wrong
            or a hint at most.
        options: Settings that it needs to be read.
    """

    path: str
    clean: bool = False
    options: tuple[tuple[str, Any], ...] = ()


# Rules are measured on mails as they are, quotes and all.
_WHOLE_MAILS = (("reading", Reading(mail="whole")),)

_ALPACA_EVAL = "tatsu-lab+alpaca_eval/results"
_LLAMA = "hiyouga+LLaMA-Factory/data"
SETS: tuple[Measured, ...] = (
    Measured("dolly_1497.json", clean=True),
    Measured("gpt4life+alpagasus/data/random/random_9k.json"),
    Measured(f"{_LLAMA}/alpaca_en_demo.json", clean=True),
    Measured(f"{_LLAMA}/alpaca_zh_demo.json", clean=True),
    Measured(f"{_LLAMA}/identity.json"),
    Measured(f"{_LLAMA}/glaive_toolcall_en_demo.json", clean=True),
    Measured(f"{_LLAMA}/glaive_toolcall_zh_demo.json"),
    Measured(f"{_LLAMA}/dpo_en_demo.json", clean=True),
    Measured(f"{_LLAMA}/dpo_zh_demo.json", clean=True),
    Measured(f"{_LLAMA}/kto_en_demo.json", clean=True),
    Measured(f"{_LLAMA}/c4_demo.jsonl", clean=True),
    Measured(f"{_LLAMA}/mllm_demo.json"),
    Measured("sahil280114+codealpaca/data/code_alpaca_2k.json", clean=True),
    Measured("pytorch+torchtune/tests/assets/alpaca_tiny.json"),
    Measured(f"{_ALPACA_EVAL}/text_davinci_003/model_outputs.json"),
    Measured(
        "openai+grade-school-math/grade_school_math/data/test.jsonl",
        clean=True,
        options=(("prompt", "{question}"), ("completion", "{answer}")),
    ),
    Measured("teknium1+GPTeacher/Toolformer/toolformer-dedupe-only-dataset.json"),
    Measured("lm-sys+FastChat/data/dummy_conversation.json"),
    Measured(
        "Lightning-AI+litgpt/tests/data/_fixtures/longform_train.json",
        options=(("prompt", "{input}"), ("completion", "{output}")),
    ),
    Measured("LAION-AI+Open-Assistant/model/model_eval/manual/data/en_100_tree.jsonl"),
    Measured("mlteam-ai+openai-cheat-sheet/data/toy_chat_fine_tuning.jsonl"),
    Measured("datactive+bigbang/tests/data/2001-November.txt", options=_WHOLE_MAILS),
    Measured(
        "datactive+bigbang/tests/data/3GPP_mbox/3GPP_TSG_SA_WG4_EVS.mbox", options=_WHOLE_MAILS
    ),
    Measured("teknium1+GPTeacher/Toolformer/toolformer-similarity-0.9-dataset.json"),
    Measured(
        f"{_ALPACA_EVAL}/alpaca-7b/alpaca_eval_gpt4/annotations.json",
        options=(("prompt", "{instruction}"), ("completion", "{output_2}")),
    ),
    Measured("pytorch+torchtune/tests/assets/stack_exchange_paired_tiny.json"),
    Measured(f"{_LLAMA}/wiki_demo.txt"),
    Measured(
        "groveco+content-engine/sample-data.csv", options=(("mapping", (("text", "description"),)),)
    ),
    Measured(
        "shopifypartners+product-csvs/home-and-garden.csv",
        options=(("mapping", (("text", "Body (HTML)"),)),),
    ),
    Measured(
        "gpt4life+alpagasus/test_data/koala_test_set.jsonl",
        options=(("mapping", (("text", "prompt"),)),),
    ),
)
BY_PATH = {each.path: each for each in SETS}


def folder() -> Path | None:
    """Return the folder of data files, None where there is none."""
    named = os.environ.get("TUNESMITH_DATA")
    return Path(named) if named and Path(named).is_dir() else None


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a file as it stands, and the codes that are found in it."""

    at: int
    line: int
    raw: bytes
    found: dict[str, list[str]]


def records(root: Path, path: str, **more: Any) -> Iterator[Record]:
    """Yield every record of a file with its findings: code to what each says."""
    options = dict(BY_PATH[path].options) if path in BY_PATH else {}
    settings = Settings(**({"profiles": ("all",), "payload": "none"} | options | more))
    run = Run(Report("validate"), settings)
    found: dict[int, dict[str, list[str]]] = {}

    def note(finding: Any) -> None:
        if finding.byte_offset is not None:
            said = f"{finding.pointer}: {finding.message} {finding.value or ''}"
            found.setdefault(finding.byte_offset, {}).setdefault(finding.code, []).append(said)

    run.on_finding = note
    for _ in run.outcomes([str(root / path)]):
        pass
    sources, _ = expand([str(root / path)])
    for source in sources:
        ready = recognise(source, None, settings.limits)
        for piece in chunks_of(ready, settings, lazy=False):
            chunk = chunk_of(piece)
            for line, at, raw in zip(chunk.lines, chunk.offsets, chunk.records, strict=True):
                yield Record(at, line, raw, found.get(at, {}))
