"""Numbers written as words: their values, words for powers of ten and hedges. German and English."""

from __future__ import annotations

import re
from functools import lru_cache

# Words that multiply the number before them -> power of ten.
SCALES = {
    "de": {
        "tausend": 3, "tsd": 3, "million": 6, "millionen": 6, "mio": 6, "milliarde": 9, "milliarden": 9,
        "mrd": 9, "billion": 12, "billionen": 12,
    },
    "en": {
        "hundred": 2, "thousand": 3, "million": 6, "mn": 6, "billion": 9, "bn": 9, "trillion": 12,
    },
}  # fmt: skip
# Words before a number, and which of its bounds they leave open: "about" both, "least" the upper one, "most"
# the lower one.
HEDGES = {
    "de": {
        "about": ("etwa", "rund", "circa", "ca.", "zirka", "ungefähr", "schätzungsweise", "an die"),
        "least": ("mindestens", "wenigstens", "über", "mehr als", "nicht weniger als", "zumindest", "gut"),
        "most": (
            "bis zu", "höchstens", "maximal", "weniger als", "nicht mehr als", "unter", "fast", "knapp",
            "beinahe", "nahezu",
        ),
    },
    "en": {
        "about": ("about", "around", "roughly", "approximately", "some", "an estimated", "circa"),
        "least": (
            "at least", "more than", "over", "no fewer than", "no less than", "well over", "a minimum of",
        ),
        "most": (
            "up to", "at most", "fewer than", "less than", "under", "no more than", "as many as", "nearly",
            "almost", "close to",
        ),
    },
}  # fmt: skip
CARDINALS = {
    "de": dict(
        zip(
            "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn"
            " sechzehn siebzehn achtzehn neunzehn zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig"
            " neunzig".split(),
            [*range(21), *range(30, 100, 10)],
            strict=True,
        )
    ),
    "en": dict(
        zip(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
            " sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty"
            " ninety".split(),
            [*range(21), *range(30, 100, 10)],
            strict=True,
        )
    ),
}


def hedges(language: str) -> str:
    """The hedges of a language ("de" or "en") as alternatives of a pattern."""
    return "|".join(re.escape(words) for kind in HEDGES[language].values() for words in kind)


def count_words(language: str) -> str:
    """The words from two to twelve ("de" or "en") as alternatives of a pattern, the longest first."""
    words = (word for word, value in CARDINALS[language].items() if 2 <= value <= 12)
    return "|".join(sorted(words, key=len, reverse=True))


@lru_cache(maxsize=1 << 14)
def cardinal(word: str, language: str) -> int | None:
    """The value of a folded number word below a million, or None; German ones are written as one word.

    `language` is "de" or "en".
    """
    if language == "en":
        tens, _, ones = word.partition("-")
        values = CARDINALS["en"]
        if not ones:
            return values.get(word)
        both = tens in values and ones in values and values[tens] >= 20 and 0 < values[ones] < 10
        return values[tens] + values[ones] if both else None
    thousands, found, rest = word.partition("tausend")
    if not found:
        return _below_thousand(word)
    high = _below_thousand(thousands) if thousands not in ("", "ein") else 1
    low = _below_thousand(rest.removeprefix("und")) if rest else 0
    return None if high is None or low is None else high * 1000 + low


def _below_thousand(word: str) -> int | None:
    hundreds, found, rest = word.partition("hundert")
    if not found:
        return _below_hundred(word)
    values = CARDINALS["de"]
    high = values.get(hundreds) if hundreds not in ("", "ein") else 1
    low = _below_hundred(rest.removeprefix("und")) if rest else 0
    return None if high is None or low is None or not 0 < high < 10 else high * 100 + low


def _below_hundred(word: str) -> int | None:
    values = CARDINALS["de"]
    ones, found, tens = word.partition("und")
    if not found:
        return values.get(word)
    one = 1 if ones == "ein" else values.get(ones)
    ten = values.get(tens)
    return None if one is None or ten is None or not 0 < one < 10 or ten < 20 else ten + one
