from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from fakes import FakeBackend, FakeBot

from qa.errors import BrokenIndex
from qa.service import BuildState, Service
from qa.types import Answer, BuildReport, Progress, Turn


def _ended(service: Service) -> BuildState:
    deadline = time.monotonic() + 10
    while service.build_state.running:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    return service.build_state


def test_nothing_is_served_before_there_is_an_index() -> None:
    service = Service(FakeBackend(generations=0))
    assert service.served() is None
    assert service.ask("Frage?") is None
    assert not service.ready


def test_an_index_is_opened_once() -> None:
    backend = FakeBackend()
    service = Service(backend)
    for _ in range(3):
        assert service.ask("Fahrgäste", [Turn("user", "davor")]) is not None
    assert service.ready
    assert backend.opened == 1


def test_a_newer_generation_is_taken_up_at_the_next_question() -> None:
    backend = FakeBackend()
    service = Service(backend)
    service.served()
    backend.generations = 2
    found = service.ask("Leuchtturm")
    assert found is not None
    answer, served = found
    assert served.index.generation == "g2"
    assert answer.status == "answered"


def test_a_newer_generation_that_cannot_be_opened_is_passed_over() -> None:
    backend = FakeBackend()
    service = Service(backend)
    service.served()
    backend.generations, backend.broken = 2, True
    for _ in range(2):
        served = service.served()
        assert served is not None
        assert served.index.generation == "g1"
    assert backend.opened == 2  # it is tried once, not at every question
    backend.generations, backend.broken = 3, False
    served = service.served()
    assert served is not None
    assert served.index.generation == "g3"


def test_without_an_old_index_a_broken_one_is_an_error() -> None:
    backend = FakeBackend()
    backend.broken = True
    service = Service(backend)
    with pytest.raises(BrokenIndex):
        service.served()
    backend.broken = False
    assert service.served() is not None


def test_questions_are_answered_from_the_open_index_while_a_build_runs() -> None:
    backend = FakeBackend()
    backend.held.clear()
    service = Service(backend)
    service.served()
    assert service.start_build()
    assert not service.start_build()  # the second one is told
    found = service.ask("Leuchtturm")
    assert found is not None
    assert found[0].status == "no_answer"
    assert service.build_state.running
    backend.held.set()
    state = _ended(service)
    assert state.report is not None
    assert state.report.generation == "g2"
    found = service.ask("Leuchtturm")
    assert found is not None
    assert found[0].status == "answered"
    assert service.start_build()  # and the way is free again
    _ended(service)


def test_the_new_index_is_open_when_the_build_is_done() -> None:
    backend = FakeBackend(generations=0)
    service = Service(backend)
    service.start_build()
    assert _ended(service).report is not None
    assert service.ready


def test_a_failed_build_leaves_the_old_index_and_says_why() -> None:
    backend = FakeBackend()
    backend.fails = True
    service = Service(backend)
    before = service.served()
    service.start_build()
    state = _ended(service)
    assert state.report is None
    assert "cannot be written" in state.error
    assert service.served() is before


def test_a_build_can_be_stopped() -> None:
    backend = FakeBackend()
    backend.held.clear()
    service = Service(backend)
    before = service.served()
    service.start_build()
    service.stop_build()
    backend.held.set()
    state = _ended(service)
    assert state.report is None
    assert "was stopped" in state.error
    assert service.served() is before
    service.start_build()  # the next one is not
    assert _ended(service).report is not None


def test_a_build_that_dies_of_a_defect_does_not_run_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    class Dying(FakeBackend):
        def build(self, on_progress: Callable[[Progress], None]) -> BuildReport:
            raise ZeroDivisionError

    seen: list[object] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: seen.append(args.exc_type))
    service = Service(Dying())
    for times in (1, 2):
        assert service.start_build()
        for thread in threading.enumerate():
            if thread.name == "build":
                thread.join()
        assert service.build_state == BuildState()
        assert seen == [ZeroDivisionError] * times


def test_one_question_at_a_time_reaches_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    inside, most = 0, 0

    def slow(self: FakeBot, question: str, *, history: object = ()) -> Answer:
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
