"""Single answers with a judgement."""
