"""Conversations and text: every case of every format, and any row through each of them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from tests.curate.formats.format_cases import (
    FORMATS,
    cases,
    rows,
    run_decode,
    run_encode,
    run_rows,
    run_stable,
)

FAMILIES = ("alpaca", "sharegpt", "openai", "trl", "text")
NAMES = (
    "alpaca",
    "dolly",
    "sharegpt",
    "openai",
    "trl-messages",
    "trl-prompt-completion",
    "text",
    "row",
)


@pytest.mark.parametrize("case", [case for family in FAMILIES for case in cases(family, "decode")])
def test_decode(case: dict[str, Any]) -> None:
    run_decode(case)


@pytest.mark.parametrize("case", [case for family in FAMILIES for case in cases(family, "encode")])
def test_encode(case: dict[str, Any]) -> None:
    run_encode(case)


@pytest.mark.parametrize("name", NAMES)
@given(row=rows)
def test_any_row_comes_back_or_its_losses_are_declared(name: str, row: dict[str, Any]) -> None:
    run_rows(FORMATS[name], row)


@pytest.mark.parametrize("name", NAMES)
@given(row=rows)
def test_a_written_record_is_stable(name: str, row: dict[str, Any]) -> None:
    run_stable(FORMATS[name], row)
