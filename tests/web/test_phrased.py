"""Phrased answers on the page."""

from __future__ import annotations

import json
import threading
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from qa.answering import quoting
from qa.llm.client import Client
from qa.llm.endpoint import endpoint
from qa.service.service import Service
from qa.types import Span, Turn
from qa.types_phrasing import Phrased
from qa.web import sources
from qa.web.ask_tab import AskTab
from qa.web.conversation import message_refs, phrased_part, plain_answer
from qa.web.escape import unescaped
from qa.web.export import conversation_json
from qa.web.phrased import phrased_by, phrased_messages, sentences_markdown
from tests.support.exports import conversation_markdown
from tests.support.fakes import ARTICLES, FakeBackend
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
    assert phrased_part(second) == phrased_part(last) == (f"{TRUE} [1]", ["klein", "127.0.0.1"])
    assert "1 Satz weggelassen" in last
    assert "<b>Schiff" not in last
    assert "<s>Das &#60;b&#62;Schiff" in last
    assert last.endswith(first)
    assert message_refs(last) == message_refs(first)


def test_what_was_left_out_is_no_part_of_the_conversation() -> None:
    *_, last = messages(FakeModel(f"{TRUE} [1] {FALSE} [1]"))
    assert plain_answer(last) == plain_answer(messages(FakeModel())[0]) == f"{TRUE} [1]"
    turns = [Turn("user", QUESTION), Turn("assistant", last)]
    article_of = FakeBackend().open().index.article
    exported = conversation_markdown(turns, article_of, "de")
    assert "500" not in exported
    assert exported.index(TRUE) < unescaped(exported).index("Ausformuliert von klein (127.0.0.1)")
    assert "500" not in conversation_json(turns, article_of, "g1")
    said = json.loads(conversation_json(turns, article_of, "g1"))["turns"][1]
    assert said["phrased"] == {"text": f"{TRUE} [1]", "model": "klein"}
    assert said["text"] == f"{TRUE} [1]"


def test_figures_stay_below_a_phrased_answer() -> None:
    service = Service(FakeBackend(), language_model=FakeModel(f"{TRUE} [1]"))
    answer, served = service.ask(QUESTION)
    steps = [step for step in phrased_messages(service, answer, served, "de", card="FIGURES") if step]
    assert all(text.endswith("\n\nFIGURES") for text, _ in steps)


def test_an_article_that_is_being_read_stays_open() -> None:
    tab = AskTab(Service(FakeBackend(), language_model=FakeModel(f"{TRUE} [1]")))
    steps = list(tab.answer([{"role": "user", "content": QUESTION}], "", GERMAN, True))  # type: ignore[arg-type]
    panels = [(sources, reader) for _, sources, reader in steps if isinstance(reader, str)]
    assert len(panels) == 1
    assert steps[-1][1:] == (gr.skip(), gr.skip())


def test_the_switch_says_who_reads_along() -> None:
    switch = AskTab(Service(FakeBackend(), language_model=FakeModel())).phrasing(GERMAN)  # type: ignore[arg-type]
    assert "checked" not in switch
    assert "Sprachmodell: klein auf diesem Rechner" in switch
    assert AskTab(Service(FakeBackend())).phrasing(GERMAN) == ""  # type: ignore[arg-type]


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


def summed_up(model: Any, event: dict[str, Any]) -> list[tuple[Any, ...]]:
    tab = AskTab(Service(FakeBackend(), language_model=model))
    _, chat, _, chosen = tab.summaries.begin([], SimpleNamespace(_data=event), GERMAN)  # type: ignore[arg-type]
    return list(tab.summaries.messages(chat, chosen, GERMAN))  # type: ignore[arg-type]


def test_an_article_is_summed_up_in_the_chat() -> None:
    steps = summed_up(FakeModel(f"{TRUE} [1] {FALSE} [1]"), {"article": "faehre.md"})
    question, last = steps[-1][0]
    assert question == {"role": "user", "content": "Zusammenfassung: Neue Fähre verbindet Inseln"}
    assert phrased_part(last["content"]) == (f"{TRUE} [1]", ["klein", "127.0.0.1"])
    assert "1 Satz weggelassen" in last["content"]
    assert '<ol class="refs"><li value="1">' in last["content"]
    assert plain_answer(last["content"]) == ""
    cards = [step[1] for step in steps if isinstance(step[1], str)]
    assert len(cards) == 1
    assert TRUE in cards[0]


def test_the_sources_of_an_answer_are_summed_up() -> None:
    found = [
        (n, sources.make_ref(article, 0, 5, 0.5))
        for n, article in enumerate([*ARTICLES[:2], ARTICLES[0]], start=1)
    ]
    model = FakeModel(f"{TRUE} [1]")
    steps = summed_up(model, {"pairs": [list(pair) for pair in found]})
    assert steps[-1][0][0]["content"].endswith("Inseln · Bibliothek öffnet am Sonntag")
    assert "Stadtbibliothek" in model.prompt
    assert model.prompt.count("Die Reederei Nordlicht hat am Montag") == 1


@pytest.mark.parametrize("event", [{}, {"article": 7}, {"pairs": [[1, "x"]]}])
def test_nothing_to_sum_up_changes_nothing(event: dict[str, Any]) -> None:
    model = FakeModel()
    tab = AskTab(Service(FakeBackend(), language_model=model))
    box, chat, examples, chosen = tab.summaries.begin([], SimpleNamespace(_data=event), GERMAN)  # type: ignore[arg-type]
    assert box == chat == examples == gr.skip()
    asked = [{"role": "user", "content": "x"}]
    for forged in (chosen, "[", "{}", "[1]"):
        assert list(tab.summaries.messages(asked, forged, GERMAN)) == [(gr.skip(),) * 3]  # type: ignore[arg-type]
    assert model.sent == []


def test_why_there_is_no_summary() -> None:
    assert (
        "gibt es keine Zusammenfassung"
        in summed_up(FakeModel(FALSE), {"article": "faehre.md"})[-1][0][1]["content"]
    )
    unknown = summed_up(FakeModel(), {"article": "fort.md"})[-1][0][1]["content"]
    assert unknown.startswith('<span class="notice">')


def test_a_translation_stands_above_its_original() -> None:
    article = ARTICLES[0]
    (source,) = sources.cited_sources(
        [
            quoting.citation(
                1, article, Span(article.text.index(TRUE), article.text.index(TRUE) + len(TRUE)), 0.5
            )
        ],
        lambda _: article,
    )
    kept = [
        Phrased("The ship holds 412 passengers.", (1,), 1.0, kept=True, original=TRUE),
        Phrased("It is new.", (1,), 1.0, kept=True),
        Phrased("It is big.", (1,), 1.0, kept=True),
    ]
    by = phrased_by(FakeModel(), kept, "en")
    text = "\n\n".join(sentences_markdown(kept, [source], by))
    first, original, rest, line = text.split("\n\n")
    assert first == "The ship holds 412 passengers."
    assert original.startswith(f"> {TRUE} [1](#cite-")
    assert rest.startswith("It is new. [1](#cite-")
    assert "It is big." in rest
    assert "only numbers, dates, names and negations were compared" in line
    assert phrased_part(text)[0].startswith(f"The ship holds 412 passengers.\n{TRUE} [1]\nIt is new.")
