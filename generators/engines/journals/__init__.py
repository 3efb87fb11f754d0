"""The files of a journal: their names, records, segments and index, and what is done to whole folders."""
