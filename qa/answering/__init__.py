"""Question → answer: rewrite it, take it apart, score sentences, choose, explain, phrase.

Knows nothing of pages, protocols or files.
Read `bot` first.
"""

__all__ = [
    "answer_text",
    "bot",
    "combining",
    "explanation",
    "features",
    "leaning",
    "leaning_words",
    "naming",
    "phrasing",
    "question",
    "reader",
    "rewriting",
    "same_statement",
    "scoring",
    "selection",
    "statement_tokens",
    "statement_words",
    "verdict",
    "windows",
]
