"""What TRL is handed, against TRL's own preparation of the same rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from train.packing import documents, pack
from train.recipe import load
from train.trainer import config_of, to_dataset, trainer_class

pytestmark = pytest.mark.filterwarnings("ignore")


def test_the_columns() -> None:
    docs = documents([([5, 6, 7], [False, True, True]), ([8, 9], [True, True])])
    dataset = to_dataset(pack(docs, strategy="bfd", max_length=8, seed=0))
    assert dataset[0] == {
        "input_ids": [5, 6, 7, 8, 9],
        "labels": [-100, 6, 7, 8, 9],
        "seq_lengths": [3, 2],
    }
    assert to_dataset(pack(docs, strategy="none", max_length=8, seed=0)).column_names == [
        "input_ids",
        "labels",
    ]


def test_the_config_is_the_recipes(tmp_path: Path) -> None:
    recipe = load("llama2_dolly", overrides=["training.tf32=false", "extra.adam_beta2=0.9"]).recipe
    config = config_of(recipe, tmp_path, evaluates=False, cuda=False)
    assert config.learning_rate == 2e-4
    assert config.lr_scheduler_type == "constant"
    assert config.warmup_steps == 0.03
    assert config.gradient_checkpointing is True
    assert config.max_grad_norm == 0.3
    assert config.logging_nan_inf_filter is False
    assert config.adam_beta2 == 0.9
    assert (config.save_strategy, config.eval_strategy) == ("epoch", "no")
    assert config.packing is False  # wrapped is laid out here
    assert config.report_to == []


@pytest.fixture
def reference(plan_of: Callable[..., Any], tmp_path: Path) -> Callable[..., Any]:
    """TRL's own preparation of the small dataset, through the tiny model and its tokenizer."""

    def prepared(plan: Any, **settings: Any) -> Any:
        from datasets import Dataset
        from trl.trainer.sft_config import SFTConfig
        from trl.trainer.sft_trainer import SFTTrainer

        from train.model import load_base, load_tokenizer, make_tiny, quiet

        quiet()
        make_tiny(plan.prepared.base, plan.recipe, tmp_path / "base")
        template, specials = plan.prepared.template, plan.prepared.base.tokenizer.specials
        rows = []
        for row in plan.prepared.dataset.read("train"):
            rendered = template.row(row, specials, "completion")
            prompt, completion = (segment.text for segment in rendered.segments)
            rows.append({"prompt": prompt, "completion": completion.removesuffix(specials.eos)})
        trainer = SFTTrainer(
            model=load_base(tmp_path / "base", plan.recipe.model),
            args=SFTConfig(
                output_dir=str(tmp_path / "trl"), max_length=128, use_cpu=True, bf16=False,
                report_to="none", **settings,
            ),
            train_dataset=Dataset.from_list(rows),
            processing_class=load_tokenizer(tmp_path / "base"),
        )  # fmt: skip
        return trainer.train_dataset

    return prepared


def test_ids_and_masks_are_trls(plan_of: Callable[..., Any], reference: Any) -> None:
    plan = plan_of()
    ours, theirs = to_dataset(plan.prepared.sequences), reference(plan)
    assert len(ours) == len(theirs) == 32
    for mine, other in zip(ours, theirs, strict=True):
        assert mine["input_ids"] == other["input_ids"]
        assert mine["labels"] == other["labels"]


def test_packing_is_as_full_as_trls(plan_of: Callable[..., Any], reference: Any) -> None:
    plan = plan_of("data.packing=bfd")
    ours = to_dataset(plan.prepared.sequences)
    theirs = reference(plan, packing=True, packing_strategy="bfd")
    assert len(ours) <= len(theirs)
    assert sorted(n for row in ours for n in row["seq_lengths"]) == sorted(
        n for row in theirs for n in row["seq_lengths"]
    )


def test_the_subclass_is_made_once() -> None:
    assert trainer_class() is trainer_class()
