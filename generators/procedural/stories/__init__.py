"""Stories of the word problems, a file for each number of steps."""
