"""Conversations as files."""

from __future__ import annotations

import json

import pytest

from qa.exporting.files import rows
from qa.facts.rows import read_rows, to_csv
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


def test_what_the_browser_says_of_a_conversation_is_checked() -> None:
    sent = {
        "title": " Fähren ",
        "time": "2024-11-06T09:30",
        "address": "https://qa.example/",
        "timeline": "yes",
    }
    assert export.about(json.dumps(sent)) == export.About(
        "Fähren", "2024-11-06T09:30", "https://qa.example/", True
    )
    for forged in (
        "",
        "{",
        "5",
        json.dumps({"title": 5, "time": "x", "address": "javascript:x", "timeline": ""}),
    ):
        assert export.about(forged) == export.About()


def test_a_source_that_is_gone_stays_in_the_list() -> None:
    answer = BOT.ask("Wie viele Fahrgäste waren es 2019?")
    turns = [Turn("user", "Wie viele?"), Turn("assistant", _message(answer))]
    others = FakeIndex("g2", ARTICLES[1:])
    text = conversation_markdown(turns, others.article, "de")
    assert text.endswith("**Artikel nicht mehr vorhanden**\n\n- [1] **faehre.md**\n")
    (cited,) = json.loads(export.conversation_json(turns, others.article, "g2"))["turns"][1]["citations"]
    assert (cited["label"], cited["gone"], cited["article_id"]) == (1, True, "faehre.md")
    assert cited["quote"] == answer.citations[0].quote
    made = export.conversation_export(turns, others.article, "de")
    (row,) = rows(made, others.article, "1")
    assert (row["quote"], row["gone"], "sha256" in row) == (cited["quote"], True, False)
    assert read_rows(to_csv([row]))[0]["gone"] == "True"


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("http://127.0.0.1:7860/", False),
        ("http://localhost:7860/", False),
        ("http://[::1]:7860/", False),
        ("http://127.9.9.9/", False),
        ("http://192.168.1.5:7860/", True),
        ("http://redaktion:7860/", True),
    ],
)
def test_only_an_address_that_others_can_reach_is_exported(address: str, kept: bool) -> None:
    assert bool(export.about(json.dumps({"address": address})).address) is kept


def test_a_file_is_named_after_its_conversation_or_the_question_of_its_answer() -> None:
    turns = [
        Turn("user", "Wer fährt?"),
        Turn("assistant", "x"),
        Turn("user", "Wohin?"),
        Turn("assistant", "y"),
    ]
    told = export.About("Wer fährt?", "2024-11-06T09:30")
    assert export.name_of(turns, told.named(turns), "de") == "wer-faehrt-2024-11-06"
    last = export.last_answer(turns)
    assert export.name_of(last, told.named(turns), "de") == "wohin-2024-11-06"
    renamed = export.About("Fähren", "2024-11-06T09:30")
    assert export.name_of(last, renamed.named(turns), "de") == "faehren-2024-11-06"
    assert export.name_of([], export.About(time="2024-11-06T09:30"), "de") == "gespraech-2024-11-06"


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
