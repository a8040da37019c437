"""Language: tokens, sentences, boilerplate, dates, kinds of characters.

Knows nothing of files or models.
Read `tokens` first, then `sentences`.
"""

__all__ = [
    "abbreviations",
    "addresses",
    "agencies",
    "boilerplate",
    "characters",
    "composition",
    "consent",
    "corrections",
    "dates",
    "edge_lines",
    "languages",
    "line_breaks",
    "markup",
    "number_words",
    "paragraphs",
    "rtf",
    "running_heads",
    "sentences",
    "spans",
    "speech",
    "table_rows",
    "text_tables",
    "tokens",
    "umlauts",
    "unwrapping",
    "word_query",
]
