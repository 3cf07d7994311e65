"""Merge a run's adapter into its base, and say what that costs."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from curate.errors import CurateError, OutputError, UsageError
from train import checkpoints
from train.evaluate import held_out_loss
from train.prepare import eval_data, eval_rows
from train.runs import MANIFEST, Run
from train.tokens import tokenise

if TYPE_CHECKING:
    from train.packing import Documents

Onto = Literal["dequantized", "original"]


@dataclass(frozen=True, slots=True)
class Merged:
    """A merged model.

    Attributes:
        folder: Where it was written.
        onto: Which base it was merged into.
        losses: `adapter` (the adapter on its own base), `dequantized`, `original` → held-out
            loss; empty without held-out rows.
    """

    folder: Path
    onto: Onto
    losses: dict[str, float]


def merge(run: Run, output: str, *, onto: Onto = "dequantized") -> Merged:
    """Write a run as one whole model in bfloat16: safetensors, tokenizer and a card.

    Args:
        run: A run with an adapter.
        output: A folder that does not exist.
        onto: `dequantized` merges into the weights that the adapter was trained on, which is
            exact; `original` into the weights from before quantization. Merging into quantized
            weights is not offered: rounding takes a good part of the gain away.

    Raises:
        UsageError: If the run has no adapter (RUN027).
        OutputError: If the output exists (RUN018).
    """
    if not run.is_adapter:
        raise UsageError(f"{run.folder} is a whole model already: {run.weights}", code="RUN027")
    folder = Path(output)
    if folder.exists():
        raise OutputError(f"the output {output} exists", hint="name another", code="RUN018")
    from train.generate import load_run
    from train.model import load_tokenizer

    tokenizer = load_tokenizer(run.tokenizer_folder)
    docs = _held_out(run)
    losses: dict[str, float] = {}
    if docs is not None:
        losses["adapter"] = held_out_loss(load_run(run), docs, pad_id=tokenizer.pad_token_id)
    quantized = run.model.quantization is not None
    chosen: Onto = onto if quantized else "original"
    others: list[Onto] = ["dequantized", "original"] if quantized and docs else [chosen]
    for base in others:
        model = _merged(run, base)
        if docs is not None:
            losses[base] = held_out_loss(model, docs, pad_id=tokenizer.pad_token_id)
        if base == chosen:
            _write(run, model, tokenizer, folder)
        del model
    (folder / "README.md").write_text(_card(run, chosen, losses), "utf-8")
    return Merged(folder, chosen, losses)


def _merged(run: Run, onto: Onto) -> Any:
    import torch

    from train.model import load_adapter, load_base, quiet

    quiet()
    how = replace(run.model, attention="sdpa")
    if onto == "dequantized":
        base: Any = load_base(run.base_folder(), how)
        base = base.dequantize().float()
    else:
        base = load_base(run.base_folder(), how, quantized=False, full=True)
    model = load_adapter(base, run.weights).merge_and_unload(safe_merge=True)
    if getattr(model.config, "quantization_config", None) is not None:
        del model.config.quantization_config
    return model.to(torch.bfloat16).eval()


def _held_out(run: Run) -> Documents | None:
    from curate.render.tokenizer import load_tokenizer
    from train.dataset import open_dataset

    data = run.data
    if data.eval_split is None and data.eval_ratio is None:
        return None
    try:
        dataset = open_dataset(data.dataset)
    except CurateError:
        return None
    if dataset.card_sha256 != run.plan["dataset"]["card_sha256"]:
        return None
    tokenizer = load_tokenizer(run.tokenizer_folder)
    rows = eval_rows(dataset, data)
    docs = tokenise(rows, template=run.template(), tokenizer=tokenizer, data=eval_data(data)).docs
    return docs if len(docs) else None


def _write(run: Run, model: Any, tokenizer: Any, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    staged = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(staged, ignore_errors=True)
    model.save_pretrained(str(staged))
    tokenizer.save_pretrained(str(staged))
    checkpoints.replace_folder(staged, folder)


def _card(run: Run, onto: Onto, losses: dict[str, float]) -> str:
    path = run.folder / MANIFEST
    manifest = json.loads(path.read_text("utf-8")) if path.is_file() else run.plan
    base = manifest["base"]
    front = ["---", "library_name: transformers"]
    if base["kind"] == "hub":
        front.append(f"base_model: {base['name']}")
    lines = [
        *front,
        "---",
        f"# {run.folder.name}, merged",
        "",
        f"The adapter of a `{manifest['method']}` run, merged into the {onto} weights of "
        f"`{base['name'] if base['kind'] != 'tiny' else 'tiny'}` and stored as bfloat16.",
        "",
        f"- chat template: `{manifest['template']['name']}` (in `chat_template.jinja`)",
        f"- steps: {manifest['steps']}, dataset card: `{manifest['dataset']['card_sha256'][:16]}`",
    ]
    names = {
        "adapter": "adapter on its base",
        "dequantized": "merged into the dequantized base",
        "original": "merged into the original base",
    }
    lines += [f"- held-out loss, {names[key]}: {loss:.4f}" for key, loss in losses.items()]
    return "\n".join(lines) + "\n"
