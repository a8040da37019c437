"""Phrasing through the service: it takes no turn, so others are answered meanwhile."""

from __future__ import annotations

import pytest

from qa.errors import LLMError
from qa.i18n.messages import said
from qa.service.service import Service
from tests.support.fakes import FakeBackend
from tests.support.llm_fakes import FakeModel

QUESTION = "Wie viele Fahrgäste fasst das Schiff?"


def test_a_question_is_answered_while_another_is_phrased() -> None:
    model = FakeModel("Das Schiff fasst 412 Fahrgäste und 60 Fahrzeuge. [1] Und ", "dann.")
    service = Service(FakeBackend(), waiting=0, language_model=model)
    answer, served = service.ask(QUESTION)
    running = service.phrase(answer, served)
    assert next(running).name == "quotes"
    assert next(running).name == "sentence"
    assert service.ask(QUESTION)[0].status == "answered"
    (end,) = running
    assert end.answer.phrased
    assert end.answer.phrased.status == "kept"


def test_without_a_language_model() -> None:
    service = Service(FakeBackend())
    assert service.language_model is None
    with pytest.raises(LLMError, match="--llm") as caught:
        service.phrase(*service.ask(QUESTION))
    assert said(str(caught.value), "de") != str(caught.value)
