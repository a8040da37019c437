"""Language: tokens, sentences, boilerplate, dates.

Knows nothing of files or models.
Read `tokens` first, then `sentences`.
"""

__all__ = ["addresses", "boilerplate", "composition", "dates", "languages", "sentences", "tokens"]
