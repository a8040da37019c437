"""Conversations as files."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from markdown_it import MarkdownIt

from qa.types import Answer, Span, Turn
from qa.web import chat, export
from qa.web.escape import markdown
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
    assert "(ähnliche Stelle) **Neue Fähre" in text
    assert "#cite-" not in text
    assert "#near-" not in text
    assert "<span" not in text


def test_export_shows_the_answer_in_bold_and_what_is_missing() -> None:
    answer = BOT.ask("Wie viele Fahrgäste waren es 2019?")
    (cited,) = [c for c in answer.citations if c.answer_span]
    turns = [Turn("assistant", _message(answer)), Turn("assistant", _message(BOT.ask("Mondgestein 2019")))]
    text = export.conversation_markdown(turns, INDEX.article, "de")
    assert "Zu 2019 steht in diesen Zitaten nichts.\n\n> Das Schiff fasst **412** Fahrgäste" in text
    assert "Zu 2019 wurde nichts gefunden.\n\nDazu steht nichts in den Artikeln." in text
    assert "<b>" not in text
    told = json.loads(export.conversation_json(turns, INDEX.article, "g1"))["turns"]
    assert [turn["missing"] for turn in told] == [["2019"], ["2019"]]
    assert told[0]["text"] == answer.text
    kept = {name: getattr(cited, name) for name in ("start", "answer_start", "answer_end", "end", "quote")}
    assert kept.items() <= told[0]["citations"][0].items()
    assert "answer_start" not in told[1]["nearest"][0]


@pytest.mark.parametrize("quote", ["Es waren 412 da.", "„Nein“, rief er.", "wörtlich(412)wörtlich", "412 €"])
def test_bold_in_an_export_is_bold_in_markdown(quote: str) -> None:
    for start in range(len(quote)):
        for end in range(start + 1, len(quote) + 1):
            text = export._bold(markdown(quote, Span(start, end)))
            shown = MarkdownIt("commonmark", {"html": True}).render(text)
            bold = "".join(re.findall(r"<strong>(.*?)</strong>", shown))
            assert bold == quote[start:end].strip(), text
            assert unescape(re.sub(r"</?(?:p|strong)>", "", shown)).strip() == quote
    assert "**412**" in export._bold(markdown("x 412 y", Span(2, 5)))
