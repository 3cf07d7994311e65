"""Rows brought into balance: caps, targets, a temperature, a budget, and KTO's weights."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from curate.apportion import apportioned
from curate.balancing import (
    by_target,
    by_temperature,
    capped_ratio,
    copies_of,
    filled,
    fitting,
    kto_weights,
    most_that_fit,
    named,
    order_of,
    ranks_of,
    read_targets,
    tempered,
)
from curate.build.line.base import Addition, Context, Decision, Rows
from curate.build.steps.balance.most_different import By, Different, different_rows
from curate.build.steps.balance.options import Asked, BalanceOptions, asked_of
from curate.build.steps.balance.report import Outcome, findings, lines, removals, report
from curate.build.steps.balance.values import Grouped, balanced_rows, grouped
from curate.build.steps.draws import draws, id_keys
from curate.build.steps.facets import numbers_of, values_of
from curate.build.steps.scores import score_file
from curate.deduplication.embeddings import embedder
from curate.finding import Hit

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
    Mask = NDArray[np.bool_]
    Numbers = NDArray[np.float64]
else:
    Indices = Mask = Numbers = Any


@dataclass(slots=True)
class _Balanced:
    """The rows that are balanced, and what is known of them; arrays are by active row or by value.

    Attributes:
        rows: All rows.
        active: Those that are balanced, ascending.
        values: Their values.
        costs: Characters or tokens of each, where they are counted.
        first: Rows that each value's cap, target or share gives it; more than it has for copies.
        final: The same after a budget of rows.
        budgets: Characters or tokens that each value may keep, under such a budget.
        told: What is found on the way.
    """

    rows: Rows
    active: Indices
    values: Grouped
    costs: Numbers | None
    first: Indices
    final: Indices
    budgets: Numbers | None
    told: list[tuple[int, Hit]] = field(default_factory=list)

    def split_by_value(self, order: Indices) -> list[Indices]:
        """Return an order of rows by value as one array for each value."""
        return np.split(order, np.cumsum(self.values.counts)[:-1])


class Balance:
    """Caps, targets, a temperature or a budget by value, and the weights that KTO needs.

    At most one of `cap_rows`, `cap_ratio`, `target` and `temperature` says what each value is to
    have, and at most one of `rows`, `chars` and `tokens` bounds the whole, which values then share
    in proportion. With no facet the set is one value. A row without a facet has the value `(none)`.

    Unpaired rows get `kto_weights` in the card, counted after balancing; with none of the above
    that is all that happens to them.

    With `select: random` a row's place depends on its id and the seed alone: the same rows stay in
    any order of the input, and under a cap added rows only take the places of others.

    Args:
        options: The options.

    Raises:
        UsageError: If options contradict each other or are out of range.
    """

    name = "balance"

    def __init__(self, options: BalanceOptions) -> None:
        self.options = options
        self.asked: Asked = asked_of(options)
        self.targets = read_targets(options.target)

    def decide(self, rows: Rows, context: Context) -> Decision:
        """Say which rows leave, which are copied, and which weights labels need.

        Raises:
            UsageError: If no row has a facet, a target names an unknown value, or targets and
                budget contradict each other or the rows.
            BackendError: If the embedding model is not there.
            MissingExtraError: If the package that loads it is not installed.
        """
        if not len(rows):
            return Decision()
        self.asked.check_rows(rows)
        balanced = self._balanced(rows, context)
        ranks, different = self._ranked(balanced, context)
        within = ranks < balanced.first[balanced.values.of_row]
        kept = within & (ranks < balanced.final[balanced.values.of_row])
        if balanced.budgets is not None:
            kept = _within_budget(balanced, ranks, within)
        copies = np.zeros(len(ranks), np.int64)
        if self.options.upsample:
            counts, of_row = balanced.values.counts, balanced.values.of_row
            copies = copies_of(ranks, counts, balanced.final, of_row)
        outcome = Outcome(
            rows, balanced.active, balanced.values, self.asked, balanced.first, balanced.final,
            within, kept, copies, balanced.costs, different,
        )  # fmt: skip
        decision = _decided(outcome, balanced.told)
        if rows.kind == "unpaired":
            _weigh(outcome, decision, context)
        return decision

    def _balanced(self, rows: Rows, context: Context) -> _Balanced:
        active = balanced_rows(rows, self.options.splits)
        values = grouped(rows, self.options.by, active, context)
        costs = None
        unit = self.asked.unit
        if unit != "rows" or context.settings.tokenizer is not None:
            name = "length_chars" if unit == "chars" else "length_tokens"
            costs = numbers_of(rows, name, context)[active]
        first = self._first(values)
        final, total = first, self.options.rows
        if total is not None and self.asked.mode in (None, "cap_rows", "cap_ratio"):
            final = apportioned(min(total, int(first.sum())), first)
        budgets = self._budgets(values, first, costs)
        return _Balanced(rows, active, values, costs, first, final, budgets)

    def _first(self, values: Grouped) -> Indices:
        """Return what each value is to have by its cap, target or share, `(n_values,) int64`."""
        options, counts = self.options, values.counts
        total, upsample = options.rows, options.upsample
        if options.target:
            targets = named(self.targets, values.names)
            return by_target(counts, targets, total=total, upsample=upsample)
        if options.temperature is not None and self.asked.unit == "rows":
            return by_temperature(counts, options.temperature, total=total, upsample=upsample)
        if options.cap_ratio is not None:
            return capped_ratio(counts, options.cap_ratio)
        return counts if options.cap_rows is None else np.minimum(counts, options.cap_rows)

    def _budgets(self, values: Grouped, first: Indices, costs: Numbers | None) -> Numbers | None:
        """Return the characters or tokens of each value, in proportion to what it would keep."""
        budget = self.asked.budget
        if costs is None or budget is None or self.asked.unit == "rows":
            return None
        sums = np.bincount(values.of_row, costs, minlength=len(values.counts))
        if self.options.temperature is not None:
            whole = np.rint(sums).astype(np.int64)
            shares = tempered(np.maximum(whole, 1), self.options.temperature)
            return filled(budget, shares, whole).astype(np.float64)
        would = sums * (np.minimum(first, values.counts) / values.counts)
        return np.asarray(would * min(1.0, budget / max(float(would.sum()), 1.0)))

    def _ranked(self, balanced: _Balanced, context: Context) -> tuple[Indices, Different | None]:
        """Return each row's place among those of its value, and what made rows different."""
        rows, active, values = balanced.rows, balanced.active, balanced.values
        if self.asked.select == "first":
            return ranks_of(order_of(values.of_row), values.counts), None
        keys = draws(id_keys(rows)[active], self.options.seed)
        if (name := self.asked.field) is not None:
            numbers = numbers_of(rows, name, context)[active]
            if lacking := int(np.isnan(numbers).sum()):
                said = f"{lacking:,} of {len(numbers):,} rows have no number under {name}"
                balanced.told.append((-1, Hit("BAL018", "", said)))
            lowest = -np.nan_to_num(numbers, nan=-np.inf, posinf=np.inf, neginf=-np.inf)
            return ranks_of(order_of(values.of_row, lowest, keys), values.counts), None
        order = order_of(values.of_row, keys)
        upper = _upper(balanced)
        if self.asked.select != "diverse" or (upper >= values.counts).all():
            return ranks_of(order, values.counts), None
        model = self.options.model
        made = embedder(self.options.backend, model) if model is not None else None
        by = By(self.options.on, made)
        different = different_rows(rows, active, order, values, upper, by, context)
        return different.ranks, different


def _upper(balanced: _Balanced) -> Indices:
    """Return how many rows of each value can stay at most, `(n_values,) int64`."""
    upper = np.minimum(balanced.final, balanced.values.counts)
    if balanced.budgets is None or balanced.costs is None:
        return upper
    parts = balanced.split_by_value(order_of(balanced.values.of_row))
    both = zip(parts, balanced.budgets.tolist(), strict=True)
    fit = [most_that_fit(balanced.costs[own], _loose(budget)) for own, budget in both]
    return np.minimum(upper, np.array(fit, np.int64))


def _within_budget(balanced: _Balanced, ranks: Indices, within: Mask) -> Mask:
    """Return which rows stay under a budget of characters or tokens, `(n_active,) bool`."""
    assert balanced.budgets is not None
    assert balanced.costs is not None
    kept = np.zeros(len(ranks), np.bool_)
    parts = balanced.split_by_value(order_of(balanced.values.of_row, ranks))
    for own, budget in zip(parts, balanced.budgets.tolist(), strict=True):
        allowed = own[within[own]]
        kept[allowed] = fitting(balanced.costs[allowed], _loose(budget))
    return kept


def _loose(budget: float) -> float:
    """Return a value's part of a budget so that rounding takes no row from it."""
    return budget * (1 + 1e-9)


def _decided(outcome: Outcome, told: list[tuple[int, Hit]]) -> Decision:
    decision = Decision(removals=removals(outcome), findings=[*told, *findings(outcome)])
    added = np.repeat(outcome.active, outcome.copies)
    if len(added):
        decision.additions = [Addition("BAL014", added)]
    decision.report, decision.lines = report(outcome), lines(outcome)
    if outcome.different is not None:
        whole = np.full(len(outcome.rows), -1, np.int64)
        rank, near = whole.copy(), whole.copy()
        similarity = np.full(len(whole), np.nan)
        rank[outcome.active] = outcome.different.ranks
        there = outcome.different.nearest >= 0
        chosen = outcome.active[there]
        near[chosen] = outcome.active[outcome.different.nearest[there]]
        similarity[chosen] = outcome.different.similarity[there]
        columns = {"rank": rank, "nearest_row": near, "similarity": similarity}
        decision.files["scores/balance.arrow"] = score_file(outcome.rows, columns)
    return decision


def _weigh(outcome: Outcome, decision: Decision, context: Context) -> None:
    """Put the weights of the labels that stay into the card."""
    labels = values_of(outcome.rows, "label", context)
    true = labels.texts.index("true") if "true" in labels.texts else len(labels.texts)
    wanted = labels.codes[outcome.active] == true
    stays = np.where(outcome.kept, 1 + outcome.copies, 0)
    n_wanted, n_rows = int(stays[wanted].sum()), int(stays.sum())
    found = kto_weights(n_wanted, n_rows - n_wanted)
    if found is None:
        label = "true" if n_wanted else "false"
        said = f"all {n_rows:,} labels are {label}; no kto_weights are written"
        decision.findings.append((-1, Hit("BAL019", "/label", said)))
        return
    decision.card["kto_weights"] = decision.report["kto_weights"] = asdict(found)
    decision.lines.append(
        f"KTO: {n_wanted:,} wanted and {n_rows - n_wanted:,} unwanted rows; desirable_weight "
        f"{found.desirable_weight:g} and undesirable_weight {found.undesirable_weight:g} make "
        f"{found.ratio:.2f} to 1"
    )


__all__ = ["Balance", "BalanceOptions"]
