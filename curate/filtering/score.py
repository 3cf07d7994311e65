"""What a score is: a number or a code that is measured of a text or of a row.

A score that asks more than the text itself (a tokenizer today; a model's perplexity or a judge's
mark is the same) takes it from `Tools` in its `open`, once for all rows, and refuses where the run
was not given it. To add one: a `Score`, in the `SCORES` of its module, which
`curate.filtering.scores` puts together; the rules, the histograms, the files and the rows' columns
follow by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np

from curate.filtering.texts import Texts

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    # float64, NaN where a score is undefined; or objects, codes as text and None.
    Values = NDArray[Any]
else:
    Values = Any

Cost = Literal["low", "middle", "high"]
VERSION = 1


class Measure(Protocol):
    """Measures texts."""

    def __call__(self, texts: Texts, /) -> Values:
        """Return the score of each text, `(n_texts,)`, whatever texts stand beside it."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What scores may need beyond texts.

    Attributes:
        count_tokens: Returns how many tokens each text has by itself; None without a tokenizer.
    """

    count_tokens: Callable[[Sequence[str]], Sequence[int]] | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """One score.

    Attributes:
        name: As rules name it.
        unit: What it counts: characters, words, share, ...; `code` where it is a code.
        about: One line: what is measured.
        code: The code that rows leave under.
        source: Where the measure, or the use of it, comes from.
        open: Makes the measure of a text; None where the score is made of others, or is given.
        of: The columns that the score is made of, and `derive` makes it.
        derive: Makes it of these columns.
        low: The smallest value.
        high: The largest value.
        whole: Whether it is a whole number.
        undefined: When it is undefined; "" where it never is.
        cost: low: numpy over characters; middle: words and their n-grams; high: a model.
    """

    name: str
    unit: str
    about: str
    code: str
    source: str
    open: Callable[[Tools], Measure] | None = None
    of: tuple[str, ...] = ()
    derive: Callable[[Mapping[str, Values]], Values] | None = None
    low: float = 0.0
    high: float = 1.0
    whole: bool = False
    undefined: str = ""
    cost: Cost = "low"

    @property
    def is_code(self) -> bool:
        """Whether the values are codes of languages."""
        return self.unit == "code"


def plain(measure: Measure) -> Callable[[Tools], Measure]:
    """Return the `open` of a measure that needs no tools."""
    return lambda tools: measure


def ratio(over: Values, under: Values) -> Values:
    """Return a quotient by place, `(n,) float64`; NaN where the divisor is 0."""
    found = np.full(len(under), np.nan)
    np.divide(over, under, out=found, where=under != 0)
    return found


UNBOUNDED = inf
NO_TEXT = "the text has nothing but white space"
NO_WORDS = "the text has no word"
