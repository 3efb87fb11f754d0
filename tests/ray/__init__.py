"""Builds on a Ray cluster of this machine: `make test-ray`. Skipped where Ray is not installed."""
