"""The parts of the vllm engine. All that touches vLLM itself is in `adapter`."""
