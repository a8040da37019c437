"""Language: tokens, sentences, boilerplate, dates.

Knows nothing of files or models.
Read `tokens` first, then `sentences`.
"""

__all__ = ["addresses", "boilerplate", "dates", "languages", "sentences", "tokens"]
