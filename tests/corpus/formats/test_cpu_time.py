"""The limit on CPU time."""

from __future__ import annotations

import signal

import pytest

from qa.corpus.formats import cpu_time

pytestmark = pytest.mark.skipif(not cpu_time.IS_COUNTED, reason="the kernel counts no CPU time")


@pytest.fixture
def timers(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that the kernel is asked for; it is not."""
    asked: list[float] = []
    monkeypatch.setattr(signal, "setitimer", lambda _which, seconds: asked.append(seconds))
    return asked


def test_a_limit_is_extended(timers: list[float]) -> None:
    cpu_time.limit(5)
    cpu_time.extend(2)
    cpu_time.limit(0)
    assert timers == [5, 7, 0]


def test_without_a_limit_none_is_set(timers: list[float]) -> None:
    cpu_time.extend(2)
    assert timers == []
