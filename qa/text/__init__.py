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
    "markup",
    "paragraphs",
    "rtf",
    "sentences",
    "spans",
    "table_rows",
    "tokens",
    "unwrapping",
]
