"""Asking a model for the right version of one step, and for the reason why one is wrong. All are our own."""

TEACHER_IMPROVE = """\
A student is solving this problem:

{statement}

The student's work so far, all of it right:

{work}

The student's next step, which is wrong:

{wrong}

A right solution, for you alone:

{solution}

Write the step that the student should have written next, and only that one step, in the student's way of writing.
State what is done and why in at most three sentences, with every calculation. It must follow from the work so far.
Do not repeat the work, do not talk about the mistake, do not mention the right solution, and do not state the final
answer of the problem."""
"""Fields: statement, work, wrong, solution."""
