"""The records everything passes on, and the Arrow tables they are written to.

schemas name, filters judge, generators make, pipelines run: imports point only
from right to left in that sentence, and this package imports nothing of the other three.
"""
