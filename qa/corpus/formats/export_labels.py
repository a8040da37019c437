"""The labels of press databases: of fields, of what belongs to the text, and of what only they need.

Knows nothing of how the articles of an export are divided.
"""

from __future__ import annotations

import re
from functools import lru_cache

from qa.corpus.formats.fields import TEXT, field_of, plain
from qa.text.boilerplate import is_prose

MAX_LABEL = 45  # characters of a label
LEADS = frozenset(
    {
        "highlight",
        "vorspann",
        "lead",
        "zusammenfassung",
        "abstract",
        "untertitel",
        "subheadline",
        "teaser",
        "encart",
    }
)
BODY = frozenset({"body", "text", "volltext", "full text", "fulltext", "haupttext"})
TITLES = frozenset({"headline", "titel", "title", "überschrift", "schlagzeile", "haupttitel", "titre"})
AUTHORS = frozenset({"byline", "autor", "autorin", "autoren", "author", "authors", "verfasser", "auteur"})
CAPTIONS = frozenset({"graphic", "grafik", "graphique", "correction", "berichtigung", "notes"})
BYLINE = re.compile(r"(?:Von|By|Par)\s")
RULE = re.compile(r"\s*([-=_*#~+])(?:\s?\1){4,}\s*")
# What a database says about a document; it is no part of the article.
_DROPPED_NAMES = (
    "länge|length|wörter|words|rubrik|ressort|section|seite|page|pages|seiten|ausgabe|edition|load date"
    "|datum des ladens|ladedatum|publication type|document type|dokumenttyp|issn|isbn|dokumentnummer"
    "|document number|dokument nummer|document id|dokument id|proquest document id|accession number"
    "|journal code|subject|schlagwörter|schlagworte|stichwörter|keywords|company|organization"
    "|organisation|ticker|industry|branche|geographic|geografisch|geographie|correction date"
    "|distribution|dateline|place of publication|country of publication|copyright|rechte|last updated"
    "|database|datenbank|publication year|publication subject|source type|language of publication"
    "|number of pages|volume|issue|heft|nummer|nr|jahrgang|series|medientyp|reichweite|auflage"
    "|erscheinungsweise|classification|alle rechte vorbehalten|series title|start page|first page"
    "|document url|publication info|publisher location|identifier / keyword|longueur|rubrique"
    "|date chargement|langue|type publication|sujet|company / organization|company/organization|location"
    "|publisher|proquest document link|numéro|nombre de mots"
)
_DROPPED = frozenset(_DROPPED_NAMES.split("|"))
_OF_ARTICLES = LEADS | BODY | TITLES | AUTHORS | CAPTIONS
_KNOWN = _DROPPED | _OF_ARTICLES
_LABEL = re.compile(rf"(?P<name>[^\W\d_][^:\t]{{0,{MAX_LABEL}}}?) ?(?::(?=\s|$)|\t)")
RIGHTS = re.compile(
    r"\W*(?:Copyright\b|©|\(c\)\s|Alle Rechte vorbehalten|All Rights Reserved|Tous droits réservés"
    r"|GBI-Genios|Dow Jones & Company|Graphic\s*$|Link to (?:Image|PDF)|PDF-Datei dieses Dokuments"
    r"|Classification\s*$|Page \d+ of \d+\s*$|Seite \d+ von \d+\s*$).*",
    re.IGNORECASE,
)
END = re.compile(r"\W*(?:End of Document|Ende des Dokuments|Fin du document|Dokumentende)\W*", re.IGNORECASE)
_PERCENT = re.compile(r"\(\d{2,3}%\)")


def name_of(line: str) -> str:
    """The plain name of the label that a line begins with, if it is a known one; "" if not."""
    line = line.strip()
    match = _LABEL.match(line)
    return _known(match["name"]) if match else ""


@lru_cache(maxsize=4096)
def _known(label: str) -> str:
    name = plain(label)
    return name if name in _KNOWN or field_of(name) not in ("", TEXT, "author") else ""


def meant_by(name: str) -> str:
    """The field that a label means by its plain name; "" if none."""
    return "title" if name in TITLES else field_of(name)


def value_of(line: str) -> str:
    """What follows the label of a line."""
    return re.split(r":\s*|\t", line.strip(), maxsplit=1)[-1].strip()


def is_trailing(line: str) -> bool:
    """Whether a line at the end of an article belongs to the database."""
    name = name_of(line)
    if name and name not in _OF_ARTICLES:
        return name in _DROPPED or not is_prose(value_of(line))
    return bool(RIGHTS.fullmatch(line.strip()) or END.fullmatch(line) or _PERCENT.search(line))
