"""The train recipe: one schema for all methods. Keys handed to TRL or PEFT keep their names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from curate import recipe as recipes
from curate.errors import UsageError
from curate.recipe import Loaded, option
from curate.strict_yaml import override, parse

Method = Literal["sft", "pretrain", "reward", "dpo", "orpo", "kto"]
Packing = Literal["none", "bfd", "bfd_split", "wrapped"]
TooLong = Literal["error", "drop", "cut", "split"]
Attention = Literal["auto", "sdpa", "eager", "flash_attention_2", "per_document"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSection:
    """What is trained."""

    base: str = option(doc="A hub id, a local folder, a RUN, or `tiny` (made from the data).")
    revision: str | None = option(None, doc="Branch, tag or commit of a hub id.")
    quantization: Literal["nf4", "fp4", "int8"] | None = option(
        None, doc="How the frozen base is stored; needs an adapter."
    )
    double_quant: bool = option(False, doc="Quantize the quantization constants too (4 bit).")
    dtype: Literal["bfloat16", "float16", "float32"] = option(
        "bfloat16", doc="Type of the weights that are not quantized, and of computation in 4 bit."
    )
    attention: Attention = option("auto", doc="`auto` takes the fastest exact one here.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSection:
    """What it is trained on."""

    dataset: str = option(doc="A dataset folder, as `curate convert` writes it.")
    split: str = option("train", doc="The split to train on.")
    eval_split: str | None = option(None, doc="The split that the held-out loss is taken on.")
    eval_ratio: float | None = option(
        None,
        doc="Share of the rows to hold out instead, chosen by a hash of each row's id.",
        above=0,
        maximum=0.5,
    )
    template: str = option(
        doc="`none`, `instruction`, `alpaca`, `chatml`, `zephyr`, `tokenizer`, or a .jinja file."
    )
    max_length: int = option(1024, doc="Longest sequence, in tokens.", minimum=8)
    packing: Packing = option("none", doc="How rows share a sequence.")
    too_long: TooLong = option("error", doc="What happens to rows longer than `max_length`.")
    loss_on: Literal["completion", "assistant", "all"] = option(
        "completion", doc="The last answer, every answer, or every token."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterSection:
    """LoRA, by PEFT's names."""

    r: int = option(16, doc="Rank.", minimum=1)
    lora_alpha: int = option(
        16, doc="Scale: the update is multiplied by lora_alpha / r.", minimum=1
    )
    lora_dropout: float = option(0.0, doc="Dropout before the adapter.", minimum=0, maximum=0.99)
    bias: Literal["none", "all", "lora_only"] = option("none", doc="Which biases are trained.")
    target_modules: list[str] | str = option("all-linear", doc="Names of modules, or `all-linear`.")
    modules_to_save: list[str] = option(
        factory=list, doc="Modules that are trained in full beside the adapter."
    )
    use_rslora: bool = option(False, doc="Scale by lora_alpha / sqrt(r).")
    use_dora: bool = option(False, doc="Train magnitude and direction apart.")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSection:
    """How it is trained, by the names of transformers."""

    num_train_epochs: float = option(3.0, doc="Passes over the data.", above=0)
    max_steps: int | None = option(None, doc="Stop after this many steps.", minimum=1)
    per_device_train_batch_size: int = option(8, doc="Sequences at a time.", minimum=1)
    gradient_accumulation_steps: int = option(
        1, doc="Batches that make one optimizer step.", minimum=1
    )
    gradient_checkpointing: bool = option(
        False, doc="Compute activations twice instead of keeping them."
    )
    learning_rate: float = option(2e-5, doc="The highest learning rate.", above=0)  # TRL 1.16 SFT
    lr_scheduler_type: Literal[
        "constant", "constant_with_warmup", "linear", "cosine", "inverse_sqrt"
    ] = option("linear", doc="How the learning rate goes on after the warm-up.")
    warmup_steps: float = option(
        0.0, doc="Steps of rising learning rate; below 1, a share of all steps.", minimum=0
    )
    max_grad_norm: float = option(1.0, doc="Gradients are scaled down to this norm.", minimum=0)
    weight_decay: float = option(0.0, doc="AdamW's weight decay.", minimum=0)
    optim: str = option("adamw_torch", doc="An optimizer by the name of transformers.")
    bf16: bool = option(False, doc="Compute in bfloat16 where that is safe.")
    tf32: bool = option(False, doc="TensorFloat-32 matrix products (CUDA, Ampere and later).")
    seed: int = option(42, doc="Seed of everything that is drawn.", minimum=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationSection:
    """When the held-out loss is taken. It is always taken before and after training."""

    every: int | Literal["epoch", "never"] = option(
        "epoch", doc="Every N steps, every epoch, or only before and after.", minimum=1
    )
    prompts: list[str] = option(
        factory=list, doc="Prompts answered at each evaluation, into metrics.jsonl."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SavingSection:
    """When a checkpoint is written."""

    every: int | Literal["epoch", "never"] = option(
        "epoch", doc="Every N steps, every epoch, or never.", minimum=1
    )
    keep: int | Literal["all"] = option("all", doc="How many checkpoints are kept.", minimum=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggingSection:
    """What is written to metrics.jsonl, and where else."""

    every: int = option(10, doc="Steps between two lines.", minimum=1)
    to: list[str] = option(
        factory=list, doc="Further loggers of transformers: tensorboard, wandb, mlflow, trackio."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainRecipe:
    """A train recipe."""

    model: ModelSection = option(doc="What is trained.")
    data: DataSection = option(doc="What it is trained on.")
    output: str = option(doc="The folder that the run is written to.")
    method: Method = option("sft", doc="How the model learns from the rows.")
    adapter: AdapterSection | None = option(
        None, doc="A LoRA adapter; null trains the whole model."
    )
    training: TrainingSection = option(factory=TrainingSection, doc="How it is trained.")
    evaluation: EvaluationSection = option(
        factory=EvaluationSection, doc="When the held-out loss is taken."
    )
    saving: SavingSection = option(factory=SavingSection, doc="When a checkpoint is written.")
    logging: LoggingSection = option(factory=LoggingSection, doc="What is logged.")
    extra: dict[str, Any] = option(
        factory=dict, doc="Keys passed to the TRL config by their exact names."
    )


# What other tools call our keys.
RENAMED = {
    "max_seq_length": "max_length",
    "cutoff_len": "max_length",
    "sequence_len": "max_length",
    "warmup_ratio": "warmup_steps",
    "epochs": "num_train_epochs",
    "lr": "learning_rate",
    "batch_size": "per_device_train_batch_size",
    "micro_batch_size": "per_device_train_batch_size",
    "model_name_or_path": "base",
    "torch_dtype": "dtype",
    "attn_implementation": "attention",
    "load_in_4bit": "quantization",
    "lora_r": "r",
    "alpha": "lora_alpha",
    "lora": "adapter",
    "save_steps": "every",
    "output_dir": "output",
}


def load(
    name: str, *, overrides: Sequence[str] = (), method: Method = "sft"
) -> Loaded[TrainRecipe]:
    """Load a train recipe by path or shipped name, for one method.

    Raises:
        UsageError: If there is none, if it is wrong (every fault at once), or if it is for another
            method (RUN001).
    """
    path = recipes.find(name)
    shown = name if "/" in name or "." in name else f"recipes/{path.name}"
    tree = parse(path, name=shown)
    faults: list[str] = []
    asked = tree
    for text in overrides:
        asked = override(asked, text, faults)
    leaf = asked.value.get("method")
    if leaf is not None and leaf.value != method and leaf.value in Method.__args__:  # type: ignore[attr-defined]
        raise UsageError(
            f"{leaf.origin}: the recipe is for method {leaf.value}, this command runs {method}",
            code="RUN001",
            hint=f"this version trains `method: {method}`; see `train recipes`",
        )
    return recipes.build(tree, TrainRecipe, name=shown, overrides=overrides, renamed=RENAMED)
