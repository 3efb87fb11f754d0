"""A Hub on this machine: the protocol that huggingface_hub and datasets speak, with faults on demand."""
