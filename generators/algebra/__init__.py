"""Reading the LaTeX of a solution as chains of equations, and false moves in them."""
