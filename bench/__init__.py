"""Scripts behind every number the project claims, and the training of the embedded policy."""
