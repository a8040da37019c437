"""Changes to the corpus, made one at a time, and what of them waits for the next build."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from qa.errors import Forbidden, NoIndex, QAError
from qa.service.base import Backend
from qa.service.newest_index import NewestIndex
from qa.service.pending import PendingFiles
from qa.service.turns import Turns
from qa.types import Added, Pending, Removed, Skipped

MAX_UPLOAD = 64_000_000  # bytes of one uploaded file
# Changes to the corpus that may wait. Each holds a thread of the server, as a question does; together they
# leave some free for articles and the page (see `qa.service.service.WAITING`).
CHANGES_WAITING = 3
READS_ONLY = "This server is read-only. Run `qa build` on the server to change the index."


class CorpusChanges:
    """Adds, removes and restores the files of a corpus; safe to share between threads."""

    def __init__(self, backend: Backend, index: NewestIndex, *, allowed: bool) -> None:
        """`index` tells which articles are indexed; `allowed`: whether the corpus and its index may be
        changed.
        """
        self._backend = backend
        self._index = index
        self._pending = PendingFiles(self._look)
        self._turns = Turns(CHANGES_WAITING, "Too many changes are waiting. Try again in a moment.")
        self.allowed = allowed

    def check(self) -> None:
        """Raise Forbidden where the corpus and its index may not be changed."""
        if not self.allowed:
            raise Forbidden(READS_ONLY)

    def add(self, name: str, data: bytes) -> Added:
        """Add a file to the corpus. It becomes searchable with the next build.

        Raises Forbidden, Busy, CorpusError with the reason for the rejection, and StoreError.
        """
        with self._changing():
            return self._backend.add(name, data)

    def remove(self, article_id: str) -> Removed:
        """Remove the file of an article from the corpus; the index follows at the next build.

        Raises Forbidden, Busy, CorpusError and StoreError.
        """
        with self._changing():
            return self._backend.remove(article_id)

    def remove_all(self, article_ids: Sequence[str]) -> tuple[list[Removed], list[Skipped]]:
        """Remove the files of several articles; what was removed, and why the others were not.

        Raises Forbidden, Busy and StoreError.
        """
        with self._changing():
            return self._backend.remove_all(article_ids)

    def pending(self) -> Pending:
        """What the corpus and the open index differ in; up to some seconds old where others change files.

        Nothing where the index cannot be opened.
        """
        try:
            return self._pending.get()
        except QAError:
            return Pending()

    def removed(self) -> list[Removed]:
        """Removed files that can be restored, most recent first; none if changes are not allowed."""
        return self._backend.removed() if self.allowed else []

    def restore(self, token: str) -> Removed:
        """Restore a removed file. Raises Forbidden, Busy, CorpusError and StoreError."""
        with self._changing():
            return self._backend.restore(token)

    def look_again(self) -> None:
        """Look again at the next call of `pending`: the corpus or the index has changed."""
        self._pending.forget()

    def _look(self) -> Pending:
        try:
            articles = self._index.served().index.articles()
        except NoIndex:
            articles = []
        return self._backend.pending([article.article_id for article in articles])

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Take a turn at the corpus. Raises Forbidden, and Busy where too many wait already."""
        self.check()
        with self._turns.take():
            try:
                yield
            finally:
                self.look_again()
