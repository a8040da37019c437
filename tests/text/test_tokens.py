from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.text.tokens import fold, query_terms, question_language, stem, terms, words


@given(st.text())
def test_words_stand_where_they_say(text: str) -> None:
    for word in words(text):
        assert text[word.start : word.end] == word.text
        assert word.text.strip() == word.text != ""


def test_words_of_german_text() -> None:
    assert [w.text for w in words("Rund 12.000 Soldaten (SA-22), 4,7 Prozent – um 16:30 Uhr!")] == [
        "Rund", "12.000", "Soldaten", "SA", "22", "4,7", "Prozent", "um", "16:30", "Uhr",
    ]  # fmt: skip


def test_runs_without_spaces_become_pairs() -> None:
    assert [w.text for w in words("東京都 ok")] == ["東京", "京都", "ok"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("12.000", "12,000"), ("GRÖSSE", "Größe"), ("Groß\u00adstadt", "Großstadt"), ("4.700", "4700")],
)
def test_fold_makes_equal(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_fold_keeps_decimals_apart() -> None:
    assert fold("4,7") != fold("47")
    assert fold("16.10.2024") == "16.10.2024"


@pytest.mark.parametrize(
    ("one", "other"),
    [("häuser", "haus"), ("mueller", "müller"), ("verlusten", "verlust"), ("soldaten", "soldat")],
)
def test_german_stems_meet(one: str, other: str) -> None:
    assert stem(one, "de") == stem(other, "de")


def test_an_unknown_language_counts_as_german_one_without_stemmer_stays() -> None:
    assert stem("häuser", "") == stem("häuser", "de")
    assert stem("häuser", "th") == "häuser"


def test_terms_leave_out_stop_words() -> None:
    assert terms("Die Soldaten und die Offiziere", "de") == [stem("soldaten", "de"), stem("offiziere", "de")]
    assert terms("The soldiers and the officers", "en") == ["soldier", "offic"]


def test_query_terms_serve_all_languages_of_the_index() -> None:
    found = query_terms("Wie viele Soldaten kämpfen?", frozenset({"de", "en"}))
    assert stem("kämpfen", "de") in found
    assert stem("kämpfen", "en") in found
    assert len(found) == len(set(found))


def test_stop_words_of_the_question_do_not_match() -> None:
    assert "the" not in query_terms("What was the reaction of the Nato?", frozenset({"de"}))


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Wie viele Soldaten sind desertiert?", "de"),
        ("How many soldiers deserted?", "en"),
        ("Who won the war?", "en"),
        ("Nordkorea", ""),
        ("Was war in Kursk?", "de"),
        ("", ""),
        ("Größe?", "de"),
        ("What did Müller say?", "en"),
        ("Was sagte Müller?", "de"),
    ],
)
def test_question_language(question: str, language: str) -> None:
    assert question_language(question) == language
