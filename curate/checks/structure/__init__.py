"""Rules about what a row is made of: turns, tools, pairs, labels, media, reasoning, weights."""
