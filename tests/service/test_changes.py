"""Changes to the corpus, and what of them waits for the next build."""

from __future__ import annotations

import pytest

from qa.errors import Forbidden, StoreError
from qa.service.changes import CorpusChanges
from qa.service.newest_index import NewestIndex
from qa.service.pending import PendingFiles
from qa.types import Pending
from tests.support.fakes import FakeBackend


def changes_of(backend: FakeBackend, *, allowed: bool = True) -> CorpusChanges:
    return CorpusChanges(backend, NewestIndex(backend), allowed=allowed)


def test_what_waits_is_told() -> None:
    backend = FakeBackend()
    changes = changes_of(backend)
    assert not changes.pending()
    changes.add("neu.txt", b"x")
    changes.remove("faehre.md")
    assert changes.pending() == Pending(("neu.txt",), frozenset(), frozenset({"faehre.md"}))
    backend.broken = True
    assert not changes_of(backend).pending()


def test_without_an_index_all_files_wait() -> None:
    backend = FakeBackend(generations=0)
    backend.indexed = set()
    assert len(changes_of(backend).pending().added) == 3


def test_a_folder_that_cannot_be_looked_at_says_nothing() -> None:
    def look() -> Pending:
        raise StoreError("x")

    changes = changes_of(FakeBackend())
    changes._pending = PendingFiles(look)
    assert changes.pending() == Pending()


def test_what_is_not_allowed_is_not_made() -> None:
    backend = FakeBackend()
    changes_of(backend).remove("faehre.md")
    changes = changes_of(backend, allowed=False)
    with pytest.raises(Forbidden):
        changes.add("neu.txt", b"x")
    with pytest.raises(Forbidden):
        changes.remove("bibliothek.txt")
    with pytest.raises(Forbidden):
        changes.remove_all(["bibliothek.txt"])
    assert changes.removed() == []
    assert len(changes_of(backend).removed()) == 1
