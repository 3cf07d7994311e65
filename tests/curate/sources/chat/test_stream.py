"""Values out of a large JSON file: what is found, where, and what damage costs."""

from __future__ import annotations

import io
import json
import tracemalloc
from typing import Any, BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.files.limits import Limits
from curate.sources.chat.stream import Piece, pieces

MANY = (("messages", None), ("chats", "list", None, "messages", None))
BESIDE = (("name",), ("chats", "list", None, "name"))


def read(data: bytes, limits: Limits | None = None) -> list[Piece]:
    return list(pieces(io.BytesIO(data), limits or Limits(), MANY, BESIDE))


def found(data: bytes) -> list[tuple[tuple[Any, ...], Any]]:
    return [(piece.way, piece.value) for piece in read(data) if piece.fault is None]


def faults(data: bytes, limits: Limits | None = None) -> list[tuple[str, int]]:
    return [(p.fault.code, p.offset) for p in read(data, limits) if p.fault is not None]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9**15)
    | st.text(alphabet='a"\\{}[],:\né\U0001f600'),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab,:]"), inner, max_size=3)
    ),
    max_leaves=8,
)
ONE = st.fixed_dictionaries({"name": JSON, "messages": st.lists(JSON, max_size=5), "z": JSON})
ALL = st.fixed_dictionaries(
    {
        "about": JSON,
        "chats": st.fixed_dictionaries({"x": JSON, "list": st.lists(ONE, max_size=3)}),
    }
)


@given(value=ONE | ALL, indent=st.sampled_from([None, 0, 1, 2]), plain=st.booleans())
def test_every_item_is_found_at_its_place(value: Any, indent: int | None, plain: bool) -> None:
    data = json.dumps(value, indent=indent, ensure_ascii=plain).encode()
    wanted: list[Any] = []
    for way, one in (
        [((), value)]
        if "messages" in value
        else [(("chats", "list", n), one) for n, one in enumerate(value["chats"]["list"])]
    ):
        wanted.append(((*way, "name"), one["name"]))
        wanted += [((*way, "messages", n), each) for n, each in enumerate(one["messages"])]
    assert sorted(map(repr, found(data))) == sorted(map(repr, wanted))
    assert faults(data) == []
    for piece in read(data):
        text = data[piece.offset :].decode()
        assert json.JSONDecoder().raw_decode(text)[0] == piece.value


def chat(count: int = 6) -> dict[str, Any]:
    return {"name": "A", "messages": [{"id": n, "text": f"words {n}"} for n in range(count)]}


@given(cut=st.integers(0, 400), indent=st.sampled_from([None, 1]))
def test_a_file_cut_anywhere_keeps_what_came_before(cut: int, indent: int | None) -> None:
    data = json.dumps(chat(), indent=indent).encode()
    part = data[: min(cut, len(data) - 1)]
    whole = found(data)
    got = found(part)
    assert got == whole[: len(got)]
    codes = [code for code, _ in faults(part)]
    assert codes == ["SRC077"]


@given(at=st.integers(0, 500), sign=st.sampled_from([b'"', b"{", b"]", b"\xff", b"\0", b",", b""]))
def test_one_wrong_byte_never_ends_in_silence(at: int, sign: bytes) -> None:
    data = json.dumps(chat(), indent=1).encode()
    at %= len(data)
    wrong = data[:at] + sign + data[at + 1 :]
    try:
        json.loads(wrong)
    except ValueError:
        assert faults(wrong)
    else:
        assert faults(wrong) == []


@pytest.mark.parametrize("wrong", ['"id": 2, x', '"id: 2', '"id": "2'])
def test_a_damaged_item_costs_only_itself(wrong: str) -> None:
    data = json.dumps(chat(), indent=1).replace('"id": 2', wrong).encode()
    assert [value["id"] for way, value in found(data) if len(way) == 2] == [0, 1, 3, 4, 5]
    assert faults(data) == [("SRC077", data.index(b"{", data.index(b"words 1")))]


def test_reading_does_not_go_on_in_another_chat() -> None:
    value = {"chats": {"list": [chat(3), chat(3)]}}
    data = json.dumps(value, indent=1).replace('"words 2"', '"words 2', 1).encode()
    assert [way for way, _ in found(data) if way[-2] == "messages"] == [
        ("chats", "list", 0, "messages", 0),
        ("chats", "list", 0, "messages", 1),
    ]
    assert len(faults(data)) == 1


def test_an_item_longer_than_the_limit_is_passed_over() -> None:
    value = chat()
    value["messages"][2]["text"] = "x" * 5_000_000
    data = json.dumps(value, indent=1).encode()
    small = Limits(record_bytes=1_000_000)
    assert [code for code, _ in faults(data, small)] == ["SRC009"]
    kept = [p.value["id"] for p in read(data, small) if p.fault is None and len(p.way) == 2]
    assert kept == [0, 1, 3, 4, 5]


def test_a_large_value_that_nobody_asked_for_is_passed_over() -> None:
    value = {"contacts": [{"n": "x" * 100}] * 30_000, **chat()}
    data = json.dumps(value).encode()
    assert faults(data, Limits(record_bytes=1_000_000)) == []


BROKEN = [
    *(b"", b" ", b"[", b"{", b"null", b"7", b'"', b"{]", b"\xff\xfe", b"[" * 9999),
    *(b'{"messages": [,]}', b'{"messages": [1,]}', b'{"messages": [1] "a": 2}'),
    b'{"messages": [1]} {"messages": [2]}',
]


@pytest.mark.parametrize("data", BROKEN)
def test_no_bytes_raise(data: bytes) -> None:
    assert faults(data) or data in (b"null", b"7")


class Endless(io.RawIOBase):
    """A chat of so many messages, made as it is read."""

    def __init__(self, count: int) -> None:
        self._items = (b'{"id":%d,"text":"words of no weight"},' % n for n in range(count))
        self._left = b'{"name":"A","messages":['
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while len(self._left) < len(buffer) and not self._ended:
            more = b"".join(item for item, _ in zip(self._items, range(1000), strict=False))
            self._ended = not more
            self._left += more or b"0]}"
        taken, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)


def test_memory_does_not_grow_with_the_file() -> None:
    stream: BinaryIO = io.BufferedReader(Endless(200_000))
    tracemalloc.start()
    count = sum(1 for _ in pieces(stream, Limits(), MANY, BESIDE))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count > 199_000
    assert peak < 8 << 20
