from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.text.sentences import LONG_QUOTE, MAX_SENTENCE, is_heading, sentences

UNHURRIED = settings(deadline=None)  # machines that run tests are busy

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


def quoted(text: str, language: str = "de") -> list[str]:
    return [text[start:end] for start, end in sentences(text, language)]


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


def test_languages_without_spaces() -> None:
    assert quoted("北京是首都。它很大！真的吗？", "zh") == ["北京是首都。", "它很大！", "真的吗？"]


def test_no_language_is_german_and_an_unknown_one_is_no_error() -> None:
    text = "Am 24. Oktober kam er. Sie nicht."
    assert quoted(text, "") == quoted(text, "de")
    assert "".join(quoted(text, "xx")).replace(" ", "") == text.replace(" ", "")


def test_each_line_of_a_list_is_a_sentence_without_its_mark() -> None:
    text = "Es gibt:\n- Tee, grün\n- Kaffee\n* Saft\n1. Antrag ausfüllen\n2. Antrag abgeben\n"
    assert quoted(text) == [
        "Es gibt:",
        "Tee, grün",
        "Kaffee",
        "Saft",
        "1. Antrag ausfüllen",
        "2. Antrag abgeben",
    ]


def test_a_heading_begins_behind_its_marks_and_keeps_inner_markup() -> None:
    text = "## Die Lage\n\nEs ist **sehr** kalt.\n> Ein Zitat steht hier.\n"
    assert quoted(text) == ["Die Lage", "Es ist **sehr** kalt.", "Ein Zitat steht hier."]


WRAPPED = """Die Gemeinde hat am Dienstag beschlossen, die alte Brücke über den
Bach zu sperren. Nach Angaben der Verwaltung sind die Pfeiler morsch
und das Geländer fehlt an mehreren Stellen. Fußgänger sollen bis zum
Herbst den Umweg über die Mühle nehmen.
Ein Neubau kostet 40.000 Euro."""


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_wrapped_lines_are_put_together(newline: str) -> None:
    found = quoted(WRAPPED.replace("\n", newline))
    assert [" ".join(sentence.split()) for sentence in found] == [
        "Die Gemeinde hat am Dienstag beschlossen, die alte Brücke über den Bach zu sperren.",
        "Nach Angaben der Verwaltung sind die Pfeiler morsch und das Geländer fehlt an mehreren Stellen.",
        "Fußgänger sollen bis zum Herbst den Umweg über die Mühle nehmen.",
        "Ein Neubau kostet 40.000 Euro.",
    ]


def test_lines_of_one_paragraph_each_are_not_put_together() -> None:
    heading = "Die Gemeinde sperrt die alte Brücke über den Bach bis zum Herbst"
    body = "Nach Angaben der Verwaltung sind die Pfeiler morsch. " * 4
    assert quoted(f"{heading}\n{body}")[0] == heading
    listed = "Beratung zu allen Fragen der Schule und der Ausbildung in der Altstadt"
    links = f"Haus der Jugend\nKurse\n{listed}\nInformationsveranstaltungen\nFerien\nMusik"
    assert quoted(links) == links.split("\n")
    address = "Haus der Jugend\nBergstraße 12\n12345 Altstadt\nMontag bis Freitag 10:00 - 19:00"
    assert quoted(address) == address.split("\n")


def test_a_long_quotation_falls_into_its_sentences() -> None:
    inner = ["Wir haben lange auf diesen Tag gewartet, sehr lange."] * 8
    text = f"Er sagte: „{' '.join(inner)}“ Dann ging er."
    assert len(text) > LONG_QUOTE
    assert len(quoted(text)) == 9
    assert len(quoted("Er sagte: „Ja. Nein.“ Dann ging er.")) == 2


@pytest.mark.parametrize("text", ["wort " * 1000, "字" * 5000, "e\u0301" * 3000, "x" + "e\u0301" * 3000])
def test_a_sentence_without_end_is_cut_where_nobody_minds(text: str) -> None:
    found = sentences(text)
    assert all(end - start <= MAX_SENTENCE for start, end in found)
    assert "".join(text[start:end] for start, end in found).replace(" ", "") == text.replace(" ", "")
    for start, end in found:
        assert text[start] != "\u0301"
        assert (text[start - 1 : start] + text[end : end + 1]).strip() == "" or " " not in text


def test_lines_without_letters_are_no_sentences() -> None:
    assert quoted("Oben steht das.\n\n|\n\n***\n…\nUnten steht das.") == [
        "Oben steht das.",
        "Unten steht das.",
    ]


@pytest.mark.parametrize(
    "text", ["Verluste und Bedenken", "Was nun:", "„Wir bleiben“", "Ort Altstadt, Bachviertel"]
)
def test_headings(text: str) -> None:
    assert is_heading(text)


@pytest.mark.parametrize("text", ["", "Er kam.", "„Er kam.“", "Wer war das?", "viele Worte " * 12])
def test_no_headings(text: str) -> None:
    assert not is_heading(text)


PIECES = st.sampled_from(
    [
        "Am 24. Oktober kam er. ", "Dr. Ray sagte: „Nein. Nie!“ ", "z. B. ", "1.000 Euro. ", "Ja! ", "12. ",
        "\r\n", "\n", "\n\n", "- Punkt\n", "## Titel\n", "Foto: dpa\n", "|\n", "  ", "- ", "„", "“ ", '"',
        "字。", "e\u0301 ", "😀👩\u200d👧 ", "Lesedauer: 3 Min. ", "(Quelle: X) ", "05.11.2024 ", "Kopiert ",
        "Das ist eine Zeile, die so lang ist, dass sie einen Umbruch braucht\n", "Umbruch", "dass ein",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=40).map("".join))


@UNHURRIED
@given(TEXTS, st.sampled_from(["de", "en", "zh", "ar", ""]))
def test_spans_are_disjoint_in_order_and_bare(text: str, language: str) -> None:
    last = 0
    for start, end in sentences(text, language):
        assert last <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        assert any(c.isalnum() for c in text[start:end])
        last = end


@UNHURRIED
@given(TEXTS)
def test_no_word_is_cut(text: str) -> None:
    for start, end in sentences(text, "de"):
        for place in (start, end):
            around = text[max(0, place - 1) : place + 1]
            assert len(around) < 2 or not (around.isascii() and around.isalnum())


@pytest.mark.slow
def test_judged_answers_lie_within_one_sentence(shared: Path) -> None:
    data = json.loads((shared / "data/xquad-dev/xquad.de.dev.json").read_text("utf-8"))["data"]
    crossing = total = 0
    for paragraph in (p for article in data for p in article["paragraphs"]):
        spans = sentences(paragraph["context"], "de")
        for answer in (a for question in paragraph["qas"] for a in question["answers"]):
            start, end = answer["answer_start"], answer["answer_start"] + len(answer["text"])
            total += 1
            crossing += not any(span.start <= start and end <= span.end for span in spans)
    assert total > 600
    assert crossing / total < 0.01


@pytest.mark.slow
def test_judged_lines_are_sentences(shared: Path) -> None:
    one = total = 0
    for row in (shared / "data/omos/dev_de.jsonl").read_text("utf-8").splitlines():
        text = json.loads(row)["context"]
        found = {sentence.strip("-•* ") for sentence in quoted(text)}
        lines = [line.strip("-•* ") for line in text.split("\n") if any(c.isalnum() for c in line)]
        one += sum(line in found for line in lines)
        total += len(lines)
    assert one / total > 0.99
