"""Articles → what can be searched, and the search.

Knows nothing of questions' answers.
Read `base` first, then `build` and `search`.
"""

__all__ = [
    "articles",
    "base",
    "bm25",
    "build",
    "dense",
    "ivf",
    "losses",
    "passages",
    "search",
    "token_states",
    "verify",
]
