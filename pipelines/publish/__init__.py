"""Publishing a finished dataset: to the Hugging Face Hub, or to a folder or object store."""
