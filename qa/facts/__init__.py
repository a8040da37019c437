"""What sentences of articles state: figures, who says so, when, and which articles are copies.

Pure functions over text, German and English, by words and forms alone; each result is an exact span. Knows
nothing of indexes, questions or files.
Read `figures` first, then `speakers`.
"""

__all__ = [
    "clauses",
    "counted",
    "events",
    "figures",
    "groups",
    "names",
    "numbers",
    "speaker_patterns",
    "speakers",
    "times",
]
