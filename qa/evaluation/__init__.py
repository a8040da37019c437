"""Measure search and answers on questions with known answers.

Knows nothing of servers.
Read `run` first.
"""

__all__ = [
    "beir",
    "datasets",
    "judged",
    "metrics",
    "omos",
    "outcomes",
    "plots",
    "rows",
    "run",
    "squad",
]
