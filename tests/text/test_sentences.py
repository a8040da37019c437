from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.text.sentences import LONG_QUOTE, is_heading, sentences
from tests.support.articles import quoted

UNHURRIED = settings(deadline=None)  # machines that run tests are busy


def test_languages_without_spaces() -> None:
    assert quoted("北京是首都。它很大！真的吗？", "zh") == ["北京是首都。", "它很大！", "真的吗？"]


def test_no_language_is_german_and_an_unknown_one_is_no_error() -> None:
    text = "Am 24. Oktober kam er. Sie nicht."
    assert quoted(text, "") == quoted(text, "de")
    assert "".join(quoted(text, "xx")).replace(" ", "") == text.replace(" ", "")


def test_each_line_of_a_list_is_a_sentence_without_its_mark() -> None:
    text = "Es gibt vieles.\n- Tee, grün\n- Kaffee\n* Saft\n1. Antrag ausfüllen\n2. Antrag abgeben\n"
    assert quoted(text) == [
        "Es gibt vieles.",
        "Tee, grün",
        "Kaffee",
        "Saft",
        "1. Antrag ausfüllen",
        "2. Antrag abgeben",
    ]


@pytest.mark.parametrize("mark", ["- ", "* ", "• ", "1. ", "", "\n- "])
def test_a_list_is_one_with_the_sentence_that_introduces_it(mark: str) -> None:
    listed = f"Geöffnet sind:\n{mark}das Rathaus\n{mark}das Freibad\n{mark}die Bücherei"
    text = f"Am Montag ist Feiertag. {listed}\n\nAlles andere bleibt zu."
    assert quoted(text) == ["Am Montag ist Feiertag.", listed, "Alles andere bleibt zu."]
    assert not is_heading(listed)


def test_a_long_list_is_quoted_item_by_item() -> None:
    items = [f"die Straße mit der Nummer {number}" for number in range(30)]
    assert quoted("Gesperrt sind:\n" + "\n".join(f"- {item}" for item in items))[1:] == items


def test_a_heading_is_one_with_the_items_below_it() -> None:
    listed = "Das verlangt der Chor\n\n- einen Raum\n- neue Noten;\n- mehr Licht"
    assert quoted(f"Es gab Streit.\n\n{listed}\n\nDas dauert.") == ["Es gab Streit.", listed, "Das dauert."]
    assert not is_heading(listed)
    assert quoted("Der Chor\n\nEr singt.\n- am Tag\n- bei Nacht")[:2] == ["Der Chor", "Er singt."]


def test_a_short_list_of_sentences_is_one_with_its_introduction() -> None:
    text = "Es gilt:\n- Hunde müssen an die Leine.\n- Kinder zahlen nichts."
    assert quoted(text) == [text]
    items = [f"Hunde müssen am Weg mit der Nummer {number} an die Leine." for number in range(9)]
    assert quoted("Es gilt:\n" + "\n".join(f"- {item}" for item in items))[1:] == items
    items = items[:2]
    assert quoted("Es gilt\n" + "\n".join(f"- {item}" for item in items))[1:] == items


@pytest.mark.parametrize("mark", "●►→✓➜\uf0b7")
def test_marks_of_lists(mark: str) -> None:
    listed = f"Im Mai öffnen:\n\n{mark} das Bad am Wehr\n{mark} der Turm\n{mark} die Mühle"
    assert quoted(f"{listed}\n\nDer Eintritt ist frei.") == [listed, "Der Eintritt ist frei."]
    assert quoted(f"Es regnet.\n\n{mark} Ein Punkt steht hier.") == ["Es regnet.", "Ein Punkt steht hier."]
    assert quoted(f"Aus Eis {mark} Wasser wird Dampf.") == [f"Aus Eis {mark} Wasser wird Dampf."]


@pytest.mark.parametrize(("above", "between"), [("\n", "\n"), ("\n\n", "\n"), ("\n\n", "\n\n")])
def test_lines_without_marks_below_a_colon_are_a_list(above: str, between: str) -> None:
    listed = f"Im Mai öffnen:{above}" + between.join(["Bad am Wehr", "Turm", "Mühle in Kamm"])
    assert quoted(f"{listed}\n\nDer Eintritt ist frei.") == [listed, "Der Eintritt ist frei."]


@pytest.mark.parametrize(
    "text",
    [
        "Sie sagte:\n\nNeues Bad\n\nDas Bad kostet viel.\n\nAlter Turm\n\nEr ist zu.",
        "Das gilt nun:\n\nBad am Wehr\n\nKosten\n\nSie sind hoch.",  # two headings
        "Das gilt nun:\nBad am Wehr\n\nKosten\n\nDauer\n\nSie ist lang.",
        "Das gilt nun:\n\n\nBad am Wehr\n\n\nTurm\n\n\nMühle\n\n\nSie sind zu.",
    ],
)
def test_headings_below_a_colon_are_no_list(text: str) -> None:
    assert quoted(text) == [line for line in text.split("\n") if line]


def test_a_heading_behind_a_list_is_no_item() -> None:
    text = "Im Mai öffnen:\n\nBad am Wehr\nTurm\n\nKosten\n\nSie sind hoch."
    assert quoted(text) == ["Im Mai öffnen:\n\nBad am Wehr\nTurm", "Kosten", "Sie sind hoch."]


def test_a_row_of_a_table_is_one_sentence() -> None:
    rows = ["Partei: Dr. A. Liste | Stand: 12. Mai. Vorläufig | Sitze: 4", "Partei: Neue Mitte | Sitze: 11"]
    assert quoted("\n".join(rows)) == rows
    assert not is_heading(rows[1])
    # rows of like width are no wrapped text
    rows = [
        f"Werft: {name} | Boote im Jahr: {40 + n} | Helfer: {n} | Länge: 9 m" for n, name in enumerate("ABCD")
    ]
    assert quoted("\n".join(rows)) == rows
    assert not is_heading("Ahrdorf | 31 | 28")


def test_a_heading_begins_behind_its_marks_and_keeps_inner_markup() -> None:
    text = "## Die Lage\n\nEs ist **sehr** kalt.\n> Ein Zitat steht hier.\n"
    assert quoted(text) == ["Die Lage", "Es ist **sehr** kalt.", "Ein Zitat steht hier."]


def test_a_long_quotation_falls_into_its_sentences() -> None:
    inner = ["Wir haben lange auf diesen Tag gewartet, sehr lange."] * 8
    text = f"Er sagte: „{' '.join(inner)}“ Dann ging er."
    assert len(text) > LONG_QUOTE
    assert len(quoted(text)) == 9
    assert len(quoted("Er sagte: „Ja. Nein.“ Dann ging er.")) == 2


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
        found = {line.strip("-•* ") for sentence in quoted(text) for line in sentence.split("\n")}
        lines = [line.strip("-•* ") for line in text.split("\n") if any(c.isalnum() for c in line)]
        one += sum(line in found for line in lines)
        total += len(lines)
    assert one / total > 0.99


def test_half_a_character_is_no_error() -> None:
    text = "Ein Satz \udc00 steht hier. Noch einer."
    assert [text[start:end] for start, end in sentences(text, "de")] == text.replace(". ", ".\n").split("\n")
