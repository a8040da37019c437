"""Generations of an index on disk: whole, checked, locked.

Knows nothing of what their files mean.
Read `generations` first.
"""

__all__ = ["base", "generations", "locks", "manifest", "publishing"]
