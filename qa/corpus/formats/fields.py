"""The names that people and programs give the fields of an article, in German and English.

For heads of tables, keys of JSON, front matter and the labels of exports.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

TEXT = "text"

# By field of a draft; of several names in one file the first in this list counts.
_NAMES = {
    TEXT: "text|volltext|fulltext|full text|content|inhalt|body|artikeltext|article text|text body|body text"
    "|main text|maintext|haupttext|fließtext|articlebody|article body|content text|plain text|plaintext"
    "|artikel|article|beitrag|beitragstext|story|meldungstext|raw text|clean text"
    "|meldung|nachricht|nachrichtentext|text des artikels|artikel volltext|volltext artikel|textinhalt"
    "|wortlaut|main"
    # where nothing else holds text
    "|beschreibung|description|zusammenfassung|summary|abstract|auszug|excerpt|snippet",
    "title": "title|titel|headline|überschrift|ueberschrift|schlagzeile|hauptüberschrift|hauptueberschrift"
    "|haupttitel|artikeltitel|article title|main title|head|betreff|heading|kopf",
    "date": "date|datum|published|published at|publishedat|publication date|publicationdate|publish date"
    "|date published|datepublished|pub date|pubdate|pubtime|erscheinungsdatum|erscheinungstag|erschienen"
    "|erschienen am|veröffentlicht|veröffentlicht am|veröffentlichungsdatum|veroeffentlichungsdatum"
    "|veroeffentlicht am"
    "|veröffentlichung|publikationsdatum|publiziert am|datum der veröffentlichung|ausgabedatum|artikeldatum"
    "|article date|issue date|publish time|published time|published on|date time|datetime|zeitpunkt|timestamp"
    "|created at|created|ersch datum|sendedatum|gesendet|gesendet am",
    "source": "source|quelle|medium|outlet|zeitung|publication|publikation|newspaper|publisher|medienname"
    "|medientitel|medium name|source name|sourcename|quellenname|name der quelle|publication title"
    "|publication name|titel der zeitung|titel der publikation|media outlet|media|news outlet|news source"
    "|site name|sitename|site|herausgeber|zeitungsname|name der zeitung|agentur|agency",
    "author": "author|autor|autorin|autoren|authors|author name|authorname|verfasser|verfasserin|byline|by"
    "|creator|written by|redakteur|redakteurin|journalist|reporter|dc creator",
    "language": "language|sprache|lang|langue|language of publication|language code",
    "url": "url|link|permalink|article url|artikel url|web url|weburl|webadresse|source url|canonical url"
    "|href|internetadresse|dauerhafte adresse"
    "|dauerhafte adresse des dokuments",
}
# Parts of an article that are printed above its text.
_LEADS = "dachzeile|untertitel|unterzeile|subtitle|subheadline|subhead|vorspann|standfirst|lead|teaser|anriss"


def plain(name: str) -> str:
    """A name in the form in which labels are compared: "Full_Text:" is "full text"."""
    return " ".join(re.sub(r"[\s_-]+", " ", name.strip("\ufeff \t\n\r\"'*:.")).split()).casefold()


def _key(name: str) -> str:
    """A name as it is looked up: "Full_Text", "FullText", "Full text (UTF-8)" are one."""
    return re.sub(r"\([^()]*\)$|[ .]", "", plain(name))


_FIELD_OF = {_key(name): field for field, names in _NAMES.items() for name in names.split("|")}
_RANK = {_key(name): rank for names in _NAMES.values() for rank, name in enumerate(names.split("|"))}
_LEAD_RANK = {_key(name): rank for rank, name in enumerate(_LEADS.split("|"))}


# what a name adds to that of a field: "post_content", "Titel des Artikels", "Datum der Ausgabe"
_ADDED = re.compile(
    r"(?:news|post|articles?|artikel|items?|beitrags?|meldungs?|story|documents?|dokument(?:en)?)(?=..)"
    r"|(?:(?:des|der)(?:artikels|beitrags|textes|meldung|nachricht|ausgabe|veröffentlichung|publikation)"
    r"|ofthe(?:article|issue|story|document))$"
)
# a language behind the name: "titel_de", "text (en)"
_LANGUAGE = re.compile(r"(?<=\w) \(?(?:de|en|fr|it|es|nl|deu|ger|eng|deutsch|german|englisch|english)\)?$")


def _known_key(name: str) -> str:
    """The key under which a name is known, as it is or without what it adds; "" if none."""
    key = _key(name)
    if key in _FIELD_OF:
        return key
    key = _key(_LANGUAGE.sub("", plain(name)))
    if key in _FIELD_OF:
        return key
    match = _ADDED.match(key) or _ADDED.search(key)
    bare = key[: match.start()] + key[match.end() :] if match else ""
    return bare if bare in _FIELD_OF else ""


def field_of(name: str) -> str:
    """The field that a name means, "text" or one of `draft.FIELDS`; "" if none."""
    return _FIELD_OF.get(_known_key(name), "")


def chosen(names: Iterable[str]) -> dict[str, str]:
    """By field, the name that means it; of several the plainest, and of several languages the text's."""
    named: dict[str, list[str]] = {}
    for name in names:
        named.setdefault(field_of(name), []).append(name)
    text = min(named.get(TEXT, [""]), key=_rank)
    language = _language(text)
    return {
        field: text
        if field == TEXT
        else min(several, key=lambda name: (_language(name) not in ("", language), _rank(name)))
        for field, several in named.items()
        if field
    }


def _language(name: str) -> str:
    """The language that a name ends in; "" if none."""
    match = _LANGUAGE.search(plain(name))
    return match[0] if match else ""


def _rank(name: str) -> tuple[int, bool]:
    """How plainly a name means its field, less is plainer; what a name adds makes it less plain."""
    key = _known_key(name)
    return _RANK.get(key, 0), key != _key(name)


def with_leads(text: str, values: Mapping[str, str]) -> str:
    """The text below those of the values that are printed above it: subtitle, standfirst, teaser."""
    ranked = {_LEAD_RANK.get(_key(name), -1): value.strip() for name, value in values.items()}
    shown = [lead for rank, lead in sorted(ranked.items()) if rank >= 0 and lead.rstrip(" .…") not in text]
    return "\n\n".join([*shown, text]) if shown and text.strip() else text
