"""Numbers that states give to persons, each with its own check."""

from curate.detect.national.americas import AMERICAS
from curate.detect.national.asia import ASIA
from curate.detect.national.north import NORTH
from curate.detect.national.south import SOUTH
from curate.detect.national.west import WEST

NATIONAL = (*WEST, *NORTH, *SOUTH, *AMERICAS, *ASIA)

__all__ = ["NATIONAL"]
