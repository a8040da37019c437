from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.text import tokens
from qa.text.word_query import MOST_CLAUSES, MOST_REQUIRED, Clause, folded_words, parse

TEXTS = st.text(st.sampled_from('aäoeüßsStT1 *"„“»«-.'), max_size=60)


@given(st.text())
def test_any_text_is_a_query(query: str) -> None:
    clauses = parse(query)
    assert len(clauses) <= MOST_CLAUSES
    assert sum(clause.required for clause in clauses) <= MOST_REQUIRED
    assert all(clause.patterns or not clause.required for clause in clauses)


@given(TEXTS)
def test_a_text_holds_itself(text: str) -> None:
    words = folded_words(text)
    assert all(clause.is_in(words) for clause in parse(text) if "*" not in clause.typed)


@given(TEXTS, TEXTS)
def test_more_text_loses_no_match(text: str, query: str) -> None:
    words, more = folded_words(text), folded_words(f"Davor {text} dahinter")
    assert all(clause.is_in(more) for clause in parse(query) if clause.is_in(words))


@given(st.text(st.sampled_from("abcäöüß"), min_size=3, max_size=12), st.integers(2, 12))
def test_a_word_matches_each_of_its_beginnings(word: str, length: int) -> None:
    (clause,) = parse(f"{word[:length]}*")
    assert clause.required
    assert clause.is_in([tokens.fold(word)])


@pytest.mark.parametrize(
    ("query", "typed", "required"),
    [
        ("zwei Wörter", ["zwei", "Wörter"], [False, False]),
        ('der "neue  Hafen" bleibt', ["der", "neue Hafen", "bleibt"], [False, True, False]),
        ("„alter Hafen“ »neuer Hafen«", ["alter Hafen", "neuer Hafen"], [True, True]),
        ('ein "offenes Ende', ["ein", "offenes", "Ende"], [False, False, False]),
        ("Hafen* *meister a* * ?", ["Hafen*", "*meister", "a*", "*", "?"], [True, True, False, False, False]),
        ("E-Mail 3,5-Zimmer", ["E-Mail", "3,5-Zimmer"], [False, False]),
    ],
)
def test_what_is_asked(query: str, typed: list[str], required: list[bool]) -> None:
    clauses = parse(query)
    assert [clause.typed for clause in clauses] == typed
    assert [clause.required for clause in clauses] == required


def _one(query: str) -> Clause:
    (clause,) = parse(query)
    return clause


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("Hafen*", "Das Hafenfest beginnt.", True),
        ("Hafen*", "Der Seehafen.", False),
        ("*hafen", "Der Seehafen.", True),
        ("*hafen", "Die Hafenstadt.", False),
        ("*hafen*", "Die Seehäfen.", True),
        ("Sch*d", "Herr Schmid sprach.", True),
        ("Ab*bis", "Abi", False),
        ("Turm*", "Die Türme.", True),
        ("Türm*", "Der Turm.", False),
        ("Tuerm*", "Die Türme.", True),
        ("Türm*", "Die Tuerme.", True),
        ('"Grosse Strasse"', "In der Großen Straße: Große Straße 5", True),
        ('"Große Straße"', "Große, alte Straße", False),
        ('"Hafen"', "Häfen", False),
        ('"neue Hafen*"', "Die neue Hafenmeisterin kommt.", True),
        ('"neue Hafen*"', "Hafenmeisterin, die neue", False),
        ('"12.000 Menschen"', "Es kamen 12000 Menschen.", True),
        ("Corona-Reg*", "Die Corona-Regeln gelten.", True),
    ],
)
def test_what_a_text_holds(query: str, text: str, expected: bool) -> None:
    assert _one(query).is_in(folded_words(text)) == expected
