"""Rows that are the same, or nearly so, and which of them stays."""
