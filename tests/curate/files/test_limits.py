"""Limits that a user sets are understood or refused."""

import pytest

from curate.errors import UsageError
from curate.files.limits import DEEPEST, Limits


def test_pairs_change_their_limit_only():
    assert Limits().changed(("keys=5", "depth=7")) == Limits(keys=5, depth=7)


@pytest.mark.parametrize(
    "pair", ["keys", "keys=", "keys=0", "keys=-1", "keys=x", "kyes=3", f"depth={DEEPEST + 1}"]
)
def test_what_is_no_limit_is_refused_with_the_pair(pair):
    with pytest.raises(UsageError, match=f"--limit {pair}"):
        Limits().changed((pair,))


def test_archives_have_limits_of_their_own():
    changed = Limits().changed(("archive_entries=5", "archive_bytes=7"))
    assert (changed.archive_entries, changed.archive_bytes) == (5, 7)
    assert changed.unpacked_ratio == Limits().unpacked_ratio
