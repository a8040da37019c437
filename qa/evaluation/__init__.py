"""Measure search and answers on judged questions.

Knows nothing of servers.
Read `run` first.
"""

__all__ = ["datasets", "metrics", "outcomes", "plots", "run"]
