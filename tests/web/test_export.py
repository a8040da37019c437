"""Conversations as files."""

from __future__ import annotations

import json

from qa.types import Answer, Turn
from qa.web import chat, export
from qa.web.sources import sources_of
from tests.support.exports import conversation_markdown
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
    text = conversation_markdown(turns, INDEX.article, "de")
    assert "## \\<b\\>Schiff?" in text
    for citation in answer.citations:
        assert f"> {citation.quote} [{citation.label}]\n" in text
        assert f"Zeichen {citation.start}–{citation.end}" in text
    assert "- [1] [2] [3] **Neue Fähre verbindet Inseln** · Küstenbote" in text
    assert text.count("**Ähnliche Stellen**\n\n- **Neue Fähre") == 1
    assert "#cite-" not in text
    assert "#near-" not in text
    assert "<span" not in text


def test_export_shows_the_answer_in_bold_and_what_is_missing() -> None:
    answer = BOT.ask("Wie viele Fahrgäste waren es 2019?")
    (cited,) = [c for c in answer.citations if c.answer_span]
    turns = [Turn("assistant", _message(answer)), Turn("assistant", _message(BOT.ask("Mondgestein 2019")))]
    text = conversation_markdown(turns, INDEX.article, "de")
    assert "Zu 2019 steht in diesen Zitaten nichts.\n\n> Das Schiff fasst **412** Fahrgäste" in text
    assert "Zu 2019 wurde nichts gefunden.\n\nDazu steht nichts in den Artikeln." in text
    assert "<b>" not in text
    told = json.loads(export.conversation_json(turns, INDEX.article, "g1"))["turns"]
    assert [turn["missing"] for turn in told] == [["2019"], ["2019"]]
    assert told[0]["text"] == answer.text
    kept = {name: getattr(cited, name) for name in ("start", "answer_start", "answer_end", "end", "quote")}
    assert kept.items() <= told[0]["citations"][0].items()
    assert "answer_start" not in told[1]["nearest"][0]
