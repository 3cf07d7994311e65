"""Tiny tokenizers whose tokens can be counted by eye: mostly one a byte."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer as Backend
from tokenizers import decoders, models, pre_tokenizers, processors

from curate.checks.rendered.rendering import Rendering, fitted
from curate.render.template import SHIPPED, foreign, shipped
from curate.render.tokenizer import Tokenizer

SPECIALS = ["<s>", "</s>", "<pad>", "<|im_start|>", "<|im_end|>"]
SETTINGS = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>"}


def one_a_byte(*merges: tuple[str, str]) -> Backend:
    """Return a tokenizer of bytes, and of what the merges make of them; `Ġ` is the space."""
    signs = [*sorted(pre_tokenizers.ByteLevel.alphabet()), *("".join(pair) for pair in merges)]
    vocabulary = {sign: number for number, sign in enumerate(signs)}
    backend = Backend(models.BPE(vocabulary, list(merges)))
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    backend.decoder = decoders.ByteLevel()
    backend.add_special_tokens(SPECIALS)
    return backend


def with_bos() -> Backend:
    backend = one_a_byte()
    number = backend.token_to_id("<s>")
    backend.post_processor = processors.TemplateProcessing("<s> $A", None, [("<s>", number)])
    return backend


def words() -> Backend:
    known = ["<unk>", "What", "is", "it", "?", "A", "stone", ".", "user", "assistant", ":", "</s>"]
    numbers = {word: number for number, word in enumerate(known)}
    backend = Backend(models.WordLevel(numbers, unk_token="<unk>"))
    backend.pre_tokenizer = pre_tokenizers.Whitespace()
    backend.add_special_tokens(["<unk>", "</s>"])
    return backend


MADE: dict[str, tuple[Callable[[], Backend], dict[str, Any]]] = {
    "bytes": (one_a_byte, SETTINGS),
    "bos": (with_bos, SETTINGS),
    "merges": (lambda: one_a_byte(("Ġ", "Y"), ("a", "b")), SETTINGS),
    "words": (words, {"eos_token": "</s>", "unk_token": "<unk>"}),
    "chatml": (one_a_byte, SETTINGS | {"eos_token": "<|im_end|>"}),
    "padless": (one_a_byte, {"eos_token": "</s>"}),
    "pad-is-eos": (one_a_byte, {"eos_token": "</s>", "pad_token": "</s>"}),
}


@cache
def tokenizer(name: str) -> Tokenizer:
    make, settings = MADE[name]
    return Tokenizer(make().to_str(), settings, None)


@cache
def rendering(name: str, template: str, max_length: int | None) -> Rendering:
    """Return a rendering by a tokenizer of `MADE` and a template's name or Jinja text."""
    own = tokenizer(name)
    made = shipped(template) if template in SHIPPED else fitted(foreign("own", template), own)
    return Rendering(name, own, made, max_length)


def write(folder: Path, name: str = "bytes", chat_template: str | None = None) -> Path:
    """Write a tokenizer of `MADE` as a model's folder holds it."""
    make, settings = MADE[name]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tokenizer.json").write_text(make().to_str(), encoding="utf-8")
    held = settings | ({"chat_template": chat_template} if chat_template else {})
    (folder / "tokenizer_config.json").write_text(json.dumps(held), encoding="utf-8")
    return folder
