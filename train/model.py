"""Load, quantize and adapt models. The only importer of peft and bitsandbytes."""

from __future__ import annotations

import json
import logging
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curate.errors import BackendError, MissingExtraError, UsageError
from train import attention
from train.base import Base, fetched, tiny_config

if TYPE_CHECKING:
    from peft import LoraConfig
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from train.recipe import AdapterSection, ModelSection, TrainRecipe

_WEIGHTS = ("*.safetensors", "*.json", "tokenizer*", "chat_template*")


def quiet() -> None:
    """Silence the libraries' talk, and turn their telemetry and update checks off."""
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ["DISABLE_TELEMETRY"] = "1"
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    for name in ("bitsandbytes", "trl", "transformers", "accelerate", "peft", "datasets"):
        logging.getLogger(name).setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module=r"(torch|transformers|trl|peft|bitsandbytes)\.")
    try:
        import datasets
        from transformers.utils import logging as talk
    except ImportError as error:
        raise MissingExtraError(error.name or "transformers", "train") from None
    libraries: Any = talk
    libraries.set_verbosity_error()
    libraries.disable_progress_bar()
    datasets.utils.logging.set_verbosity_error()
    datasets.disable_progress_bars()


def make_tiny(base: Base, recipe: TrainRecipe, folder: Path) -> None:
    """Write the `tiny` model as an ordinary model folder; the seed and the data give it again."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (base.files or {}).items():
        (folder / name).write_text(text, "utf-8")
    torch.manual_seed(recipe.training.seed)
    settings = tiny_config(base.tokenizer, recipe.data)
    settings.pop("model_type")
    model = LlamaForCausalLM(LlamaConfig(**settings))
    model.save_pretrained(folder)


def load_base(
    folder: Path, model: ModelSection, *, full: bool = False, quantized: bool = True
) -> PreTrainedModel:
    """Load a causal language model from a local folder.

    Args:
        folder: With `config.json` and safetensors.
        model: How: quantization, dtype, attention (resolved, not `auto`).
        full: Whether every weight is trained; they are held in float32 then, since updates of a
            usual learning rate are lost in 16 bit.
        quantized: False leaves the quantization out.

    Raises:
        BackendError: If the folder holds no safetensors (RUN016).
    """
    import torch
    from transformers import AutoModelForCausalLM

    if not any(folder.glob("*.safetensors")):
        raise BackendError(
            f"{folder.as_posix()} holds no safetensors",
            hint="pickled weights are not loaded; convert the model once to safetensors",
            code="RUN016",
        )
    if model.attention == attention.NAME:
        attention.register()
    settings: dict[str, Any] = {
        "dtype": torch.float32 if full else getattr(torch, model.dtype),
        "attn_implementation": "sdpa" if model.attention == "auto" else model.attention,
        "local_files_only": True,
        "trust_remote_code": False,
        "use_safetensors": True,
    }
    if quantized and model.quantization is not None:
        settings["quantization_config"] = quantization(model)
    if torch.cuda.is_available():
        settings["device_map"] = {"": torch.cuda.current_device()}
    loaded: PreTrainedModel = AutoModelForCausalLM.from_pretrained(str(folder), **settings)
    for module in loaded.modules():
        # On CPUs with AVX512-BF16, bitsandbytes 0.50 repacks a 4-bit weight at its first forward in
        # eval mode, and every later training step computes other numbers: an evaluation would
        # change what is trained.
        if hasattr(module, "support_avx512bf16_for_cpu"):
            module.support_avx512bf16_for_cpu = False  # type: ignore[assignment]
    return loaded


def quantization(model: ModelSection) -> Any:
    """Return the BitsAndBytesConfig of a recipe's quantization."""
    import torch
    from transformers import BitsAndBytesConfig

    try:
        import bitsandbytes  # noqa: F401 - transformers reports its absence only while loading
    except ImportError:
        raise MissingExtraError("bitsandbytes", "train") from None
    config: Any = BitsAndBytesConfig
    if model.quantization == "int8":
        return config(load_in_8bit=True)
    return config(
        load_in_4bit=True,
        bnb_4bit_quant_type=model.quantization,
        bnb_4bit_use_double_quant=model.double_quant,
        bnb_4bit_compute_dtype=getattr(torch, model.dtype),
    )


def weights_folder(base: Base, revision: str | None) -> Path:
    """Return the folder that a base's weights are in, fetching them if they are on the hub.

    Raises:
        BackendError: If they are neither here nor to be fetched (RUN016).
    """
    if base.folder is None:
        raise BackendError("the tiny model has not been made yet", code="RUN016")
    if base.run is not None or Path(base.name).is_dir() or any(base.folder.glob("*.safetensors")):
        return base.folder
    return fetched(base.name, revision, _WEIGHTS)


def lora(adapter: AdapterSection) -> LoraConfig:
    """Return the PEFT config of a recipe's adapter."""
    from peft import LoraConfig

    return LoraConfig(
        r=adapter.r,
        lora_alpha=adapter.lora_alpha,
        lora_dropout=adapter.lora_dropout,
        bias=adapter.bias,
        target_modules=adapter.target_modules,
        modules_to_save=adapter.modules_to_save or None,
        use_rslora=adapter.use_rslora,
        use_dora=adapter.use_dora,
        task_type="CAUSAL_LM",
    )


def check_adapter(model: PreTrainedModel, adapter: AdapterSection) -> None:
    """Check that the modules that an adapter names are in the model.

    Raises:
        UsageError: With the names that are (RUN014).
    """
    import torch

    names = {name.rpartition(".")[2] for name, _ in model.named_modules()}
    asked = adapter.target_modules
    wanted = [] if isinstance(asked, str) else list(asked)
    absent = [name for name in [*wanted, *adapter.modules_to_save] if name not in names]
    if not absent and not (isinstance(asked, str) and asked != "all-linear"):
        return
    linear = {
        name.rpartition(".")[2]
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear) or type(module).__name__ == "Conv1D"
    }
    raise UsageError(
        f"the model has no module {', '.join(absent) or asked}",
        hint=f"its linear modules: {', '.join(sorted(linear))}; or target_modules: all-linear",
        code="RUN014",
    )


def load_adapter(model: PreTrainedModel, folder: Path, *, trainable: bool = False) -> Any:
    """Put an adapter onto a model."""
    from peft import PeftModel

    return PeftModel.from_pretrained(model, str(folder), is_trainable=trainable)


def load_tokenizer(folder: Path) -> PreTrainedTokenizerBase:
    """Load a tokenizer as transformers has it, with a pad token."""
    from transformers import AutoTokenizer

    tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
        str(folder), local_files_only=True, trust_remote_code=False
    )
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def name_base(folder: Path, name: str) -> None:
    """Write a base's name into a saved adapter's config, in place of this machine's path."""
    path = folder / "adapter_config.json"
    if path.is_file():
        config = json.loads(path.read_text("utf-8"))
        config["base_model_name_or_path"] = name
        path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", "utf-8")
