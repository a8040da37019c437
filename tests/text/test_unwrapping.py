"""Printed lines put together again."""

# ruff: noqa: E501 (sentences are easier to read whole)
from __future__ import annotations

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.text.unwrapping import unwrapped

PARAGRAPHS = [
    "Der Gemeinderat von Oberfelden hat am Mittwochabend beschlossen, das alte Freibad zu schließen. Die"
    " Becken sind undicht, und eine Sanierung würde mehr als vier Millionen Euro kosten.",
    "Bürgermeisterin Hanna Voss sprach von einer bitteren Entscheidung. Zum 1. September soll das Gelände an"
    " den Sportverein gehen, der dort einen Kunstrasenplatz plant. Dr. Pauli von der Opposition nannte das"
    " einen"
    " Ausverkauf.",
    "Die Bäderbetriebe haben 14 Beschäftigte. Sie sollen im Hallenbad weiterarbeiten.",
]


@pytest.mark.parametrize("width", [24, 32, 45, 60, 72, 90, 120])
@pytest.mark.parametrize("blank", ["\n", "\n\n"])
def test_text_of_any_width_is_put_together(width: int, blank: str) -> None:
    wrapped = blank.join("\n".join(textwrap.wrap(p, width, break_long_words=False)) for p in PARAGRAPHS)
    found = unwrapped(wrapped)
    assert found.split() == " ".join(PARAGRAPHS).split()
    lines = [line for line in found.split("\n") if line]
    if blank == "\n\n":
        assert lines == PARAGRAPHS
    else:
        assert all(line.endswith(".") for line in lines)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Die Stadt lässt die Brü-\ncke sperren.", "Die Stadt lässt die Brücke sperren."),
        ("Die Stadt lässt die Brü\u00ad\ncke sperren.", "Die Stadt lässt die Brücke sperren."),
        ("Die Stadt lässt die Brü\u2010\ncke sperren.", "Die Stadt lässt die Brücke sperren."),
        (
            "Der Landtag hat am Montag die Haushalts-\nund Finanzpläne der Regierung gebilligt, sagte eine"
            "\nSprecherin des Ministeriums in Stuttgart.",
            "Der Landtag hat am Montag die Haushalts- und Finanzpläne der Regierung gebilligt, sagte eine"
            " Sprecherin des Ministeriums in Stuttgart.",
        ),
        (
            "Das Unwetter traf vor allem den Süden von Baden-\nWürttemberg, wo am Abend mehrere Keller voll"
            "\nWasser liefen, wie die Polizei in der Nacht mitteilte.",
            "Das Unwetter traf vor allem den Süden von Baden-Württemberg, wo am Abend mehrere Keller voll"
            " Wasser liefen, wie die Polizei in der Nacht mitteilte.",
        ),
        (
            "Die Karten für das Konzert verschickt der Verein per E-\nmail, und zwar an alle, die bis zum"
            " Abend\nbestellt haben.",
            "Die Karten für das Konzert verschickt der Verein per E-mail, und zwar an alle, die bis zum Abend"
            " bestellt haben.",
        ),
        (
            "The well-known mayor spoke. He is a well-\nknown man.",
            "The well-known mayor spoke. He is a well-known man.",
        ),
    ],
)
def test_hyphens_at_line_ends(text: str, expected: str) -> None:
    assert unwrapped(text) == expected


@pytest.mark.parametrize("end", ["am 3.", "mit Dr.", "rund 20 Mio.", "in St.", "am 9. 11."])
def test_a_short_form_at_a_line_end_does_not_end_the_paragraph(end: str) -> None:
    before = "Der Verein lädt alle Mitglieder und Freunde in die Halle ein, und zwar"
    after = "Der Eintritt ist frei, aber die Zahl der Plätze ist begrenzt. Die Kasse öffnet um"
    text = f"{before}\n{'x' * (len(before) - len(end) - 4)} {end}\nOktober {after}\n19 Uhr."
    assert unwrapped(text) == text.replace("\n", " ")


@pytest.mark.parametrize(
    "text",
    [
        "Rosen blühn im Garten\nSonne scheint ins Land\nKinder warten, warten\nDrachen in der Hand",
        "Folgende Orte sind betroffen:\n- Altdorf\n- Neudorf\n- Bergheim",
        "Haus der Jugend\nBergstraße 12\n12345 Altstadt\nMontag bis Freitag 10:00 - 19:00",
        "Tor      12\nPfosten   4\nlatte     1\nabseits   9",
        "Ein Satz für sich steht hier.\nEin zweiter Satz folgt ihm.\nUnd ein dritter auch.",
        "Neues aus dem Rathaus\nVon Anna Berg\nFoto: Karl Ohm",
        "# Titel einer Seite\nund ein Satz dazu",
    ],
)
def test_lines_that_stand_for_themselves_stay(text: str) -> None:
    assert unwrapped(text) == text


def test_a_headline_above_wrapped_text_stays_apart() -> None:
    body = "\n".join(textwrap.wrap(PARAGRAPHS[0], 60))
    assert unwrapped(f"Freibad schließt\n{body}").split("\n") == ["Freibad schließt", PARAGRAPHS[0]]


def test_a_page_ends_behind_the_sentence_that_runs_on() -> None:
    lines = textwrap.wrap(PARAGRAPHS[1], 60)
    text = "\n".join(lines[:2]) + "\f" + "\n".join(lines[2:]) + "\f"
    found = unwrapped(text)
    assert found.replace("\f", " ").strip() == PARAGRAPHS[1]
    assert found.count("\f") == 2
    assert found.index("\f") == PARAGRAPHS[1].index(" Dr. Pauli")


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["Wort", "und", "Halb-", "zeile", "\n", "\n\n", "\f", ". ", " ", "- ", "12."]))
)
def test_no_word_and_no_page_is_lost(pieces: list[str]) -> None:
    text = "".join(pieces)
    found = unwrapped(text)
    assert found.count("\f") == text.count("\f")
    letters = [c for c in text if c.isalnum()]
    assert [c for c in found if c.isalnum()] == letters


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Den Laden führt nun Frau Dr.\nIda Rost.\nEr hat auf.", "Den Laden führt nun Frau Dr. Ida Rost.\nEr hat auf."),
        ("Er schließt zum 1.\nMai.\nDann kommt der Umbau.", "Er schließt zum 1. Mai.\nDann kommt der Umbau."),
        ("Das Fest von Otto II.\nvon Rhoden war laut.", "Das Fest von Otto II. von Rhoden war laut."),
        ("The mill burned down on Jan.\n14 at noon.", "The mill burned down on Jan. 14 at noon."),
        ("Sie traf z.\nB. den Wirt.", "Sie traf z. B. den Wirt."),
        (
            "Er nannte den Besuch eine Ehre, die dem Ort seit langem nicht\nmehr zuteilgeworden sei.\nDann ging er.",
            "Er nannte den Besuch eine Ehre, die dem Ort seit langem nicht mehr zuteilgeworden sei.\nDann ging er.",
        ),
        ("Ausgezeichnet wurden\nder Chor\ndie Tafel", "Ausgezeichnet wurden\nder Chor\ndie Tafel"),
        ("Platz 1.\nPlatz 2.\nPlatz 3.", "Platz 1.\nPlatz 2.\nPlatz 3."),
        ("Es gibt Kunst aller Art.\nDer Eintritt ist frei.", "Es gibt Kunst aller Art.\nDer Eintritt ist frei."),
        ("Die Trocken¬\nheit hält an.", "Die Trockenheit hält an."),
        ("Die Trocken¬heit hält an.", "Die Trocken\u00adheit hält an."),
        ("Das Ufer an der Wasser-\n\nseite ist weich.", "Das Ufer an der Wasserseite ist weich."),
        ("Gebaut wird im Som-\n- 2 -\nmer am Ufer.", "Gebaut wird im Sommer am Ufer."),
        ("Die Preise für Vor-\n\nund Nachspeisen steigen.", "Die Preise für Vor-\n\nund Nachspeisen steigen."),
        ("Ein Bericht aus Baden-\n\nWeitere Meldungen", "Ein Bericht aus Baden-\n\nWeitere Meldungen"),
    ],
)  # fmt: skip
def test_short_forms_and_halves_of_words_go_on_whatever_the_width(text: str, expected: str) -> None:
    assert unwrapped(text) == expected


GERMAN = (
    "Der Ausschuss der Stadt hat am Abend lange über den Plan für die Halle beraten, und der Rat ist dem\n{}-\n{}"
    " nicht gefolgt, weil die Kosten für das Dach zu hoch sind und noch Unterlagen fehlen.\n"
)
ENGLISH = (
    "The board of the harbour has been talking about the plan for the pier for a long time, and it was\n{}-\n{}"
    " that the papers of the firm are not in order and will have to be sent again by the end of May.\n"
)


@pytest.mark.parametrize(
    "halves",
    "Pro zent;Pro jekt;Ex perten;so gar;all gemein;Be zirk;Multi plikator;Semi nar;Non nen;Co pilot;far big;Mid gard"
    ";Anti lope;Low enthal;Long ierhalle;self ies;High lights".split(";"),
)  # fmt: skip
def test_german_words_have_no_english_prefixes(halves: str) -> None:
    found = unwrapped(GERMAN.format(*halves.split()))
    assert f" dem {halves.replace(' ', '')} nicht" in found


@pytest.mark.parametrize("halves", ["SPD geführte", "EU weite", "CDU nahe", "E mail"])
def test_hyphens_behind_abbreviations_stay(halves: str) -> None:
    assert f" dem {halves.replace(' ', '-')} nicht" in unwrapped(GERMAN.format(*halves.split()))


@pytest.mark.parametrize(
    "halves",
    "twenty three;sixty nine;year old;weeks old;state owned;two thirds;son-in law;well known;long term"
    ";non profit;self made;high rise;cross party".split(";"),
)  # fmt: skip
def test_english_compounds_keep_their_hyphen(halves: str) -> None:
    assert f" was {halves.replace(' ', '-')} that" in unwrapped(ENGLISH.format(*halves.split()))


@pytest.mark.parametrize(
    "halves",
    "pro ject;ex pected;so cial;co lour;far mers;all owed;mid dle;semi nar;multi tude;thresh old;out law;thir teen"
    ";gov ernment;anti que;twen ty".split(";"),
)  # fmt: skip
def test_english_words_are_whole(halves: str) -> None:
    assert f" was {halves.replace(' ', '')} that" in unwrapped(ENGLISH.format(*halves.split()))


@pytest.mark.parametrize(
    ("end", "after"),
    [
        ("in der Mühlstr.", "8 in Kamm"),
        ("von Dipl.-Ing.", "Rost"),
        ("über den sog.", "Torpakt"),
        ("in der ehem.", "Kaserne"),
        ("vor dem Bhf.", "Kamm"),
        ("von Prof. em.", "Rost"),
        ("mit den Gebr.", "Rost"),
        ("at 5 p.m.", "on Friday"),
        ("by the U.K.", "government"),
        ("of Rost & Co.", "Ltd. in Kamm"),
        ("like this, e.g.", "the hall"),
        ("as in Fig.", "4"),
    ],
)
def test_a_line_that_ends_in_an_abbreviation_goes_on(end: str, after: str) -> None:
    text = f"Der Rat sprach lange {end}\n{after} und ging."
    assert unwrapped(text) == text.replace("\n", " ")


@pytest.mark.parametrize(
    "end", "aller Art;an Max;für mich;and no;behind me;in May;es ist so;us;im Rat;um 7 Uhr;der Co;du mit".split(";")
)  # fmt: skip
@pytest.mark.parametrize("after", ["Der Wirt war da.", "The inn was full.", "Es kam Streit auf."])
def test_a_sentence_that_ends_in_a_short_word_ends_its_line(end: str, after: str) -> None:
    text = f"Dann ging es am Abend {end}.\n{after}"
    assert unwrapped(text) == text


@pytest.mark.parametrize("end", ["aller Art", "and no", "behind me", "in May", "für mich", "und rot"])
def test_a_name_may_begin_the_next_sentence(end: str) -> None:
    text = f"Dann ging es am Abend {end}.\nHanna Voss kam dazu."
    assert unwrapped(text) == text


def test_names_in_a_list_are_not_joined() -> None:
    text = "Mühlstr.\nGoethestr.\nRost & Co.\nHale Ltd.\nBahnhofstr."
    assert unwrapped(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "The function returns a vector.\nerror: what went wrong",
        "Sie nannte es „ein Fest. Wir feiern.\nKlara singt.“ Dann ging sie.",
        "Rost zahlt (so steht es da. Dann kam es.\nKlara singt.) und ging.",
        "Am Wehr steht das Haus.\n$ 5 kostet es.",
        "• Am Wehr steht nun ein Haus aus Stein.\nKlara singt darin.",
    ],
)
def test_a_sentence_that_ends_a_line_stays_apart_from_what_follows(text: str) -> None:
    assert unwrapped(text) == text
