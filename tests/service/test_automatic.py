"""Builds that start by themselves, as a service makes them."""

from __future__ import annotations

import threading

import pytest

from qa.errors import Forbidden
from qa.service.service import Service
from tests.support.builds import ended
from tests.support.fakes import FakeBackend

LONG = 60  # seconds after which a test gives up


def test_a_build_that_is_due_waits_for_the_one_that_runs() -> None:
    backend = FakeBackend()
    backend.held.clear()
    service = Service(backend, build_delay=0.0)
    assert service.start_build()
    service.build_soon()
    timer = service._automatic._soon._timer
    assert timer is not None
    assert service.build_due
    backend.held.set()
    timer.join(LONG)
    ended(service)
    assert backend.newest == 3
    assert not service.build_due


def test_a_changed_folder_is_rebuilt_and_said() -> None:
    backend = FakeBackend()
    service = Service(backend)
    service.served()
    assert (service.watching, service.news) == (False, None)
    built, build = threading.Event(), backend.build

    def noted(*args: object, **named: object) -> object:
        try:
            return build(*args, **named)  # type: ignore[arg-type]
        finally:
            built.set()

    backend.build = noted  # type: ignore[method-assign,assignment]
    service.watch(poll=0.01, settled=0)
    assert service.watching
    assert built.wait(LONG)
    assert service.closed(LONG)
    backend.state = "changed"
    built.clear()
    assert built.wait(LONG)
    service.close()
    assert service.closed(LONG)
    assert service.news is not None
    assert (service.news.added, service.news.removed) == (1, 0)


def test_a_build_that_would_lose_most_articles_is_not_made_and_not_tried_again() -> None:
    backend = FakeBackend()
    backend.shrunk = True
    service = Service(backend)
    assert service._automatic.rebuild()
    assert service.build_state.shrunk is not None
    backend.shrunk, backend.fails = False, True
    assert not service._automatic.rebuild()


def test_a_server_that_only_reads_does_not_watch() -> None:
    service = Service(FakeBackend(), changes=False)
    with pytest.raises(Forbidden):
        service.watch()
    assert not service.watching
