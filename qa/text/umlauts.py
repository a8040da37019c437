"""Other spellings of umlauts and ß: transcribed, as in "Muenchen", or without the dots, as in "Munchen".

Pure functions of folded words. Knows nothing of languages or indexes.
"""

from __future__ import annotations

import re

_TRANSCRIBED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_PLAIN = str.maketrans("äöü", "aou")
_DIGRAPH = re.compile("([aou])e")


def transcription(word: str) -> str:
    """A word without umlauts and ß: "ae" for "ä", "ss" for "ß"."""
    return word.translate(_TRANSCRIBED)


def without_dots(word: str) -> str:
    """A word with "a" for "ä" and "ae": what umlauts and their transcriptions have in common.

    The German stemmer does the same to most words; "Poesie" loses its "e" too.
    """
    return _DIGRAPH.sub(r"\1", word.translate(_PLAIN))


def has_umlaut(word: str) -> bool:
    """Whether a word holds an umlaut or what may be the transcription of one."""
    return without_dots(word) != word
