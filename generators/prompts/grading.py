"""The model's own solution to be graded: the words that ask for it. Problem and solution follow, then the rule."""

GRADE_IT = (
    "Here are a problem and the solution that you gave. Check whether it is right.",
    "Grade the solution that you gave below.",
    "Please verify your solution to the following problem.",
    "Is your solution below correct? Check it.",
    "You are given a problem and your own attempt at it. Judge the attempt.",
    "Read the problem and your attempt, and decide whether the attempt is correct.",
    "Somebody has to check this solution of yours. Please do.",
    "Examine your solution to the problem below and score it.",
    "Assess the solution that you wrote.",
    "Your task is to verify a solution of your own.",
    "Act as a verifier of your own solution below.",
    "Find out whether your solution reaches the right answer.",
    "Check your work below and score it.",
    "Below is a problem with the solution you proposed. Verify it.",
    "Can your solution be accepted? Check it.",
    "Look for mistakes in your solution below and give it a score.",
    "Review what you wrote, please.",
    "Score your attempt at the following problem.",
    "Consider the problem and the solution that you gave for it. Is the solution right?",
    "Decide whether the answer that your solution gives is correct.",
    "Kindly check the attempt that you made.",
    "Your solution may be right or wrong. Which is it?",
    "Test your solution below against its problem.",
    "Take the part of a grader for your own solution.",
    "Evaluate the solution that you gave to this problem.",
    "Trust nothing here without a check: is your solution right?",
    "Please go over your solution and score it.",
    "A problem and your solution follow. Say whether the solution holds.",
    "How good is your solution? Check it and score it.",
    "Inspect your attempt below and give your verdict.",
)
TASK = """\
{request}

Problem:
{statement}

Your solution:
{solution}

{rule}"""
SCORE = (
    'Explain briefly what you checked. End with the line "Score: 1" if the answer is right or "Score: 0" if it '
    "is not."
)
ONE_WORD = "Is the answer of this solution right? Reply with one word: True or False."
