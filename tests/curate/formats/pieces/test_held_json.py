"""JSON held as text: the cheap look agrees with the exact one, and no number breaks a reader."""

from __future__ import annotations

import json

import pytest

from curate.formats.pieces.held_json import dump, exact_object, is_sure_object

SURE = ("{}", '{"a": 1}', '{"a":1,"b":[true,null]}', '{"a": {"b": "é"}}', '{"a": -1.5}')
UNSURE = (
    "",
    "[]",
    '"{}"',
    '{"a": 1, "a": 2}',
    '{"a":1,"\\u0061":1}',
    '{"a": {"b": 1, "b": 1}}',
    '{"a": 1.0e2}',
    '{"a": 0.30000000000000000001}',
    '{"a": 18446744073709551616}',
    '{"a": NaN}',
    '{"a": 1} ',
    '{"a": "x',
)


@pytest.mark.parametrize("text", SURE)
def test_a_plain_object_is_sure(text: str) -> None:
    assert is_sure_object(text)
    assert exact_object(text).value == json.loads(text)


@pytest.mark.parametrize("text", UNSURE)
def test_anything_else_is_left_to_the_exact_look(text: str) -> None:
    assert not is_sure_object(text)


@pytest.mark.parametrize("sign", ["1E", "-1E", "1E-"])
def test_an_exponent_of_any_length_is_no_traceback(sign: str) -> None:
    exact = exact_object(f'{{"a": {sign}{"9" * 24}}}')
    assert exact.value is None or exact.inexact


@pytest.mark.parametrize("value", ["é\n", 1, 0.1, None, [], {"a": [1, {"b": "\u2028"}]}, 2**70])
def test_text_is_written_as_pythons_json_writes_it(value: object) -> None:
    assert dump(value) == json.dumps(value, ensure_ascii=False)
