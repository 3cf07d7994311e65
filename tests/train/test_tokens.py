"""Rows to tokens: what is counted, and how faults are gathered."""

from __future__ import annotations

from curate.finding import Hit
from train.tokens import Faults, held_out


def test_faults_are_gathered_by_code_and_cut() -> None:
    faults = Faults()
    for number in range(13):
        faults.add(f"r{number}", Hit("RUN012", "", "too long"))
    faults.add("x", Hit("RUN009", "/messages/0", "no place", fix="take it out"))
    first, second = faults.refusals()
    assert first.code == "RUN009"
    assert first.message == "1 row:\n  row x/messages/0: no place (take it out)"
    assert second.message.startswith("13 rows:\n  row r0: too long\n")
    assert second.message.endswith("row r9: too long\n  +3 more rows")


def test_holding_out_depends_on_the_id_alone_and_grows_with_the_ratio() -> None:
    ids = [f"row-{number}" for number in range(4000)]
    tenth = {row for row in ids if held_out(row, 0.1)}
    fifth = {row for row in ids if held_out(row, 0.2)}
    assert tenth < fifth
    assert 300 < len(tenth) < 500
    assert 700 < len(fifth) < 900
