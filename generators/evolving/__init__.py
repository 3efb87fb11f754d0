"""What `generators.recipes.self_evolution` makes of a policy's own samples, one module a method."""
