"""What validation does beside reading: fixes, suppressions, effects, tokens, whole sets."""
