from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from qa.service import memory
from qa.service.builds import BuildState
from qa.service.service import Service
from qa.types import BuildReport, Progress
from tests.support.builds import ended
from tests.support.fakes import FakeBackend


def test_the_new_index_is_open_when_the_build_is_done() -> None:
    backend = FakeBackend(generations=0)
    service = Service(backend)
    service.start_build()
    assert ended(service).report is not None
    assert service.ready


def test_a_failed_build_leaves_the_old_index_and_says_why() -> None:
    backend = FakeBackend()
    backend.fails = True
    service = Service(backend)
    before = service.served()
    service.start_build()
    state = ended(service)
    assert state.report is None
    assert "cannot be written" in state.error
    assert service.served() is before


@pytest.mark.parametrize("fails", [False, True])
def test_memory_is_released_before_a_build_is_said_to_be_done(
    fails: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = FakeBackend()
    backend.fails = fails
    service = Service(backend)
    released: list[bool] = []
    monkeypatch.setattr(memory, "release", lambda: released.append(service.build_state.running))
    assert service.start_build()
    ended(service)
    assert released == [True]


def test_a_build_can_be_stopped() -> None:
    backend = FakeBackend()
    backend.held.clear()
    service = Service(backend)
    before = service.served()
    service.start_build()
    service.stop_build()
    backend.held.set()
    state = ended(service)
    assert state.report is None
    assert "was cancelled" in state.error
    assert service.served() is before
    service.start_build()  # the next one is not
    assert ended(service).report is not None


def test_a_build_that_dies_of_a_defect_does_not_run_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    class Dying(FakeBackend):
        def build(self, on_progress: Callable[[Progress], None], *, force: bool = False) -> BuildReport:
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


def test_a_build_that_loses_most_articles_is_told_and_forced() -> None:
    backend = FakeBackend()
    backend.shrunk = True
    service = Service(backend)
    before = service.served()
    service.start_build()
    state = ended(service)
    assert state.shrunk is not None
    assert (state.shrunk.lost, state.shrunk.before, state.error) == (4, 5, str(state.shrunk))
    assert service.served() is before
    service.start_build(force=True)
    state = ended(service)
    assert (state.shrunk, state.error) == (None, "")
    assert state.report is not None
