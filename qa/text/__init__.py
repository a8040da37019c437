"""Language: tokens, sentences, boilerplate, dates.

Knows nothing of files or models.
Read `tokens` first, then `sentences`.
"""

__all__ = ["boilerplate", "composition", "dates", "languages", "sentences", "tokens"]
