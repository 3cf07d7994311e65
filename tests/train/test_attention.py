"""Attention document by document, against one masked attention."""

from __future__ import annotations

import pytest

from train.attention import per_document_attention


@pytest.mark.parametrize("kv_heads", [4, 2])
def test_it_is_block_diagonal_causal_attention(kv_heads: int) -> None:
    import torch

    torch.manual_seed(0)
    lengths = [3, 1, 5]
    query = torch.randn(1, 4, 9, 8)
    key, value = torch.randn(2, 1, kv_heads, 9, 8).unbind()
    starts = torch.tensor([0, 3, 4, 9], dtype=torch.int32)
    out, _ = per_document_attention(
        torch.nn.Identity(), query, key, value, None, scaling=0.3, cu_seq_lens_q=starts
    )
    owner = torch.repeat_interleave(torch.arange(3), torch.tensor(lengths))
    mask = (owner[:, None] == owner[None]) & torch.ones(9, 9).tril().bool()
    expected = torch.nn.functional.scaled_dot_product_attention(
        query, key, value, attn_mask=mask, scale=0.3, enable_gqa=True
    )
    assert torch.allclose(out, expected.transpose(1, 2), atol=1e-6)


def test_a_new_token_sees_all_before_it() -> None:
    import torch

    query, key = torch.randn(1, 2, 1, 4), torch.randn(1, 2, 6, 4)
    out, _ = per_document_attention(torch.nn.Identity(), query, key, key, None)
    expected = torch.nn.functional.scaled_dot_product_attention(query, key, key)
    assert torch.allclose(out, expected.transpose(1, 2), atol=1e-6)
