"""The straight line: what stands between reading and writing, step by step."""
