"""What the recipe asks of the machine, and what this one gives: shown in the plan, never silent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from train.hardware import Hardware

if TYPE_CHECKING:
    from train.recipe import Attention, TrainRecipe

# Same mathematics without paging; bitsandbytes pages optimizer state on CUDA only.
_UNPAGED = {
    "paged_adamw": "adamw_torch",
    "paged_adamw_32bit": "adamw_torch",
    "paged_adamw_8bit": "adamw_bnb_8bit",
    "paged_lion": "lion_32bit",
    "paged_lion_32bit": "lion_32bit",
    "paged_lion_8bit": "lion_8bit",
}
# Architectures whose attention is plain causal attention over the whole document.
PLAIN_CAUSAL = frozenset(("llama", "mistral", "qwen2", "qwen3", "gpt2"))


def fitted(
    recipe: TrainRecipe, machine: Hardware, config: dict[str, Any]
) -> tuple[TrainRecipe, dict[str, str]]:
    """Return the recipe as this machine can run it, and for each changed key the reason."""
    changed: dict[str, str] = {}
    training = recipe.training
    if training.tf32 and machine.capability < 80:
        training = replace(training, tf32=False)
        changed["training.tf32"] = "tf32 needs CUDA and Ampere or later: off"
    if training.bf16 and not _computes_bf16(machine):
        training = replace(training, bf16=False)
        changed["training.bf16"] = "bf16 is not computed by this machine's hardware: off"
    if not machine.cuda and training.optim in _UNPAGED:
        other = _UNPAGED[training.optim]
        changed["training.optim"] = f"{training.optim} pages on CUDA only: {other} instead"
        training = replace(training, optim=other)
    model, wanted = recipe.model, recipe.model.attention
    if wanted == "flash_attention_2" and not machine.flash_attention:
        wanted = "auto"
    chosen = _attention(recipe, machine, config) if wanted == "auto" else wanted
    if chosen != model.attention:
        if model.attention == "auto":
            changed["model.attention"] = f"auto: {chosen}"
        else:
            changed["model.attention"] = f"flash-attn and CUDA are not here: {chosen} instead"
        model = replace(model, attention=chosen)
    return replace(recipe, training=training, model=model), changed


def keeps_documents_apart(recipe: TrainRecipe) -> bool:
    """Whether packed documents must not see each other."""
    return recipe.data.packing in ("bfd", "bfd_split")


def plain_causal(config: dict[str, Any]) -> bool:
    """Whether per-document causal attention is exactly this model's attention."""
    if config.get("model_type") not in PLAIN_CAUSAL:
        return False
    slides = config.get("sliding_window") and config.get("use_sliding_window", True)
    layers = config.get("layer_types") or ()
    return not slides and all(layer == "full_attention" for layer in layers)


def _attention(recipe: TrainRecipe, machine: Hardware, config: dict[str, Any]) -> Attention:
    if machine.flash_attention:
        return "flash_attention_2"
    if keeps_documents_apart(recipe) and plain_causal(config):
        return "per_document"
    return "sdpa"


def _computes_bf16(machine: Hardware) -> bool:
    if machine.cuda:
        return machine.capability >= 80
    cpuinfo = Path("/proc/cpuinfo")
    flags = cpuinfo.read_text("utf-8", "replace") if cpuinfo.is_file() else ""
    return "avx512_bf16" in flags or "amx_bf16" in flags
