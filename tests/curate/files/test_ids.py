"""Which ids were seen: exact over any order and any number of batches."""

import random

import numpy as np

from curate.files.ids import SeenHashes


def test_a_repeat_is_found_within_and_across_batches():
    seen = SeenHashes()
    assert seen.add(np.array([3, 1, 3, 2], np.uint64)).tolist() == [False, False, True, False]
    assert seen.add(np.array([2, 4, 2**64 - 1], np.uint64)).tolist() == [True, False, False]
    assert seen.add(np.array([2**64 - 1, 0], np.uint64)).tolist() == [True, False]
    assert seen.add(np.array([], np.uint64)).tolist() == []


def test_it_agrees_with_a_set():
    dice = random.Random(0)
    seen, known = SeenHashes(), set()
    for _ in range(60):
        batch = [dice.randrange(3_000) for _ in range(dice.randrange(200))]
        expected = []
        for value in batch:
            expected.append(value in known)
            known.add(value)
        assert seen.add(np.array(batch, np.uint64)).tolist() == expected
