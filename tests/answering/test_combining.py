"""Reader and evidence model together: shares, quotes, signals and the confidence."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from qa.answering import combining, scoring
from qa.answering.combining import NAMES, Weights
from qa.answering.features import Material
from qa.answering.reader import Extraction
from qa.answering.scoring import Judgement, Reading
from qa.types import Span
from tests.support.materials import material, question

ONES, ZEROS = dict.fromkeys(NAMES, 1.0), dict.fromkeys(NAMES, 0.0)
WEIGHTS = Weights(0.5, 1.5, 0.0, 0.3, ZEROS, ONES, ONES | {"names": -1.0, "lacking": -1.0}, -0.5)


def extraction(material: Material, odds: Sequence[float], answers: Sequence[str]) -> Extraction:
    text = material.hit.passage.text
    spans = tuple(Span(at, at + len(one)) if one else None for one in answers for at in (text.find(one),))
    return Extraction(np.array(odds, float), spans)


def found(
    asked: str, *read: tuple[Material, Sequence[float], Sequence[str]], weights: Weights = WEIGHTS
) -> combining.Found:
    materials = [one for one, _, _ in read]
    evidence = Judgement(tuple(np.full(len(odds), 0.5) for _, odds, _ in read), 0.5)
    reading = Reading(question(asked), evidence, 1.0, ())
    by_passage = {id(one): extraction(one, odds, answers) for one, odds, answers in read}
    return combining.find([reading], materials, weights, lambda _, some: [by_passage[id(m)] for m in some])


def quotes(of: combining.Found) -> list[str]:
    return [q.material.hit.passage.text[q.start : q.end] for q in of.quotes]


HARBOUR = "Der Hafen gehört der Stadt. Er wurde 1899 gebaut. Das Wetter war gut."


def test_the_quote_is_what_the_reader_finds_and_its_answer_is_marked() -> None:
    of = found("Wann wurde er gebaut?", (material(HARBOUR), (-4, 5, -6), ("", "1899", "")))
    assert quotes(of) == ["Der Hafen gehört der Stadt. Er wurde 1899 gebaut."]
    (quote,) = of.quotes
    assert quote.answer is not None
    assert HARBOUR[quote.answer.start : quote.answer.end] == "1899"


def test_an_answer_that_ends_within_a_word_is_marked_to_its_end() -> None:
    of = found("Was wurde gebaut?", (material("Gebaut wurde eine Kaimauer am Fluss."), (5,), ("Kai",)))
    (quote,) = of.quotes
    assert quote.answer is not None
    assert quote.material.hit.passage.text[quote.answer.start : quote.answer.end] == "Kaimauer"


def test_shares_and_none_sum_to_one() -> None:
    shares = combining.shares([np.array([1.0, -2.0]), np.array([0.5])], 0.3)
    total = math.exp(0.3) + math.exp(1) + math.exp(-2) + math.exp(0.5)
    assert np.concatenate(shares) == pytest.approx(np.exp([1.0, -2.0, 0.5]) / total)
    assert combining.shares([], 0.0) == []


def test_scores_are_the_weighted_sum_of_both_log_odds() -> None:
    evidence = Judgement((np.array([0.5, 0.9]),), 0.5)
    (scores,) = combining.scores(evidence, [Extraction(np.array([2.0, -1.0]), (None, None))], WEIGHTS)
    assert scores == pytest.approx([2.0 / 1.5, (-1 + 0.5 * math.log(9)) / 1.5])


def test_a_sentence_without_tokens_has_no_share() -> None:
    of = found("Wann?", (material("Der Hafen ist alt."), (-math.inf,), ("",)))
    assert of.quotes[0].probability == 0.0
    assert of.confidence(WEIGHTS) < 0.01


def test_nothing_read_is_nothing_found() -> None:
    of = combining.find([Reading(question("Wann?"), Judgement((), 0.0), 1.0, ())], [], WEIGHTS, lambda *_: [])
    assert of.quotes == ()
    assert of.confidence(WEIGHTS) == 0.0


def test_quotes_that_give_the_same_answer_support_each_other() -> None:
    one, two = "Der Hafen wurde 1899 gebaut.", "Seit 1899 legen hier Schiffe an."
    apart = found("Wann?", (material(one), (2,), ("gebaut",)), (material(two, "b.txt"), (2,), ("Schiffe",)))
    agreed = found("Wann?", (material(one), (2,), ("1899",)), (material(two, "b.txt"), (2,), ("1899",)))
    assert len(apart.quotes) == len(agreed.quotes) == 2
    assert agreed.signals["share"] > apart.signals["share"]


def test_the_same_statement_of_two_articles_is_one_quote_with_both_shares() -> None:
    text = "Der Hafen wurde 1899 gebaut."
    of = found("Wann?", (material(text), (2,), ("1899",)), (material(text, "b.txt"), (1,), ("1899",)))
    assert quotes(of) == [text]
    assert of.quotes[0].probability == pytest.approx(
        sum(math.exp(x / 1.5) for x in (2, 1)) / (1 + sum(math.exp(x / 1.5) for x in (2, 1)))
    )


@pytest.mark.parametrize(
    ("asked", "date", "signal", "missing"),
    [
        ("Wann wurde der Hafen 1950 gebaut?", "", "lacking", ["1950"]),
        ("Wann wurde der Hafen 1950 gebaut?", "1950-03-01", "lacking", []),
        ("Wann wurde der Hafen in Elmstedt gebaut?", "", "names", ["Elmstedt"]),
    ],
)
def test_what_the_quote_lacks_lowers_the_confidence(
    asked: str, date: str, signal: str, missing: list[str]
) -> None:
    read = (material(HARBOUR, date=date), (-4, 5, -6), ("", "1899", ""))
    of, plain = found(asked, read), found("Wann wurde der Hafen gebaut?", read)
    assert [one.text for one in of.lacking] == missing
    assert (of.signals[signal] > 0) == bool(missing)
    assert (of.confidence(WEIGHTS) < plain.confidence(WEIGHTS)) == bool(missing)


def test_how_close_the_second_quote_comes_is_a_signal() -> None:
    alone = found("Wann?", (material("Der Hafen wurde 1899 gebaut."), (3,), ("1899",)))
    close = found(
        "Wann?",
        (material("Der Hafen wurde 1899 gebaut."), (3,), ("1899",)),
        (material("Der Turm stammt von 1921.", "b.txt"), (2,), ("1921",)),
    )
    assert alone.signals["second"] == -combining.LIMIT
    share = close.quotes[1].probability
    assert close.signals["second"] == pytest.approx(math.log(share / (1 - share)))


def test_the_ceiling_holds_whatever_the_signals_say() -> None:
    timeless = found("Wann kam das Schiff?", (material("Das Schiff kam allein."), (8,), ("",)))
    assert timeless.ceiling < 1
    assert timeless.confidence(WEIGHTS) == pytest.approx(timeless.ceiling)
    unlikely = found("Wann kam das Schiff?", (material("Das Schiff kam allein."), (-8,), ("",)))
    assert unlikely.confidence(WEIGHTS) < timeless.ceiling


def test_parts_add_up_to_the_confidence() -> None:
    of = found("Wann?", (material(HARBOUR), (-4, 3, -6), ("", "1899", "")))
    odds = sum(of.parts(WEIGHTS).values())
    assert of.confidence(WEIGHTS) == pytest.approx(1 / (1 + math.exp(-odds)))


def test_the_wording_that_was_asked_says_what_is_missing() -> None:
    one = material(HARBOUR)
    read = extraction(one, (-4, 3, -6), ("", "1899", ""))
    evidence = Judgement((np.full(3, 0.5),), 0.5)
    readings = [
        scoring.Reading(question("Was geschah 1950 im Hafen?"), evidence, 1 / 3, ()),
        scoring.Reading(question("Und wann?"), evidence, 2 / 3, ()),
    ]
    assert combining.find(readings, [one], WEIGHTS, lambda *_: [read]).lacking == ()
    assert combining.find(readings[::-1], [one], WEIGHTS, lambda *_: [read]).lacking != ()


def test_the_fitted_weights_fit_the_signals() -> None:
    weights = combining.fitted()
    assert set(weights.mean) == set(weights.scale) == set(weights.coefficients) == set(NAMES)
    assert 0 < weights.threshold < 1
    assert weights.coefficients["share"] > 0


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("Tages", "Tageszeitung"),
        ("zeitung", "Tageszeitung"),
        ("Elm", "Elm-Post"),
        ("1899", "1899"),
        ("im", "im"),
    ],
)
def test_an_answer_is_made_of_whole_words(part: str, whole: str) -> None:
    text = "Das stand in der Tageszeitung Elm-Post im Jahr 1899."
    start = text.index(part)
    grown = combining.whole_words(text, Span(start, start + len(part)), Span(0, len(text)))
    assert text[slice(*grown)] == whole
    assert combining.whole_words(text, Span(4, 9), Span(5, 8)) == (4, 9)  # never beyond its sentence
