"""Problems made by program, one family a file, each with a solution that can be checked line by line.

Example (`precedence`): "Evaluate 7 * 8 - (4 + 9)." is solved as

    Step 1: 4 + 9 = 13
    Step 2: 7 * 8 = 56
    Step 3: 56 - 13 = 43
    The answer is \\boxed{43}.

All numbers are integers, written in plain ASCII. Not covered: fractions, decimals, units, geometry.
"""
