"""The errors Corrigenda raises on purpose.

    CorrigendaError
    ├── ConfigError (ValueError)    what a person wrote cannot be run; exit code 2, before any work
    ├── InputError (ValueError)     a file or dataset cannot be used as a whole; exit code 2
    ├── ResumeError (ValueError)    a folder holds a build of another config; exit code 2
    ├── OverlapError (RuntimeError) another run holds the folder; exit code 6
    ├── EngineError (RuntimeError)  an engine could not answer a request; the case is marked failed
    │   └── BudgetError             the build's budget is spent; a higher one goes on where it stopped
    ├── JournalError (RuntimeError) what is bought cannot be kept; exit code 2, and nothing more is bought
    ├── PublishError (RuntimeError) a publication could not be finished; exit code 1, the same command goes on
    └── RecordError (ValueError)    a record breaks its own rules (offsets, order, an empty id)

One bad row is never an exception: it becomes a `schemas.dropped.Dropped` with its reason.
Messages name the value, what was expected and the next step.
"""


class CorrigendaError(Exception):
    """Root of the tree; its text is meant for a person and is printed without a traceback."""


class ConfigError(CorrigendaError, ValueError):
    """A configuration value is unknown, missing or impossible."""


class InputError(CorrigendaError, ValueError):
    """A source file, attempts file or dataset is unusable as a whole."""


class ResumeError(CorrigendaError, ValueError):
    """The output folder belongs to a build of another config."""


class OverlapError(CorrigendaError, RuntimeError):
    """Another run is going on where this one wanted to work."""


class EngineError(CorrigendaError, RuntimeError):
    """An engine gave up on a request."""


class BudgetError(EngineError):
    """The budget is spent: the purchase was not made."""


class JournalError(CorrigendaError, RuntimeError):
    """The journal cannot be written: whatever is bought would be lost."""


class PublishError(CorrigendaError, RuntimeError):
    """The Hub or a storage did not take a dataset, or does not give it back as it was."""


class RecordError(CorrigendaError, ValueError):
    """A record was made that breaks its own rules."""
