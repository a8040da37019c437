from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.text.boilerplate import boilerplate_spans, is_boilerplate
from qa.text.sentences import sentences

UNHURRIED = settings(deadline=None)  # machines that run tests are busy

BOILERPLATE = """
|
* * *
Foto: Agentur/Max Muster
Bild: KI-generiert
Symbolbild: Stadtverwaltung
Fotos: privat
Photo by: Jane Doe
(Quelle: Ministerium)
© 2024 Verlag
Alle Rechte vorbehalten
![Ein Bild](bild.png)
3 Wochen vor
vor 5 Minuten
2 hours ago
24/10/2024
05.11.2024 - 04:03 Uhr
16. Oktober 2024
Mittwoch, 16. Oktober 2024, 12:30 Uhr
2. Jänner 2024
Stand: 05.11.2024, 10:15 Uhr
Aktualisiert am 05.11.2024
Letzte Aktualisierung: 5. November 2024
Last update: 5-Nov-2024
7. Febr. 2024
Veröffentlicht: 5. November 2024
Published on November 5, 2024
Lesedauer: 3 Min.
Lesezeit ca. 4 Minuten
5 min read
Kopiert
News folgen
Meine News
Artikel teilen
Drucken
Auf Facebook teilen
Share on Twitter
Newsletter abonnieren
12 Kommentare
Anzeige
Quellen
Impressum
Startseite
Mehr zum Thema
Alle Cookies akzeptieren
Cookie-Einstellungen
Wir verwenden Cookies, um Ihnen das beste Erlebnis zu bieten.
We use cookies to improve this site.
Startseite > Politik > Ausland
Facebook | WhatsApp | E-Mail
Von Max Muster
Von Max Muster und Erika Musterfrau
By Jane Doe
""".strip().split("\n")

CONTENT = """
Details
Verletzte 12
Ort Altstadt, Bachviertel
Dauer 3 Wochen
Die Brücke ist gesperrt.
Foto zeigt den Täter vor der Bank
Quelle: Nach Angaben der Polizei war es ein Unfall.
Welt
Berlin
24:00
Bergstraße 12
http://www.beispiel.de
Montag bis Freitag 10:00 - 19:00
1. FC Köln 2:1 Mainz 05
Von Berlin nach München in vier Stunden
Die EU will Cookies auf Webseiten verbieten.
Vor 20 Jahren fiel die Mauer
Der Sturm vom 24. Oktober 2024
| Jahr | Zahl |
|------|------|
| 2023 | 12 |
CDU, SPD und Grüne
Drei Wochen vor der Wahl
""".strip().split("\n")


@pytest.mark.parametrize("line", BOILERPLATE)
def test_boilerplate(line: str) -> None:
    assert is_boilerplate(line)
    text = f"Davor steht ein ganzer Satz.\n{line}\nDanach steht ein ganzer Satz.\n"
    assert [text[a:b] for a, b in boilerplate_spans(text)] == [line]


@pytest.mark.parametrize("line", CONTENT)
def test_content(line: str) -> None:
    assert not is_boilerplate(line)
    assert boilerplate_spans(f"Davor steht ein ganzer Satz.\n{line}\nDanach steht ein ganzer Satz.\n") == []


def test_fragments_within_a_line() -> None:
    text = (
        "date 2024-11 Neue Brücke gebaut Von tagblatt , ab Aktualisiert am 05.11.2024 - 04:03 Uhr"
        " Lesedauer: 3 Min. Die Brücke im März 2024. (Quelle: Stadt) Kopiert News folgen"
    )
    kept, last = [], 0
    for start, end in boilerplate_spans(text):
        kept.append(text[last:start].strip())
        last = end
    assert [part for part in [*kept, text[last:]] if part] == [
        "Neue Brücke gebaut",
        "Die Brücke im März 2024.",
    ]


def test_what_fragments_leave_may_be_boilerplate() -> None:
    text = "Lesedauer: 3 Min. 24/10/2024"
    assert "".join(text[a:b] for a, b in boilerplate_spans(text)) == text


def test_labels_count_beside_boilerplate_only() -> None:
    page = "Brücke gesperrt\n\nMax Muster\n\nvor 3 Wochen\n|\nWelt\nFoto: dpa\n"
    page += "Die Brücke über den Bach ist ab heute zu.\n"
    found = [page[a:b] for a, b in boilerplate_spans(page)]
    assert found == ["Max Muster", "vor 3 Wochen", "|", "Welt", "Foto: dpa"]
    # within the body a heading may be next to a picture
    body = "Die Brücke über den Bach ist ab heute zu.\nFoto: dpa\nNeue Pläne\nEs wird neu gebaut.\n"
    assert [body[a:b] for a, b in boilerplate_spans(body)] == ["Foto: dpa"]


@UNHURRIED
@given(st.lists(st.sampled_from([*BOILERPLATE, *CONTENT, "", "  "]), max_size=12).map("\n".join))
def test_spans_are_disjoint_and_in_order(text: str) -> None:
    last = 0
    for start, end in boilerplate_spans(text):
        assert last <= start < end <= len(text)
        last = end


def test_a_page_number_is_boilerplate() -> None:
    text = "Es regnet seit Tagen.\n12\fSeite 13 von 20\nDas Wasser steigt.\n\n14\n\nDie Zahl steht allein.\f"
    found = [text[start:end] for start, end in sentences(text)]
    assert found == ["Es regnet seit Tagen.", "Das Wasser steigt.", "14", "Die Zahl steht allein."]


ROWS = "Werft | Leiter | Ort", "Ahrdorf | Ada Kern | Süd", "Elmen | Ole Timm | Nord"


@pytest.mark.parametrize("rows", [ROWS[:2], ROWS, (*ROWS, "Tarn | Ida Roth")])
def test_neighbouring_rows_of_a_table_are_content(rows: tuple[str, ...]) -> None:
    assert boilerplate_spans("Die Werften\n\n" + "\n".join(rows) + "\n\nMehr folgt.") == []
    assert boilerplate_spans("\r\n".join(rows)) == []


@pytest.mark.parametrize(
    "text",
    [
        "Werft | Leiter | Ort\n\nAhrdorf | Ada Kern | Süd",
        "Facebook | WhatsApp | E-Mail\nDrucken | Teilen | Merken",
        "Startseite | Suche | Ausland\nMenü | Home | Reise",
        "Startseite > Politik > Ausland\nStartseite > Sport > Segeln",
        "Politik | Ausland | Leute\nSegeln | Leute",
    ],
)
def test_navigation_of_several_lines_is_boilerplate(text: str) -> None:
    start, end = boilerplate_spans(text)[0]
    assert text[start:end] == text.split("\n")[0]
