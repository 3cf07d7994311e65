"""Open what a recipe names and tokenise it: all that a plan counts and a run is fed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from curate.errors import UsageError
from train.base import Base, open_base, open_template, rendered_base_texts, tiny_base, tiny_config
from train.dataset import Dataset, DatasetError, open_dataset
from train.packing import Sequences, pack
from train.tokens import Tokenised, held_out, tokenise

if TYPE_CHECKING:
    from curate.render.template import Template
    from curate.row import Row
    from train.recipe import DataSection, TrainRecipe

_READS = {"sft": ("sft", "text")}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A recipe's materials, tokenised.

    Attributes:
        dataset: The checked folder.
        base: The base model that was found; for `tiny` its tokenizer only.
        config: The base model's config.
        template: The chat template.
        train: The rows to train on.
        sequences: The same, packed.
        evaluation: The rows held out, or None.
    """

    dataset: Dataset
    base: Base
    config: dict[str, Any]
    template: Template
    train: Tokenised
    sequences: Sequences
    evaluation: Tokenised | None


def prepare(recipe: TrainRecipe, *, makes: tuple[str, ...] = ()) -> Prepared:
    """Open, check and tokenise.

    Args:
        recipe: The recipe.
        makes: The commands that make its dataset.

    Raises:
        DatasetError: If the folder cannot be trained on.
        BackendError: If the base model is absent.
        UsageError: If the template is missing.
    """
    dataset = open_dataset(recipe.data.dataset, makes=makes)
    _check_kind(dataset, recipe)
    _check_splits(dataset, recipe.data)
    base, template = _materials(dataset, recipe)
    absent = [token for token in template.tokens if base.tokenizer.id_of(token) is None]
    if absent:
        raise UsageError(
            f"template {template.name} needs the tokens {', '.join(absent)}, which the tokenizer "
            f"of {base.name} does not have",
            hint="use template zephyr or instruction, which need none",
            code="RUN011",
        )
    config = base.config or tiny_config(base.tokenizer, recipe.data)
    train = tokenise(
        _train_rows(dataset, recipe.data),
        template=template,
        tokenizer=base.tokenizer,
        data=recipe.data,
    )
    evaluation = None
    if recipe.data.eval_split is not None or recipe.data.eval_ratio is not None:
        evaluation = tokenise(
            eval_rows(dataset, recipe.data),
            template=template,
            tokenizer=base.tokenizer,
            data=eval_data(recipe.data),
        )
    sequences = pack(
        train.docs,
        strategy=recipe.data.packing,
        max_length=recipe.data.max_length,
        seed=recipe.training.seed,
    )
    return Prepared(dataset, base, config, template, train, sequences, evaluation)


def eval_data(data: DataSection) -> DataSection:
    """Return how held-out rows are fitted: as the others, but left out where those are split."""
    return replace(data, too_long="drop") if data.too_long == "split" else data


def _materials(dataset: Dataset, recipe: TrainRecipe) -> tuple[Base, Template]:
    if recipe.model.base != "tiny":
        base = open_base(recipe.model)
        return base, open_template(recipe.data.template, base.tokenizer.chat_template)
    template = open_template(recipe.data.template, None)
    rows = _train_rows(dataset, recipe.data)
    return tiny_base(rendered_base_texts(rows, template, recipe.data.loss_on)), template


def _check_kind(dataset: Dataset, recipe: TrainRecipe) -> None:
    reads = _READS[recipe.method]
    if dataset.kind in reads:
        return
    name = recipe.data.dataset
    raise DatasetError(
        f"{name} holds rows of kind {dataset.kind}; {recipe.method} reads {' and '.join(reads)}",
        hint=f"curate convert {name} --kind {reads[0]} -o {name}-{reads[0]}",
        code="RUN005",
    )


def _check_splits(dataset: Dataset, data: DataSection) -> None:
    for key, name in (("split", data.split), ("eval_split", data.eval_split)):
        if name is not None and name not in dataset.splits:
            known = ", ".join(sorted(dataset.splits)) or "none"
            raise DatasetError(
                f"{data.dataset} has no split {name} (data.{key}); it has: {known}",
                hint="name one of those, or hold rows out with data.eval_ratio",
                code="RUN008",
            )


def _train_rows(dataset: Dataset, data: DataSection) -> Iterator[Row]:
    ratio = data.eval_ratio
    for row in dataset.read(data.split):
        if ratio is None or not held_out(row["id"], ratio):
            yield row


def eval_rows(dataset: Dataset, data: DataSection) -> Iterator[Row]:
    """Yield the rows that a recipe holds out, in order."""
    if data.eval_split is not None:
        yield from dataset.read(data.eval_split)
        return
    for row in dataset.read(data.split):
        if held_out(row["id"], data.eval_ratio or 0.0):
            yield row
