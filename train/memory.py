"""How much memory a plan needs: an estimate from the config alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from train.recipe import TrainRecipe

# Bytes a parameter. 4 bit: half a byte, and an absmax of 4 bytes for 64 (quantized again: about
# 1 byte for 64). Measured on a 1.1 B Llama under bitsandbytes 0.50: 0.518.
_QUANTIZED = {"nf4": 0.5625, "fp4": 0.5625, "int8": 1.0}
_DOUBLE = 0.516
_DTYPE = {"bfloat16": 2.0, "float16": 2.0, "float32": 4.0}
# Activations kept a token and layer, in units of the hidden size, with and without checkpointing.
_KEPT, _KEPT_CHECKPOINTED = 34, 2


@dataclass(frozen=True, slots=True)
class Shape:
    """The matrices of a model.

    Attributes:
        linears: Name of a linear module in a layer → (inputs, outputs).
        layers: Number of layers.
        hidden: Channels.
        vocabulary: Number of embeddings.
        tied: Whether the head shares them.
    """

    linears: dict[str, tuple[int, int]]
    layers: int
    hidden: int
    vocabulary: int
    tied: bool

    @property
    def n_linear(self) -> int:
        """Parameters of the layers' matrices."""
        return self.layers * sum(a * b for a, b in self.linears.values())

    @property
    def n_embedding(self) -> int:
        """Parameters of embeddings and head."""
        return self.vocabulary * self.hidden * (1 if self.tied else 2)


def shape_of(config: dict[str, Any]) -> Shape | None:
    """Return a model's shape, or None for an architecture that is not known here."""
    try:
        if config.get("model_type") == "gpt2":
            h = config["n_embd"]
            linears = {"c_attn": (h, 3 * h), "c_proj": (h, h), "c_fc": (h, 4 * h)}
            linears |= {"mlp.c_proj": (4 * h, h)}
            return Shape(linears, config["n_layer"], h, config["vocab_size"], tied=True)
        h, inner = config["hidden_size"], config["intermediate_size"]
        heads = config["num_attention_heads"]
        size = config.get("head_dim") or h // heads
        kv = config.get("num_key_value_heads") or heads
        linears = {"q_proj": (h, heads * size), "k_proj": (h, kv * size), "v_proj": (h, kv * size)}
        linears |= {"o_proj": (heads * size, h), "gate_proj": (h, inner), "up_proj": (h, inner)}
        linears |= {"down_proj": (inner, h)}
        tied = bool(config.get("tie_word_embeddings", False))
        return Shape(linears, config["num_hidden_layers"], h, config["vocab_size"], tied)
    except (KeyError, TypeError):
        return None


def trainable_parameters(shape: Shape, recipe: TrainRecipe) -> int:
    """Return how many parameters are trained: the adapter's, or all."""
    adapter = recipe.adapter
    if adapter is None:
        return shape.n_linear + shape.n_embedding
    wanted = adapter.target_modules
    chosen = [
        a + b for name, (a, b) in shape.linears.items() if wanted == "all-linear" or name in wanted
    ]
    in_full = sum(
        shape.vocabulary * shape.hidden
        for name in adapter.modules_to_save
        if name in ("lm_head", "embed_tokens")
    )
    return shape.layers * adapter.r * sum(chosen) + in_full


def memory_bytes(config: dict[str, Any], recipe: TrainRecipe) -> int | None:
    """Estimate the peak memory of training, in bytes; None for an unknown architecture.

    Weights, trained parameters with gradient and two Adam moments (float32), and the activations
    of one batch. Buffers of the allocator and of kernels are not in it.
    """
    shape = shape_of(config)
    if shape is None:
        return None
    model = recipe.model
    plain = _DTYPE[model.dtype] if recipe.adapter is not None else 4.0
    each = plain
    if model.quantization is not None:
        double = model.double_quant and model.quantization != "int8"
        each = _DOUBLE if double else _QUANTIZED[model.quantization]
    weights = shape.n_linear * each + shape.n_embedding * plain
    trained = trainable_parameters(shape, recipe)
    own = 0.0 if recipe.adapter is None else (2.0 if model.quantization else 4.0)
    moments = 2.0 if "8bit" in recipe.training.optim else 8.0
    tokens = recipe.training.per_device_train_batch_size * recipe.data.max_length
    kept = _KEPT_CHECKPOINTED if recipe.training.gradient_checkpointing else _KEPT
    activations = tokens * shape.hidden * shape.layers * kept * 2
    return round(weights + trained * (own + (own or 4.0) + moments) + activations)
