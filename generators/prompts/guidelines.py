"""Guidelines: general ways of going about a problem, and how they become a plan for one (ReGenesis)."""

GUIDELINES = (
    "Write down what is given and what is asked before you compute anything.",
    "Break the problem into smaller parts and solve them one after the other.",
    "Name every quantity, and say in words what it stands for.",
    "Work backwards from what is asked to what has to be known for it.",
    "Put the relations between the quantities into equations.",
    "Try a simpler version of the problem first and carry over what you learn.",
    "Go through the story in the order of time and keep track of what changes.",
    "Make a table of the quantities and fill it in.",
    "Picture the situation, or describe a drawing of it.",
    "Look for a pattern in the numbers or in small cases.",
    "Estimate the result first, so that a gross mistake will show.",
    "Watch the units, and convert them before combining quantities.",
    "Tell the numbers that matter from those that do not.",
    "Ask what stays the same while other things change.",
    "Consider separate cases where the problem does not settle which holds.",
    "Look for a known rule or formula that fits, and check that its conditions hold.",
    "Restate the problem in your own words.",
    "Combine what belongs together before going on.",
    "Check each step against the problem before taking the next.",
    "Look for another way to the same result and compare.",
    "Simplify expressions as early as you can.",
    "Begin with the part that is surest, and build on it.",
    "State the assumptions you make, and make no more than you need.",
    "Ask of every number where it comes from.",
    "Put the result back into the problem and see whether everything fits.",
)
"""Twenty-five of our own, as many as the paper has."""

ADAPT = """\
A general guideline for solving problems:

{guideline}

The problem:

{statement}

Rewrite the guideline in one to three sentences so that it fits this problem. Do not solve the problem and do not \
compute anything."""
"""Fields: guideline, statement."""

STRUCTURE = """\
The problem:

{statement}

An idea of how to go about it:

{adapted}

Turn the idea into a plan of short steps for this problem. Say what to do in each step; do not compute anything \
and do not give the answer."""
"""Fields: statement, adapted."""

FOLLOW = (
    "Go about it like this: {plan}\n\nWrite out the whole solution.",
    "Solve it with this in mind: {plan}",
    "A plan: {plan}\n\nCarry it out, and do not speak of the plan.",
    "Keep to this: {plan}\n\nGive the full solution, step by step.",
)
"""Asks for the path, appended to the problem. Field: plan."""
