"""Threads: mails that references join, by any way round, have one name."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from curate.sources.mail.threads import roots_of


def roots(keys, *links):
    as_ids = [np.array(each, dtype=np.uint64) for each in (keys, *links)]
    return roots_of(as_ids[0], tuple(as_ids[1:])).tolist()


def test_a_thread_is_named_after_what_refers_to_none():
    assert roots([5, 3, 9], [9, 5, 0]) == [9, 9, 9]


def test_replies_to_a_missing_mail_are_one_thread():
    assert roots([1, 2, 3], [7, 7, 0]) == [7, 7, 3]


def test_a_cycle_is_named_after_its_smallest():
    assert roots([4, 2, 3], [2, 3, 4]) == [2, 2, 2]
    assert roots([4], [4]) == [4]


def test_no_mails_have_no_threads():
    assert roots([], []) == []
    assert roots([1, 2], [0, 0]) == [1, 2]


def test_a_chain_of_100_000_mails_in_any_order():
    keys = np.random.default_rng(0).permutation(np.arange(1, 100_001)).astype(np.uint64)
    parents = np.concatenate(([0], keys[:-1])).astype(np.uint64)
    assert set(roots_of(keys, (parents,)).tolist()) == {int(keys[0])}


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(0, 12), st.integers(0, 12)), max_size=14))
def test_the_same_mails_are_joined_as_by_walking(mails):
    keys, first, second = (list(each) for each in zip(*mails, strict=True)) if mails else ([],) * 3
    found = roots(keys, first, second)
    near: dict[int, set[int]] = {}
    for key, *others in mails:
        for other in (each for each in others if each):
            near.setdefault(key, set()).add(other)
            near.setdefault(other, set()).add(key)
    for at, key in enumerate(keys):
        reached, waiting = {key}, [key]
        while waiting:
            for other in near.get(waiting.pop(), ()):
                if other not in reached:
                    reached.add(other)
                    waiting.append(other)
        assert found[at] in reached
        for position, other in enumerate(keys):
            assert (found[at] == found[position]) is (other in reached)
