"""What a model is asked for when it is to check a solution, and how users ask for it."""

CHECK_IT = """\
A problem:

{statement}

Your solution of it:

{solution}
{help}
Check this solution in a few sentences, in the first person. Do not solve the problem again from the
start: test single results by other means, such as putting the answer back into the problem, computing
backwards, or estimating. Then end with exactly one of these two lines, and write nothing after it:
{right}
{wrong}"""
WITH_HELP = """
To help you, here is a way to the right result. Use it to see what is wrong, do not mention it, and do not
give the right result away:

{right}
"""
SENTENCES = ("The answer is correct.", "The answer is wrong.")
"""What a check in words ends in: for a right answer, for a wrong one."""
