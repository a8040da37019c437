"""What happened to those who are counted: killed, wounded, sent, arrested, … German and English.

Words are grouped into classes, so that figures of the same class can be put side by side. Anything that is not
listed has no class.
"""

# ruff: noqa: E501 (patterns are easier to read whole)
from __future__ import annotations

import re
from typing import Literal, NamedTuple

from qa.types import Span

EventClass = Literal[
    "killed", "wounded", "losses", "missing", "captured", "deserted", "deployed", "present", "fighting", "trained",
    "displaced", "rescued", "protesting", "infected", "dismissed", "hired", "bought", "delivered",
]  # fmt: skip

# Classes that differ, but are asked for and reported together: a figure of another class of the same
# family is worth showing next to the answer.
CASUALTIES: frozenset[EventClass] = frozenset({"killed", "wounded", "losses", "missing"})
TROOPS: frozenset[EventClass] = frozenset({"deployed", "present", "fighting", "trained"})
FAMILIES: tuple[frozenset[EventClass], ...] = (
    CASUALTIES,
    TROOPS,
    frozenset({"displaced", "rescued"}),
    frozenset({"dismissed", "hired"}),
)

_WORDS: dict[str, dict[EventClass, str]] = {
    "de": {
        "killed": r"getötet\w*|töte(?:n|t|te|ten)?|(?:gest|verst)orben\w*|st(?:a|i)rb(?:en|t)?|sterbende?n?|gefallen(?:e|en|er)?"
        r"|fiel(?:en)?|fallen|in den tod|ums leben(?: (?:gekommen|kam(?:en)?|kommen))?|tote[nrsm]?|todesopfern?|todesfälle[n]?|leichen?"
        r"|erschoss\w*|erschießt|ermordet\w*|ertr(?:a|u)nk\w*|umgekommen\w*|kam(?:en)?(?= .{0,60}\bum\b(?:[.,;?!]|$))"
        r"|hingerichtet\w*|massakriert\w*|(?:leben verloren|verlor(?:en)? .{0,20}leben)|kosteten? .{0,30}das leben",
        "wounded": r"verletz(?:t\w*|te[nr]?|en|ungen)|\w+verletzte[nr]?|verwundet\w*|verwundungen",
        "losses": r"verluste?n?|gesamtverluste?n?",
        "missing": r"vermisst\w*|verschollen\w*",
        "captured": r"festgenommen\w*|festnahmen?|verhaftet\w*|verhaftungen|inhaftier\w*|gefangen ?genommen\w*"
        r"|kriegsgefangene?n?|in gewahrsam|nahm(?:en)? .{0,60}\bfest\b",
        "deserted": r"desertiert?\w*|deserteure?n?|desertionen|übergelaufen\w*|überläufern?",
        "deployed": r"entsand\w*|entsend\w*|geschickt\w*|schick(?:t|te|ten|en)|verlegt\w*|abkommandiert\w*|mobilisiert\w*",
        "present": r"aufh(?:a|ä|ie)lt(?:en)?|aufhalten|befind(?:en|et)|befand(?:en)?|präsenz|anwesen\w*|stationiert\w*"
        r"|eingetroffen\w*|angekommen\w*|lebten|lebt|leben|wohnen|wohnten",
        "fighting": r"kämpf(?:t|te|ten|en)|gekämpft|im einsatz|eingesetzt\w*|einsatz",
        "trained": r"ausgebildet\w*|ausbildung|training",
        "displaced": r"geflohen\w*|floh(?:en)?|flieh(?:en|t)|vertrieben\w*|geflüchtet\w*|auf der flucht",
        "rescued": r"evakuiert\w*|in sicherheit gebracht|gerettet\w*",
        "protesting": r"demonstrier\w*|protestier\w*|gingen .{0,30}auf die straße",
        "infected": r"infiziert\w*|infektionen|neuinfektionen|erkrankt\w*|erkrankungen",
        "dismissed": r"entlassen\w*|entlassungen|gekündigt\w*|abgebaut\w*|stellenabbau",
        "hired": r"eingestellt\w*|neueinstellungen",
        "bought": r"gekauft\w*|kaufte[n]?|erworben\w*|erwarb(?:en)?",
        "delivered": r"geliefert\w*|liefer(?:t|te|ten|n|ungen)",
    },
    "en": {
        "killed": r"killed|kill(?:s|ing)|died|die[s]?|dead|deaths?|slain|perished|fatalities|drowned|murdered|executed|lost their lives",
        "wounded": r"wounded|injured|injur(?:y|ies|ing)|hurt",
        "losses": r"casualties|losses",
        "missing": r"missing",
        "captured": r"arrest(?:ed|s)|detain(?:ed|ees)|captured|imprisoned",
        "deserted": r"desert(?:ed|ers|ing)|defect(?:ed|ors)",
        "deployed": r"deployed|sent|send(?:s|ing)?|dispatched|mobili[sz]ed",
        "present": r"stationed|present|presence|arrived|live[sd]?|living",
        "fighting": r"fight(?:ing|s)?|fought",
        "trained": r"training|trained",
        "displaced": r"fled|displaced",
        "rescued": r"evacuated|rescued|saved",
        "protesting": r"demonstrated|protested|rallied|marched",
        "infected": r"infected|infections",
        "dismissed": r"laid off|dismissed|redundan\w+",
        "hired": r"hired",
        "bought": r"bought|purchased",
        "delivered": r"delivered|supplied|shipped",
    },
}  # fmt: skip
_EVENTS = {
    language: re.compile(
        r"(?<![\w-])(?:"
        + "|".join(f"(?P<{name}>{words})" for name, words in classes.items())
        + r")(?!\w|-\w)",
        re.IGNORECASE,
    )
    for language, classes in _WORDS.items()
}
_NOUNS = frozenset({"Leben", "Fallen"})  # "das Leben in der Stadt"


class Event(NamedTuple):
    """A word or phrase that tells what happened."""

    event: EventClass
    span: Span


def events(text: str, language: str) -> list[Event]:
    """The events of a text, in order; what is not English ("en") is read as German."""
    pattern = _EVENTS["en" if language == "en" else "de"]
    return [
        Event(match.lastgroup, Span(*match.span()))  # type: ignore[arg-type]
        for match in pattern.finditer(text)
        if match.lastgroup and match[0] not in _NOUNS
    ]


def related(one: frozenset[EventClass], other: frozenset[EventClass]) -> bool:
    """Whether two sets of classes have one in common or belong to one family."""
    return bool(one & other) or any(one & family and other & family for family in FAMILIES)
