"""HTML → plain text."""

from curate.sources.markup.page import text_of

__all__ = ["text_of"]
