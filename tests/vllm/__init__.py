"""Tests with vLLM itself. They skip where it is not installed; `make test-vllm` installs it and runs them."""
