"""Rows that are wrong, format by format: what is said of them, where, and whether they stay.

`UPDATE_GOLDEN=1` writes what is found into the files as what is expected; read the diff.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from curate.build.chunk import ChunkWorker
from curate.build.settings import Settings
from curate.files.json_text import loads
from curate.formats import readers
from curate.formats.shapes import shape_of
from tests.curate.formats import malformed_cases as malformed

READERS = [form.name for form in readers()]


def test_every_reader_has_its_malformed_rows() -> None:
    names = {malformed.path_of(reader).name for reader in READERS}
    assert names == {path.name for path in malformed.FOLDER.iterdir()}


@pytest.mark.parametrize("reader", READERS)
def test_what_is_wrong_is_said_where_it_is(reader: str) -> None:
    loaded = malformed.load(reader)
    bases, cases = loaded["bases"], loaded["cases"]
    worker = ChunkWorker(Settings(source_format=reader))
    new, wrong = [], []
    for case in cases:
        out = malformed.run(worker, malformed.raw_of(case, bases))
        new.append(malformed.updated(case, *malformed.said(out)))
        if new[-1] != case:
            messages = [f"    {f.code} {f.pointer}: {f.message}" for f in out.findings]
            was = f"expected {case.get('finds')}{', kept' if case.get('kept') else ''}"
            now = f"found {new[-1]['finds']}{', kept' if new[-1].get('kept') else ''}"
            wrong.append("\n  ".join((malformed.described(case), was, now, *messages)))
    if os.environ.get("UPDATE_GOLDEN"):
        malformed.write(reader, bases, new)
        return
    assert not wrong, "\n\n" + "\n\n".join(wrong)


# (read as, records of): why such a record may be read as something else.
OTHER_MEANING = {
    ("alpaca", "alpaca-kto"): "without its label it is an answer like any other",
    ("sharegpt", "sharegpt-kto"): "without its label it is an answer like any other",
    ("openai", "openai-kto"): "without its label it is an answer like any other",
    ("swift", "swift-kto"): "without its label it is an answer like any other",
    ("trl-prompt-completion", "trl-kto"): "without its label it is an answer like any other",
    ("openai", "openpipe"): "without a rejected answer it is a conversation, as OpenPipe has them",
    ("openai", "swift-preference"): "without a rejected answer it is a conversation",
    ("swift-query", "swift-query-preference"): "without a rejected answer it is one exchange",
    ("axolotl-preference", "alpaca-preference"): "without `instruction`, `input` is the prompt",
    ("trl-preference", "axolotl-preference"): "`prompt` wins; the other columns stay in extra",
    ("alpaca", "reflection"): "without one of its own columns it is Alpaca's; they stay in extra",
    ("text", "autotrain-chat"): "a text that does not begin as a list of messages is a text",
    ("sharegpt", "llava"): "without an image the tag is text, as in mixed LLaVA sets",
    ("openai", "swift"): "nothing in the record is ms-swift's own",
    ("openai", "mistral"): "an OpenAI message may have keys beside `content`; they are kept",
    ("trl-messages", "openai"): "TRL puts images before a conversation without tags",
    ("trl-messages", "swift"): "TRL puts images before a conversation without tags",
    ("trl-messages", "together"): "TRL puts images before a conversation without tags",
    ("trl-messages", "fireworks"): "TRL puts images before a conversation without tags",
    ("trl-messages", "azure"): "TRL puts images before a conversation without tags",
    ("trl-prompt-completion", "together"): "Together reads prompt and completion as well",
}


def _read_as(reader: str) -> Iterator[tuple[str, str]]:
    """Yield the other formats that a reader's cases are silently read as, each with its case."""
    loaded = malformed.load(reader)
    bases = loaded["bases"]
    own = {reader, *(shape for base in bases.values() if isinstance(shape := shape_of(base), str))}
    for case in loaded["cases"]:
        raw = malformed.raw_of(case, bases)
        shape = None if "json" in case else shape_of(loads(raw))
        if isinstance(shape, str) and shape not in own:
            out = malformed.run(ChunkWorker(Settings()), raw)
            if malformed.said(out)[1]:
                yield shape, malformed.described(case)


@pytest.mark.parametrize("reader", READERS)
def test_a_wrong_record_is_not_taken_for_another_format(reader: str) -> None:
    assert not [read for read in _read_as(reader) if (read[0], reader) not in OTHER_MEANING]


def test_every_exception_is_needed() -> None:
    found = {(shape, reader) for reader in READERS for shape, _ in _read_as(reader)}
    assert found == set(OTHER_MEANING)
