"""Question → answer: read it, rewrite it, take it apart, score sentences, choose, explain, phrase.

Knows nothing of pages, protocols or files.
Read `bot` and `dialogue` first.
"""

__all__ = [
    "answer_text",
    "article_questions",
    "bot",
    "combining",
    "dated",
    "dialogue",
    "explanation",
    "features",
    "follow_ups",
    "holding",
    "leaning",
    "leaning_words",
    "naming",
    "phrasing",
    "queries",
    "question",
    "quoting",
    "reader",
    "restating",
    "rewriting",
    "same_statement",
    "scoring",
    "selection",
    "signals",
    "spelling",
    "spelling_slips",
    "statement_english",
    "statement_german",
    "statement_german_speech",
    "statement_phrases",
    "statement_tokens",
    "statement_words",
    "verdict",
    "windows",
    "wording",
    "wording_forms",
]
