"""Who or what is counted: countries in every form of their names, and nouns for the same kind of people.

German and English, by lists of beginnings; a noun that is in no list is its own kind.
"""

# ruff: noqa: E501 (patterns are easier to read whole)
from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from qa.types import Span

PersonKind = Literal[
    "military", "police", "crowd", "refugees", "workers", "detained", "attackers", "casualties", "people", ""
]

# Country -> beginnings of its names, adjectives and the words for its people.
_COUNTRIES = {
    "afghanistan": "afghan", "albania": "albani|albaner", "algeria": "algeri", "argentina": "argentin",
    "armenia": "armeni", "australia": "austral", "austria": "österreich|austria", "azerbaijan": "aserbaidschan|azerb",
    "bangladesh": "bangladesch|bangladesh", "belarus": "belarus|weißruss", "belgium": "belgi|belgier",
    "bosnia": "bosni", "brazil": "brasil|brazil", "britain": "britisch|briten|brite|großbritannien|britain|british",
    "bulgaria": "bulgari|bulgare", "canada": "kanad|canad", "chile": "chile", "china": "chin(?:a|es)",
    "colombia": "kolumbi|colombi", "croatia": "kroati|kroate|croat", "cuba": "kuba|cuba",
    "cyprus": "zypr|zyper|cypr", "czechia": "tschech|czech", "denmark": "dänemark|dänisch|däne|denmark|danish",
    "egypt": "ägypt|egypt", "england": "engl(?:and|isch|änder)", "eritrea": "eritre", "estonia": "estland|estnisch|estoni",
    "ethiopia": "äthiopi|ethiopi", "finland": "finnland|finnisch|finne|finland|finnish",
    "france": "frankreich|französ|franzos|france|french", "georgia": "georgi",
    "germany": "deutsch(?!e bahn|e bank|e post)|germany|german", "greece": "griech|greece|greek",
    "hungary": "ungar|hungar", "india": "indien|indisch|inder(?:n|s)?\\b|india",
    "indonesia": "indonesi", "iran": "iran", "iraq": "irak|iraq", "ireland": "irland|irisch|iren\\b|ireland|irish",
    "israel": "israel", "italy": "itali", "japan": "japan", "jordan": "jordani", "kazakhstan": "kasach|kazakh",
    "kenya": "kenia|kenya", "kosovo": "kosov", "latvia": "lettland|lettisch|latvi", "lebanon": "libanon|libanes|leban",
    "libya": "liby", "lithuania": "litau|lithuan", "mali": "mali(?:s|sch\\w*|er)?\\b", "mexico": "mexik|mexic",
    "moldova": "moldau|moldaw|moldov", "morocco": "marokk|morocc", "myanmar": "myanmar|birma|burma",
    "netherlands": "niederl[aä]nd|holländ|dutch|netherlands", "nigeria": "nigeria", "niger": "niger(?:s|isch\\w*)?\\b",
    "north korea": "nordkorea|north[ -]korea", "norway": "norweg|norw(?:ay|egian)", "pakistan": "pakistan",
    "palestine": "palästin|palestin", "peru": "peru", "philippines": "philippin", "poland": "polen|polnisch|pole\\b|poland|polish",
    "portugal": "portug", "romania": "rumän|romani", "russia": "russ(?:land|isch|e|en|in)|russia",
    "saudi arabia": "saudi", "serbia": "serb", "slovakia": "slowak|slovak", "slovenia": "sloweni|slovene|slovenia",
    "somalia": "somali", "south africa": "südafrika|south[ -]africa", "south korea": "südkorea|south[ -]korea",
    "spain": "spani|spain|spanish", "sudan": "sudan", "sweden": "schwed|swed(?:en|ish)",
    "switzerland": "schweiz|switzerland|swiss", "syria": "syri|syrer", "taiwan": "taiwan", "thailand": "thai",
    "tunisia": "tunesi|tunisi", "turkey": "türk(?:ei|isch|e|en|in)|turk(?:ey|ish)",
    "ukraine": "ukrain", "usa": "usa\\b|us-(?=\\w)|u\\.s\\b|amerikan|vereinigten? staaten|united states|american",
    "venezuela": "venezol|venezuel", "vietnam": "vietnam", "yemen": "jemen|yemen",
}  # fmt: skip
_COUNTRY = {name: re.compile(rf"(?:{beginnings})[\w-]*") for name, beginnings in _COUNTRIES.items()}
_WORD = re.compile(r"(?<![\w-])[^\W\d_](?:[\w-]|\.(?=[A-Z]\.))*")
_NEXT_NOUN = re.compile(r"(?:\s[a-zäöü]+(?:e[nrsm]?))?\s(?P<noun>[A-ZÄÖÜ][\w-]+)")
_NEXT_WORD = re.compile(r"\s(?P<noun>[a-z]+)\b")  # "Mexican tourists"
# First words of names of two; the second is looked at as well.
_TWO = frozenset("north south vereinigte vereinigten united saudi".split())
_SECOND = re.compile(r"[\s-](\w+)")

_KINDS: tuple[tuple[PersonKind, str], ...] = (
    ("military", r"soldat|truppe|streitkr[äa]ft|infanterist|kämpfer|offizier|armee|söldner|rekrut|reservist|elitesoldat"
     r"|militär|soldier|troop|fighter|serviceme|officer|mercenar|recruit"),
    ("police", r"polizist|polizeibeamt|einsatzkr[äa]ft|sicherheitskr[äa]ft|police"),
    ("crowd", r"demonstrant|teilnehmer|protestierend|zuschauer|besucher|kundgebungsteilnehmer|demonstrator|protester|participant|visitor"),
    ("refugees", r"flüchtling|geflüchtet|asylbewerber|asylwerber|asylsuchend|migrant|vertrieben|schutzsuchend|refugee|migrant|asylum seeker"),
    ("workers", r"arbeiter|beschäftigt|mitarbeiter|angestellt|arbeitnehmer|stelle|arbeitsplatz|arbeitsplätz|job|employee|worker|staff"),
    ("detained", r"häftling|gefangen|festgenommen|verhaftet|inhaftiert|gefängnisinsass|prisoner|detainee|inmate"),
    ("attackers", r"attentäter|täter|angreifer|terrorist|attacker|gunman|gunmen|perpetrator|terrorist"),
    ("casualties", r"tote|todesopfer|verletzte|schwerverletzt|verwundet|opfer|leiche|gefallene|verluste|dead|victim|casualt|fatalit|body|bodies"),
    ("people", r"mensch|person|leute|zivilist|kind|frau|mann$|männer|mädchen|junge[n]?$|jugendlich|bürger|bewohner|einwohner"
     r"|passagier|insasse|student|schüler|lehrer|patient|journalist|dissident|regimegegner|aktivist|tourist|urlauber|gast|gäste"
     r"|fan|geisel|vermisst|verdächtig|anwohner|mitglied|wähler|kunde|helfer|zivil|people|civilian|child|woman|women|man|men|citizen"
     r"|resident|passenger|student|hostage|tourist|member|voter"),
)  # fmt: skip
# Letters of a beginning from which it may end a compound: "Infanteriesoldaten", but not "Elefanten".
_SHORT = 5
_ENDING = r"(?:e?[nrs]{0,2}|es|in|innen)"


def _pattern(words: str) -> re.Pattern[str]:
    """Nouns that begin with one of these words, or compounds that end so."""
    short = "|".join(word for word in words.split("|") if len(word.rstrip("$")) < _SHORT)
    long = "|".join(word for word in words.split("|") if len(word.rstrip("$")) >= _SHORT)
    return re.compile(
        rf"(?:[\w-]*-)?(?:{short or '(?!)'}){_ENDING}|[\w-]*?(?:{long or '(?!)'})\w*", re.IGNORECASE
    )


_KIND = [(kind, _pattern(words)) for kind, words in _KINDS]


class Country(NamedTuple):
    """A country by its English name, wherever a form of its name stands."""

    name: str
    span: Span


@lru_cache(maxsize=1 << 10)
def countries(text: str) -> tuple[Country, ...]:
    """The countries that a text names, in order, also as adjectives and as words for their people."""
    out = []
    for match in _WORD.finditer(text):
        word, end = match[0].lower(), match.end()
        if word in _TWO and (second := _SECOND.match(text, end)):
            word, end = f"{word} {second[1].lower()}", second.end()
        if name := _country(word):
            out.append(Country(name, Span(match.start(), end)))
    return tuple(out)


_ORIGIN = re.compile(r"\b(?P<noun>[\wäöüß]+) (?:aus|from|of) (?:der |den |dem |the )?$")
ORIGIN_CHARS = 60  # of "Infanteristen aus den " at most


@lru_cache(maxsize=1 << 10)
def people(text: str) -> tuple[Country, ...]:
    """The countries of a text's people, in order: "polnische Soldaten", "Soldaten aus Kiribati", "Inder"."""
    out = []
    for one in countries(text):
        origin = _ORIGIN.search(text, max(0, one.span.start - ORIGIN_CHARS), one.span.start)
        word = text[one.span.start : one.span.end]
        following = (_NEXT_NOUN if word[0].islower() else _NEXT_WORD).match(text, one.span.end)
        nouns = [word, *(found["noun"] for found in (following, origin) if found)]
        if any(map(person_kind, nouns)):
            out.append(one)
    return tuple(out)


@lru_cache(maxsize=1 << 15)
def _country(word: str) -> str:
    """The country of a lower-case word or pair of words, or ""."""
    return next((name for name, pattern in _COUNTRY.items() if pattern.fullmatch(word)), "")


def general(noun: str) -> bool:
    """Whether a noun means anybody of its kind, as "Soldaten" does and "Offiziere" does not."""
    return bool(_GENERAL.match(noun))


@lru_cache(maxsize=1 << 14)
def person_kind(noun: str) -> PersonKind:
    """What kind of people a noun means; "" if it means none that is listed."""
    for kind, pattern in _KIND:
        if pattern.fullmatch(noun):
            return kind
    named = countries(noun)
    whole = bool(named) and named[0].span == Span(0, len(noun)) and noun[0].isupper()
    return "people" if whole and noun[-2:] in _PEOPLE_ENDINGS else ""


_GENERAL = re.compile(
    r"(?:soldat|truppe|streitkr|militär|armee|soldier|troop|mitarbeiter|beschäftigt|arbeitnehmer|employee|worker|stelle|arbeitspl"
    r"|job|flüchtling|refugee|migrant|geflüchtet|häftling|gefangen|prisoner|festgenommen|demonstrant|teilnehmer|protester|polizist|einsatzkr|sicherheitskr"
    r"|police|mensch|person|leute|people|tote|opfer|todesopfer|verletzte|dead|victim|casualt)",
    re.IGNORECASE,
)
_PEOPLE_ENDINGS = frozenset(("er", "rn", "en", "se", "ns", "he", "ze"))
