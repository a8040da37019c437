from __future__ import annotations

import pytest

from qa.errors import BrokenIndex
from qa.service.newest_index import NewestIndex
from tests.support.fakes import FakeBackend, Remote


def test_a_newer_generation_that_cannot_be_opened_is_passed_over() -> None:
    backend = FakeBackend()
    index = NewestIndex(backend)
    index.served()
    backend.newest, backend.broken = 2, True
    for _ in range(2):
        assert index.served().index.generation == "g1"
    assert backend.opened == 2  # it is tried once, not at every question
    backend.newest, backend.broken = 3, False
    assert index.served().index.generation == "g3"


def test_without_an_old_index_a_broken_one_is_an_error() -> None:
    backend = FakeBackend()
    backend.broken = True
    index = NewestIndex(backend)
    with pytest.raises(BrokenIndex):
        index.served()
    backend.broken = False
    assert index.served().index.generation == "g1"


def test_a_new_generation_of_another_process_is_news_too() -> None:
    backend = FakeBackend()
    index = NewestIndex(backend)
    index.served()
    backend.newest = 2
    index.served()
    assert index.news is not None
    assert (index.news.added, index.news.removed) == (1, 0)


def test_a_server_that_does_not_answer_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.service.newest_index.FIRST_PAUSE", 0.0)
    backend = Remote()
    backend.silent = 3
    index = NewestIndex(backend)
    thread = index.open_when_possible()
    thread.join(60)
    assert index.ready
    assert backend.silent == 0
