"""What their senders wrote in the published mails, line by line."""

from __future__ import annotations

from collections import defaultdict

import pytest

from curate.sources.mail.own import separate
from tests.measured.mail.score import Score, score
from tests.measured.mail.sets import fixtures, labels
from tests.measured.sets import folder

ROOT = folder()
LABELS = labels()


def results() -> dict[str, dict[str, Score]]:
    if ROOT is None:
        return {}
    found: dict[str, dict[str, Score]] = defaultdict(dict)
    for group, name, text in fixtures(ROOT):
        kinds = LABELS[group].get(name)
        if kinds:
            found[group][name] = score(text, kinds, separate(text).own)
    return found


RESULTS = results()


@pytest.mark.skipif(ROOT is None, reason="TUNESMITH_DATA names no folder of data")
@pytest.mark.parametrize("group", sorted(LABELS))
def test_a_set_of_published_mails_is_separated_right(group: str) -> None:
    of = RESULTS[group]
    right = sum(each.b for each in of.values())
    lost = [name for name, each in of.items() if not each.own_kept]
    missed = {name: tuple(each) for name, each in of.items() if not each.b}
    print(f"{group}: {right} of {len(of)} right, own text lost in {len(lost)}; missed: {missed}")
    assert right >= 0.95 * len(of), missed
    assert len(lost) <= 0.01 * len(of), lost


@pytest.mark.skipif(ROOT is None, reason="TUNESMITH_DATA names no folder of data")
def test_every_mail_of_the_sets_is_labelled() -> None:
    assert ROOT is not None
    names = defaultdict(set)
    for group, name, _ in fixtures(ROOT):
        names[group].add(name)
    assert {group: set(mails) for group, mails in LABELS.items()} == names
