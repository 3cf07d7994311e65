"""What findings show of texts with secrets and personal data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from curate.build import validate
from curate.build.lint.masking import hidden
from curate.build.settings import Settings
from curate.finding import Finding

# Put together here, so that no scanner takes this file for a leak.
KEY = "AKIA" + "Q3EGRTHJKLMN7PQR"
MAIL = "jo.marsh" + "@" + "gmx.net"


def findings_of(tmp_path: Path, record: dict[str, object]) -> list[Finding]:
    path = tmp_path / "data.jsonl"
    path.write_text(json.dumps(record) + "\n", "utf-8")
    found: list[Finding] = []
    validate([str(path)], settings=Settings(profiles=("all",)), on_finding=found.append)
    return found


@pytest.mark.parametrize("secret", [KEY, MAIL])
@pytest.mark.parametrize(
    "record",
    [
        {"instruction": "Go on.", "output": "Write to me, my word is {} or,"},
        {"instruction": "Go on.", "output": {"it": ["is {}"]}},
        {"instruction": "Go on.", "output": "Good.", "note": 1, "curate_ignore": "{}"},
    ],
)
def test_no_finding_shows_what_another_masks(
    tmp_path: Path, record: dict[str, object], secret: str
) -> None:
    whole = json.loads(json.dumps(record).replace("{}", secret))
    found = findings_of(tmp_path, whole)
    assert found
    assert not [each for each in found if secret in json.dumps(each.to_dict())]


def test_a_plain_text_stays() -> None:
    text = "3 of 14 rows (2024-05-01) begin with 'To: me'"
    assert hidden(text) == text


def test_what_stands_around_stays() -> None:
    assert hidden(f"a {KEY}, {MAIL}!") == "a AK… (20 characters), jo… (16 characters)!"
