"""The order of names, which any names have, and the first bytes of what is damaged."""

import io

from hypothesis import given
from hypothesis import strategies as st

from curate.errors import InputError
from curate.files.tree.names import first_bytes, natural


def test_numbers_in_names_count_as_numbers():
    names = ["a10", "a2", "a", "b", "a2/x", "notes.db", "notes.sqlite3", "notes.sqlite", "001", "1"]
    assert sorted(names, key=natural) == [
        *("001", "1", "a", "a2", "a2/x", "a10", "b"),
        *("notes.db", "notes.sqlite", "notes.sqlite3"),
    ]


@given(st.lists(st.text("ab1/.9é", max_size=6), max_size=12, unique=True))
def test_any_names_have_one_order(names):
    assert sorted(names, key=natural) == sorted(reversed(names), key=natural)


class _Ends(io.RawIOBase):
    """Gives some bytes and then breaks off."""

    def __init__(self):
        self.left = [b"abc", b"def"]

    def readable(self):
        return True

    def readinto(self, buffer):
        if not self.left:
            raise InputError("damaged", code="SRC095")
        data = self.left.pop(0)[: len(buffer)]
        buffer[: len(data)] = data
        return len(data)


def test_first_bytes_end_where_the_damage_begins():
    assert first_bytes(_Ends, 4) == b"abcd"
    assert first_bytes(_Ends, 100) == b"abcdef"
