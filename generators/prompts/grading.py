"""A solution to be graded: the words that ask for it. Problem and solution follow, then the rule of scoring."""

GRADE_IT = (
    "Here are a problem and a solution to it. Check whether the solution is right.",
    "Grade the solution below.",
    "Please verify the following solution.",
    "Is the solution below correct? Check it.",
    "You are given a problem and an attempt at it. Judge the attempt.",
    "Read the problem and the attempt, and decide whether the attempt is correct.",
    "Someone has to check this solution. Please do.",
    "Examine the solution to the problem below and score it.",
    "Assess the following solution.",
    "Your task is to verify a solution.",
    "Act as a verifier of the solution below.",
    "Find out whether this solution reaches the right answer.",
    "Check the work below and score it.",
    "Below is a problem with a proposed solution. Verify it.",
    "Can the following solution be accepted? Check it.",
    "Look for mistakes in the solution below and give it a score.",
    "Review this solution, please.",
    "Score the following attempt at a problem.",
    "Consider the problem and the solution given for it. Is the solution right?",
    "Decide whether the answer that this solution gives is correct.",
    "Kindly check the attempt below.",
    "This solution may be right or wrong. Which is it?",
    "Test the solution below against its problem.",
    "Take the part of a grader for the following solution.",
    "Evaluate the solution to this problem.",
    "Trust nothing here without a check: is the solution right?",
    "Please go over this solution and score it.",
    "A problem and a solution follow. Say whether the solution holds.",
    "How good is this solution? Check it and score it.",
    "Inspect the attempt below and give your verdict.",
)
TASK = """\
{request}

Problem:
{statement}

Solution:
{solution}

{rule}"""
SCORE = (
    'Explain briefly what you checked. End with the line "Score: 1" if the answer is right or "Score: 0" if it '
    "is not."
)
ONE_WORD = "Is the answer of this solution right? Reply with one word: True or False."
