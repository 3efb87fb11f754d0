"""The parts of the transformers_local engine. Only its `open` imports them: most need torch."""
