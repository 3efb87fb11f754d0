"""Settings of all tests."""

import gc

from hypothesis import settings

# A deadline says how busy the machine is, and nothing of the code.
settings.register_profile("any_machine", deadline=None)
settings.load_profile("any_machine")


def pytest_collection_finish() -> None:
    """Keep the garbage collector from walking through thousands of tests and their modules again and again."""
    gc.collect()
    gc.freeze()
