"""What a rule is, and how rules are run over a batch of rows."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from curate.checks.columns import Mask, Texts
from curate.codes.base import Code, FixKind, Severity
from curate.row import KINDS, Kind, Row


class Spot(NamedTuple):
    """One place where a rule is broken; the rule's code is added by the runner.

    Attributes:
        pointer: JSON Pointer into the row, `/messages/0/content`.
        message: What was found and what was expected.
        value: The value found, or None.
        fix: What to do, where it differs from the rule's page.
    """

    pointer: str
    message: str
    value: Any = None
    fix: str | None = None


Check = Callable[[Row], Iterator[Spot]]
Fix = Callable[[Row], Row]
Screen = Callable[[Texts], Mask]


@dataclass(frozen=True, slots=True)
class Rule:
    """A check of one row.

    Attributes:
        code: Code, slug, default severity and page (the function's docstring).
        kinds: The kinds of row it looks at.
        check: Yields a spot for each place where the row breaks the rule; pure.
        fix: Returns a row (a new dict) that passes, or None where there is no fix.
        ordinary: True where the rule cannot be broken by an ordinary conversation
            (`curate.checks.ordinary`), so that such rows need not be looked at.
        needs: A pattern that at least one text of a row must match for the row to break the rule,
            in the syntax that RE2 and `re` share; None where that cannot be said. A row without
            such a text is never turned into a Python row for this rule, so a good pattern is
            short, literal and rare.
        screen: Instead of a pattern: a function of all texts of a batch that says which of them
            may break the rule, bool, one per text.
        roles: The roles whose texts count for `needs` and `screen`; empty means every text.
    """

    code: Code
    kinds: tuple[Kind, ...]
    check: Check
    fix: Fix | None
    ordinary: bool
    needs: str | None = None
    screen: Screen | None = None
    roles: tuple[str, ...] = ()


def rule(  # noqa: PLR0913 - one keyword for each thing that a rule declares
    code: str,
    slug: str,
    *,
    severity: Severity,
    kinds: tuple[Kind, ...] = KINDS,
    fix: Fix | None = None,
    fix_kind: FixKind | None = None,
    ordinary: bool = False,
    needs: str | None = None,
    screen: Screen | None = None,
    roles: tuple[str, ...] = (),
) -> Callable[[Check], Rule]:
    """Make a rule of a function; its docstring becomes the rule's page."""

    def wrap(check: Check) -> Rule:
        page = inspect.cleandoc(check.__doc__ or "")
        own = Code(code, slug, severity, page, fix_kind)
        return Rule(own, kinds, check, fix, ordinary, needs, screen, roles)

    return wrap
