"""What to quote and how sure that is, with and without the reader."""

from __future__ import annotations

import numpy as np
import pytest

from qa.answering import combining, scoring, selection, verdict
from qa.answering.features import Material
from qa.answering.question import Question, take_apart
from qa.answering.selection import Quote
from qa.embedding.sentence_transformer import DEFAULT_MODEL
from qa.index import token_states
from qa.index.base import QueryStates
from qa.text.sentences import sentences
from qa.types import Hit, Passage
from tests.support.standin import StandIn

TEXT = "Die Miete liegt bei 8 Euro."


def material(article_id: str, date: str) -> Material:
    kept = token_states.keep(StandIn().read([TEXT])[0], 0, sentences(TEXT, "de"))
    hit = Hit(Passage(article_id, 0, 0, len(TEXT), TEXT), 1, 0.9)
    return Material(hit, "", "de", token_states.unpack(kept), date)


def question(text: str) -> Question:
    read = StandIn().read([text])[0]
    states = QueryStates(read.vector, read.states, np.array(read.spans).reshape(-1, 2))
    return take_apart(text, states, "de", lambda terms: dict.fromkeys(terms, 1.0))


MATERIALS = [material("alt.txt", "2020-01-01"), material("neu.txt", "2024-01-01"), material("ohne.txt", "")]


def judged(
    asked: str, monkeypatch: pytest.MonkeyPatch, model: str = DEFAULT_MODEL, scope: scoring.Scope = "corpus"
) -> verdict.Verdict:
    quotes = tuple(Quote(m, 0, len(TEXT), share) for m, share in zip(MATERIALS, (0.5, 0.3, 0.2), strict=True))
    signals = dict.fromkeys(combining.NAMES, 0.0)
    monkeypatch.setattr(combining, "find", lambda *_: combining.Found(quotes, signals, ()))
    readings = [scoring.judge(question(asked), MATERIALS, scope)]
    return verdict.judge(readings, MATERIALS, scope, model)


def articles(of: verdict.Verdict) -> list[str]:
    return [quote.material.hit.passage.article_id for quote in of.quotes]


def test_the_likeliest_quote_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    of = judged("Wie hoch ist die Miete?", monkeypatch)
    assert articles(of) == ["alt.txt", "neu.txt", "ohne.txt"]
    assert [quote.probability for quote in of.quotes] == pytest.approx(
        [of.confidence, of.confidence * 0.6, of.confidence * 0.4]
    )
    assert of.threshold == combining.fitted().threshold


def test_for_the_latest_the_newest_article_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    of = judged("Wie hoch ist die aktuelle Miete?", monkeypatch)
    assert articles(of) == ["neu.txt", "alt.txt", "ohne.txt"]


@pytest.mark.parametrize(
    ("asked", "latest"),
    [
        ("Wie hoch ist die Miete derzeit?", True),
        ("Was ist die jüngste Schätzung?", True),
        ("What is the current rent?", True),
        ("Wie hoch ist die Miete?", False),
        ("Wann wurde die Aktualität geprüft?", False),
    ],
)
def test_questions_for_the_latest(asked: str, latest: bool) -> None:
    assert verdict.asks_for_latest(asked) == latest


@pytest.mark.parametrize(("model", "scope"), [("another", "corpus"), (DEFAULT_MODEL, "article")])
def test_other_models_and_single_articles_are_judged_without_the_reader(
    model: str, scope: scoring.Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = judged("Wie hoch ist die Miete?", monkeypatch, model, scope)
    assert of.parts is None
    assert of.threshold == selection.CHOICES[scope].confidence == verdict.threshold(scope, model)
    assert (
        of.confidence
        == scoring.judge(question("Wie hoch ist die Miete?"), MATERIALS, scope).judgement.confidence
    )
