"""Text, segments and steps: what is no conversation."""
