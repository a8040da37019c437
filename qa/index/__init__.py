"""Articles → a searchable index, and search.

Knows nothing of answering questions. Read `base` first, then `build` and `search`.
"""

__all__ = [
    "article_writer",
    "articles",
    "base",
    "bm25",
    "bm25_index",
    "bm25_writer",
    "build",
    "copying",
    "dense",
    "edit_distance",
    "embed",
    "folder_store",
    "four_bits",
    "fusion",
    "ingest",
    "ivf",
    "last_build",
    "local",
    "losses",
    "lru",
    "passages",
    "pending",
    "preparation",
    "reuse",
    "search",
    "snapshot",
    "target",
    "term_groups",
    "token_states",
    "verify",
    "word_search",
    "writer",
]
