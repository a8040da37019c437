from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from qa.answering import features
from qa.answering.features import Material
from qa.answering.question import Question, take_apart
from qa.index import token_states
from qa.text.sentences import sentences
from qa.types import Hit, Passage
from tests.support.standin import StandIn

IDF = {"soldat": 1.0, "desertiert": 2.0, "bodense": 2.0}


def idf(terms: Sequence[str]) -> dict[str, float]:
    return {term: IDF.get(term, 2.5) for term in terms}


def material(
    text: str, *, title: str = "", language: str = "de", rank: int = 1, encoder: StandIn
) -> Material:
    kept = token_states.keep(encoder.read([text])[0], 0, sentences(text, language))
    hit = Hit(
        Passage(f"{rank}.txt", 0, 0, len(text), text), rank, 0.9, dense_score=0.9 / rank, lexical_score=0.5
    )
    return Material(hit, title, language, token_states.unpack(kept))


def parsed(question: str, encoder: StandIn, language: str = "de") -> Question:
    return take_apart(
        question, token_states.query_states(encoder.read([question], query=True)[0]), language, idf
    )


def column(rows: features.Matrix, name: str) -> list[float]:
    return [float(value) for value in rows[:, features.NAMES.index(name)]]


def test_a_question_is_taken_apart(encoder: StandIn) -> None:
    question = parsed("Wie viele Soldaten sind desertiert?", encoder)
    assert [(w.text, w.term, w.weight) for w in question.words] == [
        ("Soldaten", "soldat", 0.4),
        ("desertiert", "desertiert", 0.8),
    ]
    assert (question.kind, question.language) == ("number", "de")
    assert [question.words[0].rows, question.words[1].rows, question.asking] == [(2,), (4,), (0, 1)]


def test_a_question_of_stop_words_keeps_them(encoder: StandIn) -> None:
    assert [word.text for word in parsed("Was war das?", encoder).words] == ["Was", "war", "das"]


def test_coverage_in_full_and_not_at_all(encoder: StandIn) -> None:
    text = "Der Bodensee ist tief. Achtzehn Soldaten sind desertiert."
    (rows,) = features.measure(
        parsed("Wie viele Soldaten sind desertiert?", encoder), [material(text, encoder=encoder)]
    )
    assert column(rows, "exact") == pytest.approx([0, 1])
    assert column(rows, "exact_passage") == [1, 1]
    assert column(rows, "missing") == pytest.approx([0.8, 0])
    assert column(rows, "missing_passage") == [0, 0]
    soft = column(rows, "soft")
    assert soft[1] == pytest.approx(1, abs=0.02)  # states are stored in 4 bits
    assert soft[0] < 0.6
    assert column(rows, "soft_gap") == pytest.approx([soft[0] - soft[1], 0])
    assert column(rows, "soft_passage") == pytest.approx([1, 1], abs=0.02)
    assert column(rows, "before")[1] == pytest.approx(soft[0])
    assert column(rows, "after")[0] == pytest.approx(soft[1])
    assert column(rows, "asks_number") == [1, 1]
    assert column(rows, "holds_number") == [0, 0]  # "achtzehn" is none of the known words


def test_rare_words_weigh_more(encoder: StandIn) -> None:
    text = "Soldaten kamen. Viele sind desertiert."
    (rows,) = features.measure(parsed("desertiert Soldaten", encoder), [material(text, encoder=encoder)])
    assert column(rows, "exact") == pytest.approx([1 / 3, 2 / 3])


def test_parts_of_compounds_count(encoder: StandIn) -> None:
    text = "Ein Bodenseefischer klagt."
    (rows,) = features.measure(parsed("Bodensee", encoder), [material(text, encoder=encoder)])
    assert column(rows, "exact") == [0]
    assert column(rows, "exact_prefix") == [1]


def test_parts_of_compounds_count_where_the_stemmer_dropped_an_umlaut(encoder: StandIn) -> None:
    text = "Im Hochhäuserviertel ist es still."
    (rows,) = features.measure(parsed("Häuser", encoder), [material(text, encoder=encoder)])
    assert column(rows, "exact") == [0]
    assert column(rows, "exact_prefix") == [1]


def test_the_title_counts_where_the_passage_is_silent(encoder: StandIn) -> None:
    text = "Er ist tief."
    (rows,) = features.measure(
        parsed("Bodensee", encoder), [material(text, title="Bodensee", encoder=encoder)]
    )
    assert column(rows, "exact_title") == [1]
    assert column(rows, "exact_passage") == [0]


def test_missing_numbers_and_names(encoder: StandIn) -> None:
    text = "Im Jahr 2024 sprach Kim in Seoul."
    question = parsed("Was sagte Kim 2023 in Berlin?", encoder)
    (rows,) = features.measure(question, [material(text, encoder=encoder)])
    assert column(rows, "missing_numbers") == [1]
    assert column(rows, "missing_names") == [0.5]


def test_across_languages_stems_are_not_held_against_a_sentence(encoder: StandIn) -> None:
    text = "Achtzehn Soldaten sind desertiert."
    (rows,) = features.measure(
        parsed("How many soldiers have deserted?", encoder), [material(text, encoder=encoder)]
    )
    assert column(rows, "crosses") == [1]
    assert column(rows, "exact") == column(rows, "soft")
    assert column(rows, "missing") == column(rows, "missing_names") == column(rows, "passage_bm25") == [0]


def test_passages_are_compared_with_each_other(encoder: StandIn) -> None:
    both = [
        material("Achtzehn Soldaten sind desertiert.", encoder=encoder),
        material("Der Bodensee ist tief.", rank=2, encoder=encoder),
    ]
    one, two = features.measure(parsed("Soldaten desertiert", encoder), both)
    assert column(one, "passage_cosine_gap") == pytest.approx([0.45])
    assert column(two, "passage_cosine_gap") == pytest.approx([-0.45])
    assert column(one, "passage_rank") + column(two, "passage_rank") == [1, 0.5]
    assert column(one, "cosine_gap") == [0]
    assert column(two, "cosine_gap")[0] < 0


def test_shape(encoder: StandIn) -> None:
    (rows,) = features.measure(
        parsed("Bodensee", encoder), [material("Der See\n\nWie tief ist er? Sehr tief.", encoder=encoder)]
    )
    assert column(rows, "heading") == [1, 0, 0]
    assert column(rows, "question_mark") == [0, 1, 0]
    assert column(rows, "position") == [0, 0.5, 1]
    assert column(rows, "first") == [1, 0, 0]
    assert column(rows, "list_like") == pytest.approx([1 / 3] * 3)


def test_nothing_found_is_nothing_measured(encoder: StandIn) -> None:
    assert features.measure(parsed("Bodensee", encoder), []) == []


@pytest.mark.parametrize("question", ["", "?", "—", "Bodensee", "Was?"])
@pytest.mark.parametrize("text", ["—", "Ein Satz.", "1. a) …"])
def test_odd_questions_and_texts_give_numbers(question: str, text: str, encoder: StandIn) -> None:
    for rows in features.measure(parsed(question, encoder), [material(text, encoder=encoder)]):
        assert np.isfinite(rows).all()
