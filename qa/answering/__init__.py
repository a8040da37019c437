"""Question → answer: read it, rewrite it, take it apart, score sentences, choose, explain, phrase.

Knows nothing of pages, protocols or files.
Read `bot` and `dialogue` first.
"""

__all__ = [
    "article_questions",
    "bot",
    "dialogue",
    "explanation",
    "features",
    "follow_ups",
    "leaning",
    "leaning_words",
    "phrasing",
    "queries",
    "question",
    "quoting",
    "rewriting",
    "scoring",
    "selection",
    "spelling",
    "wording",
    "wording_forms",
]
