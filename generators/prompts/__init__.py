"""Texts written where no teacher writes them, and the prompts a teacher is given. All are our own."""
