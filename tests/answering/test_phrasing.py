"""Answers in the words of a language model: nothing is shown that no article says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.answering.checked_sentences import MAX_SENTENCES, PATIENCE
from qa.answering.phrasing import Event, phrase
from qa.types import Answer, Article
from qa.types_phrasing import Phrasing
from tests.support.llm_fakes import FIRST, HARBOUR, HARBOUR_EN, FakeModel, answer, looked_up

OTHER = "Die Brücke in Lünhorst ist seit gestern gesperrt."


def events(model: FakeModel, given: Answer | None = None, *known: Article) -> list[Event]:
    return list(phrase(given or answer(), model, looked_up(*known)))


def phrased(model: FakeModel, given: Answer | None = None, *known: Article) -> tuple[Answer, Phrasing]:
    whole = events(model, given, *known)[-1].answer
    assert whole.phrased
    return whole, whole.phrased


def test_the_quotes_come_first_and_stay() -> None:
    model = FakeModel(f"{FIRST} [1]")
    found = events(model)
    assert [event.name for event in found] == ["quotes", "sentence", "end"]
    assert found[0].answer == answer()
    whole = found[-1].answer
    assert replace(whole, phrased=None, seconds={}) == replace(answer(), seconds={})
    assert whole.seconds["total"] == pytest.approx(0.1 + whole.seconds["phrase"])
    assert whole.phrased is not None
    assert whole.phrased.status == "kept"
    assert whole.phrased.text == f"{FIRST} [1]"
    assert (whole.phrased.model, whole.phrased.host) == ("klein", "127.0.0.1")


def test_a_refusal_calls_no_model() -> None:
    model = FakeModel("Doch. [1]")
    refusal = Answer("Wie?", "no_answer", "Dazu steht nichts in den Artikeln.", 0.1)
    assert events(model, refusal) == [Event("quotes", refusal), Event("end", refusal)]
    assert model.sent == []


def test_a_near_copy_is_shown_as_the_article_has_it() -> None:
    _, found = phrased(FakeModel("Einen neuen Kran für 3,4 Millionen Euro bekommt 2025 Brakenau. [1]"))
    assert found.text == f"{FIRST} [1]"


def test_a_span_that_is_not_quoted_gets_the_next_label() -> None:
    whole, found = phrased(
        FakeModel(f"{FIRST} [1] ", "Bürgermeisterin Ute Harms sprach von einem guten Tag. [1]")
    )
    assert [sentence.labels for sentence in found.sentences] == [(1,), (2,)]
    added = whole.citations[1]
    assert HARBOUR.text[added.start : added.end] == added.quote
    assert added.quote == "Bürgermeisterin Ute Harms sprach von einem guten Tag."
    assert added.label == 2
    assert whole.text == answer().text


def test_each_event_has_the_citations_of_its_labels() -> None:
    model = FakeModel("Bürgermeisterin Ute Harms sprach von einem guten Tag. [2]")
    (kept,) = [event for event in events(model) if event.name == "sentence"]
    assert kept.sentence is not None
    assert kept.sentence.labels == (2,)
    assert [citation.label for citation in kept.answer.citations] == [1, 2]


def test_the_label_of_the_model_is_corrected() -> None:
    _, found = phrased(FakeModel(f"{FIRST} [2]"))
    assert found.sentences[0].labels == (1,)
    _, without = phrased(FakeModel(FIRST))
    assert without.sentences[0].labels == (1,)
    _, wild = phrased(FakeModel(f"{FIRST} [0][17][999]"))
    assert wild.sentences[0].labels == (1,)


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("Der Hafen von Brakenau bekommt 2026 einen neuen Kran. [1]", "number"),
        ("Der Hafen von Lünhorst bekommt 2025 einen neuen Kran. [1]", "name"),
        ("Der Hafen von Brakenau bekommt 2025 keinen neuen Kran. [1]", "negation"),
        ("The port of Brakenau will get a new crane in 2025. [1]", "language"),
        (f"{OTHER} [1]", "number"),
    ],
)
def test_what_no_article_says_is_dropped(sentence: str, reason: str) -> None:
    whole, found = phrased(FakeModel(f"{FIRST} [1] {sentence}"))
    assert found.status == "partly"
    assert [one.reason for one in found.dropped] == [reason]
    assert found.text == f"{FIRST} [1]"
    assert whole.citations == answer().citations


@pytest.mark.parametrize(("source", "tag"), [("Küstenblatt", "laut Küstenblatt"), ("", "laut Artikel")])
def test_what_the_article_leaves_to_others_bears_a_tag(source: str, tag: str) -> None:
    article = replace(HARBOUR, text="Das Werk soll im Herbst dichtmachen.", source=source)
    _, found = phrased(FakeModel("Das Werk macht im Herbst dicht."), answer(article), article)
    assert found.text == f"Das Werk macht im Herbst dicht. ({tag}) [1]"


def test_the_same_sentence_is_not_shown_twice() -> None:
    _, found = phrased(FakeModel(f"{FIRST} [1] {FIRST} [1]"))
    assert [sentence.kept for sentence in found.sentences] == [True, False]
    assert found.sentences[1].reason == "repeated"


@pytest.mark.parametrize(
    "text", ["KEINE ANTWORT", "Keine Antwort.", "**KEINE ANTWORT** [1]", "", "[1]", "Ja. Nein."]
)
def test_nothing_said(text: str) -> None:
    whole, found = phrased(FakeModel(text))
    assert (found.status, found.sentences, found.error) == ("nothing", (), "")
    assert whole.citations == answer().citations


def test_a_model_of_which_nothing_can_be_kept_is_stopped() -> None:
    model = FakeModel(*[f"{OTHER} [1] "] * 50)
    _, found = phrased(model)
    assert found.status == "nothing"
    assert len(found.sentences) == PATIENCE
    assert model.closed
    assert model.given < 10


def test_a_model_that_talks_on_is_stopped() -> None:
    model = FakeModel(f"{FIRST} [1] ", *[f"{OTHER} [1] "] * 50)
    assert len(phrased(model)[1].sentences) == MAX_SENTENCES
    assert model.closed


def test_what_came_before_a_failure_stays() -> None:
    _, found = phrased(
        FakeModel(f"{FIRST} [1] Und dann war", error="The language model failed (500). Its own log says why.")
    )
    assert (found.status, found.text) == ("partly", f"{FIRST} [1]")
    assert "500" in found.error


def test_a_failure_leaves_the_quotes() -> None:
    whole, found = phrased(FakeModel(error="The language model failed (500). Its own log says why."))
    assert found.status == "failed"
    assert whole.text == answer().text
    assert whole.citations == answer().citations


def test_a_defect_is_not_hidden() -> None:
    class Broken(FakeModel):
        def stream(self, *_: object) -> None:  # type: ignore[override]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        events(Broken())


def test_closing_the_events_closes_the_stream() -> None:
    model = FakeModel(*[f"{FIRST} [1] "] * 50)
    running = phrase(answer(), model, looked_up())
    next(running)
    assert next(running).name == "sentence"
    running.close()  # type: ignore[attr-defined]
    assert model.closed


def test_english() -> None:
    said = "The port of Brackmouth will get a new crane in 2025."
    given = answer(HARBOUR_EN, "What will the port of Brackmouth get?")
    _, found = phrased(
        FakeModel(f"{said} [1] Mayor Una Harms did not speak of a good day."), given, HARBOUR_EN
    )
    assert found.text == f"{said} [1]"
    assert found.dropped[0].reason == "negation"


def test_an_answer_in_another_language_than_the_articles_keeps_nothing() -> None:
    given = answer(HARBOUR, "What does the new crane in Brakenau cost?")
    _, found = phrased(FakeModel("The new crane costs 3.4 million euros. [1]"), given)
    assert found.status == "nothing"


WRITTEN = (
    f"{FIRST} [1] <think>hm</think>Ute Harms sprach von einem guten Tag [2]. {OTHER} [1]\n"
    "- Er war nicht mehr sicher. [2]"
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, len(WRITTEN)), max_size=12))
def test_it_does_not_matter_where_the_stream_is_cut(cuts: list[int]) -> None:
    ends = sorted(cuts)
    pieces = [WRITTEN[a:b] for a, b in zip([0, *ends], [*ends, len(WRITTEN)], strict=True)]
    _, whole = phrased(FakeModel(WRITTEN))
    _, cut = phrased(FakeModel(*pieces))
    assert replace(cut, seconds=0.0) == replace(whole, seconds=0.0)
    assert len(whole.sentences) == 4


def in_english(model: FakeModel, *, quotes: int = 1) -> tuple[Answer, Phrasing]:
    """An English question to a German article, with vectors that find everything alike."""
    given = answer(question="What does the new crane in Brakenau cost?", quotes=quotes)

    def vectors(texts: Sequence[str]) -> Any:
        return np.ones((len(texts), 1), np.float32)

    *_, end = phrase(given, model, looked_up(), vectors=vectors)
    assert end.answer.phrased
    return end.answer, end.answer.phrased


def test_a_translation_is_shown_above_its_original() -> None:
    said = "In 2025, the port of Brakenau will get a new crane for 3.4 million euros."
    whole, found = in_english(FakeModel(f"{said} [1] {said.replace('3.4', '5.4')} [1] {said} [1]"))
    kept, wrong, again = found.sentences
    assert (kept.text, kept.original, kept.labels) == (said, FIRST, (1,))
    assert kept.shown == f"{said} “{FIRST}” [1]"
    assert (wrong.kept, wrong.reason) == (False, "number")
    assert (again.kept, again.reason) == (False, "repeated")
    assert whole.citations == answer().citations


def test_without_vectors_no_translation_is_shown() -> None:
    given = answer(question="What does the new crane in Brakenau cost?")
    _, found = phrased(FakeModel("Brakenau will get a new crane. [1]"), given)
    assert [sentence.reason for sentence in found.sentences] == ["language"]
