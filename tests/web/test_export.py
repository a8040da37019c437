"""Conversations as files."""

from __future__ import annotations

from qa.types import Answer, Turn
from qa.web import chat, export
from qa.web.sources import sources_of
from tests.support.fakes import ARTICLES, FakeBot, FakeIndex

INDEX = FakeIndex("g1", ARTICLES)
BOT = FakeBot(INDEX)


def _message(answer: Answer) -> str:
    return chat.answer_markdown(answer, sources_of(answer, INDEX.article), "de")


def test_export_names_every_source_in_full() -> None:
    answer = BOT.ask("Was weiß man über das Schiff?")
    refusal = BOT.ask("Mondgestein")
    refused = _message(refusal)
    turns = [Turn("user", "<b>Schiff?"), Turn("assistant", _message(answer)), Turn("assistant", refused)]
    text = export.conversation_markdown(turns, INDEX.article, "de")
    assert "## Frage\n\n&#60;b&#62;Schiff?" in text
    for citation in answer.citations:
        assert f"> {citation.quote} [{citation.label}]\n" in text
        assert f"[{citation.label}] **Neue Fähre verbindet Inseln** · Küstenbote" in text
        assert f"faehre.md, Zeichen {citation.start}–{citation.end}" in text
    assert "(Ähnliche Stellen) **Neue Fähre" in text
    assert "#cite-" not in text
    assert "#near-" not in text
    assert "<span" not in text
