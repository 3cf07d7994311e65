"""Shapes of single records, and of the real files where they are at hand."""

import json
import os
from collections import Counter
from pathlib import Path

import pytest
import yaml

from curate.formats.shapes import Ambiguous, Pretokenised, Recognised, shape_of

CASES = yaml.safe_load(
    (Path(__file__).parents[2] / "cases" / "formats" / "shapes.yaml").read_text(encoding="utf-8")
)
DATA = Path(os.environ.get("TUNESMITH_DATA", "/nowhere"))
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="TUNESMITH_DATA does not name the folder of public data files"
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: json.dumps(case["record"])[:70])
def test_a_record_has_its_shape(case):
    shape = shape_of(case["record"])
    if "known" in case:
        assert isinstance(shape, Recognised)
        assert shape.name == case["known"]
        assert case.get("flag", "") in shape.hint
    elif "may_be" in case:
        assert isinstance(shape, Ambiguous)
        assert list(shape.candidates) == case["may_be"]
        assert case.get("flag", "--") in shape.fix or case["may_be"] == ["text"]
    else:
        assert shape == case["is"]


@pytest.mark.parametrize(
    "record",
    [
        {"input_ids": [1], "labels": [1]},
        {"text": "a", "token_ids": [1]},
        {"input_ids": [1], "attention_mask": [1], "labels": [-100]},
        {"attention_mask": [1], "labels": [1]},
        {"tokens": [1], "mask": [True]},
        {"prompt_ids": [1], "completion_ids": [1]},
        {"prompt_ids": [1], "chosen_ids": [1], "rejected_ids": [1]},
    ],
)
def test_token_ids_are_pretokenised(record):
    assert shape_of(record) == Pretokenised()


def test_values_decide_for_each_record_although_columns_repeat():
    text = {"chosen": "\n\nHuman: a\n\nAssistant: b", "rejected": "\n\nHuman: a\n\nAssistant: c"}
    lists = {"chosen": [{"role": "user"}], "rejected": [{"role": "user"}]}
    assert [shape_of(r) for r in (text, lists, text)] == [
        "hh-rlhf",
        "trl-preference-implicit",
        "hh-rlhf",
    ]


def test_a_vocabulary_is_no_format_whatever_words_it_holds():
    assert shape_of({"instruction": 1, "output": 2, **{f"w{i}": i for i in range(300)}}) is None


@pytest.mark.parametrize("value", [None, 1, True, "x", [], {}, [[]], [None], [{}], {"a": []}])
@pytest.mark.parametrize(
    "columns",
    [
        ("messages",),
        ("conversations",),
        ("conversation",),
        ("messages", "label"),
        ("conversations", "chosen", "rejected"),
        ("chosen", "rejected"),
        ("prompt", "answers"),
        ("text",),
    ],
)
def test_no_value_breaks_it(columns, value):
    shape_of(dict.fromkeys(columns, value))


@needs_data
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("hiyouga+LLaMA-Factory/data/alpaca_en_demo.json", {"alpaca": 999}),
        ("hiyouga+LLaMA-Factory/data/glaive_toolcall_en_demo.json", {"sharegpt": 300}),
        ("hiyouga+LLaMA-Factory/data/dpo_en_demo.json", {"sharegpt-preference": 300}),
        ("hiyouga+LLaMA-Factory/data/dpo_zh_demo.json", {"sharegpt-preference": 300}),
        ("hiyouga+LLaMA-Factory/data/kto_en_demo.json", {"openai-kto": 300}),
        ("hiyouga+LLaMA-Factory/data/mllm_demo.json", {"openai": 6}),
        ("Lightning-AI+litgpt/tests/data/_fixtures/dolly.json", {"dolly": 12}),
        ("pytorch+torchtune/tests/assets/hh_rlhf_tiny.json", {"trl-preference-implicit": 1}),
        ("dolly_1497.json", {"alpaca": 1497}),
    ],
)
def test_real_files_have_one_shape(name, expected):
    rows = json.loads((DATA / name).read_text(encoding="utf-8"))
    assert Counter(shape_of(row) for row in rows) == expected
