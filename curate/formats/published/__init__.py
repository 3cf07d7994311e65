"""Data sets as their publishers wrote them: trees, rankings, comparisons, logged conversations."""
