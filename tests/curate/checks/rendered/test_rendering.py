"""Opening a tokenizer and a template, and what is read of rows by them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from curate.checks.rendered.rendering import Rendering, open_rendering
from curate.checks.rendered.shown import document
from curate.errors import BackendError, CurateError, InputError, MissingExtraError, UsageError
from tests.curate.checks.rendered.tiny import rendering, write

CHAT = "{% for m in messages %}{{ m.role }}: {{ m.content }}</s>{% endfor %}"
ROW: dict[str, Any] = {
    "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yo"}]
}


def opened(*arguments: Any) -> Rendering:
    found = open_rendering(*arguments)
    assert found is not None
    return found


def test_a_tokenizer_is_a_folder_or_its_file(tmp_path: Path) -> None:
    folder = write(tmp_path / "model", chat_template=CHAT)
    for typed in (folder.as_posix(), (folder / "tokenizer.json").as_posix()):
        found = opened(typed, None, 7)
        assert (found.name, found.max_length) == (typed, 7)
        assert found.template is not None
        assert found.template.name == "tokenizer"
        assert found.read(ROW, "sft").sides[0].text == "user: Hi</s>assistant: Yo</s>"


def test_a_template_is_a_name_a_file_or_the_tokenizers_own(tmp_path: Path) -> None:
    folder = write(tmp_path / "model").as_posix()
    (tmp_path / "mine.jinja").write_text("{{ messages[-1].content }}")
    own = opened(folder, (tmp_path / "mine.jinja").as_posix())
    assert own.read(ROW, "sft").sides[0].text == "Yo"
    assert opened(folder, "zephyr").read(ROW, "sft").sides[0].text.startswith("<|user|>\nHi</s>")
    with pytest.raises(UsageError, match="has none of its own"):
        open_rendering(folder, "tokenizer")
    with pytest.raises(UsageError, match="there is no template zefyr"):
        open_rendering(folder, "zefyr")


def test_without_a_template_only_plain_text_is_read(tmp_path: Path) -> None:
    found = opened(write(tmp_path / "model").as_posix())
    assert found.read({"text": "abc"}, "text").length == 4
    with pytest.raises(UsageError, match="has no chat template of its own"):
        found.read(ROW, "sft")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((None, "chatml"), UsageError),
        ((None, None, 5), UsageError),
        (("./nowhere",), InputError),
        (("nowhere.json",), InputError),
        (("a/b/c",), InputError),
        (("owner/absent",), BackendError),
    ],
)
def test_what_cannot_be_opened_says_why(
    arguments: tuple[Any, ...], error: type[CurateError], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("huggingface_hub")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(error):
        open_rendering(*arguments)


def test_other_files_are_no_tokenizer(tmp_path: Path) -> None:
    (tmp_path / "vocab.json").write_text("{}")
    with pytest.raises(InputError, match=r"expected a tokenizer\.json"):
        open_rendering((tmp_path / "vocab.json").as_posix())


@pytest.mark.parametrize("absent", ["tokenizers", "jinja2"])
def test_a_missing_package_names_its_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, absent: str
) -> None:
    folder = write(tmp_path / "model").as_posix()

    def missing(path: Path) -> None:
        raise ModuleNotFoundError(name=absent)

    monkeypatch.setattr("curate.render.tokenizer.load_tokenizer", missing)
    with pytest.raises(MissingExtraError) as caught:
        open_rendering(folder)
    assert absent in caught.value.message
    assert caught.value.hint == "pip install 'tunesmith[tokens]'"


def test_a_template_that_needs_the_day_always_gets_the_same() -> None:
    found = rendering("bytes", "{{ strftime_now('%Y') }} {{ messages[-1].content }}", None)
    assert found.read(ROW, "sft").sides[0].text == "2000-01-01 Yo"
    careful = (
        "{{ strftime_now('%Y') if strftime_now is defined else 'then' }}{{ messages | length }}"
    )
    assert rendering("bytes", careful, None).read(ROW, "sft").sides[0].text == "then2"


def test_a_row_is_shown_token_by_token() -> None:
    row = {"messages": [*ROW["messages"][:1], {"role": "assistant", "content": "a </s> b"}]}
    [side] = document(rendering("bos", "zephyr", 30).read(row, "sft"))
    text = side["text"]
    assert text == "<|user|>\nHi</s>\n<|assistant|>\na </s> b</s>\n"
    assert side["added"] == ["<s>"]
    assert [text[a["start"] : a["end"]] for a in side["spans"] if a["trained"]] == ["a </s> b</s>"]
    # A token a byte, a special token each, and the tokenizer's own in front.
    assert side["token_count"] == len(side["tokens"]) == 1 + len("<|user|>\nHi") + 1 + 15 + 8 + 2
    starts = [token["start"] for token in side["tokens"]]
    assert starts == sorted(starts)
    assert text[side["cut_at"]] == text[starts[30]]
    assert [text[at : at + 3] for at in side["split_at"]] == ["/s>"]
    trained = [text[token["start"]] for token in side["tokens"] if token["trained"]]
    assert "".join(trained) == "a </s> b<"
    counts = {turn["role"]: (turn["tokens"], turn["trained"]) for turn in side["turns"]}
    assert counts == {"user": (2, 0), "assistant": (8, 8), "template": (28, 1)}


def test_both_sides_of_a_pair_are_read() -> None:
    row = {
        "prompt": ROW["messages"][:1],
        "chosen": [{"role": "assistant", "content": "Yo"}],
        "rejected": [{"role": "assistant", "content": "No way"}],
    }
    reading = rendering("bytes", "chatml", None).read(row, "preference")
    assert [side.length for side in reading.sides] == [25, 29]
    assert [side["answer"] for side in document(reading)] == ["chosen", "rejected"]
    steps = {"prompt": ROW["messages"][:1], "completions": ["a", "b"], "labels": [True, False]}
    [side] = rendering("bytes", "chatml", None).read(steps, "stepwise").sides
    assert "assistant\na\nb<|im_end|>" in side.text


def test_the_same_conversations_are_probed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    import curate.checks.rendered.rendering as module

    asked: list[Any] = []
    real = module.probe
    monkeypatch.setattr(module, "probe", lambda row, *more: asked.append(row) or real(row, *more))
    made = rendering("bytes", "chatml", 12345)
    made.read_all([ROW, ROW, {"messages": [*ROW["messages"], *ROW["messages"]]}], "sft")
    assert len(asked) == 2


def test_settings_are_read_from_the_neighbours(tmp_path: Path) -> None:
    folder = write(tmp_path / "model")
    (folder / "chat_template.jinja").write_text(CHAT)
    config = json.loads((folder / "tokenizer_config.json").read_text())
    (folder / "tokenizer_config.json").write_text(json.dumps(config | {"eos_token": "<|im_end|>"}))
    found = opened(folder.as_posix())
    assert found.tokenizer.specials.eos == "<|im_end|>"
    assert found.template is not None
    assert found.template.source == CHAT
