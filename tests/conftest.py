"""What holds for every test: a property has no stopwatch, since a busy machine is not a wrong program."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("nangmai", deadline=None)
settings.load_profile("nangmai")
