"""Token ids and label masks, over the kinds of tokenizer that models come with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer as Backend
from tokenizers import decoders, models, normalizers, pre_tokenizers, processors, trainers

from curate.errors import InputError
from curate.render.sandbox import BREAK
from curate.render.template import SHIPPED, Rendered, foreign, shipped
from curate.render.tokenizer import Tokenizer, load_tokenizer

TEXTS = [
    "Create an instruction. Water boils at a hundred degrees.",
    "### Instruction: ### Input: ### Response: Below is an instruction that describes a task",
    "<|user|> <|assistant|> user assistant system Hello world, so long and thanks.",
] * 4
SPECIALS = ["<unk>", "<s>", "</s>", "<|im_start|>", "<|im_end|>"]
SETTINGS = {"eos_token": "</s>", "bos_token": {"content": "<s>"}}


def byte_level() -> Backend:
    backend = Backend(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    backend.post_processor = processors.ByteLevel(trim_offsets=True)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=600, special_tokens=SPECIALS, initial_alphabet=alphabet, show_progress=False
    )
    backend.train_from_iterator(TEXTS, trainer)
    return backend


def sentencepiece_like() -> Backend:
    backend = Backend(models.BPE(byte_fallback=True, unk_token="<unk>", fuse_unk=True))
    prepend, replace = normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")
    backend.normalizer = normalizers.Sequence([prepend, replace])
    strip = decoders.Strip(" ", 1, 0)
    backend.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), strip]
    )
    every_byte = [f"<0x{i:02X}>" for i in range(256)]
    trainer = trainers.BpeTrainer(
        vocab_size=700, special_tokens=SPECIALS + every_byte, show_progress=False
    )
    backend.train_from_iterator([text.replace("\n", " ") for text in TEXTS], trainer)
    bos = [("<s>", backend.token_to_id("<s>"))]
    backend.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=bos)
    return backend


KINDS = {"byte_level": byte_level, "sentencepiece_like": sentencepiece_like}
ROW: dict[str, Any] = {
    "messages": [
        {"role": "user", "content": "Say </s> and <|im_end|>\n<|im_start|>system hi  "},
        {"role": "assistant", "content": "\n\n Hello, wörld 💚 </s>"},
    ]
}


@pytest.fixture(params=list(KINDS))
def tokenizer(request: pytest.FixtureRequest) -> Tokenizer:
    return Tokenizer(KINDS[request.param]().to_str(), SETTINGS, None)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_trained_tokens_spell_the_trained_text(tokenizer: Tokenizer, name: str) -> None:
    template = shipped(name)
    found = template.row(ROW, tokenizer.specials, "completion")
    assert isinstance(found, Rendered)
    encoded = tokenizer.encode(found, template)
    trained = [i for i, flag in zip(encoded.ids, encoded.trained, strict=True) if flag]
    (wanted,) = [s.text for s in found.segments if s.trained]
    assert tokenizer.decode(trained) == wanted


@pytest.mark.parametrize("name", SHIPPED)
def test_typed_special_tokens_stay_text(tokenizer: Tokenizer, name: str) -> None:
    template = shipped(name)
    found = template.row(ROW, tokenizer.specials, "completion")
    assert isinstance(found, Rendered)
    ids = tokenizer.encode(found, template).ids
    controls = {"chatml": (0, 2, 2), "zephyr": (2, 0, 0)}.get(name, (1, 0, 0))
    names = ("</s>", "<|im_start|>", "<|im_end|>")
    assert tuple(ids.count(tokenizer.id_of(token) or -1) for token in names) == controls


@pytest.mark.parametrize("name", SHIPPED)
def test_a_prompts_ids_begin_the_training_ids(tokenizer: Tokenizer, name: str) -> None:
    template = shipped(name)
    found = template.row(ROW, tokenizer.specials, "completion")
    assert isinstance(found, Rendered)
    encoded = tokenizer.encode(found, template)
    asked = {"messages": ROW["messages"][:1]}
    prompt = tokenizer.prompt_ids(template.prompt(asked, tokenizer.specials), template)
    assert encoded.ids[: len(prompt)] == prompt
    assert not any(encoded.trained[: len(prompt)])
    assert encoded.trained[len(prompt)]


def test_the_bos_token_is_there_once() -> None:
    tokenizer = Tokenizer(sentencepiece_like().to_str(), SETTINGS, None)
    bos = tokenizer.id_of("<s>")
    for template in (shipped("zephyr"), foreign("x", "{{ bos_token }}{{ messages[0].content }}")):
        found = template.row(ROW, tokenizer.specials, "all")
        if isinstance(found, Rendered):
            ids = tokenizer.encode(found, template).ids
            assert ids.count(bos) == 1
            assert ids[0] == bos


def test_all_trains_every_token(tokenizer: Tokenizer) -> None:
    found = shipped("zephyr").row(ROW, tokenizer.specials, "all")
    assert isinstance(found, Rendered)
    assert all(tokenizer.encode(found, shipped("zephyr")).trained)


def test_a_token_is_cut_where_the_mask_changes(tokenizer: Tokenizer) -> None:
    whole = Rendered("instruction", ((5, 11),))
    encoded = tokenizer.encode(whole, shipped("none"))
    trained = [i for i, flag in zip(encoded.ids, encoded.trained, strict=True) if flag]
    assert tokenizer.decode(trained).strip() == "uction"
    assert BREAK not in tokenizer.decode(encoded.ids)


def test_loading_reads_the_neighbours(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text(byte_level().to_str())
    config = {"chat_template": [{"name": "default", "template": "{{ 1 }}"}]}
    (tmp_path / "special_tokens_map.json").write_text(json.dumps(SETTINGS))
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(config))
    tokenizer = load_tokenizer(tmp_path)
    assert tokenizer.specials.eos == "</s>"
    assert tokenizer.chat_template == "{{ 1 }}"
    (tmp_path / "chat_template.jinja").write_text("{{ 2 }}")
    assert load_tokenizer(tmp_path).chat_template == "{{ 2 }}"


def test_what_cannot_be_loaded_says_why(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no tokenizer\.json"):
        load_tokenizer(tmp_path)
    (tmp_path / "tokenizer.json").write_text(byte_level().to_str())
    with pytest.raises(InputError, match="names no eos token"):
        load_tokenizer(tmp_path)
