"""What a teacher is asked when it shall name the first wrong step."""

LOCATE = """\
A student's solution of the problem below ends in a wrong answer. Compare it with the right solution and find the \
FIRST step that is wrong. A step that goes another right way is not wrong.

Problem:
{statement}

Right solution:
{reference}

Right answer: {answer}

The student's steps, numbered from 0 to {last}:
{steps}

Kinds of mistakes:
{kinds}

Reply with one JSON object and nothing else:
{{"wrong": true, "step": <number of the first wrong step>, "quote": "<the wrong words of that step, copied exactly>", \
"kind": "<one of the kinds above, or unknown>"}}
If the student's answer is right after all, reply {{"wrong": false}}."""
"""Fields: statement, reference, answer, steps, last, kinds."""
