"""Language: tokens, sentences, boilerplate, dates, kinds of characters.

Knows nothing of files or models.
Read `tokens` first, then `sentences`.
"""

__all__ = [
    "abbreviations",
    "addresses",
    "boilerplate",
    "characters",
    "composition",
    "corrections",
    "dates",
    "languages",
    "number_words",
    "paragraphs",
    "sentences",
    "spans",
    "tokens",
]
