from __future__ import annotations

import json
from collections.abc import Sequence
from importlib import resources

import numpy as np
import pytest

from qa.answering import features, scoring
from qa.answering.features import Material
from qa.answering.question import take_apart
from qa.answering.scoring import Judgement
from qa.index import token_states
from qa.text.sentences import sentences
from qa.types import Hit, Passage
from tests.support.standin import StandIn


def equal_idf(terms: Sequence[str]) -> dict[str, float]:
    return dict.fromkeys(terms, 1.0)


def material(text: str, article_id: str = "a.txt", rank: int = 1) -> Material:
    kept = token_states.keep(StandIn().read([text])[0], 0, sentences(text, "de"))
    hit = Hit(Passage(article_id, 0, 0, len(text), text), rank, 0.9, dense_score=0.9, lexical_score=0.5)
    return Material(hit, "", "de", token_states.unpack(kept))


ONE = "Achtzehn Soldaten flohen. Der Himmel war grau. Zwei wurden gefasst. Niemand sprach."


def test_a_sentence_with_the_questions_words_is_likelier_and_so_is_an_answer() -> None:
    encoder = StandIn()

    def judge(question: str) -> Judgement:
        read = token_states.query_states(encoder.read([question], query=True)[0])
        return scoring.judge(take_apart(question, read, "de", equal_idf), [material(ONE)]).judgement

    near, far = judge("Wie viele Soldaten flohen?"), judge("Wer komponierte Opern?")
    assert np.argmax(near.sentences[0]) == 0
    assert near.confidence > far.confidence
    assert all(0 <= p <= 1 for p in near.sentences[0])


def test_without_passages_there_is_no_confidence() -> None:
    read = token_states.query_states(StandIn().read(["Wer?"], query=True)[0])
    assert scoring.judge(take_apart("Wer?", read, "de", equal_idf), []).judgement.confidence == 0


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
    question = take_apart("Wie viele Soldaten flohen?", read, "de", equal_idf)
    corpus, article = (
        scoring.judge(question, [material(ONE)], scope).judgement for scope in ("corpus", "article")
    )
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
