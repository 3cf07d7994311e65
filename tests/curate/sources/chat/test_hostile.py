"""Texts made to take long: readers of chats stay within seconds for millions of characters."""

import json
import time

import pytest

from curate.sources.chat import signal, slack, whatsapp, x
from tests.curate.sources.chat.heard import read

N = 1_000_000
BAD = {
    "spaces": " " * N + "<",
    "angles": "<" * N,
    "half links": "<https://a|" * (N // 11),
    "brackets": "[" * N,
    "half files": "![a](./media/" * (N // 13),
    "mentions": "@a " * (N // 3),
    "colons": "a: " * (N // 3),
    "lines": "\n" * N,
    "quotes": "\n>" * (N // 2),
    "heads": "1/1/24, 10:0" * (N // 12),
    "marks": "\u200e" * (N // 3),
    "reactions": "\n(- a" * (N // 5),
}
SECONDS = 20


def files(folder, text):
    """Write a chat with a message of a text in every form."""
    item = {"type": "message", "user": "U1", "ts": "1.0", "text": text}
    (folder / "slack" / "c").mkdir(parents=True)
    (folder / "slack" / "users.json").write_text("[]")
    (folder / "slack" / "c" / "2024-01-01.json").write_text(json.dumps([item]))
    yield slack.EXPORTS[0], folder / "slack"
    for name, head in (
        ("_chat.txt", "13/1/24, 10:00 - Ann: "),
        ("chat.md", "[2026-01-05 10:00] Ann: "),
    ):
        (folder / name).write_text(f"{head}{text}\n{head}end\n", encoding="utf-8")
    yield whatsapp.EXPORTS[0], folder / "_chat.txt"
    yield signal.EXPORTS[1], folder / "chat.md"
    sigtop = (
        f"Conversation: A\n\nFrom: A ({text[:9]}\nType: incoming\nSent: {text[:9]}\n\n{text}\n\n"
    )
    (folder / "a.txt").write_text(sigtop, encoding="utf-8")
    yield signal.EXPORTS[1], folder / "a.txt"
    tweet = {"id_str": "1", "full_text": text, "in_reply_to_status_id_str": "2"}
    (folder / "tweets.js").write_text(f"window.YTD.tweets.part0 = {json.dumps([tweet])}")
    yield x.EXPORTS[1], folder / "tweets.js"


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_no_text_takes_long(tmp_path, text):
    for export, path in files(tmp_path, text):
        start = time.process_time()
        read(export, path, "Dana")
        assert time.process_time() - start < SECONDS, export.name
