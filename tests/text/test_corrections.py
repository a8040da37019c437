"""Sentences that `sentencex` alone cuts in the wrong place, and their like."""

from __future__ import annotations

import pytest

from tests.support.articles import quoted

# Each case is the sentences that a careful reader sees; the text is these with a space between.
GERMAN = [
    ["Am 24. Oktober kam der Zug an.", "Er hatte zwei Stunden Verspätung."],
    ["Die Wahl ist am 3. Mai, sagte der Bürgermeister.", "Danach wird gezählt."],
    ["Das gilt z. B. für Hunde.", "Katzen sind frei."],
    ["Das gilt z.B. Hunden und Katzen.", "Vögel sind frei."],
    ["Dr. Anna Meier leitet das Haus.", "Sie ist seit 2019 dort."],
    ["Prof. Dr. Lang und Frau Dr. Kurz sprachen.", "Es gab Beifall."],
    ["Die Stadt zahlt 1.000 Euro.", "Das Land zahlt 2.500.000 Euro."],
    ["Es fehlen ca. 300 Plätze bzw. 12 Prozent.", "Mehr ist nicht bekannt."],
    ["Der Bus Nr. 5 fährt nicht.", "Die Linie Nr. 14 fährt."],
    ["Vom 14. bis 16. März ist die Halle zu.", "Danach öffnet sie."],
    ["Das kostet, d. h. es ist nicht umsonst.", "Wer zahlt?"],
    ["„Wir kommen wieder“, sagte sie.", "Dann ging sie."],
    ["„Wir kommen wieder.“", "Das sagte sie am Montag."],
    ["„Kommt ihr wieder?“, fragte er.", "Niemand antwortete."],
    ["„Das reicht!“, rief ein Mann.", "Die Menge klatschte."],
    ["Er sagte: „Das ist falsch. Wir prüfen das.“", "Mehr sagte er nicht."],
    ['"Das ist gut", meinte Müller.', "Der Rat stimmte zu."],
    ['"Das ist gut."', "So endete der Brief."],
    ["»Das war knapp«, sagte der Trainer.", "»Wir hatten Glück.«", "Dann lachte er."],
    ["Ludwig XIV. baute das Schloss.", "Es steht noch."],
    ["Im 19. Jahrhundert war das anders.", "Heute gilt es nicht mehr."],
    ["Die 2. Bundesliga startet am Freitag.", "Die Karten sind knapp."],
    ["Die Tabelle führt der 1. FC Köln an.", "Dahinter folgt Mainz 05."],
    ["Er gewann im Jahr 2012 als 3. Läufer die Staffel.", "Das blieb so."],
    ["Im Laufe des 18. und 19. Jahrhunderts zogen viele fort.", "Wenige kamen wieder."],
    ["Die 2., 3. und 4. Stufe sind aus Holz.", "Die erste ist aus Stein."],
    ["Es waren 15.", "Danach kamen noch drei."],
    ["Das Fest ist am 24.", "Der Eintritt ist frei."],
    ["Sie fuhr auf der Bundesstraße 9.", "Derzeit wird dort gebaut."],
    ["Der Verein wurde 1904 gegründet.", "Er hat 300 Mitglieder."],
    ["So war es im Jahr 1990.", "Die Mauer war gefallen."],
    ["Sie geriet in Vergessenheit.", "1960 wurde sie wiederentdeckt."],
    ["Sie siegten im Norden des Landes.", "8.000 der Soldaten kehrten heim."],
    ["Das Treffen war um 9 Uhr.", "Es endete um 10.30 Uhr.", "Alle gingen."],
    ["Die Fa. Huber u. Co. baut dort.", "Die Nachbarn klagen."],
    ["Er zahlte 3,5 Mio. Euro.", "Das war zu viel."],
    ["Laut Abs. 3 Satz 2 gilt das nicht.", "Die Richterin sah es anders."],
    ["Siehe § 5 Abs. 2 Nr. 1 BGB.", "Dort steht alles."],
    ["Die Straße liegt in St. Pauli.", "Sie ist gesperrt."],
    ["Er wohnt in der Bahnhofstr. 12 in Ulm.", "Dort ist es laut."],
    ["Die USA, Japan usw. stimmten zu.", "Nur ein Land war dagegen."],
    ["Sie verkaufen Äpfel, Birnen usw.", "Der Markt ist samstags."],
    ["Erlaubt sind 30 km/h.", "Wer schneller fährt, zahlt."],
    ["Sie ist im Jahr 122 n. Chr.", "Das war ein gutes Jahr."],
    ["Alexander der Große starb 323 v. Chr. in Babylon.", "Sein Reich zerfiel."],
    ["Der Herrscher (M.) besuchte die Fabrik.", "Er blieb eine Stunde."],
    ["J. K. Rowling schrieb das Buch.", "Es wurde verfilmt."],
    ["Er sprach lange … und ging dann.", "Keiner fragte."],
    ["Es wurde still...", "Dann fing es an zu regnen."],
    ["Die Seite www.beispiel.de ist offline.", "Der Betreiber schweigt."],
    ["Die App KARTEN.APP hilft.", "Sie kostet nichts."],
    ["Am 05.11.2024 um 4.03 Uhr kam die Meldung.", "Sie stimmte nicht."],
    ["Das war am 16. 10. 2024 in Berlin.", "Es regnete."],
    ["Die Sitzung fällt aus (s. o.).", "Ein neuer Termin folgt."],
    ["Die Partei bekam u. a. Stimmen aus Köln.", "Auch Bonn wählte sie."],
    ["Das Heer der sog. Freiwilligen wuchs.", "Es fehlten Stiefel."],
    ["Er kam i. d. R. zu Fuß.", "Heute kam er mit dem Rad."],
    ["Bis einschl. Freitag ist zu.", "Ab Samstag ist offen."],
    ["Das ist vorl. Stand der Dinge.", "Er kann sich ändern."],
    ["Was passiert jetzt?", "Niemand weiß es."],
]


@pytest.mark.parametrize("case", GERMAN, ids=lambda case: case[0][:30])
def test_german_sentences(case: list[str]) -> None:
    assert quoted(" ".join(case)) == case


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ms. Lee met Dr. Ray. They talked.", ["Ms. Lee met Dr. Ray.", "They talked."]),
        ("See Section 60 (5) there. It helps.", ["See Section 60 (5) there.", "It helps."]),
    ],
)
def test_english_sentences(text: str, expected: list[str]) -> None:
    assert quoted(text, "en") == expected
