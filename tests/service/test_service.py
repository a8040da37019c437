from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from qa.errors import Busy, CorpusError, Forbidden, NoIndex, Unreachable
from qa.service.service import Service
from qa.types import Answer, Filter, Turn
from tests.support.builds import ended
from tests.support.fakes import FakeBackend, FakeBot, Remote


def test_nothing_is_served_before_there_is_an_index() -> None:
    service = Service(FakeBackend(generations=0))
    calls: list[Callable[[], object]] = [
        service.served,
        service.articles,
        lambda: service.ask("Frage?"),
        lambda: service.search("Frage?"),
        lambda: service.article("faehre.md"),
        lambda: service.find_articles("Fähre"),
    ]
    for call in calls:
        with pytest.raises(NoIndex, match="There is no index yet"):
            call()
    assert not service.ready


def test_an_index_is_opened_once() -> None:
    backend = FakeBackend()
    service = Service(backend)
    for _ in range(3):
        service.ask("Fahrgäste", [Turn("user", "davor")])
    assert service.ready
    assert backend.opened == 1


def test_a_newer_generation_is_taken_up_at_the_next_question() -> None:
    backend = FakeBackend()
    service = Service(backend)
    service.served()
    backend.newest = 2
    answer, served = service.ask("Leuchtturm")
    assert served.index.generation == "g2"
    assert answer.status == "answered"


def test_questions_are_answered_from_the_open_index_while_a_build_runs() -> None:
    backend = FakeBackend()
    backend.held.clear()
    service = Service(backend)
    service.served()
    assert service.start_build()
    assert not service.start_build()  # the second one is told
    answer, _ = service.ask("Leuchtturm")
    assert answer.status == "no_answer"
    assert service.build_state.running
    backend.held.set()
    state = ended(service)
    assert state.report is not None
    assert state.report.generation == "g2"
    answer, _ = service.ask("Leuchtturm")
    assert answer.status == "answered"
    assert service.start_build()  # and the way is free again
    ended(service)


def test_one_question_at_a_time_reaches_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    inside, most = 0, 0

    def slow(self: FakeBot, question: str, **_: object) -> Answer:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        time.sleep(0.01)
        inside -= 1
        return Answer(question, "no_answer", "", 0.0)

    monkeypatch.setattr(FakeBot, "ask", slow)
    service = Service(FakeBackend())
    threads = [threading.Thread(target=service.ask, args=(str(n),)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_beyond_the_waiting_ones_a_question_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    free, inside = threading.Event(), threading.Semaphore(0)

    def held(self: FakeBot, question: str, **_: object) -> Answer:
        inside.release()
        assert free.wait(60)
        return Answer(question, "no_answer", "", 0.0)

    monkeypatch.setattr(FakeBot, "ask", held)
    service = Service(FakeBackend(), waiting=2)
    threads = [threading.Thread(target=service.ask, args=(str(n),)) for n in range(3)]
    for thread in threads:
        thread.start()
    assert inside.acquire(timeout=60)  # one is being answered, two wait or are about to
    deadline = time.monotonic() + 60
    while service._questions._places._value:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    with pytest.raises(Busy):
        service.ask("4")
    with pytest.raises(Busy):
        service.search("4")
    assert service.article("faehre.md").title  # reading needs no turn
    free.set()
    for thread in threads:
        thread.join()
    assert service.ask("5")[0].question == "5"


def test_a_turn_is_given_back_after_an_error() -> None:
    service = Service(FakeBackend(), waiting=0)
    for _ in range(3):
        with pytest.raises(RuntimeError):
            service.ask("Absturz")
    assert service.ask("Fahrgäste")[0].status == "answered"


def test_a_question_is_asked_of_some_articles_only() -> None:
    service = Service(FakeBackend())
    answer, _ = service.ask("Schiff", where=Filter(source="stadtanzeiger"))
    assert {citation.article_id for citation in answer.citations} == {"bibliothek.txt"}
    with pytest.raises(CorpusError):
        service.ask("Schiff", where=Filter(article_id="nein"))


def test_search_and_article() -> None:
    service = Service(FakeBackend())
    assert [hit.passage.article_id for hit in service.search("Schiff", k=1)] == ["faehre.md"]
    assert len(service.search("Schiff", where=Filter(until="2024-10-24"))) == 1
    assert service.article("faehre.md").source == "Küstenbote"
    assert len(service.articles()) == 3
    with pytest.raises(CorpusError):
        service.article("nein")


def test_a_server_that_only_reads_builds_nothing() -> None:
    backend = FakeBackend()
    service = Service(backend, changes=False)
    assert not service.changes
    with pytest.raises(Forbidden):
        service.start_build()
    with pytest.raises(Forbidden):
        service.stop_build()
    assert not service.build_state.running
    assert backend.newest == 1


def test_answers_are_told() -> None:
    told: list[Answer] = []
    service = Service(FakeBackend(), on_answer=told.append)
    answer, _ = service.ask("Fahrgäste")
    assert told == [answer]


def test_trying_again_ends_with_the_service() -> None:
    backend = Remote()
    backend.silent = 1_000
    service = Service(backend)
    thread = service.open_when_possible()
    service.close()
    thread.join(60)
    assert not thread.is_alive()
    assert not service.ready


def test_an_index_whose_server_does_not_answer_is_no_answer() -> None:
    """The question fails; it is never answered from half of an index or refused for want of an answer."""
    backend = Remote()
    service = Service(backend)
    service.served()
    backend.silent = 1
    with pytest.raises(Unreachable):
        service.ask("Leuchtturm")
    assert service.ask("Fahrgäste")[0].status == "answered"
