"""Which texts of a row are its prompt, its response, both, or all of it."""

from __future__ import annotations

import pytest

from curate.build.steps.texts import beside_keys, columns_for, texts_of
from curate.row import SCHEMAS, to_batch


def message(role: str, content: str | None = None, **more):
    return {"role": role, **({} if content is None else {"content": content}), **more}


CHAT = [message("system", "s"), message("user", "u1"), message("assistant", "a1")]
CALL = {"id": "c", "type": "function", "name": "f", "arguments": '{"x":1}'}
ROWS = {
    "sft": [
        (
            {"messages": [*CHAT, message("user", "u2"), message("assistant", "a2")]},
            ("s\nu1\na1\nu2", "a2"),
        ),
        ({"messages": CHAT[:2]}, ("s\nu1", "")),
        ({"messages": []}, ("", "")),
        ({"messages": [message("assistant", "alone")]}, ("", "alone")),
        (
            {
                "messages": [
                    message(
                        "user",
                        parts=[
                            {"type": "text", "text": "look"},
                            {"type": "image", "media": 0},
                            {"type": "text", "text": "here"},
                        ],
                    ),
                    message("assistant", "sure", reasoning="hm", tool_calls=[CALL]),
                ]
            },
            ("look\nhere", 'hm\nsure\nf\n{"x":1}'),
        ),
    ],
    "preference": [
        (
            {
                "prompt": CHAT[:2],
                "chosen": [message("assistant", "good")],
                "rejected": [message("assistant", "bad")],
            },
            ("s\nu1", "good\nbad"),
        ),
    ],
    "unpaired": [
        (
            {"prompt": CHAT[1:2], "completion": [message("assistant", "c")], "label": True},
            ("u1", "c"),
        ),
    ],
    "prompt_only": [({"prompt": CHAT[:2]}, ("s\nu1", ""))],
    "text": [({"text": "t"}, ("", "t"))],
    "stepwise": [
        ({"prompt": CHAT[1:2], "completions": ["x", "y"], "labels": [True, False]}, ("u1", "x\ny")),
    ],
    "segments": [
        ({"segments": [{"text": "q", "train": False}, {"text": "r", "train": True}]}, ("q", "r")),
    ],
}


@pytest.mark.parametrize("kind", ROWS)
def test_sides_of_every_kind(kind) -> None:
    assert set(ROWS) == set(SCHEMAS)
    batch = to_batch(kind, [{"id": str(n), **row} for n, (row, _) in enumerate(ROWS[kind])])
    narrow = batch.select(columns_for(kind))
    sides = [sides for _, sides in ROWS[kind]]
    assert texts_of(narrow, kind, "prompt").joined() == [prompt for prompt, _ in sides]
    assert texts_of(narrow, kind, "response").joined() == [response for _, response in sides]
    both = ["\n".join(filter(None, pair)) for pair in sides]
    assert texts_of(narrow, kind, "prompt+response").joined() == both
    whole = texts_of(narrow, kind, "conversation")
    assert whole.joined() == both
    assert whole.sizes().tolist() == [len(text.replace("\n", "")) for text in both]


def test_a_slice_of_a_batch_reads_as_a_batch_of_its_own() -> None:
    rows = [{"id": str(n), **row} for n, (row, _) in enumerate(ROWS["sft"])]
    batch = to_batch("sft", rows)
    for start in range(len(rows)):
        part = texts_of(batch.slice(start), "sft", "response").joined()
        assert part == texts_of(batch, "sft", "response").joined()[start:]


def test_white_space_is_no_text() -> None:
    batch = to_batch("text", [{"id": "a", "text": " \n\u3000"}, {"id": "b", "text": "x"}])
    assert texts_of(batch, "text", "response").has_text().tolist() == [False, True]


def test_tools_and_media_tell_rows_apart() -> None:
    media = [{"type": "image", "ref": "a.png", "mime": None}]
    rows = [{}, {"tools": "[]"}, {"media": media}, {"media": [{**media[0], "ref": "b.png"}]}, {}]
    batch = to_batch("sft", [{"id": str(n), "messages": CHAT, **r} for n, r in enumerate(rows)])
    keys = beside_keys(batch).tolist()
    assert len(set(keys)) == 4
    assert keys[0] == keys[-1]
