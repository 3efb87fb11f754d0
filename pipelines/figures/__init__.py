"""Figures of a finished dataset: what its card and its report say, read from its columns."""
