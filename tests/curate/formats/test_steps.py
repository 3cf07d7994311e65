"""Prompts alone and judged steps: their cases, and the way through a dataset folder and back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.curate.formats.published_cases import cases, no_damage_breaks, run_read, run_write


@pytest.mark.parametrize("case", cases("read", "steps"))
def test_a_record_becomes_its_row(case: dict[str, Any]) -> None:
    run_read(case)


@pytest.mark.parametrize("case", cases("write", "steps"))
def test_a_row_is_written_with_its_losses(case: dict[str, Any]) -> None:
    run_write(case)


@pytest.mark.parametrize("name", ["trl-stepwise", "trl-prompt-only"])
def test_no_damage_that_the_schema_passes_breaks_it(name: str) -> None:
    no_damage_breaks(name)
