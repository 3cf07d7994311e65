"""Keys under `extra`: known to the TRL config, and not ours. Found by reading its source."""

from __future__ import annotations

import ast
import difflib
from importlib import util
from pathlib import Path
from typing import Any

# Where each key of the TRL config that Tunesmith sets itself comes from.
COVERED = {
    "output_dir": "output",
    "seed": "training.seed",
    "data_seed": "training.seed",
    "num_train_epochs": "training.num_train_epochs",
    "max_steps": "training.max_steps",
    "per_device_train_batch_size": "training.per_device_train_batch_size",
    "gradient_accumulation_steps": "training.gradient_accumulation_steps",
    "gradient_checkpointing": "training.gradient_checkpointing",
    "activation_checkpointing": "training.gradient_checkpointing",
    "learning_rate": "training.learning_rate",
    "lr_scheduler_type": "training.lr_scheduler_type",
    "warmup_steps": "training.warmup_steps",
    "max_grad_norm": "training.max_grad_norm",
    "weight_decay": "training.weight_decay",
    "optim": "training.optim",
    "bf16": "training.bf16",
    "fp16": "training.bf16",
    "tf32": "training.tf32",
    "max_length": "data.max_length",
    "packing": "data.packing",
    "packing_strategy": "data.packing",
    "eval_packing": "data.packing",
    "padding_free": "data.packing",
    "completion_only_loss": "data.loss_on",
    "assistant_only_loss": "data.loss_on",
    "chat_template_path": "data.template",
    "truncation_mode": "data.too_long",
    "eval_strategy": "evaluation.every",
    "eval_steps": "evaluation.every",
    "save_strategy": "saving.every",
    "save_steps": "saving.every",
    "save_total_limit": "saving.keep",
    "logging_steps": "logging.every",
    "logging_strategy": "logging.every",
    "logging_nan_inf_filter": "logging.every",
    "report_to": "logging.to",
    "model_init_kwargs": "model",
    "dataset_kwargs": "data",
    "shuffle_dataset": "data.packing",
    "use_cpu": "the machine",
    "disable_tqdm": "logging",
    "push_to_hub": "`train push`",
    "trust_remote_code": "nothing: code of models is never run",
    "resume_from_checkpoint": "--resume",
    "load_best_model_at_end": "saving",
}
_SOURCES = (
    ("trl", "trainer/sft_config.py"),
    ("trl", "trainer/base_config.py"),
    ("transformers", "training_args.py"),
)


def extra_faults(extra: dict[str, Any]) -> list[str]:
    """Return what is wrong with the keys under `extra`, in their order."""
    if not extra:
        return []
    known = _known()
    found = []
    for key in extra:
        if key in COVERED:
            found.append(f"extra.{key} is set by {COVERED[key]}")
        elif known and key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            meant = f" (did you mean `{near[0]}`?)" if near else ""
            found.append(f"extra.{key} is not a key of TRL's SFTConfig{meant}")
    return found


def _known() -> set[str]:
    """The annotated fields of the config classes; empty where TRL is not installed."""
    names: set[str] = set()
    for package, file in _SOURCES:
        spec = util.find_spec(package)
        if spec is None or spec.origin is None:
            return set()
        tree = ast.parse((Path(spec.origin).parent / file).read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                names |= {
                    item.target.id
                    for item in node.body
                    if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
                }
    return names
