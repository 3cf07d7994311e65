"""How pyarrow is kept from importing pandas, which no command needs."""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder


class _NoPandas(MetaPathFinder):
    """Says that there is no pandas."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        """Refuse pandas and nothing else."""
        del path, target
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname)


def spare_pandas() -> None:
    """Let pyarrow settle that it needs no pandas, which it would import (0.2 s) to ask it.

    On the first list that it is given, pyarrow looks whether that is one of pandas' objects. No
    command makes any; others may import pandas afterwards as ever.
    """
    import pyarrow as pa

    if "pandas" not in sys.modules:
        finder = _NoPandas()
        sys.meta_path.insert(0, finder)
        try:
            pa.array([0])
        finally:
            sys.meta_path.remove(finder)
