"""Names in a text, by form: countries, words in capitals, pairs of capitalised words, places behind "in".

Enough to tell whether two articles are about the same event, not to list their names.
"""

# ruff: noqa: E501 (lists are easier to read whole)
from __future__ import annotations

import re
from functools import lru_cache

from qa.facts.groups import countries
from qa.text.dates import weekday_names

_CAP = r"[A-ZÄÖÜ][a-zäöüßéèáóíçñ’'-]{2,}"
_PAIR = re.compile(rf"(?<![.!?:„“\"]\s)(?<!^)\b({_CAP})\s({_CAP})\b")
_UPPER = re.compile(r"\b[A-ZÄÖÜ]{2,6}\b")
_PLACE = re.compile(rf"\b(?:in|aus|nach|bei|von|near|at|from)\s({_CAP})(?!\s[a-zäöü]+e[rns]?\s[A-ZÄÖÜ])")
# Folded nouns that stand behind a bare preposition and name nothing: "in Kraft", "nach Angaben", "from Monday".
NO_NAMES = frozenset(
    "angaben anspruch berichten bezug bürgern folge form frage frauen gefahr haft höhe kindern kraft männern menschen"
    " not ordnung personen rechnung richtung sicherheit teilen wahrheit wirklichkeit zeiten zukunft zusammenarbeit".split()
) | {name.casefold() for name in (*weekday_names("de"), *weekday_names("en"))}


@lru_cache(maxsize=1 << 9)
def names(text: str) -> frozenset[str]:
    """The names of a text, folded; of a person, the last word."""
    found = {one.name for one in countries(text)}
    found |= {match[0] for match in _UPPER.finditer(text)}
    found |= {match[2].casefold().removesuffix("s") for match in _PAIR.finditer(text)}
    found |= {
        match[1].casefold().removesuffix("s")
        for match in _PLACE.finditer(text)
        if match[1].casefold() not in NO_NAMES and not countries(match[1])
    }
    return frozenset(found)
