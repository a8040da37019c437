"""Phrased answers on the page."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest

from qa.llm.client import Client
from qa.llm.endpoint import endpoint
from qa.service.service import Service
from qa.types import Turn
from qa.web.ask_tab import AskTab
from qa.web.conversation import message_refs, plain_answer
from qa.web.export import conversation_json, conversation_markdown
from qa.web.phrased import phrased_messages
from tests.support.fakes import FakeBackend
from tests.support.llm_fakes import FakeModel
from tests.support.llm_server import HELD, Handler, serving

QUESTION = "Wie viele Fahrgäste fasst das Schiff?"
TRUE = "Das Schiff fasst 412 Fahrgäste und 60 Fahrzeuge."
FALSE = "Das <b>Schiff</b> fasst 500 Fahrgäste."
GERMAN = SimpleNamespace(headers={"accept-language": "de"}, query_params={})


def messages(model: Any) -> list[str]:
    service = Service(FakeBackend(), language_model=model)
    answer, served = service.ask(QUESTION)
    return [step[0] for step in phrased_messages(service, answer, served, "de") if step]


def test_the_checked_sentences_stand_above_the_quotes() -> None:
    first, second, *_, last = messages(FakeModel(f"{TRUE} [1] ", f"{FALSE} [1]"))
    assert first.startswith("> ")
    assert second.startswith(TRUE.replace(".", "")[:20])
    assert "[1](#cite-" in last.split("\n\n")[0]
    assert "Ausformuliert von klein (127.0.0.1)" in last
    assert "1 Satz weggelassen" in last
    assert "<b>Schiff" not in last
    assert last.endswith(first)
    assert message_refs(last) == message_refs(first)


def test_what_was_left_out_is_no_part_of_the_conversation() -> None:
    *_, last = messages(FakeModel(f"{TRUE} [1] {FALSE} [1]"))
    said = plain_answer(last)
    assert said.startswith(f"{TRUE} [1]")
    assert "500" not in said
    assert "klein" not in said
    turns = [Turn("user", QUESTION), Turn("assistant", last)]
    article_of = FakeBackend().open().index.article
    exported = conversation_markdown(turns, article_of, "de")
    assert "500" not in exported
    assert "Ausformuliert von klein" in exported
    assert "500" not in conversation_json(turns, article_of, "g1")


def test_a_failure_is_one_line() -> None:
    model = FakeModel(error="The language model failed (500). Its own log says why.")
    first, *_, last = messages(model)
    assert "Das Sprachmodell ist gescheitert" in last
    assert last.endswith(first)


def test_a_defect_is_not_hidden() -> None:
    class Broken(FakeModel):
        def stream(self, *_: object) -> None:  # type: ignore[override]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        messages(Broken())


@pytest.mark.parametrize(("wanted", "asked"), [(True, 1), (False, 0), ("ja", 0), (None, 0)])
def test_the_switch(wanted: Any, asked: int) -> None:
    model = FakeModel(f"{TRUE} [1]")
    tab = AskTab(Service(FakeBackend(), language_model=model))
    steps = list(tab.answer([{"role": "user", "content": QUESTION}], "", GERMAN, wanted))  # type: ignore[arg-type]
    assert len(model.sent) == asked
    assert ("Ausformuliert" in steps[-1][0][-1]["content"]) == bool(asked)


def test_without_a_language_model_the_switch_does_nothing() -> None:
    tab = AskTab(Service(FakeBackend()))
    steps = list(tab.answer([{"role": "user", "content": QUESTION}], "", GERMAN, True))  # type: ignore[arg-type]
    assert steps[-1][0][-1]["content"].startswith("> ")


def test_stop_closes_the_connection_of_a_model_that_hangs() -> None:
    asked = threading.Event()

    def hanging(handler: Handler) -> None:
        asked.set()
        handler.hang()

    with serving(hanging) as model:
        service = Service(FakeBackend(), language_model=Client(endpoint(model.url, "klein")))
        answer, served = service.ask(QUESTION)
        running = phrased_messages(service, answer, served, "de")
        assert next(running) is not None
        assert asked.wait(HELD)
        assert next(running) is None
        running.close()  # type: ignore[attr-defined]
        assert model.gone.wait(HELD)
