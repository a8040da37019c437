"""Words by which texts give dates, and their values: data only. German months, days and seasons."""

# ruff: noqa: E501 (patterns are easier to read whole)
from __future__ import annotations

import re

from qa.text.dates import clear_month_names, weekday_names

_NAMES = {*clear_month_names(), "Jan", "Feb", "Febr", "Okt", "Nov", "Dez"}
MONTH = "|".join(sorted(_NAMES, key=len, reverse=True))
DAYS = {name.casefold(): number for number, name in enumerate(weekday_names("de"))} | {"sonnabend": 5}
DAY = "|".join(name.capitalize() for name in DAYS)
PART = {
    "morgen": "TMO",
    "vormittag": "TMO",
    "mittag": "TMI",
    "nachmittag": "TAF",
    "abend": "TEV",
    "nacht": "TNI",
}
SEASON = {"frühling": "SP", "frühjahr": "SP", "sommer": "SU", "herbst": "FA", "winter": "WI"}
LAST = r"(?:vergangene|letzte|vorige|abgelaufene)[nrsm]?"
NEXT = r"(?:kommende|nächste|folgende|bevorstehende)[nrsm]?"
THIS = r"(?:diese[nrsm]?|(?:laufende|heurige|gleiche)[nrsm]?)"
RELATIVE = {"heute": 0, "gestern": -1, "vorgestern": -2, "morgen": 1, "übermorgen": 2}
VAGUE = {
    "PRESENT_REF": "jetzt|derzeit|zurzeit|aktuell|momentan|gegenwärtig|nun|heutzutage",
    "PAST_REF": "kürzlich|damals|einst|zuletzt|bisher|bislang|früher|unlängst|jüngst|vor kurzem|in letzter zeit|seinerzeit",
    "FUTURE_REF": "künftig|bald|demnächst|in zukunft|zukünftig|in kürze",
}
DECADE = {  # "in den zwanziger Jahren"
    "zwanziger": 2,
    "dreißiger": 3,
    "vierziger": 4,
    "fünfziger": 5,
    "sechziger": 6,
    "siebziger": 7,
    "achtziger": 8,
    "neunziger": 9,
}
ORDINAL = {"erste": 1, "zweite": 2, "dritte": 3, "vierte": 4}
# Verbs of a sentence that look ahead.
AHEAD = re.compile(
    r"\b(?:wird|werden|will|wollen|soll|sollen|findet|finden|beginnt|startet|lädt|laden|stehen an|geplant|vorgesehen|ab|(?<!\d )bis(?! (?:zu )?\d))\b",
    re.IGNORECASE,
)
