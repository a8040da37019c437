"""The handlers of the tab on which questions are asked, without a browser."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from qa.errors import Busy
from qa.i18n.wording import words
from qa.service import feedback
from qa.service.service import MAX_QUESTION, Service
from qa.web import conversation, suggestions
from qa.web.ask_tab import AskTab
from qa.web.sources import make_ref
from tests.support.fakes import ARTICLES, FERRY, FakeBackend, FakeIndex

GERMAN = SimpleNamespace(headers={"accept-language": "de"}, query_params={})
ENGLISH = SimpleNamespace(headers={"accept-language": "en"}, query_params={})


def _tab(backend: FakeBackend | None = None) -> AskTab:
    return AskTab(Service(backend or FakeBackend()))


def _event(**payload: Any) -> Any:
    return SimpleNamespace(_data=payload)


def _asked(question: str) -> list[dict[str, Any]]:
    return [{"role": "user", "content": [{"type": "text", "text": question}]}]


def _answered(
    tab: AskTab, chat: list[dict[str, Any]], request: Any = GERMAN, chosen: str = ""
) -> tuple[str, str, str]:
    """Message, sources and reader after an answer."""
    steps = list(tab.answer(chat, chosen, request))
    panels = [(sources, reader) for _, sources, reader in steps if isinstance(sources, str)]
    return steps[-1][0][-1]["content"], *panels[-1]


def test_a_question_enters_the_chat_and_locks_the_box() -> None:
    box, chat, examples = _tab().send("  Frage? ", [])
    assert chat == [{"role": "user", "content": "Frage?"}]
    assert (box["value"], box["interactive"], box["stop_btn"]) == ("", False, True)
    assert examples == ""


def test_an_empty_question_changes_nothing_and_a_long_one_is_cut() -> None:
    for empty in ("", " ", "\u200b", " \u200b\u00ad \u2060\n"):
        assert all(update == {"__type__": "update"} for update in _tab().send(empty, []))
    chat = [*_asked("Frage?"), {"role": "assistant", "content": "Antwort."}]
    for unasked in ([], chat):
        ((*updates,),) = _tab().answer(unasked, "", GERMAN)  # nothing at all would empty the chat
        assert updates == [{"__type__": "update"}] * 3
    assert len(_tab().send("x" * 2 * MAX_QUESTION, [])[1][0]["content"]) == MAX_QUESTION


def test_an_answer_comes_with_sources_and_article() -> None:
    message, sources, reader = _answered(_tab(), _asked("Was weiß man über das Schiff?"))
    assert message.count("](#cite-") == 3
    assert sources.count('class="card"') == 3
    assert "<mark title=" in reader
    assert 'class="now"' not in reader


def test_the_bot_gets_the_conversation_as_plain_text() -> None:
    backend = FakeBackend()
    service = Service(backend)
    tab = AskTab(service)
    first, _, _ = _answered(tab, _asked("Seestern"))
    chat = [*_asked("Seestern"), {"role": "assistant", "content": first}, *_asked("Fahrgäste")]
    _answered(tab, chat)
    served = service.served()
    history = [(turn.role, turn.content) for turn in served.bot.history]  # type: ignore[attr-defined]
    assert history == [("user", "Seestern"), ("assistant", "Die neue Fähre heißt Seestern. [1]")]


def test_a_refusal_is_one() -> None:
    message, sources, reader = _answered(_tab(), _asked("Mondgestein"), ENGLISH)
    assert 'class="no-answer"' in message
    assert "No passage answers the question with enough certainty." in message
    assert "come closest" in sources
    assert "<article" not in reader


def test_without_an_index_the_page_says_so_and_offers_to_build_one() -> None:
    tab = _tab(FakeBackend(generations=0))
    assert "data-build" in tab.opening.notice(GERMAN)
    message, _, _ = _answered(tab, _asked("Frage?"))
    assert "noch nicht durchsuchbar" in message
    assert "#cite" not in message


def test_a_broken_index_is_named() -> None:
    backend = FakeBackend()
    backend.broken = True
    tab = _tab(backend)
    assert tab.opening.notice(GERMAN).count("beschädigt") == 1
    assert "Suchindex neu aufbauen" in tab.opening.notice(GERMAN)
    assert "Der Suchindex ist beschädigt" in _answered(tab, _asked("Frage?"))[0]


def test_a_citation_opens_its_article() -> None:
    tab = _tab()
    article = FakeIndex("g1", ARTICLES).article("faehre.md")
    ref = make_ref(article, 29, 101, 0.8)
    sources, reader = tab.cite(_event(ref=ref, pairs=[[1, ref]]), GERMAN)
    assert 'class="card active"' in sources
    assert f'title="Zitat [1]" data-labels="1">{FERRY[29:101]}</mark>' in reader
    assert f'data-shown="{ref}" data-turn="0"' in reader


def test_questions_to_go_on_with_were_answered_by_their_sentences() -> None:
    backend = FakeBackend()
    service = Service(backend)
    tab = AskTab(service)
    question = "Was kostet die Ausleihe?"
    message, _, _ = _answered(tab, _asked(question))
    pairs = [list(pair) for pair in conversation.message_refs(message)]
    sent = json.dumps({"asked": [question], "pairs": pairs})
    made = tab.suggested.after(sent, "", GERMAN)
    assert f'data-asked="{question}"' in made
    assert 'data-question="Wann beginnt der Umbau des Lesesaals?"' in made
    again = json.dumps({"asked": ["Wann beginnt der Umbau des Lesesaals?"], "pairs": pairs})
    assert tab.suggested.after(again, "", GERMAN) == ""
    with service._questions.take():  # someone else asks
        assert tab.suggested.after(sent, "", GERMAN) == ""
    for nothing in ("", "[", "5", '{"asked": [5], "pairs": 5}', json.dumps({"asked": ["?"], "pairs": []})):
        assert tab.suggested.after(nothing, "", GERMAN) == ""


def test_no_question_is_suggested_about_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    tab = _tab()
    message, _, _ = _answered(tab, _asked("Fahrgäste"))
    pairs = [list(pair) for pair in conversation.message_refs(message)]  # of the ferry alone
    sent = json.dumps({"asked": ["Wann sinkt das Schiff am Kai?"], "pairs": pairs})
    assert "Lesesaal" not in tab.suggested.after(sent, "", GERMAN)
    monkeypatch.setattr(suggestions, "is_about", lambda _text, _question: True)
    assert "Lesesaal" in tab.suggested.after(sent, "", GERMAN)


def test_the_timeline_of_an_answer_is_made_when_its_fold_is_opened() -> None:
    tab = _tab()
    message, _, _ = _answered(tab, _asked("Was weiß man über das Schiff?"))
    assert message.endswith('<details class="timeline"><summary>Zeitverlauf</summary></details>')
    pairs = [list(pair) for pair in conversation.message_refs(message)]
    sent = json.loads(tab.timeline(_event(key="7", pairs=pairs), GERMAN))
    assert sent["key"] == "7"
    assert sent["html"].count("#dated-") == 2
    assert "14. März" in sent["html"]
    forged = json.loads(tab.timeline(_event(key=["x"], pairs=[[1, "../x"]]), GERMAN))
    assert (forged["key"], "#dated-" in forged["html"]) == ("", False)


@pytest.mark.parametrize(
    "payload", [None, [], {"ref": 5, "pairs": 5}, {"ref": "../../etc/passwd", "pairs": [[1, "x"]]}]
)
def test_a_forged_citation_shows_nothing(payload: Any) -> None:
    sources, reader = _tab().cite(SimpleNamespace(_data=payload), GERMAN)
    assert "<li" not in sources
    assert "<article" not in reader


def test_a_conversation_comes_back_with_the_sources_of_its_last_answer() -> None:
    message, sources, _ = _answered(_tab(), _asked("Schiff"))
    kept = [*_asked("Schiff"), {"role": "assistant", "content": message}]
    restarted = _tab()  # another server
    box, chat, sources_again, reader, examples, bar, chosen, notice = restarted.opening.load(
        json.dumps(kept), "", "", "", GERMAN
    )
    assert chat["value"] == [{"role": "user", "content": "Schiff"}, {"role": "assistant", "content": message}]
    assert sources_again == sources
    assert "<mark" in reader
    assert box == examples == notice == chosen == ""
    assert "<select" in bar
    event = _event(stored=json.dumps(kept), chosen='{"source": "Küstenbote"}')
    _, chat_again, _, _, _, bar, chosen = restarted.opening.reopen(event, GERMAN)
    assert chat_again == chat
    assert " selected" in bar
    assert "Medium Küstenbote" in chosen
    for forged in ("{", "5", '[{"role": "system", "content": "x"}]', '["x"]', "[" * 100_000):
        assert restarted.opening.load(forged, forged, "", "", GERMAN)[1]["value"] == []


def test_the_citation_of_an_address_is_opened_with_those_beside_it() -> None:
    message, _, _ = _answered(_tab(), _asked("Schiff"))
    kept = [*_asked("Schiff"), {"role": "assistant", "content": message}]
    (first, *_rest) = [ref for _label, ref in conversation.message_refs(message)]
    _, _, cards, reader, *_ = _tab().opening.load(json.dumps(kept), "", first, "", GERMAN)
    assert cards.count("<li") == len(conversation.message_refs(message))
    assert f'data-shown="{first}"' in reader
    _, chat, cards, reader, *_ = _tab().opening.load("", "", first, "", GERMAN)  # someone else's conversation
    assert (chat["value"], cards.count("<li")) == ([], 1)
    assert 'class="now"' in reader
    _, _, cards, reader, *_ = _tab().opening.load(json.dumps(kept), "", "../../etc/passwd", "", GERMAN)
    assert "<article" not in reader


def test_the_panels_of_an_answer_bear_the_number_of_its_question() -> None:
    chat = [*_asked("Schiff"), {"role": "assistant", "content": "1"}, *_asked("Schiff")]
    assert 'data-turn="2"' in _answered(_tab(), chat)[2]


def test_a_new_visitor_sees_examples_and_a_linked_question() -> None:
    request = SimpleNamespace(headers={}, query_params={"q": "Wie teuer?"})
    box, chat, _, _, examples, *_ = _tab().opening.load("", "", "", "unsent", request)
    assert box == "Wie teuer?"
    assert chat["value"] == []
    assert "Neue Fähre verbindet Inseln" in examples


def test_a_question_that_got_no_answer_is_in_the_box_again() -> None:
    box, *_ = _tab().opening.load("", "", "", "Was kostet das?" + "x" * MAX_QUESTION, GERMAN)
    assert box.startswith("Was kostet das?")
    assert len(box) == MAX_QUESTION


def test_a_busy_server_fails_so_that_the_question_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> None:
        raise Busy("The server is busy. Try again in a moment.")

    tab = _tab()
    monkeypatch.setattr(tab._service, "ask", busy)
    with pytest.raises(gr.Error):
        list(tab.answer(_asked("Frage?"), "", GERMAN))
    box, chat, note = tab.failed(_asked("Frage?"), "", GERMAN)
    assert (box["value"], chat) == ("Frage?", [])
    assert "steht wieder im Eingabefeld" in note


def test_retry_undo_and_edit_keep_what_stands_before() -> None:
    tab = _tab()
    chat = [
        *_asked("eins"),
        {"role": "assistant", "content": "1"},
        *_asked("zwei"),
        {"role": "assistant", "content": "2"},
    ]
    assert tab.retry(chat, SimpleNamespace(index=2), GERMAN)[0] == chat[:3]  # type: ignore[arg-type]
    rest, box, *_ = tab.undo(chat, SimpleNamespace(index=2), GERMAN)  # type: ignore[arg-type]
    assert (rest, box) == (chat[:2], "zwei")
    edited, _ = tab.edit(chat, SimpleNamespace(index=(0, 0), value="drei"), GERMAN)  # type: ignore[arg-type]
    assert edited == [{"role": "user", "content": "drei"}]


def test_a_lost_question_goes_back_into_the_box() -> None:
    tab = _tab()
    with pytest.raises(RuntimeError):
        list(tab.answer(_asked("Absturz"), "", GERMAN))
    box, chat, note = tab.failed([*_asked("Absturz"), {"role": "assistant", "content": "…"}], "", GERMAN)
    assert (box["value"], box["interactive"], chat) == ("Absturz", True, [])
    assert "noch einmal" in note


def test_a_stopped_answer_keeps_what_has_come() -> None:
    untouched = {"__type__": "update"}
    for message in ("> Zitat", [{"type": "text", "text": "> Zitat"}]):
        chat = [*_asked("Frage?"), {"role": "assistant", "content": message}]
        box, *others = _tab().failed(chat, "stopped", GERMAN)
        assert (box["interactive"], box["stop_btn"]) == (True, False)
        assert "value" not in box
        assert others == [untouched] * 2


def test_a_question_that_was_stopped_before_anything_came_goes_back_without_a_word() -> None:
    before = [*_asked("eins"), {"role": "assistant", "content": "1"}]
    for begun in ([], [{"role": "assistant", "content": "…"}]):
        box, chat, note = _tab().failed([*before, *_asked("Frage?"), *begun], "stopped", GERMAN)
        assert (box["value"], chat, note) == ("Frage?", before, {"__type__": "update"})


def test_the_box_is_unlocked_at_an_answers_end_and_by_failed_after_a_stop() -> None:
    assert _tab().ended("")["interactive"]
    for ending in ("stopped", "left"):
        assert _tab().ended(ending) == {"__type__": "update"}


def test_a_question_without_an_answer_comes_with_its_conversation() -> None:
    box, chat, *_ = _tab().opening.reopen(_event(stored="[]", chosen="{}", question="Frage?"), GERMAN)
    assert (box["value"], chat["value"]) == ("Frage?", [])


def test_another_conversation_gets_nothing_of_the_answer_that_was_left() -> None:
    assert list(_tab().failed(_asked("Frage?"), "left", GERMAN)) == [{"__type__": "update"}] * 3


def test_export_holds_quotes_and_sources() -> None:
    tab = _tab()
    message, _, _ = _answered(tab, _asked("Fahrgäste"))
    told = json.dumps({"title": "Fähren", "time": "2024-11-06T09:30", "address": "http://qa.example/"})
    chat = [*_asked("Fahrgäste"), {"role": "assistant", "content": message}]
    text = _saved(tab.saving.export(chat, told, GERMAN)).decode()
    assert text.startswith("# Fähren\n\nGespräch vom 6. November 2024 09:30\n\nSeite: http://qa.example/\n")
    assert "> Das Schiff fasst 412 Fahrgäste und 60 Fahrzeuge. [1]" in text
    assert "[1] **Neue Fähre verbindet Inseln** · Küstenbote · 5. November 2024 · <https://ex" in text
    assert "faehre.md, Zeichen 102–150" in text


@pytest.mark.parametrize("ending", ["docx", "md", "jsonl", "csv", "json"])
def test_the_last_answer_is_saved_in_each_format(ending: str) -> None:
    tab = _tab()
    first, second = (_answered(tab, _asked(question))[0] for question in ("Fischer", "Fahrgäste"))
    chat = [
        *_asked("Fischer"),
        {"role": "assistant", "content": first},
        *_asked("Fahrgäste"),
        {"role": "assistant", "content": second},
    ]
    whole, last = (
        _saved(tab.saving.save(chat, _event(format=ending, last=last), GERMAN)) for last in ("", "yes")
    )
    if ending == "docx":
        assert whole[:2] == last[:2] == b"PK"
    else:
        assert b"412" in last
        assert b"Kritik" in whole
        assert b"Kritik" not in last


def test_no_other_format_is_saved() -> None:
    assert _tab().saving.save(_asked("x"), _event(format="exe"), GERMAN) == ""
    assert _saved(_tab().saving.save([], _event(format="md", last="yes"), GERMAN)).startswith(b"# Fragen")


def _saved(packed: str) -> bytes:
    return base64.b64decode(json.loads(packed)["data"])


def test_the_conversation_is_exported_as_data() -> None:
    tab = _tab()
    message, _, _ = _answered(tab, _asked("Fahrgäste"))
    chat = [*_asked("Fahrgäste"), {"role": "assistant", "content": message}]
    found = json.loads(_saved(tab.saving.save(chat, _event(format="json"), GERMAN)))
    assert found["generation"] == "g1"
    assert [turn["role"] for turn in found["turns"]] == ["user", "assistant"]
    (cited,) = found["turns"][1]["citations"]
    assert (cited["label"], cited["article_id"], cited["date"]) == (1, "faehre.md", "2024-11-05")
    assert FERRY[cited["start"] : cited["end"]] == cited["quote"]


def test_a_filter_narrows_the_question_and_says_so() -> None:
    tab = _tab()
    chosen = '{"source": "Stadtanzeiger"}'
    assert "Medium Stadtanzeiger" in tab.narrow(_event(source="Stadtanzeiger"), GERMAN)
    message, sources, _ = _answered(tab, _asked("Was weiß man über das Schiff?"), chosen=chosen)
    assert "Eingegrenzt auf: Medium Stadtanzeiger" in message
    assert sources.count('class="card"') == 1
    assert tab.narrow(_event(), GERMAN) == ""


def test_a_refusal_under_a_filter_offers_to_ask_without_it() -> None:
    message, _, _ = _answered(_tab(), _asked("Mondgestein"), chosen='{"source": "Stadtanzeiger"}')
    assert message.endswith("[Ohne Filter fragen](#all)")
    assert "Am nächsten kommen: Neue Fähre verbindet Inseln" in message
    assert conversation.plain_answer(message) == "Dazu steht nichts in den Artikeln."
    assert "#all" not in _answered(_tab(), _asked("Mondgestein"))[0]


def test_an_empty_period_and_small_talk_are_not_looked_up() -> None:
    chosen = '{"since": "2024-11-05", "until": "2024-11-04"}'
    assert "Der Zeitraum ist leer" in _tab().narrow(_event(since="2024-11-05", until="2024-11-04"), GERMAN)
    for question, where, expected in (("Schiff", chosen, "Der Zeitraum ist leer"), ("Danke!", "", "Gern.")):
        steps = list(_tab().answer(_asked(question), where, GERMAN))
        assert len(steps) == 1
        assert expected in steps[0][0][-1]["content"]


def test_a_new_index_changes_the_first_screen_and_the_filter() -> None:
    notice, start, bar = _tab(FakeBackend(generations=2)).opening.renewed(
        [], '{"source": "Küstenbote"}', GERMAN
    )
    assert notice == ""
    assert "4 Artikel" in start
    assert 'value="Küstenbote" selected' in bar
    assert _tab().opening.renewed(_asked("Schiff"), "", GERMAN)[1] == ""


def test_one_article_alone_can_be_asked() -> None:
    tab = _tab()
    chosen = '{"article": "bibliothek.txt"}'
    assert "Artikel „Bibliothek öffnet am Sonntag“" in tab.narrow(_event(article="bibliothek.txt"), GERMAN)
    message, _, reader = _answered(tab, _asked("Was weiß man über das Schiff?"), chosen=chosen)
    assert message.count("](#cite-") == 1
    assert 'data-only="bibliothek.txt"' in reader
    chosen = '{"article": "nein.md"}'
    assert "nein.md" in _answered(tab, _asked("Schiff"), chosen=chosen)[0]  # named, not answered


def test_verdicts_are_kept_with_question_and_citations(tmp_path: Path) -> None:
    tab = AskTab(Service(FakeBackend()), tmp_path / "feedback.jsonl")
    message, _, _ = _answered(tab, _asked("Fahrgäste"))
    chat = [*_asked("Fahrgäste"), {"role": "assistant", "content": message}]
    box, verdict = tab.verdicts.judge(chat, SimpleNamespace(index=1, liked=False), GERMAN)  # type: ignore[arg-type]
    assert "<form data-verdict=" in box
    assert tab.verdicts.judge_in_words(chat, _event(word=" zu kurz ", verdict=verdict), GERMAN) == ""
    for forged in ("", "[]", '{"index": 9}', '{"index": true}'):
        assert tab.verdicts.judge_in_words(chat, _event(word="wort", verdict=forged), GERMAN) == ""
    first, second = map(json.loads, (tmp_path / "feedback.jsonl").read_text("utf-8").splitlines())
    assert (first["verdict"], first["word"], second["word"]) == ("down", "", "zu kurz")
    assert (second["question"], second["generation"]) == ("Fahrgäste", "g1")
    assert second["citations"][0]["article_id"] == "faehre.md"


def test_a_reader_is_told_that_a_verdict_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feedback, "MAX_FILE", 0)
    tab = AskTab(Service(FakeBackend()), tmp_path / "feedback.jsonl")
    message, _, _ = _answered(tab, _asked("Fahrgäste"))
    chat = [*_asked("Fahrgäste"), {"role": "assistant", "content": message}]
    box, verdict = tab.verdicts.judge(chat, SimpleNamespace(index=1, liked=True), GERMAN)  # type: ignore[arg-type]
    for shown in (
        box,
        tab.verdicts.judge_in_words(chat, _event(word="gut", verdict=verdict), GERMAN),
    ):
        assert words("de")["verdict_lost"] in shown
        assert "<form" not in shown
        assert str(tmp_path) not in shown


def test_a_thumb_that_is_taken_back_is_no_verdict(tmp_path: Path) -> None:
    tab = AskTab(Service(FakeBackend()), tmp_path / "feedback.jsonl")
    chat = [*_asked("Fahrgäste"), {"role": "assistant", "content": "x"}]
    pressed: Any = SimpleNamespace(index=1, liked="")
    assert tab.verdicts.judge(chat, pressed, GERMAN)[0] == ""
    assert json.loads((tmp_path / "feedback.jsonl").read_text("utf-8"))["verdict"] == "withdrawn"


def test_thumbs_come_back_with_the_conversation() -> None:
    chat = [*_asked("a"), {"role": "assistant", "content": "A", "verdict": "up"}, *_asked("b")]
    chat += [{"role": "assistant", "content": "B", "verdict": ["up"]}, *_asked("c")]
    chat += [{"role": "assistant", "content": "C", "verdict": "down"}]
    shown = _tab().opening.reopen(_event(stored=json.dumps(chat)), GERMAN)[1]
    assert shown["feedback_value"] == ["Like", None, "Dislike"]
    assert len(shown["value"]) == 6
    assert _tab().opening.reopen(_event(stored="[{]"), GERMAN)[1]["feedback_value"] == []


# ---------------------------------------------------------------- the server
