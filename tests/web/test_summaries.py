"""Summaries that are repeated, edited or taken back in the chat."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from qa.service.base import Served
from qa.service.service import Service
from qa.types import Article
from qa.web import sources
from qa.web.ask_tab import AskTab
from qa.web.conversation import message_refs, phrased_part
from tests.support.fakes import ARTICLES, FakeBackend, FakeBot, FakeIndex
from tests.support.llm_fakes import FakeModel

TRUE = "Das Schiff fasst 412 Fahrgäste und 60 Fahrzeuge."
FALSE = "Das Schiff fasst 500 Fahrgäste."
LOST = "lässt sich nicht wiederholen"
GERMAN: Any = SimpleNamespace(headers={"accept-language": "de"}, query_params={})
ENGLISH: Any = SimpleNamespace(headers={"accept-language": "en"}, query_params={})
ODD = replace(ARTICLES[1], article_id="wahl.txt", title="Wahl · *Fähre*  & <b>Netz</b>")

Chat = list[dict[str, Any]]


class Backend(FakeBackend):
    """The same with other articles."""

    def __init__(self, articles: tuple[Article, ...]) -> None:
        super().__init__()
        self._articles = articles

    def open(self) -> Served:
        index = FakeIndex(self.generation(), self._articles)
        return Served(index, FakeBot(index))


def _tab(*articles: Article, model: FakeModel | None = None) -> AskTab:
    return AskTab(Service(Backend(articles or ARTICLES), language_model=model or FakeModel(f"{TRUE} [1]")))


def _summed_up(tab: AskTab, request: Any = GERMAN, **event: Any) -> Chat:
    """The chat after a summary."""
    _, chat, _, chosen = tab.summaries.begin([], SimpleNamespace(_data=event), request)  # type: ignore[arg-type]
    chat = list(tab.summaries.messages(chat, chosen, request))[-1][0]
    return _returned(chat)


def _returned(chat: Chat) -> Chat:
    """Messages as a browser sends them back."""
    return [{**one, "content": [{"type": "text", "text": one["content"]}]} for one in chat]


def _pairs(*articles: Article) -> list[list[object]]:
    return [[n, sources.make_ref(one, 0, 5, 0.5)] for n, one in enumerate(articles, start=1)]


def _retried(tab: AskTab, chat: Chat, request: Any = GERMAN) -> tuple[Chat, Any]:
    event: Any = SimpleNamespace(index=0, value="")
    return tab.retry(chat, event, request)


@pytest.mark.parametrize("request_", [GERMAN, ENGLISH])
def test_a_summary_is_made_again_from_the_same_articles(request_: Any) -> None:
    model = FakeModel(f"{TRUE} [1]")
    tab = _tab(model=model)
    chat = _summed_up(tab, request_, pairs=_pairs(*ARTICLES[:2]))
    asked, box = _retried(tab, chat)  # in another language than before, perhaps
    assert box["interactive"] is False
    assert [one["role"] for one in asked] == ["user"]
    last = list(tab.answer(asked, "", GERMAN))[-1][0][-1]["content"]
    assert phrased_part(last)[0] == f"{TRUE} [1]"
    assert len(model.sent) == 2
    assert model.sent[0] == model.sent[1]


def test_titles_with_signs_and_separators_are_found_again() -> None:
    model = FakeModel(f"{TRUE} [1]")
    tab = _tab(*ARTICLES, ODD, model=model)
    chat = _summed_up(tab, pairs=_pairs(ARTICLES[0], ODD, ARTICLES[2]))
    assert len(message_refs(chat[1]["content"][0]["text"])) == 1  # the others are known by their titles alone
    asked, _ = _retried(tab, chat)
    list(tab.answer(asked, "", GERMAN))
    assert model.sent[0] == model.sent[1]


def test_of_several_articles_with_a_title_the_cited_one_is_summed_up() -> None:
    copy = replace(ARTICLES[0], article_id="kopie.md")
    tab = _tab(copy, *ARTICLES)
    chat = _summed_up(tab, article="faehre.md")
    asked, _ = _retried(tab, chat)
    assert asked[0]["metadata"] == {"id": '["faehre.md"]'}
    chat[1]["content"] = '<span class="notice">Nichts.</span>'
    kept, box = _retried(tab, chat)
    assert kept[:2] == chat
    assert LOST in kept[2]["content"]
    assert box["interactive"] is True


def test_a_summary_of_an_article_that_is_gone_stays() -> None:
    chat = _summed_up(_tab(), article="faehre.md")
    tab = _tab(*ARTICLES[1:])
    kept, _ = _retried(tab, chat)
    assert kept[:2] == chat
    assert "Die Zusammenfassung „Neue Fähre verbindet Inseln“ lässt sich" in kept[2]["content"]
    assert _retried(tab, kept)[0] == kept  # said once
    assert list(tab.answer(kept, "", GERMAN)) == [(gr.skip(),) * 3]
    without = AskTab(Service(FakeBackend()))
    assert "kein Sprachmodell" in _retried(without, chat)[0][2]["content"]


def test_an_edited_summary_is_one_of_another_article() -> None:
    model = FakeModel(f"{TRUE} [1]")
    tab = _tab(model=model)
    chat = _summed_up(tab, article="faehre.md")
    before, value = chat[0]["content"][0]["text"], "Zusammenfassung: Bibliothek öffnet am Sonntag"
    event: Any = SimpleNamespace(index=0, value=value, previous_value=before)
    asked, _ = tab.edit(chat, event, GERMAN)
    assert asked == [{"role": "user", "content": value, "metadata": {"id": '["bibliothek.txt"]'}}]
    event.value = "Zusammenfassung: Mondgestein"
    edited = [{"role": "user", "content": event.value}, chat[1]]  # Gradio writes it into the chat
    kept, _ = tab.edit(edited, event, GERMAN)
    assert kept[:2] == [{"role": "user", "content": before}, chat[1]]
    assert "„Mondgestein“" in kept[2]["content"]
    event.value = "Was kostet die Ausleihe?"
    asked, _ = tab.edit(chat, event, GERMAN)
    assert asked == [{"role": "user", "content": event.value}]


def test_a_summary_that_is_taken_back_is_not_put_into_the_box() -> None:
    tab = _tab(model=FakeModel(FALSE))
    chat = _summed_up(tab, article="faehre.md")  # it says why there is none
    event: Any = SimpleNamespace(index=0, value="")
    rest, box, *_ = tab.undo(chat, event, GERMAN)
    assert (rest, box) == ([], gr.skip())


def test_a_question_in_the_words_of_a_task_is_a_question() -> None:
    model = FakeModel()
    tab = _tab(model=model)
    question = "Zusammenfassung: Seestern"
    for answer in ("> Die neue Fähre heißt Seestern.", '<span class="no-answer">Nichts.</span>'):
        chat = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
        asked, _ = _retried(tab, chat)
        assert asked == chat[:1]
        event: Any = SimpleNamespace(index=0, value="")
        assert tab.undo(chat, event, GERMAN)[1] == question
    list(tab.answer(asked, "", GERMAN))
    assert model.sent == []


@pytest.mark.parametrize("metadata", [None, {}, 5, {"id": 5}, {"id": "["}, {"id": "[1]"}, {"id": "[]"}])
def test_forged_ids_are_none(metadata: Any) -> None:
    tab = _tab()
    chat = [{"role": "user", "content": "Fahrgäste", "metadata": metadata}]
    assert "](#cite-" in list(tab.answer(chat, "", GERMAN))[-1][0][-1]["content"]


def test_an_unknown_id_is_told() -> None:
    chat = [{"role": "user", "content": "x", "metadata": {"id": '["fort.md"]'}}]
    assert list(_tab().answer(chat, "", GERMAN))[-1][0][-1]["content"].startswith('<span class="notice">')


def test_many_forged_titles_are_refused_at_once() -> None:
    tab = _tab()
    titles = " · ".join([ARTICLES[0].title, *"abc"] * 100)
    chat = [
        {"role": "user", "content": f"Zusammenfassung: {titles}"},
        {"role": "assistant", "content": '<span class="notice">Nichts.</span>'},
    ]
    assert LOST in _retried(tab, chat)[0][2]["content"]
