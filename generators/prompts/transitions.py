"""What leads from a mistake that was noticed to what is put in its place, and what a teacher is asked for it."""

REDO = (
    "Let me redo this step.",
    "Let me correct that.",
    "Let me fix this step.",
    "Doing it again:",
    "Here it is again, corrected:",
    "I will write this step again.",
    "Corrected, the step is this:",
    "Let me put that right.",
    "The step again:",
    "So the step becomes:",
    "Let me rewrite it.",
    "Once more, with the right value:",
    "Fixing that:",
    "With that mended:",
    "Here is the step as it should be:",
    "Let me repair this before I go on.",
    "I will do this step over.",
    "Let me write it out correctly.",
    "The same step, done right:",
    "Let me work this step out again.",
    "I will replace that step.",
    "Again, properly:",
    "Let me enter the right value.",
    "That step should read:",
    "Correcting the step:",
    "OK, once again:",
    "I will set that right and go on.",
    "The corrected step:",
    "Right, this step again.",
    "Now with the right number:",
)
"""Before a step that computes the same expression with its result set right."""
GO_ON = (
    "Let me think again.",
    "Let me go on differently.",
    "Let me look at it again.",
    "A better way from here:",
    "Let me try this instead.",
    "From here, another way:",
    "Here is another step:",
    "Let me change this step.",
    "Let me take it up again from there.",
    "Here is what I should do instead:",
    "Instead:",
    "Let me do this part differently.",
    "I will replace the last step.",
    "This step has to be another one:",
    "Let me put something else in its place.",
    "So I go on like this:",
    "Let me think about what comes next again.",
    "What I need here is this:",
    "The step I need is another.",
    "Once more, and differently:",
    "What belongs here is this:",
    "A different step is needed here.",
    "Let me set this up again.",
    "This is how it should go on:",
    "I will take another approach to this step.",
    "OK, what is needed here?",
    "Let me reconsider what to do here.",
    "I will try that step again.",
    "Let me write another step in its place.",
    "I will do this step in another way.",
)
"""Before another step in place of the wrong one, which may be the first."""
START_OVER = (
    "Let me start over.",
    "Let me solve this from the beginning.",
    "I will begin again from the start.",
    "Let me go back and work through the whole problem again.",
    "It is better to start again from the beginning.",
    "Let me restart.",
    "I will solve the problem afresh.",
    "Let me set this aside and begin again.",
    "From the top:",
    "I will take it from the start.",
    "A fresh start:",
    "Let me begin anew.",
    "I will do the whole solution again.",
    "Starting from scratch:",
    "Let me rework the problem from the first step.",
    "Let me go back to the beginning.",
    "I would rather start again.",
    "Let me put that away and solve it once more.",
    "Here is a new solution from the start:",
    "I will approach the whole problem again.",
    "Let me write a clean solution.",
    "OK, from the beginning.",
    "Let me try the problem again from scratch.",
    "I will redo it all.",
    "Once more from the beginning:",
    "Let me solve it again, step by step.",
    "I will leave this and start over.",
    "Let me think the whole problem through again.",
    "Back to the start.",
    "A new attempt from the beginning:",
)
"""Before another whole solution."""
CORRECT_IT = (
    "Here is the corrected solution:",
    "Let me solve it again:",
    "Corrected:",
    "Working it out again:",
    "Here is another try:",
    "The corrected solution:",
    "I will solve it once more:",
    "Second try:",
    "Revised solution:",
    "Let me do it over:",
    "So, again from the start:",
    "My corrected work:",
    "Here is how it should go:",
    "Let me write the solution again:",
    "Solving it anew:",
    "With the mistake removed:",
    "A better solution:",
    "Let me put it right:",
    "Now the right way:",
    "This is the revised work:",
    "I will work through it again:",
    "Redoing the problem:",
    "Let me give a new solution:",
    "Once more:",
    "The solution, corrected:",
    "Trying again:",
    "Here is my new solution:",
    "I take it back and solve it again:",
    "Amended solution:",
    "Going through it properly this time:",
)
"""Before a whole solution that comes after a check which rejected one."""

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
TEACHER_RESTART = """\
A student is solving this problem:

{statement}

The student's work so far, the last step of which is wrong:

{work}

The student will now solve the problem again from the beginning.

Write one or two sentences in which the student, in the first person, notices what is wrong with the
last step and says that it is better to begin again. Start with a word like "Wait" or "Hold on". Do not
mention being given anything, do not begin the new solution and do not state any result."""
TEACHER_SMOOTH = """\
Below are a problem and a student's work on it. The work contains a mistake, notices it and puts it right.

Problem:
{statement}

Work up to and including the mistake:
{prefix}

The rest of the work:
{rest}

Rewrite the rest of the work only, so that it reads as one connected train of thought: add connecting words
where it is abrupt, keep every calculation, every result and the form of the final answer as they are, and keep
noticing the mistake at the beginning. Do not repeat the work before it. Write nothing but the rewritten rest."""
"""Fields: statement, prefix, rest."""
