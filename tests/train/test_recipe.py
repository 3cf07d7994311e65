"""The train recipe, its schema, and the recipes that ship."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from curate import recipe as recipes
from curate.errors import UsageError
from curate.resources import resource
from train.recipe import TrainRecipe, load
from train.report import makes

SHIPPED = recipes.shipped_names()


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_recipe_loads(name: str) -> None:
    assert load(name).recipe.method == "sft"


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_recipe_says_how_its_dataset_is_made(name: str) -> None:
    commands = makes(name)
    assert commands
    assert commands[-1].endswith(f"-o {load(name).recipe.data.dataset}")


def test_the_guides_values() -> None:
    recipe = load("llama2_dolly").recipe
    assert recipe.model.base == "NousResearch/Llama-2-7b-hf"
    assert (recipe.model.quantization, recipe.model.double_quant) == ("nf4", True)
    assert recipe.adapter is not None
    assert recipe.adapter.target_modules == ["q_proj", "v_proj"]
    assert (recipe.adapter.r, recipe.adapter.lora_alpha) == (64, 16)
    assert recipe.training.learning_rate == 2e-4
    assert recipe.training.warmup_steps == 0.03
    assert recipe.data.packing == "wrapped"


def test_another_method_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    path.write_text("method: dpo\nmodel: {base: tiny}\n")
    with pytest.raises(UsageError) as caught:
        load(str(path))
    assert caught.value.code == "RUN001"
    assert f"{path}:1: the recipe is for method dpo" in caught.value.message
    with pytest.raises(UsageError) as caught:
        load("demo", overrides=["method=kto"])
    assert caught.value.code == "RUN001"


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("data.max_seq_length=5", "did you mean `max_length`?"),
        ("training.warmup_ratio=0.1", "did you mean `warmup_steps`?"),
        ("training.learning_rate=fast", "must be a number"),
        ("data.packing=bdf", "did you mean `bfd`?"),
        ("adapter.r=0", "must be at least 1"),
        ("dpo.beta=0.1", "unknown key `dpo`"),
        ("data.eval_ratio=0.9", "must be at most 0.5"),
    ],
)
def test_faults(override: str, expected: str) -> None:
    with pytest.raises(UsageError, match=r"`\w+`") as caught:
        load("demo", overrides=[override])
    assert expected in caught.value.message


def test_the_schema_is_fresh() -> None:
    held = json.loads(resource("schemas", "train_recipe.schema.json").read_text("utf-8"))
    made = json.loads(json.dumps(recipes.json_schema(TrainRecipe)))
    assert {key: held[key] for key in made} == made


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_recipe_fits_the_schema(name: str) -> None:
    import jsonschema

    from curate.strict_yaml import parse

    schema = json.loads(resource("schemas", "train_recipe.schema.json").read_text("utf-8"))
    jsonschema.validate(parse(recipes.find(name)).plain(), schema)
