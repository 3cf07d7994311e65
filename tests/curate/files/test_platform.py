"""Locks keep two runs apart, also when one of them has just removed the file."""

import multiprocessing
import os

import pytest

from curate.errors import LockedError
from curate.files.platform import locked


def test_a_lock_is_exclusive_and_leaves_no_file(tmp_path):
    path = tmp_path / ".lock"
    with locked(path), pytest.raises(LockedError), locked(path):
        pass
    assert not path.exists()
    with pytest.raises(ZeroDivisionError), locked(path):
        1 / 0  # noqa: B018
    assert not path.exists()


def _work(path, inside, wrong):
    for _ in range(300):
        try:
            with locked(path):
                try:
                    os.close(os.open(inside, os.O_CREAT | os.O_EXCL))
                except FileExistsError:
                    wrong.value += 1
                inside.unlink(missing_ok=True)
        except LockedError:
            continue


def test_no_two_hold_it_at_once(tmp_path):
    context = multiprocessing.get_context("spawn")
    wrong = context.Value("i", 0)
    arguments = (tmp_path / ".lock", tmp_path / "inside", wrong)
    workers = [context.Process(target=_work, args=arguments) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
    assert wrong.value == 0
