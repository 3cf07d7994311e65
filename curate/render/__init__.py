"""Chat templates in a sandbox, tokenisation without torch, and exact label masks."""
