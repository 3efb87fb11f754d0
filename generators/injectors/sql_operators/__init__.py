"""Operators that put one mistake into an SQL query, each on its tokens with exact places."""
