"""Generations of an index on disk: atomic, verified, locked.

Knows nothing of what their files mean.
Read `generations` first.
"""

__all__ = ["atomic", "base", "generations", "locks", "manifest", "publishing"]
