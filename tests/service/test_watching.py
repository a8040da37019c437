from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from qa.service.watching import RETRY, Settling, Watcher

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
