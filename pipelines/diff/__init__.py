"""`corrigenda diff A B`: what one version of a dataset has that another has not, and why."""
