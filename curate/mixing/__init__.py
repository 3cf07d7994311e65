"""How much of each input goes into a mixture, and which rows are drawn for it.

Nothing here looks at rows: it works on how many rows, tokens or characters there are, and on how
each row was drawn.
"""

from curate.mixing.draw import drawn
from curate.mixing.shares import amounts, shares

__all__ = ["amounts", "drawn", "shares"]
