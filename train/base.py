"""The base model before it is loaded: its tokenizer and its config, without torch."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curate.errors import BackendError, UsageError
from curate.finding import Hit
from curate.render.places import LossOn
from curate.render.template import SHIPPED, Specials, Template, foreign, shipped
from curate.render.tokenizer import Tokenizer, load_tokenizer

if TYPE_CHECKING:
    from curate.row import Row
    from train.recipe import DataSection, ModelSection

TINY_VOCABULARY = 4096
TINY_SPECIALS = Specials("</s>", "<s>", {"pad_token": "<pad>"})
_TINY_TOKENS = ("<pad>", "<s>", "</s>", "<|im_start|>", "<|im_end|>")
_FILES = ("*.json", "tokenizer*", "chat_template*")


@dataclass(frozen=True, slots=True)
class Base:
    """A base model that has been found.

    Attributes:
        name: As the recipe has it.
        folder: Its local folder, or None for `tiny` before it is made.
        tokenizer: Its tokenizer.
        config: Its `config.json`, or None for `tiny`.
        files: For `tiny`: the tokenizer's files, name → text.
        run: For a RUN: its folder; the adapter in it is the start.
    """

    name: str
    folder: Path | None
    tokenizer: Tokenizer
    config: dict[str, Any] | None
    files: dict[str, str] | None = None
    run: Path | None = None

    @property
    def positions(self) -> int | None:
        """The longest sequence that the model was built for, in tokens, where it says so."""
        for key in ("max_position_embeddings", "n_positions"):
            value = (self.config or {}).get(key)
            if isinstance(value, int):
                return value
        return None


def open_template(name: str, chat_template: str | None) -> Template:
    """Return the template that a recipe names.

    Args:
        name: A shipped name, `tokenizer`, or a path.
        chat_template: The tokenizer's own, or None.

    Raises:
        UsageError: If there is none (RUN011).
    """
    if name in SHIPPED:
        return shipped(name)
    if name == "tokenizer":
        if chat_template is None:
            raise UsageError(
                "template tokenizer: the tokenizer has no chat template of its own",
                hint=f"name one: {', '.join(SHIPPED)}, or a .jinja file",
                code="RUN011",
            )
        return foreign("tokenizer", chat_template)
    path = Path(name)
    if not path.is_file():
        raise UsageError(
            f"there is no template {name}",
            hint=f"name one: {', '.join(SHIPPED)}, tokenizer, or a .jinja file",
            code="RUN011",
        )
    return foreign(path.as_posix(), path.read_text("utf-8"))


def is_run(name: str) -> bool:
    """Whether a name is the folder of a run of ours."""
    folder = Path(name.partition("@")[0])
    return (folder / "manifest.json").is_file() and (folder / "plan.json").is_file()


def open_base(model: ModelSection) -> Base:
    """Find a base model that is not `tiny`.

    Raises:
        BackendError: If it is not on this machine and cannot be fetched (RUN016).
    """
    if is_run(model.base):
        from train.runs import open_run

        run = open_run(model.base)
        folder = run.base_folder() if run.is_adapter else run.weights
        return _opened(model.base, folder, run.tokenizer_folder, run.weights)
    folder = Path(model.base)
    if not folder.is_dir():
        looks_local = model.base.startswith((".", "/", "~")) or model.base.count("/") != 1
        if looks_local and "/" in model.base:
            raise _absent(model.base, "there is no such folder")
        folder = fetched(model.base, model.revision, _FILES)
    return _opened(model.base, folder, folder, None)


def _opened(name: str, folder: Path, tokenizer_folder: Path, run: Path | None) -> Base:
    path = folder / "config.json"
    if not path.is_file():
        raise _absent(name, "there is no config.json in it")
    config = json.loads(path.read_text("utf-8"))
    return Base(name, folder, load_tokenizer(tokenizer_folder), config, run=run)


def fetched(name: str, revision: str | None, patterns: tuple[str, ...]) -> Path:
    """Return the local folder of a hub model, from the cache or, if allowed, the hub.

    Raises:
        BackendError: If it is in neither (RUN016).
    """
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HfHubHTTPError, HFValidationError
    except ImportError:
        raise _absent(name, "huggingface_hub is not installed") from None
    try:
        found = snapshot_download(name, revision=revision, allow_patterns=list(patterns))
    except (HfHubHTTPError, HFValidationError, OSError, ValueError) as error:
        raise _absent(name, str(error).splitlines()[0][:160]) from None
    return Path(found)


def _absent(name: str, why: str) -> BackendError:
    return BackendError(
        f"the model {name} is not on this machine: {why}",
        hint=f"hf download {name}   # or rehearse without it: --set model.base=tiny",
        code="RUN016",
    )


def rendered_base_texts(rows: Iterable[Row], template: Template, loss_on: LossOn) -> Iterator[str]:
    """Yield the text of each row that the template has a place for, as `tiny` will read it."""
    for row in rows:
        rendered = template.row(row, TINY_SPECIALS, loss_on)
        if not isinstance(rendered, Hit):
            yield rendered.text


def tiny_base(texts: Iterable[str]) -> Base:
    """Make the tokenizer of the `tiny` model from rendered texts; the same texts give it again.

    A byte-level BPE of at most `TINY_VOCABULARY` ids, so that any text can be written in it.
    """
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    from tokenizers import Tokenizer as Backend
    from tokenizers import decoders, models, pre_tokenizers, processors, trainers

    backend = Backend(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=TINY_VOCABULARY,
        special_tokens=list(_TINY_TOKENS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    backend.train_from_iterator(texts, trainer)
    bos = TINY_SPECIALS.bos or ""
    backend.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A", special_tokens=[(bos, backend.token_to_id(bos))]
    )
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": bos,
        "eos_token": TINY_SPECIALS.eos,
        "pad_token": "<pad>",
        "clean_up_tokenization_spaces": False,
    }
    text: str = backend.to_str()
    files = {"tokenizer.json": text, "tokenizer_config.json": json.dumps(settings, indent=2)}
    return Base("tiny", None, Tokenizer(text, settings, None), None, files=files)


def tiny_config(tokenizer: Tokenizer, data: DataSection) -> dict[str, Any]:
    """Return the config of the `tiny` model: a Llama of 4 layers with 128 channels."""
    return {
        "model_type": "llama",
        "vocab_size": tokenizer.size,
        "hidden_size": 128,
        "intermediate_size": 384,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": max(2048, data.max_length),
        "tie_word_embeddings": False,
        "bos_token_id": tokenizer.id_of("<s>"),
        "eos_token_id": tokenizer.eos_id,
        "pad_token_id": tokenizer.id_of("<pad>"),
    }
