"""Exports of press databases, as texts."""

from __future__ import annotations

import time
from html import escape
from pathlib import Path

import pytest

from qa.corpus.formats import exports
from qa.corpus.formats.draft import Draft
from qa.types import Article
from tests.support import documents
from tests.support.articles import all_of

GERMAN_NEXIS = """\
Dokument 1 von 2


Uferpost

Sonntag, 12. Februar 2023

Steg bleibt zu

LÄNGE: 80 Wörter

Der Steg bleibt zu, sagt die Gemeinde Auental. Taucher haben einen Riss gefunden.

SPRACHE: GERMAN; DEUTSCH
PUBLICATION-TYPE: Zeitung
Copyright 2023 Uferpost
Alle Rechte vorbehalten

Dokument 2 von 2


Seebote

Dienstag, 19. September 2023

Bad offen

LÄNGE: 80 Wörter

Das Bad in Auental öffnet am Montag. Der Eintritt kostet drei Euro.

SPRACHE: GERMAN; DEUTSCH
Copyright 2023 Seebote
"""
NEXIS = """\


                               1 of 2 DOCUMENTS


                              The Lake Gazette

                            February 12, 2023 Sunday
                              Late Edition - Final

Pier stays closed until
summer, town says

BYLINE: By Ann Example

SECTION: Section A; Column 1; Local Desk; Pg. 3

LENGTH: 80 words

DATELINE: LAKETON, Feb. 11

   The pier of Laketon stays closed until the summer, the town said on
Saturday. Divers had found a crack in one of its posts.

   The repair costs 40,000 dollars.

SUBJECT: PIERS (90%); DIVING (75%); MUNICIPAL
GOVERNMENT (70%)

LOAD-DATE: February 12, 2023

LANGUAGE: ENGLISH

PUBLICATION-TYPE: Newspaper


                 Copyright 2023 The Lake Gazette
                      All Rights Reserved

                               2 of 2 DOCUMENTS


                              The Hill Times

                            March 3, 2023 Friday

Library opens on Sundays

LENGTH: 44 words

The library of Hillton opens on Sundays from April on. It lends 12,000 books.

LOAD-DATE: March 3, 2023

LANGUAGE: ENGLISH

                 Copyright 2023 The Hill Times
                      All Rights Reserved
"""
LEXIS_ADVANCE = """\
User Name: x

Date and Time: Freitag, 5. Mai 2023 12:00 CEST

Job Number: 1234

Documents (2)

1. Steg gesperrt

Client/Matter: -None-

Search Terms: Steg

2. Bad offen

Client/Matter: -None-

Search Terms: Bad

Steg gesperrt

Uferpost

12. Februar 2023 Sonntag

Copyright 2023 Uferpost Alle Rechte vorbehalten

Section: LOKALES; S. 5

Length: 80 words

Byline: Von Max Muster

Highlight: Ein Riss sorgt für Ärger.

Body

Der Steg bleibt zu, sagt die Gemeinde Auental. Taucher haben einen Riss gefunden.

Load-Date: February 13, 2023

End of Document

Bad offen

Seebote

3. März 2023 Freitag

Copyright 2023 Seebote Alle Rechte vorbehalten

Length: 80 words

Body

Das Bad in Auental öffnet am Montag. Der Eintritt kostet drei Euro.

Classification

Language: GERMAN; DEUTSCH

Publication-Type: Zeitung

Load-Date: March 4, 2023

End of Document
"""
FACTIVA = """\
Steg bleibt zu

Von Max Muster
80 words
6 March 2024
Uferpost
UFERP
5
German
Copyright 2024 Uferpost GmbH

Der Steg bleibt zu, sagt die Gemeinde Auental. Taucher haben einen Riss gefunden.

Die Kosten sind offen.

Document UFERP00020240306ek360000a

Bad offen

44 Wörter
7 März 2024
14:05
Seebote
SEEB
Deutsch
(c) 2024 Seebote

Das Bad in Auental öffnet am Montag. Der Eintritt kostet drei Euro.

Dokument SEEB000020240307ek370000b

Search Summary
Text\tSteg OR Bad
Date\tAll Dates
"""
FACTIVA_CODES = """\
SE Lokales
HD Steg bleibt zu
BY Von Max Muster
WC 80 Wörter
PD 6. März 2024
SN Uferpost
SC UFERP
PG 5
LA Deutsch
CY Copyright 2024 Uferpost
LP
Der Steg bleibt zu, sagt die Gemeinde Auental.

TD
Taucher haben einen Riss gefunden.

NS gcat : Politik
RE gfr : Deutschland
AN Document UFERP00020240306ek360000a

HD Bad offen
WC 44 Wörter
PD 7. März 2024
SN Seebote
LA Deutsch
LP
Das Bad in Auental öffnet am Montag.
TD
Der Eintritt kostet drei Euro.
AN Document SEEB000020240307ek370000b
"""
GENIOS = """\
Steg bleibt zu

Uferpost vom 06.03.2024, Nr. 55, S. 3 / Lokales

Der Steg bleibt zu, sagt die Gemeinde Auental. Taucher haben einen Riss gefunden.

Quelle: Uferpost vom 06.03.2024, Nr. 55, S. 3
ISSN: 1234-5678
Ressort: Lokales
Dokumentnummer: UFP_abc

Dauerhafte Adresse des Dokuments: https://www.example.org/document/UFP_abc

Alle Rechte vorbehalten: (c) Ufer Verlag GmbH
© GBI-Genios Deutsche Wirtschaftsdatenbank GmbH

Bad offen

Seebote vom 07.03.2024, S. 1

Das Bad in Auental öffnet am Montag. Der Eintritt kostet drei Euro.

Quelle: Seebote vom 07.03.2024, S. 1
Dokumentnummer: SEB_abc

© GBI-Genios Deutsche Wirtschaftsdatenbank GmbH
"""
LABELS = """\
Titel: Steg bleibt zu
Quelle: Uferpost
Datum: 06.03.24
Autor: Max Muster

Der Steg bleibt zu, sagt die Gemeinde Auental. Taucher haben einen Riss gefunden.

------------------------------
Titel: Bad offen
Quelle: Seebote
Datum: 07.03.24

Das Bad in Auental öffnet am Montag. Der Eintritt kostet drei Euro.
"""
PROQUEST = """\
____________________________________________________________

Title: Pier stays closed
Author: Example, Ann
Publication title: The Lake Gazette
Publication date: Mar 6, 2024

Full text: The pier of Laketon stays closed, the town said. Divers had found a crack.

Subject: Piers; Divers
ProQuest document ID: 123
Database: x
____________________________________________________________

Title: Library opens
Publication title: The Hill Times
Publication date: Mar 7, 2024

Full text: The library opens on Sundays. It lends 12,000 books.

Database: x
"""
RULES = """\
Uferpost vom 6. März 2024, S. 3
Steg bleibt zu

Der Steg bleibt zu, sagt die Gemeinde Auental. Taucher haben einen Riss gefunden.

==============================

Seebote, 7. März 2024
Bad offen

Das Bad in Auental öffnet am Montag. Der Eintritt kostet drei Euro.
"""
SOURCES = """\
Steg bleibt zu

Der Steg bleibt zu, sagt die Gemeinde Auental. Taucher haben einen Riss gefunden.

Quelle: Uferpost vom 06.03.2024, S. 3
____________________

Bad offen

Das Bad in Auental öffnet am Montag. Der Eintritt kostet drei Euro.

Quelle: Seebote, 07.03.2024
"""
SERIES = """\
=== Artikel 1 ===
Uferpost, 6. März 2024
Steg bleibt zu
Der Steg bleibt zu, sagt die Gemeinde Auental. Taucher haben einen Riss gefunden.

=== Artikel 2 ===
Seebote, 7. März 2024
Bad offen
Das Bad in Auental öffnet am Montag. Der Eintritt kostet drei Euro.
"""
STEG = "Der Steg bleibt zu, sagt die Gemeinde Auental. Taucher haben einen Riss gefunden."
BAD = "Das Bad in Auental öffnet am Montag. Der Eintritt kostet drei Euro."
CODE = "UFERP00020240306ek360000"  # of a document in Factiva, but its last letter
# title, date, outlet, a part of the text, of each article
EXPORTS: dict[str, tuple[str, list[tuple[str, str, str, str]]]] = {
    "Nexis": (
        GERMAN_NEXIS,
        [("Steg bleibt zu", "2023-02-12", "Uferpost", STEG), ("Bad offen", "2023-09-19", "Seebote", BAD)],
    ),
    "Nexis in English": (
        NEXIS,
        [
            (
                "Pier stays closed until summer, town says",
                "2023-02-12",
                "The Lake Gazette",
                "40,000 dollars.",
            ),
            ("Library opens on Sundays", "2023-03-03", "The Hill Times", "It lends 12,000 books."),
        ],
    ),
    "Lexis Advance": (
        LEXIS_ADVANCE,
        [("Steg gesperrt", "2023-02-12", "Uferpost", STEG), ("Bad offen", "2023-03-03", "Seebote", BAD)],
    ),
    "Factiva": (
        FACTIVA,
        [("Steg bleibt zu", "2024-03-06", "Uferpost", STEG), ("Bad offen", "2024-03-07", "Seebote", BAD)],
    ),
    "Factiva with codes": (
        FACTIVA_CODES,
        [
            ("Steg bleibt zu", "2024-03-06", "Uferpost", "Taucher haben einen Riss gefunden."),
            ("Bad offen", "2024-03-07", "Seebote", "Der Eintritt kostet drei Euro."),
        ],
    ),
    "GENIOS": (
        GENIOS,
        [("Steg bleibt zu", "2024-03-06", "Uferpost", STEG), ("Bad offen", "2024-03-07", "Seebote", BAD)],
    ),
    "labels": (
        LABELS,
        [("Steg bleibt zu", "2024-03-06", "Uferpost", STEG), ("Bad offen", "2024-03-07", "Seebote", BAD)],
    ),
    "ProQuest": (
        PROQUEST,
        [
            ("Pier stays closed", "2024-03-06", "The Lake Gazette", "Divers had found a crack."),
            ("Library opens", "2024-03-07", "The Hill Times", "It lends 12,000 books."),
        ],
    ),
    "rules and sources": (
        SOURCES,
        [("Steg bleibt zu", "2024-03-06", "Uferpost", STEG), ("Bad offen", "2024-03-07", "Seebote", BAD)],
    ),
    "series": (
        SERIES,
        [("Steg bleibt zu", "2024-03-06", "Uferpost", STEG), ("Bad offen", "2024-03-07", "Seebote", BAD)],
    ),
    "rules": (
        RULES,
        [("Steg bleibt zu", "2024-03-06", "Uferpost", STEG), ("Bad offen", "2024-03-07", "Seebote", BAD)],
    ),
}
DATABASE = (
    "LÄNGE", "LENGTH", "SPRACHE", "LANGUAGE", "LOAD-DATE", "Load-Date", "Copyright", "Dokumentnummer", "ISSN",
    "Document ", "SUBJECT", "80 words", "UFERP", "Search", "----", "====", "____", "Client", "(70%)",
)  # fmt: skip


@pytest.mark.parametrize("name", EXPORTS)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_each_article_has_its_own_head(tmp_path: Path, name: str, ending: str) -> None:
    text, expected = EXPORTS[name]
    found = all_of(tmp_path, "export.txt", text.replace("\n", ending).encode())
    assert [item.article_id for item in found if isinstance(item, Article)] == [
        "export.txt/0001",
        "export.txt/0002",
    ]
    for article, (title, date, source, quote) in zip(found, expected, strict=True):
        assert isinstance(article, Article)
        assert (article.title, article.date, article.source) == (title, date, source)
        assert quote in " ".join(article.text.split())
        assert not [mark for mark in DATABASE if mark in article.text]


@pytest.mark.parametrize("name", ["Nexis", "Lexis Advance", "GENIOS"])
def test_an_export_in_a_word_file(tmp_path: Path, name: str) -> None:
    text, expected = EXPORTS[name]
    found = all_of(tmp_path, "export.docx", documents.docx([line for line in text.split("\n") if line]))
    heads = [(item.title, item.date, item.source) for item in found if isinstance(item, Article)]
    assert heads == [row[:3] for row in expected]


@pytest.mark.parametrize("name", ["Nexis", "Lexis Advance", "GENIOS", "Factiva"])
def test_an_export_in_a_page(tmp_path: Path, name: str) -> None:
    text, expected = EXPORTS[name]
    body = "".join(f"<div>{escape(line)}</div>" for line in text.split("\n") if line)
    page = f"<html><head><title>Export</title></head><body>{body}</body></html>"
    found = all_of(tmp_path, "export.html", page.encode())
    heads = [(item.title, item.date, item.source) for item in found if isinstance(item, Article)]
    assert heads == [row[:3] for row in expected]


def test_a_page_that_speaks_of_documents_is_one_article(tmp_path: Path) -> None:
    page = documents.html([STEG, "Der Rat las Dokument 1 von 2, dann Document 2 of 2.", BAD], title="Akten")
    (found,) = all_of(tmp_path, "a.html", page)
    assert isinstance(found, Article)
    assert found.article_id == "a.html"


def test_fields_in_tables(tmp_path: Path) -> None:
    first = {
        "HD": "Steg bleibt zu",
        "PD": "6. März 2024",
        "SN": "Uferpost",
        "LP": STEG,
        "AN": f"Document {CODE}a",
    }
    second = {"HD": "Bad offen", "PD": "7. März 2024", "SN": "Seebote", "TD": BAD, "AN": f"Document {CODE}b"}
    found = all_of(tmp_path, "export.docx", documents.docx_tables([first, second]))
    assert [
        (item.title, item.date, item.source, item.text) for item in found if isinstance(item, Article)
    ] == [
        ("Steg bleibt zu", "2024-03-06", "Uferpost", f"{STEG}\n"),
        ("Bad offen", "2024-03-07", "Seebote", f"{BAD}\n"),
    ]
    page = "".join(f"<table>{html_rows(fields)}</table>" for fields in (first, second))
    found = all_of(
        tmp_path / "page", "export.html", f"<html><body><form>{page}</form></body></html>".encode()
    )
    assert [item.title for item in found if isinstance(item, Article)] == ["Steg bleibt zu", "Bad offen"]


def html_rows(fields: dict[str, str]) -> str:
    return "".join(f"<tr><td>{name}</td><td>{escape(value)}</td></tr>" for name, value in fields.items())


def test_the_author_and_the_standfirst_stay() -> None:
    first, _ = exports.articles(LEXIS_ADVANCE)
    assert first.text == f"Von Max Muster\n\nEin Riss sorgt für Ärger.\n\n{STEG}\n"


def test_an_export_of_one_article_has_no_parts() -> None:
    text = GERMAN_NEXIS[: GERMAN_NEXIS.index("Dokument 2")].replace("1 von 2", "1 von 1")
    (draft,) = exports.articles(text)
    assert (draft.part, draft.fields["title"], draft.text) == ("", "Steg bleibt zu", f"{STEG}\n")


def test_factiva_without_rights() -> None:
    first, second = exports.articles(FACTIVA.replace("Copyright 2024 Uferpost GmbH\n", ""))
    assert (first.fields["source"], first.fields["date"]) == ("Uferpost", "2024-03-06")
    assert first.text == f"Von Max Muster\n\n{STEG}\n\nDie Kosten sind offen.\n"
    assert second.text == f"{BAD}\n"


ARTICLES = {
    "page numbers": f"Seite 1 von 2\n\n{STEG}\n\nSeite 2 von 2\n\n{BAD}\n",
    "numbers that do not follow": f"Dokument 1 von 9\n\n{STEG}\n\nDokument 7 von 9\n\n{BAD}\n",
    "numbers of other totals": f"Dokument 1 von 2\n\n{STEG}\n\nDokument 2 von 9\n\n{BAD}\n",
    "text in front of the first": f"{STEG}\n\nDokument 1 von 2\n\n{STEG}\n\nDokument 2 von 2\n\n{BAD}\n",
    "a law": f"Artikel 1\n\n{STEG}\n\nArtikel 2\n\n{BAD}\n",
    "one label": f"Steg bleibt zu\n\nTitel: Offen\n\n{STEG}\n",
    "labels in the text": f"{STEG}\n\nTitel: B\nDatum: 06.03.2024\n\n{BAD}\n\nTitel: C\nDatum: 1.1.2024\n",
    "labels that differ": f"Titel: A\nDatum: 1.1.2024\n\n{STEG}\n\nQuelle: B\nTitel: C\n\n{BAD}\n",
    "rules in an article": f"Steg bleibt zu\n\n{STEG}\n\n-----\n\n{BAD}\n",
    "a diary": f"6. März 2024\n\n{STEG}\n\n-----\n\n7. März 2024\n\n{BAD}\n",
    "a text after the last end": f"{STEG}\n\nEnd of Document\n\n{BAD}\n",
    "nothing but marks": "Dokument 1 von 2\n\nDokument 2 von 2\n",
}


@pytest.mark.parametrize("name", ARTICLES)
def test_in_doubt_a_file_is_one_article(name: str) -> None:
    assert exports.articles(ARTICLES[name]) == []
    assert exports.drafts_in(ARTICLES[name], {}) == [Draft(ARTICLES[name], {})]


WORST = {
    "copyright": "©" * 200_000 + "x",
    "labels": "Dokumentnummer: 1\n" * 20_000,
    "sources": "Quelle: a\nDokumentnummer: 1\n\n" * 10_000,
    "titles": "Titel: a\nDatum: b\n\n" * 20_000,
    "words": "Zeit " * 100_000,
    "a long word": "Die " + "zeitung" * 50_000 + "\n-----\n",
    "numbers": "".join(f"Dokument {n} von 20000\na\n" for n in range(1, 20_001)),
    "codes": "HD a\nPD b\nSN c\nTD d\n" * 20_000 + "Document ABCD0020240306ek360000a\n",
    "blank lines": "\n" * 500_000 + "End of Document\n",
    "rules": "-----\nUferpost, 6. März 2024\nText\n" * 5_000,
}


@pytest.mark.parametrize("name", WORST)
def test_any_text_takes_bounded_time(name: str) -> None:
    began = time.process_time()
    exports.articles(WORST[name])
    assert time.process_time() - began < 20, "not in linear time"
