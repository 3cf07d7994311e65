"""Causal attention document by document, for packed batches without flash attention.

TRL flattens a packed batch to one row, and SDPA then needs a mask of its full length squared. The
collator passes where documents begin, so attention is computed for each alone: the same numbers,
without the mask.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

NAME = "per_document"


def register() -> None:
    """Make `per_document` known to transformers; a second call changes nothing."""
    from transformers import AttentionInterface

    AttentionInterface.register(NAME, per_document_attention)


def per_document_attention(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    *,
    scaling: float | None = None,
    dropout: float = 0.0,
    cu_seq_lens_q: torch.Tensor | None = None,
    **kwargs: Any,
) -> tuple[torch.Tensor, None]:
    """Attend within documents.

    Args:
        module: The attention layer; not looked at.
        query: (batch, heads, tokens, channels).
        key: (batch, key heads, keys, channels).
        value: As `key`.
        attention_mask: None: a name outside the mask registry gets no mask.
        scaling: Factor of the scores; 1 / sqrt(channels) where None.
        dropout: Dropout of the weights.
        cu_seq_lens_q: (documents + 1,) where documents begin in the one row of a packed batch.
            Without it each row is one document, padded on the right or not at all.
        kwargs: What other attentions take.

    Returns:
        ((batch, tokens, heads, channels), None).
    """
    from torch.nn.functional import scaled_dot_product_attention as attend

    grouped = query.shape[1] != key.shape[1]
    if cu_seq_lens_q is None:
        causal = query.shape[2] == key.shape[2] and query.shape[2] > 1
        out = attend(
            query,
            key,
            value,
            attn_mask=attention_mask,
            dropout_p=dropout,
            is_causal=causal and attention_mask is None,
            scale=scaling,
            enable_gqa=grouped,
        )
        return out.transpose(1, 2).contiguous(), None
    import torch

    lengths = cu_seq_lens_q.diff().tolist()
    parts: list[Any] = [query, key, value]
    pieces = [
        attend(q, k, v, dropout_p=dropout, is_causal=True, scale=scaling, enable_gqa=grouped)
        for q, k, v in zip(*(part.split(lengths, 2) for part in parts), strict=True)
    ]
    return torch.cat(pieces, 2).transpose(1, 2).contiguous(), None
