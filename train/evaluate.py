"""The held-out loss: the sum over tokens, divided by the tokens, whatever the batch size is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from train.packing import Documents

_BATCH_TOKENS = 8192


def held_out_loss(model: Any, docs: Documents, *, pad_id: int) -> float:
    """Return the mean negative log-likelihood of the trained tokens, in nats.

    Documents are fed apart, in batches of similar length. The model's mode and the random state
    are left as they were.

    Args:
        model: A causal language model.
        docs: The documents; tokens whose `trained` is False are read, not scored.
        pad_id: Fills the batch on the right.
    """
    import torch

    total, scored = 0.0, 0
    was_training = model.training
    model.eval()
    device = next(model.parameters()).device
    with torch.no_grad():
        for batch in _batches(docs):
            ids, labels, mask = _padded(docs, batch, pad_id, device)
            logits = model(input_ids=ids, attention_mask=mask, use_cache=False).logits
            nll = torch.nn.functional.cross_entropy(
                logits[:, :-1].float().flatten(0, 1), labels[:, 1:].flatten(), reduction="sum"
            )
            total += float(nll)
            scored += int((labels[:, 1:] != -100).sum())
    model.train(was_training)
    return total / scored


def _batches(docs: Documents) -> list[list[int]]:
    lengths = docs.lengths
    batches: list[list[int]] = []
    for at in sorted(range(len(docs)), key=lambda i: (int(lengths[i]), i)):
        room = _BATCH_TOKENS // max(1, int(lengths[at]))
        if batches and len(batches[-1]) < room:
            batches[-1].append(at)
        else:
            batches.append([at])
    return batches


def _padded(docs: Documents, batch: list[int], pad_id: int, device: Any) -> tuple[Any, Any, Any]:
    import torch

    longest = max(int(docs.lengths[at]) for at in batch)
    ids = torch.full((len(batch), longest), pad_id, dtype=torch.long)
    labels = torch.full((len(batch), longest), -100, dtype=torch.long)
    mask = torch.zeros((len(batch), longest), dtype=torch.long)
    for row, at in enumerate(batch):
        start, end = int(docs.starts[at]), int(docs.starts[at + 1])
        values = torch.from_numpy(docs.ids[start:end].astype("int64"))
        trained = torch.from_numpy(docs.trained[start:end].copy())
        ids[row, : end - start] = values
        labels[row, : end - start] = torch.where(trained, values, -100)
        mask[row, : end - start] = 1
    return ids.to(device), labels.to(device), mask.to(device)
