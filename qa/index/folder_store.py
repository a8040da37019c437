"""The generations of a folder on this machine, as builds and commands use them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from qa.index import articles, verify
from qa.index.base import Earlier, Model, Settings, StoredArticles
from qa.index.reuse import Reuse
from qa.index.snapshot import Snapshot
from qa.index.target import FolderTarget
from qa.storage import atomic, generations, locks, publishing
from qa.storage.manifest import Manifest
from qa.types import Listed


class FolderStore:
    """A vectors folder (see `qa.index.base.IndexStore`)."""

    def __init__(self, vectors: str | Path) -> None:
        self.folder = Path(vectors)

    def __str__(self) -> str:
        return str(self.folder)

    def current(self) -> str:
        """Name of the served generation; "" if nothing was built yet."""
        return generations.current(self.folder)

    def served(self) -> Manifest:
        """The manifest of the served generation."""
        return generations.served(self.folder)

    def is_empty(self) -> bool:
        """Whether there is no generation."""
        return not generations.names(self.folder)

    def listing(self) -> list[Listed]:
        """The generations with a readable manifest, newest first."""
        return generations.listing(self.folder)

    def open(self) -> Snapshot:
        """Open the served generation."""
        return Snapshot.open(self.folder)

    def check(self) -> None:
        """Compare the sizes, and the checksums of a small index."""
        generations.open_served(self.folder).close()

    def verify(self) -> tuple[str, list[str]]:
        """The served generation and its faults, one line each."""
        return verify.verify(self.folder)

    def writing(self) -> AbstractContextManager[None]:
        """Hold the lock of the folder."""
        return locks.writing(self.folder)

    def earlier(self) -> Reuse:
        """The served generation, for a build to take over from."""
        return Reuse(self.open())

    @contextmanager
    def served_articles(self) -> Iterator[StoredArticles]:
        """The articles of the served generation; opens no other part."""
        opened = generations.open_served(self.folder)
        try:
            opened.part(articles.FILE).read()  # SQLite does not notice damage, so all of it is compared
            store = articles.Store(opened.folder)
            try:
                yield store
            finally:
                store.close()
        finally:
            opened.close()

    def target(
        self, model: Model, settings: Settings, earlier: Earlier | None, *, fresh: bool
    ) -> FolderTarget:
        """Begin a new generation; `earlier` is what this class's own method gave."""
        return FolderTarget(self.folder, model.dimension, earlier if isinstance(earlier, Reuse) else None)

    def prune(self) -> None:
        """Remove old generations that nobody has open."""
        publishing.prune(self.folder)

    def switch(self, generation: str) -> Manifest:
        """Serve another generation."""
        return publishing.switch(self.folder, generation)

    def rollback(self) -> Manifest:
        """Serve the newest intact generation older than the served one."""
        return publishing.rollback(self.folder)

    def read_note(self, name: str) -> bytes | None:
        """A hidden file in the folder; None if it cannot be read."""
        try:
            return (self.folder / name).read_bytes()
        except OSError:
            return None

    def write_note(self, name: str, content: bytes) -> None:
        """Write such a file, if that is possible."""
        with suppress(OSError):
            for leftover in self.folder.glob(f"{name}.*"):
                leftover.unlink()
            atomic.write(self.folder / name, content)
