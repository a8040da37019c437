"""What to quote and how sure that is, with and without the reader."""

from __future__ import annotations

import pytest

from qa.answering import article_reading, combining, scoring, selection, verdict
from qa.answering.selection import Quote
from qa.embedding.sentence_transformer import DEFAULT_MODEL
from tests.support.materials import material, question

TEXT = "Die Miete liegt bei 8 Euro."


MATERIALS = [
    material(TEXT, "alt.txt", date="2020-01-01"),
    material(TEXT, "neu.txt", date="2024-01-01"),
    material(TEXT, "ohne.txt"),
]


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
        ("Wer ist der jetzige Pächter?", True),
        ("Was ist der letzte bekannte Stand?", True),
        ("Wer kam zur letzten Sitzung?", False),
        ("Wie hoch ist die Miete?", False),
        ("Wann wurde die Aktualität geprüft?", False),
    ],
)
def test_questions_for_the_latest(asked: str, latest: bool) -> None:
    assert verdict.asks_for_latest(asked) == latest


@pytest.mark.parametrize(
    ("model", "scope", "least"),
    [
        ("another", "corpus", selection.CHOICES["corpus"].confidence),
        ("another", "article", selection.CHOICES["article"].confidence),
        (DEFAULT_MODEL, "article", article_reading.CONFIDENCE),
    ],
)
def test_other_models_and_single_articles_are_judged_by_the_evidence_model(
    model: str, scope: scoring.Scope, least: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = judged("Wie hoch ist die Miete?", monkeypatch, model, scope)
    assert of.parts is None
    assert of.threshold == least == verdict.threshold(scope, model)
    assert (
        of.confidence
        == scoring.judge(question("Wie hoch ist die Miete?"), MATERIALS, scope).judgement.confidence
    )


def test_quotes_without_any_share_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    quotes = (Quote(MATERIALS[0], 0, len(TEXT), 0.0),)
    signals = dict.fromkeys(combining.NAMES, 0.0) | {"share": -8.0, "total": -8.0, "reader": -8.0}
    found = combining.Found(quotes, signals, ())
    monkeypatch.setattr(combining, "find", lambda *_: found)
    of = verdict.judge([scoring.judge(question("Wer?"), MATERIALS)], MATERIALS, "corpus", DEFAULT_MODEL)
    assert of.quotes[0].probability == 0.0
    assert of.confidence < of.threshold
