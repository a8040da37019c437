from __future__ import annotations

import json
from importlib import resources

import numpy as np
import pytest

from qa.answering import features, scoring, selection
from qa.answering.features import Material
from qa.answering.question import take_apart
from qa.answering.scoring import Judgement
from qa.index import token_states
from qa.text.sentences import sentences
from qa.types import Hit, Passage
from tests.support.standin import StandIn


def material(text: str, article_id: str = "a.txt", rank: int = 1) -> Material:
    kept = token_states.keep(StandIn().read([text])[0], 0, sentences(text, "de"))
    hit = Hit(Passage(article_id, 0, 0, len(text), text), rank, 0.9, dense_score=0.9, lexical_score=0.5)
    return Material(hit, "", "de", token_states.unpack(kept))


def judged(*probabilities: list[float]) -> Judgement:
    return Judgement(tuple(np.array(p) for p in probabilities), 0.9)


def chosen(materials: list[Material], *probabilities: list[float]) -> list[str]:
    quotes = selection.choose(materials, judged(*probabilities))
    return [q.material.hit.passage.text[q.start : q.end] for q in quotes]


ONE = "Achtzehn Soldaten flohen. Der Himmel war grau. Zwei wurden gefasst. Niemand sprach."


def test_the_best_sentence_comes_first_and_the_unlikely_not_at_all() -> None:
    assert chosen([material(ONE)], [0.5, 0.001, 0.9, 0.001]) == [
        "Zwei wurden gefasst.",
        "Achtzehn Soldaten flohen.",
    ]


def test_neighbours_are_one_quote_in_reading_order() -> None:
    assert chosen([material(ONE)], [0.8, 0.9, 0.001, 0.001]) == [
        "Achtzehn Soldaten flohen. Der Himmel war grau."
    ]


def test_no_more_than_three_sentences() -> None:
    text = "Eins kam an. Zwei kam an. Drei kam an. Vier kam an. Fünf kam an."
    (quote,) = chosen([material(text)], [0.5, 0.5, 0.5, 0.5, 0.5])
    assert quote == "Eins kam an. Zwei kam an. Drei kam an."


def in_article(materials: list[Material], *probabilities: list[float]) -> list[str]:
    quotes = selection.choose(materials, Judgement(tuple(np.array(p) for p in probabilities), 0.9, "article"))
    return [q.material.hit.passage.text[q.start : q.end] for q in quotes]


def test_a_heading_beside_an_answer_is_not_quoted() -> None:
    text = "Die Flucht\n\nDort flohen achtzehn Soldaten. Zwei wurden gefasst."
    assert chosen([material(text)], [0.4, 0.9, 0.001]) == ["Dort flohen achtzehn Soldaten."]
    assert chosen([material(text)], [0.9, 0.001, 0.001]) == ["Die Flucht"]


def test_a_list_in_one_article_is_quoted_whole_with_what_lies_between() -> None:
    text = "Eins kam an. Zwei kam an. Drei kam an. Vier kam an. Fünf kam an. Sechs ging."
    (quote,) = in_article([material(text)], [0.5, 0.4, 0.3, 0.12, 0.5, 0.05])
    assert quote == "Eins kam an. Zwei kam an. Drei kam an. Vier kam an. Fünf kam an."
    assert len(in_article([material(text)], [0.5, 0.4, 0.3, 0.05, 0.5, 0.05])) == 2


def test_a_sentence_that_points_back_brings_the_one_before() -> None:
    text = "Kim besuchte Moskau. Dort traf er Putin. Das Wetter war gut."
    assert chosen([material(text)], [0.001, 0.9, 0.001]) == ["Kim besuchte Moskau. Dort traf er Putin."]
    assert chosen([material(text)], [0.9, 0.001, 0.001]) == ["Kim besuchte Moskau."]


def test_the_same_words_are_not_quoted_twice() -> None:
    both = [material("Achtzehn flohen."), material("Achtzehn flohen.", "b.txt", 2)]
    assert chosen(both, [0.9], [0.9]) == ["Achtzehn flohen."]


def test_what_another_article_says_too_is_found_there() -> None:
    said = material("Es war Montag. Zwei wurden gefasst. Ende.", "b.txt", 2)
    both = [material(ONE), said, material("Ganz anders.", "c.txt", 3)]
    (quote,) = selection.choose(both, judged([0.001, 0.001, 0.9, 0.001], [0.001, 0.001, 0.001], [0.001]))
    (other,) = selection.same_elsewhere(quote, both)
    assert other.material.hit.passage.article_id == "b.txt"
    assert other.material.hit.passage.text[other.start : other.end] == "Zwei wurden gefasst."


def test_nothing_to_quote() -> None:
    assert selection.choose([], judged()) == []


def test_a_sentence_with_the_questions_words_is_likelier_and_so_is_an_answer() -> None:
    encoder = StandIn()

    def judge(question: str) -> Judgement:
        read = token_states.query_states(encoder.read([question], query=True)[0])
        return scoring.judge(
            take_apart(question, read, "de", lambda terms: dict.fromkeys(terms, 1.0)), [material(ONE)]
        )

    near, far = judge("Wie viele Soldaten flohen?"), judge("Wer komponierte Opern?")
    assert np.argmax(near.sentences[0]) == 0
    assert near.confidence > far.confidence
    assert all(0 <= p <= 1 for p in near.sentences[0])


def test_without_passages_there_is_no_confidence() -> None:
    read = token_states.query_states(StandIn().read(["Wer?"], query=True)[0])
    assert (
        scoring.judge(take_apart("Wer?", read, "de", lambda terms: dict.fromkeys(terms, 1.0)), []).confidence
        == 0
    )


def test_the_weights_name_their_features_and_figures() -> None:
    fields = json.loads((resources.files("qa.answering") / scoring.WEIGHTS).read_text("utf-8"))
    assert fields["features"] == list(features.NAMES)
    assert "XQuAD" in fields["about"]
    assert fields["figures"]["de on de"]["AUROC"] > 0.9


def test_boosted_trees_walk_to_their_leaves() -> None:
    trees = {  # one stump on the first feature, and one on the second with a deeper right side
        "feature": np.array([[0, 0, 0, 0, 0], [1, 0, 0, 0, 0]]),
        "threshold": np.array([[0.5, 0, 0, 0, 0], [1.0, 0, 2.0, 0, 0]]),
        "left": np.array([[1, 1, 2, 3, 4], [1, 1, 3, 3, 4]]),
        "right": np.array([[2, 1, 2, 3, 4], [2, 1, 4, 3, 4]]),
        "value": np.array([[0, -1.0, 1.0, 0, 0], [0, 0.25, 0, 0.5, -0.5]]),
        "depth": np.array(2),
        "intercept": np.array(0.1),
    }
    rows = np.array([[0.5, 1.0], [0.6, 3.0], [2.5, 3.0]], np.float32)
    odds = np.array([-1 + 0.25, 1 + 0.5, 1 - 0.5]) + 0.1
    assert scoring._boosted(trees, rows) == pytest.approx(1 / (1 + np.exp(-odds)))


def test_each_scope_has_a_model_of_its_own() -> None:
    read = token_states.query_states(StandIn().read(["Wie viele Soldaten flohen?"], query=True)[0])
    question = take_apart("Wie viele Soldaten flohen?", read, "de", lambda terms: dict.fromkeys(terms, 1.0))
    corpus, article = (scoring.judge(question, [material(ONE)], scope) for scope in ("corpus", "article"))
    assert (corpus.scope, article.scope) == ("corpus", "article")
    assert corpus.confidence != article.confidence
    assert ((article.sentences[0] > 0) & (article.sentences[0] < 1)).all()


def test_the_logistic_function() -> None:
    weights = {
        "mean": np.array([1.0]),
        "scale": np.array([2.0]),
        "coefficients": np.array([3.0]),
        "intercept": 0.5,
    }
    found = scoring._logistic(weights, np.array([[3.0]], np.float32))
    assert found == pytest.approx(1 / (1 + np.exp(-3.5)))
