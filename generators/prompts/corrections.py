"""Templates: noticing a mistake, checking an answer, starting over.

Each pool is large enough that a dataset does not teach one fixed phrase, and every sentence is
true whenever the template is used: `{wrong}` was stated, `{right}` is the result.
"""

NOTICE_EQUATION = (
    "Wait, {expression} is {right}, not {wrong}.",
    "Hold on, {expression} = {right}, not {wrong}.",
    "Let me check that: {expression} is {right}, so {wrong} is wrong.",
    "Hmm, {wrong} is not right: {expression} = {right}.",
    "Actually, {expression} comes to {right}, not {wrong}.",
    "That calculation is off: {expression} gives {right}, not {wrong}.",
    "I made a mistake there: {expression} is {right} rather than {wrong}.",
)
NOTICE_CALCULATION = (
    "Wait, I miscalculated {expression}.",
    "Hold on, {expression} is not {wrong}.",
    "Let me check that: {expression} does not give {wrong}.",
)
"""Where the true value has no short form."""
NOTICE_UNSURE = (
    "Wait, let me double-check this.",
    "Hold on, let me go over this again.",
    "Let me reread the problem.",
    "Hmm, let me check this against the problem.",
    "Wait, I am not sure about this.",
    "Let me stop and think about what is asked.",
)
"""Where the mistake is likely and not proven, or is none of the equation's: claims nothing about the step."""
NOTICE_ANSWER = (
    "Wait, {wrong} is not what the problem asks for.",
    "Hold on, {wrong} cannot be the final answer.",
    "Hmm, the answer {wrong} does not fit the problem.",
)
NOTICE_ANSWER_UNSAID = (
    "Wait, that is not what the problem asks for.",
    "Hold on, this cannot be the final answer.",
    "Hmm, this answer does not fit the problem.",
)
REDO = (
    "Let me redo this step.",
    "Let me correct that.",
    "Let me fix this step.",
    "Doing it again:",
    "Here it is again, corrected:",
)
"""Before the same step with its result set right."""
GO_ON = (
    "Let me think again.",
    "Let me go on differently.",
    "Let me look at it again.",
    "A better way from here:",
    "Let me try this instead.",
)
"""Before another step in place of the wrong one."""
START_OVER = (
    "Let me start over.",
    "Let me solve this from the beginning.",
    "I will begin again from the start.",
    "Let me go back and work through the whole problem again.",
    "It is better to start again from the beginning.",
)
CHECK_WRONG = (
    "Let me check this answer. Something is wrong in it, so {answer} is not the answer.",
    "Checking my work: the solution above contains a mistake, and {answer} is not correct.",
    "Let me verify. Going through the steps again, the answer {answer} does not hold.",
    "I should double-check this. The answer {answer} is incorrect.",
)
CHECK_WRONG_EQUATION = (
    "Let me check this answer. {expression} is {right}, not {wrong}, so {answer} is not the answer.",
    "Checking my work: {expression} = {right}, but I wrote {wrong}. The answer {answer} is incorrect.",
    "Let me verify each step. I wrote {wrong} for {expression}, which is {right}. "
    "So the answer {answer} is wrong.",
)
CHECK_WRONG_UNSAID = (
    "Let me check this answer. Something in it is wrong.",
    "Checking my work: the solution above contains a mistake, so its answer is not correct.",
    "Let me verify. Going through the steps again, this does not hold.",
    "I should double-check this. It is incorrect.",
)
"""Where the answer is too long to be repeated in a sentence."""
CORRECT_IT = (
    "Here is the corrected solution:",
    "Let me solve it again:",
    "Corrected:",
    "Working it out again:",
)
CHECK_RIGHT = (
    "Let me check this answer. The steps hold, so {answer} is correct.",
    "Checking my work: every step follows, and the answer {answer} is correct.",
    "Let me verify. Going through the steps again gives the same result, so the answer is {answer}.",
    "I have double-checked the steps. The answer {answer} is correct.",
)
CHECK_RIGHT_UNSAID = (
    "Let me check this answer. The steps hold, so it is correct.",
    "Checking my work: every step follows, and the answer is correct.",
    "I have double-checked the steps. They hold.",
)
DOUBLE_CHECK = (
    "Answer the question, then check your answer and correct it if it is wrong.",
    "Solve the problem. Afterwards verify your solution and fix any mistake you find.",
    "Give your solution, then double-check it. If something is wrong, correct it.",
    "Work out the answer, review your work, and revise it where needed.",
    "Please solve this, then look over your solution and correct any error.",
    "First answer, then decide whether your answer is right; if it is not, answer again.",
    "Solve step by step. Then verify the result and amend it if you made a mistake.",
    "Find the answer and check it carefully before you finish; correct yourself if necessary.",
)
"""Instructions asking for an answer and a check of it (ISC uses a pool of more than 30)."""

TEACHER_NOTICE = """\
A student is solving this problem:

{statement}

The student's work so far, the last step of which is wrong:

{work}

The right version of the last step is:

{step}

Write one or two sentences in which the student, in the first person, notices what is wrong with the
last step and why. Start with a word like "Wait" or "Hold on". Do not mention being given anything, do
not write the corrected step itself and do not state the final answer."""
