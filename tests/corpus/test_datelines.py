"""The lines in which articles give their date and outlet."""

from __future__ import annotations

import pytest

from qa.corpus.metadata import article_date, source_of

BODY = "Der Steg am Ufer wurde gestern für alle Fußgänger gesperrt, wie die Gemeinde am Abend mitteilte."


@pytest.mark.parametrize(
    "line",
    [
        "Auental, 6. März 2024 (dpa) - Am Ufer wurde ein Steg gesperrt.",
        "Auental, 06.03.24 (dpa) – Am Ufer wurde ein Steg gesperrt.",
        "(dpa) Auental, 6. März 2024: Am Ufer wurde ein Steg gesperrt.",
        "Auental/Uferstadt, den 6. März 2024 – Am Ufer wurde ein Steg gesperrt, teilte die Gemeinde mit.",
        "Datum: 06.03.2024",
        "Datum: 06.03.24",
        "Lornfurter Bote vom 6. März 2024",
        "Lornfurter Bote, 6. März 2024, S. 5",
        "Lornfurter Bote, Nr. 55 vom 06.03.2024, S. 3",
        "Lornfurter Bote (06.03.2024)",
        "Wednesday, March 6, 2024",
        "March 6, 2024 Wednesday",
        "6. März 2024 Mittwoch",
        "BERLIN, March 6, 2024 (Reuters) - The bridge stays closed until autumn, the town said on Wednesday.",
        "Berlin (dpa), 06.03.2024 –",
        "Berlin (06.03.2024) - Die Brücke",
        "2024-03-06T14:05:00+01:00",
        "2024-03-06 14:05",
        "6 mars 2024",
        "Publié le 6 mars 2024 à 14h05",
        "Mittwoch, den 6. März 2024",
        "Mi., 06.03.2024, 14:05 Uhr",
        "Stand: 06.03.2024, 14:05 Uhr",
        "Pressemitteilung vom 6. März 2024",
        "Medienmitteilung Nr. 12 vom 06.03.2024",
        "Ausgabe 55/2024 vom 6. März 2024",
        "Erschienen am 6. März 2024",
        "Erschienen: 06.03.2024",
        "Erscheinungsdatum: Mittwoch, 06.03.2024",
        "Published: 6th March 2024",
        "Publication date: Mar 6, 2024",
        "Date: 20240306",
        "6.März 2024",
        "06. MÄRZ 2024",
        "Von Max Muster, 06.03.2024",
        "Von Max Muster am 6. März 2024",
        "(06.03.2024)",
        "Wien, am 6. März 2024",
        "Quelle: Lornfurter Bote, 06.03.2024",
        "Max Muster | 6. März 2024, 14:05 Uhr",
        "Online seit 6. März 2024",
        "**Datum:** 06.03.2024",
        "Frankfurt am Main, 6. März 2024. Die Brücke bleibt zu.",
        "Hamburg/Berlin, 6. März 2024 (dpa/lno) - Die Brücke",
        "dpa, 06.03.2024 14:05",
        "2024/03/06",
        "06/03/2024",
        "06.03.2024 | Lokales",
        "Lokales, 06.03.24",
        "06 Mar 2024",
        "Mi., 06.03.24",
        "Mittwoch, 06.03.24, 14:05 Uhr",
        "06.03.24, 14:05 Uhr",
        "06.03.24 | 14:05",
        "Mis à jour le 6 mars 2024",
        "Paris, le 6 mars 2024",
        "(Auental, 06.03.2024)",
        "March 6th, 2024",
        "6 March 2024, 2.05 pm",
        "Erschienen in der Uferpost am 06.03.2024",
        "Datum der Veröffentlichung: 6.3.2024",
        "Date: 6-Mar-24",
        "Date: 45357",
        "Datum:\t2024-3-6",
        "Uferpost | 6. März 2024 | Seite 4",
        "The Lake Gazette, March 6, 2024",
        "Auental-Echo, 06.03.2024",
        "6. März 2024 um 14:05 Uhr von Max Muster",
        "von Max Muster am 6. März 2024",
        "Letzte Änderung: 06.03.2024",
        "Letzte Aktualisierung: 6. März 2024",
        "Aktualisierung: 06.03.2024, 14:05 Uhr",
        "Last update: 6 March 2024",
        "Redaktion 06.03.2024",
        "Online-Redaktion Auental, 6. März 2024",
        "Von der Lokalredaktion 06.03.2024",
        "red. 06.03.2024",
        "6. Maerz 2024",
        "06-Mar-2024",
        "Auental, 06-Mar-2024",
        "ots - Auental, 06.03.2024 - Am Ufer wurde ein Steg gesperrt.",
    ],
)
@pytest.mark.parametrize("above", ["", "Steg gesperrt\n", "Steg gesperrt\n\nUfer ohne Weg\n"])
def test_a_line_that_gives_the_date(line: str, above: str) -> None:
    assert article_date(f"{above}{line}\n\n{BODY}\n") == "2024-03-06"


@pytest.mark.parametrize(
    "line",
    [
        "Urteil vom 6. März 2024",
        "Beschluss des Rats vom 06.03.2024 aufgehoben",
        "Was seit dem 6. März 2024 geschah",
        "Der Steg wird am Freitag, 6. März 2024, für alle gesperrt und bleibt es bis in den Mai.",
        "Seit Mittwoch, 6. März 2024, ist der Steg für alle gesperrt, und das bleibt er bis Mai.",
        "Der Steg war am 6. März 2024 zu.",
        "Termin: 06.03.2024",
        "Geboren am 06.03.2024",
        "Datum: bald",
        "10.12.24",
        "10.12.24 Uhr",
        "20240306",
        "45357",
        "Aktenzeichen 12/06.03.2024/7",
        "6. März 2024 von Polizei gesperrt",
        "Redaktion zieht am 06.03.2024 um",
        "Neue Redaktion seit 06.03.2024",
        "Aktualisierung der Pläne vom 06.03.2024 im Rat",
        "Aktenzeichen 12-Mar-2024-7",
    ],
)
def test_a_line_that_speaks_of_another_day(line: str) -> None:
    assert article_date(f"Steg gesperrt\n{line}\n\n{BODY}\n") == ""


def test_the_number_of_an_agency_at_the_end() -> None:
    assert article_date(f"Steg gesperrt\n\n{BODY}\n\n© dpa-infocom, dpa:240306-930-12345/2\n") == "2024-03-06"
    assert article_date(f"Steg gesperrt\n\n{BODY}\n\ndpa:249906-930-12345/2\n") == ""


@pytest.mark.parametrize(
    ("line", "source"),
    [
        ("Uferpost vom 6. März 2024, Seite 4", "Uferpost"),
        ("Auentaler Zeitung, Nr. 55 vom 06.03.2024, S. 3", "Auentaler Zeitung"),
        ("Auentaler Zeitung, 6. März 2024", "Auentaler Zeitung"),
        ("Quelle: Der Bote am See, 06.03.2024, S. 3", "Der Bote am See"),
        ("Medium: Uferpost", "Uferpost"),
        ("Source: The Lake Gazette", "The Lake Gazette"),
        ("Auental, 6. März 2024 (dpa) – Am Ufer wurde ein Steg gesperrt.", "dpa"),
        ("Auental, 6. März 2024 (APA) – Am Ufer wurde ein Steg gesperrt.", "APA"),
        ("Auental, 6. März 2024 (AP) – Am Ufer wurde ein Steg gesperrt.", "AP"),
        ("LAKETON, March 6, 2024 (Reuters) - A pier was closed.", "Reuters"),
        ("Quelle: https://example.org/", ""),
        ("Auental, 6. März 2024 – Am Ufer wurde ein Steg gesperrt.", ""),
        ("Max Muster, 6. März 2024", ""),
    ],
)
def test_a_line_that_gives_the_outlet(line: str, source: str) -> None:
    assert source_of(f"Steg gesperrt\n{line}\n\n{BODY}") == source


def test_a_paper_with_a_hyphen_in_its_name() -> None:
    assert source_of(f"Steg gesperrt\nAuental-Echo, 06.03.2024\n\n{BODY}\n") == "Auental-Echo"
