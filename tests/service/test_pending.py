"""What waits for the next build, as a service tells it."""

from __future__ import annotations

from qa.errors import StoreError
from qa.service.pending import KEPT, PendingFiles
from qa.service.service import Service
from qa.types import Pending
from tests.support.fakes import FakeBackend


def test_the_folder_is_looked_at_again_after_a_while_or_a_change() -> None:
    now, looks = [0.0], [0]

    def look() -> Pending:
        looks[0] += 1
        now[0] += 1.0  # a slow drive
        return Pending((str(looks[0]),))

    files = PendingFiles(look, lambda: now[0])
    assert files.get().added == files.get().added == ("1",)
    now[0] += KEPT  # ten times as long as the look took must pass
    assert files.get().added == ("1",)
    now[0] += KEPT
    assert files.get().added == ("2",)
    files.forget()
    assert files.get().added == ("3",)


def test_a_service_tells_what_waits() -> None:
    backend = FakeBackend()
    service = Service(backend)
    assert not service.pending()
    service.add("neu.txt", b"x")
    service.remove("faehre.md")
    assert service.pending() == Pending(("neu.txt",), frozenset(), frozenset({"faehre.md"}))
    backend.broken = True
    assert not Service(backend).pending()


def test_without_an_index_all_files_wait() -> None:
    backend = FakeBackend(generations=0)
    backend.indexed = set()
    assert len(Service(backend).pending().added) == 3


def test_a_folder_that_cannot_be_looked_at_says_nothing() -> None:
    def look() -> Pending:
        raise StoreError("x")

    service = Service(FakeBackend())
    service._pending = PendingFiles(look)
    assert service.pending() == Pending()
