"""What readers see of what a format read."""

from __future__ import annotations

import json

import pytest

from qa.i18n.messages import said
from tests.support.articles import as_csv, read, read_with_notes

SENTENCE = "Jürgen Käßmann hält die Gebühren für überhöht. Möglich wären 9 Prozent."


@pytest.mark.parametrize("times", [1, 2])
def test_utf_8_read_as_another_encoding_is_repaired_and_noted(times: int) -> None:
    garbled = SENTENCE
    for _ in range(times):
        garbled = garbled.encode().decode("cp1252")
    found, notes = read_with_notes(garbled, "a.txt")
    assert found.text == SENTENCE
    assert len(notes) == 1
    assert "became Jürgen" in notes[0]
    assert "Prüfen Sie" in said(notes[0], "de")


@pytest.mark.parametrize("encoding", ["latin-1", "mac_roman", "cp850"])
def test_utf_8_read_as_other_encodings_is_repaired(encoding: str) -> None:
    found, notes = read_with_notes(SENTENCE.encode().decode(encoding), "a.txt")
    assert (found.text, len(notes)) == (SENTENCE, 1)


def test_a_garbled_title_is_repaired() -> None:
    row = {"title": "Mehr für Köln".encode().decode("cp1252"), "text": "Ein Satz steht hier."}
    assert read(json.dumps(row), "a.jsonl/1.jsonl").title == "Mehr für Köln"


@pytest.mark.parametrize(
    "text",
    [
        SENTENCE,
        "Wer „für“ als „fÃ¼r“ liest, hat die falsche Codierung gewählt, erklärt die Behörde.",
        "Château Lafite, Ångström und Ñandú: alles richtig geschrieben.",
        "SÃO PAULO Â eine Stadt",
    ],
)
def test_text_that_may_be_right_stays(text: str) -> None:
    assert read_with_notes(text, "a.txt") == (read(text, "a.txt"), [])
    assert read(text, "a.txt").text == text


def test_cells_of_a_table_are_shown_as_readers_see_them() -> None:
    text = "<p>Der <b>Kanal</b> wird f&uuml;r 3&nbsp;Mio. Euro ver-<br>tieft.</p>"
    data = as_csv([{"title": "M&uuml;ll &amp; mehr", "text": text}])
    found = read(data, "a.csv")
    assert (found.title, found.text) == ("Müll & mehr", "Der Kanal wird für 3 Mio. Euro vertieft.")


def test_text_of_a_page_about_markup_keeps_it() -> None:
    page = b"<html><body><article><p>" + b"Das Zeichen &lt;b&gt;fett&lt;/b&gt; und **zwei** Sterne. " * 9
    assert "<b>fett</b> und **zwei** Sterne" in read(page, "a.html").text
