"""What formats are made of: messages, turns, calls, tools, parts, sides and columns."""
