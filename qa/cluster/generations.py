"""The generations of an index in PostgreSQL, as readers find and open them.

One row names the served generation. Readers share an advisory lock on the generation that they have open; the
server releases it when a connection ends in any way, so no clock is needed. `qa.cluster.store` switches and
`qa.cluster.pruning` removes generations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NamedTuple

from qa.cluster import schema
from qa.cluster.address import Address
from qa.cluster.base import Engine
from qa.cluster.failures import LOST
from qa.cluster.sessions import Pool, Session
from qa.cluster.snapshot import PostgresSnapshot
from qa.errors import BrokenIndex, QAError, StoreError
from qa.storage import manifest as manifests
from qa.storage.manifest import Manifest
from qa.types import Listed

IDENTITY = "identity"  # the note with a random name of this index
TRIES = 20  # to open a generation while builds switch and remove them
_COLUMNS = "g.name, g.number, g.manifest, g.collection"
_SERVED = f"SELECT {_COLUMNS} FROM qa.served s JOIN qa.generation g USING (name)"  # noqa: S608 (constant)
_ALL = f"SELECT {_COLUMNS} FROM qa.generation g"  # noqa: S608 (constant)
_LEASE = "SELECT pg_try_advisory_lock_shared(%s, %s), EXISTS (SELECT FROM qa.generation WHERE number = %s)"
REMOVED = "This state of the index was removed. Try again to use the current one."


class GenerationRow(NamedTuple):
    """A generation as the database names it."""

    name: str
    number: int  # of its lock
    manifest: bytes
    collection: str  # of an engine; "" if the vectors are in PostgreSQL


class Generations:
    """Reads which generations there are, and opens them. The methods raise StoreError."""

    def __init__(self, address: Address, engine: Callable[[str], Engine] | None) -> None:
        """Connects when it is first used.

        `engine` opens the one that the address names, if it names one; it is given what tells this index from
        others there.
        """
        self._address = address
        self._open_engine = engine
        self._engine: Engine | None = None
        self._pool = Pool(lambda: Session(address))

    @property
    def engine(self) -> Engine | None:
        """The engine of the address, connected; None if it has none."""
        if self._engine is None and self._open_engine:
            ((known_as,),) = self._pool.rows("SELECT content FROM qa.note WHERE name = %s", [IDENTITY])
            self._engine = self._open_engine(known_as.decode())
        return self._engine

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()
        if self._engine:
            self._engine.close()

    def _served(self) -> GenerationRow | None:
        """The row of the served generation; None if nothing was built yet."""
        try:
            rows = self._pool.rows(_SERVED)
        except BrokenIndex:
            if self.has_tables():
                raise
            return None
        if not rows and self._pool.rows("SELECT 1 FROM qa.generation LIMIT 1"):
            raise BrokenIndex("The database does not say which generation is served. Run `qa rollback`.")
        return GenerationRow(*rows[0]) if rows else None

    def current(self) -> str:
        """Name of the served generation; "" if nothing was built yet. Raises BrokenIndex if none is named."""
        row = self._served()
        return row.name if row else ""

    def served(self) -> Manifest:
        """The manifest of the served generation. Raises NoIndex, and BrokenIndex where it cannot be read."""
        row = self._served()
        if row is None:
            raise schema.no_index()
        return _manifest(row)

    def has_tables(self) -> bool:
        """Whether anything was ever built in this database."""
        return bool(self._pool.rows("SELECT to_regclass('qa.generation')")[0][0])

    def is_empty(self) -> bool:
        """Whether there is no generation."""
        return not self.has_tables() or not self._pool.rows("SELECT 1 FROM qa.generation LIMIT 1")

    def named(self, name: str) -> GenerationRow | None:
        """The row of a generation; None if there is none of this name."""
        rows = self._pool.rows(f"{_ALL} WHERE g.name = %s", [name])
        return GenerationRow(*rows[0]) if rows else None

    def newest_first(self) -> list[GenerationRow]:
        """The rows of all generations."""
        return [GenerationRow(*row) for row in self._pool.rows(f"{_ALL} ORDER BY g.name DESC")]

    def listing(self) -> list[Listed]:
        """The generations with a readable manifest, newest first."""
        try:
            current = self.current()
        except BrokenIndex:
            current = ""
        listed = []
        for m in self._manifests():
            named = (m.generation, m.built, m.model, m.articles, m.passages, m.bytes)
            listed.append(Listed(*named, m.generation == current))
        return listed

    def _manifests(self) -> Iterator[Manifest]:
        """The readable manifests, newest first."""
        if self.has_tables():
            for row in self.newest_first():
                with suppress(BrokenIndex):
                    yield _manifest(row)

    def open_served(self) -> PostgresSnapshot:
        """Open the served generation. Raises NoIndex, and BrokenIndex where a part of it is missing."""
        for _ in range(TRIES):
            row = self._served()
            if row is None:
                raise schema.no_index()
            try:
                return self.open(row)
            except BrokenIndex:
                now = self._served()
                if now and now.name == row.name:
                    raise  # otherwise a build switched and removed it: open the new one
        raise StoreError("The index changes too often to be opened. Try again in a moment.")

    def open(self, row: GenerationRow) -> PostgresSnapshot:
        """Open a generation. Raises BrokenIndex where it was removed or a part of it is missing."""
        manifest = _manifest(row)
        if bool(row.collection) != bool(self._open_engine):
            wanted = "needs Milvus" if row.collection else "was built without Milvus"
            raise StoreError(
                f"The index {wanted}. Change the address of the index, or run `qa build --fresh`."
            )
        pool = Pool(lambda: _leased(self._address, row))
        pool.give(_leased(self._address, row))
        try:
            engine = self.engine if row.collection else None
            opened = engine.open(row.collection) if engine else None
        except QAError:
            pool.close()
            raise
        return PostgresSnapshot(manifest, pool, opened)


def _manifest(row: GenerationRow) -> Manifest:
    try:
        return manifests.from_text(row.manifest.decode("utf-8"), row.name)
    except UnicodeDecodeError as error:
        raise BrokenIndex(LOST) from error


def _leased(address: Address, row: GenerationRow) -> Session:
    """A session that keeps a generation from being removed. Raises BrokenIndex if it was removed already."""
    session = Session(address, path=row.name)
    ((shared, exists),) = session.rows(_LEASE, [schema.LOCKS, row.number, row.number])
    if not (shared and exists):
        session.close()
        raise BrokenIndex(REMOVED)
    return session
