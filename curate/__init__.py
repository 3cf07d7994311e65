"""Curate: raw exports to validated instruction datasets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from curate.build import convert as convert
    from curate.build import load as load
    from curate.build import run as run
    from curate.build import validate as validate

__version__ = "0.1.0"
__all__ = ["__version__", "convert", "load", "run", "validate"]


def __getattr__(name: str) -> Any:
    """Import the steps when they are first asked for, so that `import curate` costs nothing."""
    if name in ("convert", "load", "run", "validate"):
        import curate.build

        return getattr(curate.build, name)
    raise AttributeError(f"module 'curate' has no attribute {name!r}")
