from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import Forbidden
from qa.service.service import Service
from qa.service.watching import RETRY, Settling, Watcher
from tests.support.fakes import FakeBackend

LONG = 60  # seconds after which a test gives up


def test_a_state_is_due_once_it_has_settled() -> None:
    settling = Settling(10)
    assert not settling.is_due("a", 0)
    assert not settling.is_due("a", 9)
    assert not settling.is_due("b", 9.5)
    assert not settling.is_due("b", 19)
    assert settling.is_due("b", 19.5)
    settling.built("b")
    assert not settling.is_due("b", 100)
    assert not settling.is_due("c", 101)
    assert settling.is_due("c", 111)


def test_a_folder_that_cannot_be_read_is_never_due() -> None:
    settling = Settling(10)
    assert not any(settling.is_due("", now) for now in (0, 20, 40))


def test_a_failed_build_is_tried_again_later() -> None:
    settling = Settling(10)
    settling.is_due("a", 0)
    settling.failed(20)
    assert not settling.is_due("a", 20 + RETRY - 1)
    assert settling.is_due("a", 20 + RETRY)
    settling.failed(100)
    assert not settling.is_due("b", 101)
    assert settling.is_due("b", 111)  # another state need not wait


@given(st.lists(st.sampled_from(["", "a", "b"]), max_size=30))
def test_only_a_state_that_was_there_throughout_is_due(states: list[str]) -> None:
    settling = Settling(3)
    for now, state in enumerate(states):
        if settling.is_due(state, now):
            assert state != ""
            assert states[now - 3 : now + 1] == [state] * 4
            settling.built(state)


class Built:
    """Waits for builds, which `results` answer in turn."""

    def __init__(self, *results: bool) -> None:
        self.results, self.count, self.done = list(results), 0, threading.Event()

    def __call__(self) -> bool:
        self.count += 1
        result = self.results.pop(0)
        if not self.results:
            self.done.set()
        return result


def test_a_watcher_builds_each_new_state() -> None:
    states = iter(["a", "a", "b", "b", "b", "c", "c"])
    built = Built(True, True, True)
    watcher = Watcher(lambda: next(states, "c"), built, poll=0, settled=0)
    watcher.start()
    assert built.done.wait(LONG)
    watcher.stop()
    assert built.count == 3


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


def test_a_new_generation_of_another_process_is_news_too() -> None:
    backend = FakeBackend()
    service = Service(backend)
    service.served()
    backend.newest = 2
    service.served()
    assert service.news is not None
    assert (service.news.added, service.news.removed) == (1, 0)


def test_a_build_that_would_lose_most_articles_is_not_made_and_not_tried_again() -> None:
    backend = FakeBackend()
    backend.shrunk = True
    service = Service(backend)
    assert service._rebuild()
    assert service.build_state.shrunk is not None
    backend.shrunk, backend.fails = False, True
    assert not service._rebuild()


def test_a_server_that_only_reads_does_not_watch() -> None:
    service = Service(FakeBackend(), changes=False)
    with pytest.raises(Forbidden):
        service.watch()
    assert not service.watching
