"""Plans: what they count, what they refuse, what they say."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from curate.errors import BackendError
from train.plan import make_plan, steps_of
from train.recipe import TrainRecipe, load
from train.tokens import held_out

Plans = Callable[..., Any]
Rows = Callable[..., list[dict[str, Any]]]
Write = Callable[..., Path]


def codes(plan: Any) -> list[str]:
    return [refusal.code for refusal in plan.refusals]


def test_the_numbers(plan_of: Plans) -> None:
    plan = plan_of()
    assert plan.refusals == ()
    assert (plan.rows, plan.packed_sequences, plan.steps) == (32, 32, 4)
    assert plan.steps_per_epoch == 8
    assert 0 < plan.trained_tokens < plan.tokens
    assert plan.packing_efficiency_ratio is None
    assert plan.memory_bytes > 0
    assert plan.values["training.max_steps"].value == 4
    assert plan.values["training.max_steps"].origin.startswith("recipe:")
    assert plan.values["training.seed"].origin == "default"


def test_the_same_data_gives_the_same_plan(plan_of: Plans) -> None:
    one, two = plan_of(), plan_of()
    assert one.to_dict() == two.to_dict()
    assert one.prepared.base.files == two.prepared.base.files
    assert one.prepared.sequences.tokens.ids.tolist() == two.prepared.sequences.tokens.ids.tolist()


def test_the_document_fits_its_schema(plan_of: Plans) -> None:
    import jsonschema

    from curate.resources import resource

    schema = json.loads(resource("schemas", "plan.schema.json").read_text("utf-8"))
    for plan in (plan_of(), plan_of("data.split=nowhere"), plan_of("data.packing=bfd")):
        jsonschema.validate(json.loads(json.dumps(plan.to_dict())), schema)


@pytest.mark.parametrize("packing", ["bfd", "bfd_split", "wrapped"])
def test_packing_holds_every_token(plan_of: Plans, packing: str) -> None:
    plain = plan_of()
    too_long = "error" if packing == "bfd" else "split"
    packed = plan_of(f"data.packing={packing}", f"data.too_long={too_long}")
    assert packed.refusals == ()
    assert packed.tokens == plain.tokens
    assert packed.packed_sequences < plain.packed_sequences
    assert 0.7 < packed.packing_efficiency_ratio <= 1


@pytest.mark.parametrize(
    ("overrides", "code"),
    [
        (["data.split=test"], "RUN008"),
        (["data.eval_split=validation"], "RUN008"),
        (["data.too_long=split"], "RUN014"),
        (["data.packing=wrapped"], "RUN014"),
        (["data.eval_split=train"], "RUN014"),
        (["data.eval_split=train", "data.eval_ratio=0.1"], "RUN014"),
        (["model.quantization=nf4"], "RUN023"),
        (["adapter.target_modules=[lm_head]"], "RUN014"),
        (["extra.max_lenght=4"], "RUN022"),
        (["extra.learning_rate=4"], "RUN022"),
        (["data.template=tokenizer"], "RUN011"),
        (["data.template=nowhere.jinja"], "RUN011"),
        (["data.max_length=16"], "RUN012"),
        (["data.max_length=16", "data.too_long=drop"], "RUN028"),
        (["data.max_length=8", "data.too_long=cut"], "RUN013"),
        (["data.eval_ratio=0.000001"], "RUN028"),
        (["data.dataset=nowhere"], "RUN002"),
        (["model.base=owner/absent"], "RUN016"),
        (["model.base=./nowhere"], "RUN016"),
        (["model.base=gpt2"], "RUN016"),
    ],
)
def test_refusals(plan_of: Plans, overrides: list[str], code: str) -> None:
    plan = plan_of(*overrides)
    assert code in codes(plan)
    assert plan.exit_code != 0
    json.dumps(plan.to_dict())


def test_an_absent_model_exits_as_a_backend(plan_of: Plans) -> None:
    plan = plan_of("model.base=owner/absent")
    assert plan.exit_code == BackendError.exit_code
    assert "model.base=tiny" in plan.hint


def test_a_known_extra_key_passes(plan_of: Plans) -> None:
    assert plan_of("extra.neftune_noise_alpha=5.0").refusals == ()


def test_long_rows_are_named(plan_of: Plans) -> None:
    (refusal,) = plan_of("data.max_length=16").refusals
    assert refusal.message.startswith("32 rows:\n  row r0000: ")
    assert "max_length is 16" in refusal.message
    assert "+22 more rows" in refusal.message


def test_long_rows_may_be_cut_or_left_out(dataset: Write, rows: Rows, recipe: str) -> None:
    long = rows(33)[32] | {"id": "long"}
    long["messages"] = [long["messages"][0], {"role": "assistant", "content": "word " * 400}]
    dataset([*rows(32), long], name="longer")
    path = Path(recipe).parent / "longer"

    def plan(*overrides: str) -> Any:
        return make_plan(load(recipe, overrides=[f"data.dataset={path}", *overrides]))

    assert codes(plan()) == ["RUN012"]
    cut = plan("data.too_long=cut")
    assert (cut.refusals, cut.truncated_rows, cut.packed_sequences) == ((), 1, 33)
    dropped = plan("data.too_long=drop")
    assert (dropped.refusals, dropped.dropped_rows, dropped.packed_sequences) == ((), 1, 32)
    assert any("1 rows are left out" in note for note in dropped.notes)
    split = plan("data.too_long=split", "data.packing=bfd_split")
    assert split.tokens > cut.tokens


def test_untrained_rows_are_refused(dataset: Write, rows: Rows, recipe: str) -> None:
    held = rows(8)
    held[3]["messages"][1]["weight"] = 0
    folder = dataset(held, name="unweighted")
    plan = make_plan(load(recipe, overrides=[f"data.dataset={folder}"]))
    assert codes(plan) == ["RUN013"]
    assert plan.untrained_rows == 1
    assert "row r0003" in plan.refusals[0].message


@pytest.mark.parametrize(
    ("kind", "held"),
    [
        ("preference", [{"id": "a", "prompt": [], "chosen": [], "rejected": []}]),
        ("prompt_only", [{"id": "a", "prompt": []}]),
    ],
)
def test_another_kind_is_refused(kind: str, held: Any, dataset: Write, recipe: str) -> None:
    folder = dataset(held, name="other", kind=kind)
    plan = make_plan(load(recipe, overrides=[f"data.dataset={folder}"]))
    assert codes(plan) == ["RUN005"]
    assert "--kind sft" in plan.hint


def test_text_is_trained_whole(dataset: Write, recipe: str) -> None:
    held = [{"id": f"t{i}", "text": f"Sentence {i} of the text. " * 3} for i in range(20)]
    folder = dataset(held, name="text", kind="text")
    chosen = [f"data.dataset={folder}", "data.template=none"]
    assert codes(make_plan(load(recipe, overrides=chosen))) == ["RUN010"]
    plan = make_plan(load(recipe, overrides=[*chosen, "data.loss_on=all"]))
    assert plan.refusals == ()
    assert plan.trained_tokens == plan.tokens - 20  # the bos token of each


def test_chat_templates_of_tiny(plan_of: Plans) -> None:
    for template in ("chatml", "zephyr", "alpaca", "none"):
        assert plan_of(f"data.template={template}").refusals == ()


def test_rows_are_held_out_by_their_ids(plan_of: Plans) -> None:
    plan = plan_of("data.eval_ratio=0.25")
    assert plan.rows + plan.eval_rows == 32
    assert plan.eval_rows == sum(held_out(f"r{i:04d}", 0.25) for i in range(32)) > 0
    more = plan_of("data.eval_ratio=0.5")
    assert more.eval_rows > plan.eval_rows


def test_a_split_is_held_out(dataset: Write, rows: Rows, recipe: str) -> None:
    folder = dataset(rows(16), name="two", validation=rows(4))
    chosen = [f"data.dataset={folder}", "data.eval_split=validation"]
    plan = make_plan(load(recipe, overrides=chosen))
    assert (plan.rows, plan.eval_rows) == (16, 4)


def test_what_a_value_does_not_do_is_said(plan_of: Plans) -> None:
    notes = plan_of("training.warmup_steps=0.1", "model.double_quant=true", "saving.every=50").notes
    assert any("warm-up has no effect under constant" in note for note in notes)
    assert any("double_quant has no effect" in note for note in notes)
    assert any("saving.every is 50" in note for note in notes)
    assert any("nothing is held out" in note for note in notes)


@pytest.mark.parametrize(
    ("n_sequences", "batch", "accumulation", "epochs", "expected"),
    [
        (10, 4, 1, 3, (9, 3)),
        (10, 4, 2, 3, (6, 2)),
        (1, 8, 8, 1, (1, 1)),
        (0, 4, 1, 3, (0, 0)),
        (10, 4, 1, 0.5, (2, 3)),
    ],
)
def test_steps(
    n_sequences: int, batch: int, accumulation: int, epochs: float, expected: tuple[int, int]
) -> None:
    recipe: TrainRecipe = load("demo").recipe
    training = replace(
        recipe.training,
        per_device_train_batch_size=batch,
        gradient_accumulation_steps=accumulation,
        num_train_epochs=epochs,
    )
    assert steps_of(n_sequences, replace(recipe, training=training)) == expected
