"""Something that runs once, after the last of several requests."""

from __future__ import annotations

import threading
from collections.abc import Callable

from qa.service.scheduling import Scheduled

BOUND = 20  # seconds until a thread is given up


def test_it_runs_once_after_the_last_request() -> None:
    ran, done = [0], threading.Event()

    def run(_wanted: Callable[[], bool]) -> None:
        ran[0] += 1
        assert scheduled.due
        done.set()

    scheduled = Scheduled(run, 0.05)
    assert not scheduled.due
    for _ in range(5):
        scheduled.request()
    assert scheduled.due
    assert done.wait(BOUND)
    assert ran == [1]


def test_what_is_cancelled_or_asked_for_again_while_it_waits_is_not_wanted() -> None:
    entered, cancelled, told = threading.Event(), threading.Event(), []

    def run(is_wanted: Callable[[], bool]) -> None:
        told.append(is_wanted())
        entered.set()
        assert cancelled.wait(BOUND)
        told.append(is_wanted())
        entered.clear()

    scheduled = Scheduled(run, 0.0)
    scheduled.request()
    timer = scheduled._timer
    assert timer is not None
    assert entered.wait(BOUND)
    scheduled.cancel()
    cancelled.set()
    timer.join(BOUND)
    assert told == [True, False]
    assert not scheduled.due
