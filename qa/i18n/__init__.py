"""Texts in the reader's language.

Knows nothing of the page's markup.
Read `wording` first.
"""

__all__ = [
    "explanations",
    "figure_rows",
    "messages",
    "moments",
    "phrasing",
    "wording",
]
