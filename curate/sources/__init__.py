"""Readers of exports whose records are not rows yet, such as mail."""
