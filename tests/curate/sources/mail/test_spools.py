"""Temporary copies of mailboxes: private, whole or not there, and said where there is no room."""

import io
from pathlib import Path

import pytest

from curate.errors import InputError, OutputError
from curate.sources.mail.spools import Spools

FULL = Path("/dev/full")


@pytest.fixture
def spools():
    spools = Spools()
    yield spools
    spools.close()


def test_copies_lie_one_behind_the_other(spools):
    path = spools.copy(io.BytesIO(b"one"))
    assert spools.append(path, io.BytesIO(b"two!")) == (3, 4)
    assert path.read_bytes() == b"onetwo!"
    spools.close()
    assert not path.parent.exists()


def test_a_stream_that_breaks_off_leaves_nothing(spools):
    class Broken(io.BytesIO):
        def read(self, size=-1):
            if block := super().read(2):
                return block
            raise InputError("damaged")

    path = spools.copy(io.BytesIO(b"one"))
    with pytest.raises(InputError):
        spools.append(path, Broken(b"abcdef"))
    assert path.read_bytes() == b"one"


@pytest.mark.skipif(not FULL.exists(), reason="the system has no /dev/full")
def test_no_room_is_said(spools, monkeypatch):
    monkeypatch.setattr(Spools, "new", lambda self: FULL)
    with pytest.raises(OutputError, match="No space left"):
        spools.copy(io.BytesIO(b"x" * (4 << 20)))
