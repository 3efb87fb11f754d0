"""Operators that put one mistake into a Python program, each on the concrete syntax tree with exact places."""
