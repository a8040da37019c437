"""An index in PostgreSQL, as builds and commands use it (see `qa.index.base.IndexStore`).

A build holds an advisory lock, which the server releases when its connection ends in any way, so no clock is
needed.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from qa.cluster import address as addresses
from qa.cluster import pruning, schema
from qa.cluster.address import Address
from qa.cluster.base import Engine
from qa.cluster.generations import IDENTITY, GenerationRow, Generations
from qa.cluster.sessions import Session
from qa.cluster.snapshot import PostgresEarlier
from qa.cluster.target import PostgresTarget
from qa.errors import BrokenIndex, NoIndex, StoreError
from qa.index.base import Earlier, Model, OpenGeneration, Settings, StoredArticles
from qa.storage import publishing
from qa.storage.manifest import Manifest
from qa.types import Listed

_HOLDER = (
    "SELECT a.application_name, to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
    " FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory' AND l.granted"
    " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND l.classid = %s AND l.objid = %s"
)


class PostgresStore:
    """An index at an address."""

    def __init__(self, address: Address, engine: Callable[[str], Engine] | None = None) -> None:
        """Connects when it is first used.

        `engine` opens the one that the address names, if it names one; it is given what tells this index from
        others there.
        """
        self._address = address
        self._generations = Generations(address, engine)
        self._writer: Session | None = None  # holds the lock of a build

    def __str__(self) -> str:
        return str(self._address)

    def close(self) -> None:
        """Close the connections."""
        self._generations.close()

    # -- reading

    def current(self) -> str:
        """Name of the served generation; "" if nothing was built yet."""
        return self._generations.current()

    def served(self) -> Manifest:
        """The manifest of the served generation."""
        return self._generations.served()

    def is_empty(self) -> bool:
        """Whether there is no generation."""
        return self._generations.is_empty()

    def listing(self) -> list[Listed]:
        """The generations with a readable manifest, newest first."""
        return self._generations.listing()

    def open(self) -> OpenGeneration:
        """Open the served generation."""
        return self._generations.open_served()

    def check(self) -> None:
        """Raise BrokenIndex where the served generation is not there or has not all rows."""
        self.open().close()

    def verify(self) -> tuple[str, list[str]]:
        """Read the whole served generation: its name and its faults, one line each."""
        from qa.cluster import verify

        name = self.served().generation
        try:
            snapshot = self._generations.open_served()
        except NoIndex:
            raise
        except BrokenIndex as error:
            return name, [str(error)]
        try:
            return snapshot.manifest.generation, list(verify.faults(snapshot))
        finally:
            snapshot.close()

    # -- writing

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Keep every other build away for the block. Raises StoreError where another one is running."""
        session = Session(self._address, purpose="build")
        session.limit = addresses.SCAN
        try:
            ((free,),) = session.rows("SELECT pg_try_advisory_lock(%s, %s)", [schema.LOCKS, schema.WRITING])
            if not free:
                holder = session.rows(_HOLDER, [schema.LOCKS, schema.WRITING])
                who = f" ({holder[0][0]}, since {holder[0][1]})" if holder else ""
                raise StoreError(
                    f"Another build{who} is writing to the database. Wait until it has finished."
                )
            _create_tables(session)
            self._writer = session
            yield
        finally:
            self._writer = None
            session.close()

    def _writing(self) -> Session:
        if self._writer is None:
            raise ValueError("only while writing")
        return self._writer

    def earlier(self) -> PostgresEarlier:
        """The served generation, for a build to take over from."""
        return PostgresEarlier(self._generations.open_served())

    @contextmanager
    def served_articles(self) -> Iterator[StoredArticles]:
        """The articles of the served generation."""
        snapshot = self._generations.open_served()
        try:
            yield snapshot.documents
        finally:
            snapshot.close()

    def target(
        self, model: Model, settings: Settings, earlier: Earlier | None, *, fresh: bool
    ) -> PostgresTarget:
        """Begin a new generation; what killed builds left is removed first."""
        session = self._writing()
        pruning.remove_leftovers(session, self._generations.engine)
        newest = [
            name for (name,) in session.rows("SELECT name FROM qa.generation ORDER BY name DESC LIMIT 1")
        ]
        return PostgresTarget(
            session,
            publishing.name_after(newest),
            lambda key: schema.content_key(key, model.fingerprint, settings),
            model.dimension,
            self._generations.engine,
            fresh=fresh,
        )

    def prune(self, keep: int = publishing.KEEP) -> None:
        """Remove all but the newest `keep` generations; see `qa.cluster.pruning`."""
        pruning.prune(self._writing(), self._generations.engine, keep)

    def switch(self, generation: str) -> Manifest:
        """Serve another generation, older or newer."""
        with self.writing(), suppress(BrokenIndex):
            if row := self._generations.named(generation):
                return self._serve(row)
        raise StoreError("This version no longer exists or is damaged. Choose another one.")

    def rollback(self) -> Manifest:
        """Serve the newest whole generation older than the served one."""
        if not self._generations.has_tables():
            raise StoreError("There is no index in the database to roll back to. Run `qa build`.")
        with self.writing():
            try:
                served = self.current()
            except BrokenIndex:
                served = ""
            for row in self._generations.newest_first():
                if served and row.name >= served:
                    continue
                with suppress(BrokenIndex):
                    return self._serve(row)
        raise StoreError(
            "There is no earlier generation in the database to roll back to. Run `qa build` to create a new "
            "one."
        )

    def _serve(self, row: GenerationRow) -> Manifest:
        """Serve a generation that can be opened. Raises BrokenIndex if it cannot."""
        opened = self._generations.open(row)
        opened.close()
        self._writing().rows(schema.SERVE, [row.name])
        return opened.manifest

    # -- notes

    def read_note(self, name: str) -> bytes | None:
        """A small file of a build; None if there is none."""
        rows = self._writing().rows("SELECT content FROM qa.note WHERE name = %s", [name])
        return rows[0][0] if rows else None

    def write_note(self, name: str, content: bytes) -> None:
        """Keep such a file, in place of the one before."""
        sql = (
            "INSERT INTO qa.note VALUES (%s, %b) ON CONFLICT (name) DO UPDATE SET content = EXCLUDED.content"
        )
        with suppress(StoreError):
            self._writing().rows(sql, [name, content])


def _create_tables(session: Session) -> None:
    """Create what is not there yet. Raises StoreError where the database cannot hold an index."""
    if not session.rows("SELECT to_regclass('qa.note')")[0][0]:
        with session.transaction():
            session.script(schema.CREATE)
            name = f"qa{secrets.token_hex(4)}".encode()
            session.rows("INSERT INTO qa.note VALUES (%s, %b)", [IDENTITY, name])
