"""Measure search and answers on judged questions.

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
