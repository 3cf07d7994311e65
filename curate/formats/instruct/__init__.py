"""Instructions with one answer, in flat columns."""
