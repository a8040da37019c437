"""Verbs of saying: one list, which everything that looks for a speaker knows."""

from __future__ import annotations

import pytest

from qa.answering.follow_ups import Place, speaker, who_says
from qa.answering.support_mood import is_hedged
from qa.answering.support_sentence import parsed
from qa.facts.speakers import attributions
from qa.text.speech import FINITE, NO_INFINITIVES, SINGULAR, STATES
from qa.types import Article, Span


def _names_speaker(text: str) -> bool:
    article = Article("a.txt", "T", text, language="de")
    return speaker(Place(article, Span(0, text.index(".") + 1))) is not None


@pytest.mark.parametrize("verb", SINGULAR["de"])
def test_the_subject_of_a_verb_of_saying_is_the_speaker(verb: str) -> None:
    found = attributions(f"Minister Emil Thoden {verb}, die Brücke sei zu.")
    assert [one.rule for one in found] == ["X sagte"]


@pytest.mark.parametrize("verb", NO_INFINITIVES["de"])
def test_a_follow_up_for_the_speaker_finds_the_verb(verb: str) -> None:
    assert _names_speaker(f"Die Brücke ist zu, {verb} Emil Thoden.")


@pytest.mark.parametrize("verb", SINGULAR["de"])
def test_a_follow_up_asks_with_the_verb(verb: str) -> None:
    assert who_says(f"Wer {verb} das?")


@pytest.mark.parametrize("verb", sorted(STATES["de"]))
def test_a_statement_that_somebody_makes_is_hedged(verb: str) -> None:
    assert is_hedged(parsed(f"Die Brücke ist zu, {verb} Emil Thoden.", "de"))


@pytest.mark.parametrize(
    "text",
    [
        "Der Name der Brücke lautet Thodensteg.",
        "Die Sprachschule im Hafen ist zu.",
        "Das Schreiben liegt im Rathaus.",
        "Die Lautstärke im Hafen steigt.",
    ],
)
def test_words_that_only_begin_like_such_a_verb_name_no_speaker(text: str) -> None:
    assert not _names_speaker(text)


def test_what_a_deed_costs_is_no_statement() -> None:
    assert not is_hedged(parsed("Der Sturm forderte zwölf Tote.", "de"))
    assert not attributions("Der Turnverein behauptete sich mit 3:1 gegen den Hafen, das war knapp.")


def test_the_forms_are_whole() -> None:
    assert set(NO_INFINITIVES["de"]) < set(FINITE["de"])
    assert STATES["de"] < set(NO_INFINITIVES["de"])
    assert all(form.endswith("n") for form in set(FINITE["de"]) - set(NO_INFINITIVES["de"]))
