"""What sentences of articles state: figures, who says so, when, and which articles are copies.

Pure functions over text, German and English, by words and forms alone; each result is an exact span. Also the
rows in which answers are exported, and whether they still hold. Knows nothing of indexes, questions or files.
Read `figures` first, then `speakers` and `rows`.
"""

__all__ = [
    "checking",
    "clauses",
    "copies",
    "counted",
    "events",
    "figures",
    "groups",
    "moment_words",
    "moments",
    "names",
    "numbers",
    "rows",
    "speaker_patterns",
    "speakers",
    "timeline",
    "times",
]
