"""Settings of all tests."""

from hypothesis import settings

# A deadline says how busy the machine is, and nothing of the code.
settings.register_profile("any_machine", deadline=None)
settings.load_profile("any_machine")
