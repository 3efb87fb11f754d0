"""Hierarchical thoughts and the correction of one step (SuperCorrect, arXiv 2410.09008). All texts are our own."""

ASK_OPENERS = (
    "Solve the problem in a hierarchy of thoughts.",
    "Answer in tagged steps.",
    "Please lay your solution out in tags.",
    "Structure your solution.",
    "Write the solution as tagged blocks.",
    "I would like the solution in a fixed structure.",
    "Work it out in separate, marked steps.",
    "Give a structured solution.",
)
ASK_FORMS = (
    "Put each step between <Step1> and </Step1>, <Step2> and </Step2> and so on, explain what is tricky about a step "
    "in <Key> tags inside it, and end with the answer in <Answer> tags.",
    "Number the steps with <Step1>…</Step1>, <Step2>…</Step2>, …; where care is needed add a <Key>…</Key> note; "
    "close with <Answer>…</Answer>.",
    "Use <Step1>, <Step2>, … for the steps, <Key> within a step for its pitfall, and <Answer> for the result.",
    "Every step belongs in its own numbered tag (<Step1>, then <Step2>, …), a warning about a difficult step in <Key>, "
    "and the result in <Answer> at the end.",
)
ASK_PLAIN_FORMS = (
    "Put each step between <Step1> and </Step1>, <Step2> and </Step2> and so on, and end with the answer in "
    "<Answer> tags.",
    "Number the steps with <Step1>…</Step1>, <Step2>…</Step2>, …, and close with <Answer>…</Answer>.",
    "Use <Step1>, <Step2>, … for the steps and <Answer> for the result.",
    "Every step belongs in its own numbered tag (<Step1>, then <Step2>, …), and the result in <Answer> at the end.",
)
"""An opener and a form together ask for stage one, with keys or without: 32 instructions each."""
KEY = (
    "Take care with {expression}: it is {right}, not {wrong}.",
    "It is easy to get {wrong} for {expression} here; the right value is {right}.",
    "The pitfall is {expression}, which is {right} and not {wrong}.",
    "Do not write {wrong} for {expression}: it comes to {right}.",
    "Compute {expression} slowly. It makes {right}; {wrong} would be a slip.",
    "{expression} needs attention: {right} is right, {wrong} is not.",
    "A slip to avoid: taking {expression} to be {wrong} when it is {right}.",
    "Check {expression} twice. The value is {right}, and {wrong} is wrong.",
    "The value of {expression} is {right}. Beware of {wrong}.",
    "What matters here is {expression}, and it gives {right} rather than {wrong}.",
    "One can go wrong with {expression}: not {wrong}, but {right}.",
    "Mind the arithmetic: {expression} is {right}, never {wrong}.",
    "Work out {expression} with care to get {right} and not {wrong}.",
    "This is where {wrong} may slip in for {expression}. It is {right}.",
    "Make sure of {expression}. It equals {right}, not {wrong}.",
    "The difficult part is {expression}; its value is {right}, not {wrong}.",
    "Everything after this depends on {expression}, which is {right} and not {wrong}.",
    "Someone in a hurry may write {wrong} for {expression}, but it is {right}.",
    "Note that {expression} is {right}; {wrong} is a mistake that is easily made.",
    "Verify {expression} before going on: {right} holds, {wrong} does not.",
    "Careful: {expression} gives {right}. The value {wrong} is false.",
    "Here {expression} must come to {right}; anything else, such as {wrong}, is a slip.",
    "The key is to find {right} for {expression}, and not {wrong}.",
    "Remember to check that {expression} makes {right} and does not make {wrong}.",
    "A typical mistake is {wrong} in place of {right} for {expression}.",
    "Pay attention to {expression}: the result {right} is right, and {wrong} is wrong.",
    "If you get {wrong} for {expression}, calculate again: it is {right}.",
    "The tricky calculation is {expression}. Its result is {right}, not {wrong}.",
    "Keep in mind that {expression} does not make {wrong}; it makes {right}.",
    "Note the value of {expression}: {right}. Mistaking it for {wrong} spoils the rest.",
)
"""What is tricky about a step, where the policy itself went wrong on the same expression."""
ASK_CORRECTION = (
    "The last step is wrong. Name the cause in <Cause> tags and write the corrected step in <Correction> tags.",
    "There is a mistake in the last step. Explain it in <Cause> and put the right step in <Correction>.",
    "Find out why the last step is wrong (<Cause>), then correct it (<Correction>).",
    "Say in <Cause> what went wrong in the last step, and give the step as it should be in <Correction>.",
    "The final step shown is incorrect. Give its error in <Cause> and its correction in <Correction>.",
    "Please mend the last step: the reason between <Cause> tags, the mended step between <Correction> tags.",
    "What is wrong with the last step? Answer in <Cause>, and rewrite the step in <Correction>.",
    "Up to the last step all is well. State the cause of its error in <Cause> and the right step in <Correction>.",
    "Diagnose the last step in <Cause> and replace it in <Correction>.",
    "The step at the end contains an error. Write <Cause> with the reason and <Correction> with the right step.",
    "Correct the last step. First the cause, in <Cause>; then the step, in <Correction>.",
    "Look at the last step, which is wrong. Use <Cause> for the diagnosis and <Correction> for the new step.",
    "Give the cause of the mistake in the last step in <Cause>, and a right version of it in <Correction>.",
    "Explain the error of the last step in <Cause>. In <Correction>, write what should stand there.",
    "The solution goes wrong in its last step. Tell why in <Cause> and put it right in <Correction>.",
    "Review the last step: it is mistaken. Reply with <Cause> and <Correction>.",
    "Reply with two blocks: <Cause>, why the last step is wrong, and <Correction>, the step done right.",
    "A student went wrong in the last step. Tell the student why in <Cause>, and how it goes in <Correction>.",
    "As a tutor, give the cause of the error in the last step (<Cause>) and the corrected step (<Correction>).",
    "Only the last step is wrong. State why (<Cause>) and correct it (<Correction>).",
    "Identify the mistake in the last step within <Cause>, and repair it within <Correction>.",
    "The last step does not hold. Put the reason in <Cause> and the right step in <Correction>.",
    "Which mistake was made in the last step? Describe it in <Cause>, then redo the step in <Correction>.",
    "Analyse the last step and correct it, using the tags <Cause> and <Correction>.",
    "Error analysis of the last step, please: <Cause> for the reason, <Correction> for the right step.",
    "Your task is to repair the last step. Begin with <Cause>, end with <Correction>.",
    "Here the last step fails. Write down the cause (<Cause>) and the correction (<Correction>).",
    "Point out in <Cause> what is false in the last step, and in <Correction> what is true instead.",
    "Give a short diagnosis of the last step in <Cause> and its replacement in <Correction>.",
    "Please explain and fix the last step, with <Cause> and <Correction> tags.",
)
CAUSE_EQUATION = (
    "The step takes {expression} to be {wrong}, but it is {right}.",
    "{expression} is {right}, not {wrong}.",
    "The calculation of {expression} is wrong: it gives {right} and not {wrong}.",
    "There is an arithmetic slip. {expression} comes to {right}, not {wrong}.",
    "The value {wrong} for {expression} is false; the true value is {right}.",
    "The step says {wrong} for {expression}, which makes {right}.",
    "Working out {expression} gives {right}. The step has {wrong}.",
    "The operation is right, the result is not: {expression} is {right} instead of {wrong}.",
    "The result of {expression} should be {right}, while the step states {wrong}.",
    "The mistake is in the arithmetic: {expression} equals {right} and not {wrong}.",
    "The step miscalculates {expression} as {wrong}; it is {right}.",
    "What fails is {expression}. It makes {right} rather than {wrong}.",
    "Instead of {right} the step has {wrong} as the value of {expression}.",
    "The step is false because {expression} is {right} and not {wrong}.",
    "A calculation error: {expression} was given as {wrong}, and is {right}.",
    "When {expression} is computed the result is {right}, so {wrong} is wrong.",
    "{wrong} is not the value of {expression}; {right} is.",
    "The number {wrong} is wrong, since {expression} comes to {right}.",
    "The error lies in {expression}: {right} is right, and {wrong} was written.",
    "The step has the right idea, but {expression} is {right}, not {wrong}.",
    "In this step {expression} was evaluated wrongly, as {wrong} in place of {right}.",
    "A slip: {wrong} for {expression}, where {right} belongs.",
    "The step would need {right} as the value of {expression}, and has {wrong}.",
    "It states that {expression} is {wrong}. That is not so: it is {right}.",
    "The figure {wrong} does not hold. {expression} yields {right}.",
    "Recomputing {expression} shows the error: {right}, not {wrong}.",
    "The claim about {expression} is false: not {wrong} but {right}.",
    "One result is wrong, that of {expression}: {right} and not {wrong}.",
    "The step goes wrong at {expression}, which is {right} and was taken for {wrong}.",
    "The value of {expression} was miscalculated; {right} is correct and {wrong} is not.",
)
CAUSE_OPENERS = (
    "The step is wrong.",
    "This step does not hold.",
    "There is a mistake in this step.",
    "The last step fails.",
    "Here is what went wrong.",
    "The cause of the error:",
    "What is wrong:",
    "The step contains an error.",
    "The mistake is this.",
    "This is where the solution goes wrong.",
    "The reason:",
    "The error in the step:",
    "The step cannot stand.",
    "The diagnosis:",
    "Something is wrong in this step.",
    "The step is mistaken.",
    "The flaw:",
    "The step goes astray.",
    "One thing is wrong here.",
    "The problem with the step:",
    "Up to here all is well; then this happens.",
    "The steps before it hold, this one does not.",
    "The step has to be replaced.",
    "Why the step is wrong:",
    "The step is not right.",
    "The fault lies here.",
    "The last step is incorrect.",
    "The trouble with this step:",
    "A known kind of mistake:",
    "The step breaks the solution.",
)
"""Before what the kind of mistake is, in the words of the taxonomy."""
CAUSE_ANSWER = "What comes before it is right, but the answer it gives is not the result of that"
"""Of an answer at the end that right steps do not lead to: the taxonomy speaks of all steps."""
BLAME = (
    "Step {number} is where the solution goes wrong, and the last step only follows from it.",
    "The mistake is in step {number}; the last step is fine.",
    "Nothing is wrong with the last step. The error was made in step {number}.",
    "The cause lies further back, in step {number}.",
    "The last step holds. Step {number} is the one to correct.",
    "The error comes from step {number}, which should not have been taken.",
    "Step {number} does not follow from the problem, so the last step is only a consequence.",
    "The last step inherits an error of step {number}.",
    "It is step {number} that is false, not the last one.",
    "What has to change is step {number}. The last step can stay.",
    "Step {number} uses the wrong numbers, and the last step is correct in itself.",
    "The calculation in step {number} is off, and the last step is unaffected.",
    "The reasoning of step {number} is the cause. The last step is right.",
    "The fault is that of step {number}.",
    "Everything after step {number} is right, but step {number} is wrong.",
    "The last step is correct, given a false step {number}.",
    "One should look at step {number} instead, as the mistake is there.",
    "The last step needs no change; step {number} does.",
    "Step {number} misreads the problem, and that is the only mistake.",
    "The wrong step is step {number}.",
    "The mistake was made before, namely in step {number}.",
    "The true cause is step {number}, not what is written last.",
    "Step {number} is the weak point. The last step is sound.",
    "The last step repeats an error that step {number} made.",
    "The blame is with step {number}.",
    "Because step {number} is wrong, the last step only looks wrong.",
    "The numbers of the last step are right; those of step {number} are not.",
    "An error in step {number} is the reason.",
    "The solution fails at step {number} and not at its end.",
    "Only step {number} has to be corrected.",
)
"""False on purpose, for rejected sides: the named step is a right one. `{number}` counts from 1."""
KEEP = (
    "The value is right, and the step only needs clearer words.",
    "There is no mistake in the calculation; it should only be written more carefully.",
    "The result holds. What is missing is an explanation.",
    "The step is right as it stands.",
    "Nothing is wrong with the numbers, only with the wording.",
    "The step is correct, but it was not justified.",
    "The calculation can stay; the sentence around it is the problem.",
    "The step gives the right value in an unclear way.",
    "The only fault is that the step is too short.",
    "The result is correct, and the layout is not.",
    "Only the units could be clearer; the number is right.",
    "The step is fine and can be kept.",
    "The mistake is one of style. The value stays the same.",
    "The step is complete, and its value is right.",
    "What is written is true, so it can be repeated.",
    "The operation and the result are both right.",
    "The error is in the presentation, not in the result.",
    "The step lacks a reason; its result is right.",
    "There is nothing to change in the result.",
    "The number is right and only needs to be restated.",
    "The arithmetic is correct, while the phrasing is not.",
    "On checking, the step gives the same value again, so it is right.",
    "The step should merely be repeated.",
    "The result follows from what is given, so it stays.",
    "The step is right, and the doubt about it is not.",
    "I see only a matter of notation. The value holds.",
    "The result was found correctly.",
    "It is the right value, stated too soon.",
    "The step was done properly and can be written again.",
    "No number has to change.",
)
"""False on purpose, for rejected sides where no other step can be blamed: the wrong step is kept."""

TEACHER_KEY = """\
Here are a problem and a right solution of it:

{statement}

{solution}

Explain for a student in one to three sentences what is tricky about this step of the solution, and what to look out
for:

{step}

Speak about the step only, do not state the final answer, and mention neither the solution as a text nor a student."""
"""Fields: statement, solution, step."""
TEACHER_GENERALIZED = """\
Here are a problem and a right solution of it:

{statement}

{solution}

Write two or three sentences that say in general how problems of this kind are solved, useful for similar ones.
Use no number of this problem, do not state the answer, and do not mention this problem or its solution."""
"""Fields: statement, solution."""
TEACHER_CAUSE = """\
A student is solving this problem:

{statement}

The student's work so far, the last step of which is wrong:

{work}

The right version of the last step is:

{step}

Write one or two sentences that name the cause of the mistake in the last step. Speak of "the step", do not write the
corrected step itself, do not state the final answer, and do not mention what you were given."""
"""Fields: statement, work, step."""
