"""The generations of an index in PostgreSQL (see `qa.index.base.IndexStore`).

One row names the served generation. Readers share an advisory lock on the generation that they have open, and
a build holds another one; the server releases both when a connection ends in any way, so no clock is needed.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from qa.cluster import address as addresses
from qa.cluster import schema
from qa.cluster.address import Address
from qa.cluster.base import Engine
from qa.cluster.failures import LOST
from qa.cluster.sessions import Pool, Session
from qa.cluster.snapshot import PostgresEarlier, PostgresSnapshot
from qa.cluster.target import PostgresTarget
from qa.errors import BrokenIndex, NoIndex, QAError, StoreError
from qa.index.base import Earlier, Model, OpenGeneration, Settings, StoredArticles
from qa.storage import manifest as manifests
from qa.storage import publishing
from qa.storage.manifest import Manifest
from qa.types import Listed

IDENTITY = "identity"  # the note with a random name of this index
TRIES = 20  # to open a generation while builds switch and remove them
_SERVED = (
    "SELECT g.name, g.number, g.manifest, g.collection FROM qa.served s JOIN qa.generation g USING (name)"
)
_LEASE = "SELECT pg_try_advisory_lock_shared(%s, %s), EXISTS (SELECT FROM qa.generation WHERE number = %s)"
_HOLDER = (
    "SELECT a.application_name, to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
    " FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory' AND l.granted"
    " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND l.classid = %s AND l.objid = %s"
)
REMOVED = "This state of the index was removed. Try again to use the current one."


class PostgresStore:
    """An index at an address."""

    def __init__(self, address: Address, engine: Callable[[str], Engine] | None = None) -> None:
        """Connects when it is first used.

        `engine` opens the one that the address names, if it names one; it is given what tells this index from
        others there.
        """
        self._address = address
        self._open_engine = engine
        self._engine: Engine | None = None
        self._pool = Pool(lambda: Session(address))
        self._writer: Session | None = None  # holds the lock of a build

    def __str__(self) -> str:
        return str(self._address)

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

    # -- reading

    def _row(self) -> tuple[str, int, bytes, str] | None:
        """The served generation as the database names it; None if nothing was built yet."""
        try:
            rows = self._pool.rows(_SERVED)
        except BrokenIndex:
            if self._pool.rows("SELECT to_regclass('qa.generation')")[0][0]:
                raise
            return None
        if not rows and self._pool.rows("SELECT 1 FROM qa.generation LIMIT 1"):
            raise BrokenIndex("The database does not say which generation is served. Run `qa rollback`.")
        return rows[0] if rows else None

    def current(self) -> str:
        """Name of the served generation; "" if nothing was built yet."""
        row = self._row()
        return row[0] if row else ""

    def served(self) -> Manifest:
        """The manifest of the served generation."""
        row = self._row()
        if row is None:
            raise schema.no_index()
        return _manifest(row[0], row[2])

    def is_empty(self) -> bool:
        """Whether there is no generation."""
        if not self._pool.rows("SELECT to_regclass('qa.generation')")[0][0]:
            return True
        return not self._pool.rows("SELECT 1 FROM qa.generation LIMIT 1")

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
        if self._pool.rows("SELECT to_regclass('qa.generation')")[0][0]:
            for name, text in self._pool.rows("SELECT name, manifest FROM qa.generation ORDER BY name DESC"):
                with suppress(BrokenIndex):
                    yield _manifest(name, text)

    def open(self) -> OpenGeneration:
        """Open the served generation."""
        return self._snapshot()

    def _snapshot(self) -> PostgresSnapshot:
        for _ in range(TRIES):
            row = self._row()
            if row is None:
                raise schema.no_index()
            try:
                return self._opened(*row)
            except BrokenIndex:
                now = self._row()
                if now and now[0] == row[0]:
                    raise  # otherwise a build switched and removed it: open the new one
        raise StoreError("The index changes too often to be opened. Try again in a moment.")

    def _opened(self, name: str, number: int, text: bytes, collection: str) -> PostgresSnapshot:
        manifest = _manifest(name, text)
        if bool(collection) != bool(self._open_engine):
            wanted = "needs Milvus" if collection else "was built without Milvus"
            raise StoreError(
                f"The index {wanted}. Change the address of the index, or run `qa build --fresh`."
            )
        pool = Pool(lambda: _leased(self._address, name, number))
        pool.give(_leased(self._address, name, number))
        try:
            engine = self.engine if collection else None
            opened = engine.open(collection) if engine else None
        except QAError:
            pool.close()
            raise
        return PostgresSnapshot(manifest, pool, opened)

    def check(self) -> None:
        """Raise BrokenIndex where the served generation is not there or has not all rows."""
        self.open().close()

    def verify(self) -> tuple[str, list[str]]:
        """Read the whole served generation: its name and its faults, one line each."""
        from qa.cluster import verify

        name = self.served().generation
        try:
            snapshot = self._snapshot()
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
        return PostgresEarlier(self._snapshot())

    @contextmanager
    def served_articles(self) -> Iterator[StoredArticles]:
        """The articles of the served generation."""
        snapshot = self._snapshot()
        try:
            yield snapshot.documents
        finally:
            snapshot.close()

    def target(
        self, model: Model, settings: Settings, earlier: Earlier | None, *, fresh: bool
    ) -> PostgresTarget:
        """Begin a new generation; what killed builds left is removed first."""
        session = self._writing()
        self._remove_leftovers(session)
        newest = [
            name for (name,) in session.rows("SELECT name FROM qa.generation ORDER BY name DESC LIMIT 1")
        ]
        return PostgresTarget(
            session,
            publishing.name_after(newest),
            lambda key: schema.content_key(key, model.fingerprint, settings),
            model.dimension,
            self.engine,
            fresh=fresh,
        )

    def _remove_leftovers(self, session: Session) -> None:
        """Remove schemas and collections that belong to no generation."""
        sql = (
            "SELECT nspname::text FROM pg_namespace WHERE nspname ~ '^[0-9]{8}T[0-9]{12}-[0-9a-f]{6}$'"
            " AND NOT EXISTS (SELECT FROM qa.generation WHERE name = nspname::text)"
        )
        for (name,) in session.rows(sql):
            session.rows(f'DROP SCHEMA "{name}" CASCADE')
        if self.engine:
            named = {name for (name,) in session.rows("SELECT collection FROM qa.generation")}
            for name in self.engine.names():
                if name not in named:
                    self.engine.drop(name)

    def prune(self, keep: int = publishing.KEEP) -> None:
        """Remove all but the newest `keep` generations, but neither the served one nor one that is open
        anywhere; then what no generation refers to any more.
        """
        session = self._writing()
        sql = (
            "SELECT name, number, collection FROM qa.generation"
            " WHERE name NOT IN (SELECT name FROM qa.served)"
            " AND name NOT IN (SELECT name FROM qa.generation ORDER BY name DESC LIMIT %s)"
        )
        removed = [self._remove(session, *row) for row in session.rows(sql, [keep])]
        if any(removed):
            self._remove_unused(session)

    def _remove(self, session: Session, name: str, number: int, collection: str) -> bool:
        """Remove a generation, unless somebody has it open; whether it was removed."""
        lock = [schema.LOCKS, number]
        ((free,),) = session.rows("SELECT pg_try_advisory_lock(%s, %s)", lock)
        if not free:
            return False
        try:
            with session.transaction():
                session.rows("DELETE FROM qa.generation WHERE name = %s", [name])
                session.rows(f'DROP SCHEMA IF EXISTS "{name}" CASCADE')
        finally:
            if not session.broken:
                session.rows("SELECT pg_advisory_unlock(%s, %s)", lock)
        if collection and self.engine:
            self.engine.drop(collection)
        return True

    def _remove_unused(self, session: Session) -> None:
        """Remove texts and token states that no generation refers to."""
        names = [name for (name,) in session.rows("SELECT name FROM qa.generation")]
        for shared, column, table in (("computed", "key", "passage"), ("body", "digest", "article")):
            unused = " AND ".join(  # joins, of which the server keeps no list in memory
                f'NOT EXISTS (SELECT FROM "{name}".{table} g WHERE g.{column} = s.{column})' for name in names
            )
            with session.within(addresses.WRITE):
                session.rows(f"DELETE FROM qa.{shared} s WHERE {unused}")  # noqa: S608

    def switch(self, generation: str) -> Manifest:
        """Serve another generation, older or newer."""
        with self.writing(), suppress(BrokenIndex):
            sql = "SELECT name, number, manifest, collection FROM qa.generation WHERE name = %s"
            for row in self._pool.rows(sql, [generation]):
                opened = self._opened(*row)
                opened.close()
                self._writing().rows(schema.SERVE, [generation])
                return opened.manifest
        raise StoreError("This version no longer exists or is damaged. Choose another one.")

    def rollback(self) -> Manifest:
        """Serve the newest whole generation older than the served one."""
        if not self._pool.rows("SELECT to_regclass('qa.generation')")[0][0]:
            raise StoreError("There is no index in the database to roll back to. Run `qa build`.")
        with self.writing():
            try:
                served = self.current()
            except BrokenIndex:
                served = ""
            sql = "SELECT name, number, manifest, collection FROM qa.generation ORDER BY name DESC"
            for row in self._pool.rows(sql):
                if served and row[0] >= served:
                    continue
                with suppress(BrokenIndex):
                    opened = self._opened(*row)
                    opened.close()
                    self._writing().rows(schema.SERVE, [opened.manifest.generation])
                    return opened.manifest
        raise StoreError(
            "There is no earlier generation in the database to roll back to. Run `qa build` to create a new "
            "one."
        )

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


def _manifest(name: str, text: bytes) -> Manifest:
    try:
        return manifests.from_text(text.decode("utf-8"), name)
    except UnicodeDecodeError as error:
        raise BrokenIndex(LOST) from error


def _leased(address: Address, name: str, number: int) -> Session:
    """A session that keeps a generation from being removed. Raises BrokenIndex if it was removed already."""
    session = Session(address, path=name)
    ((shared, exists),) = session.rows(_LEASE, [schema.LOCKS, number, number])
    if not (shared and exists):
        session.close()
        raise BrokenIndex(REMOVED)
    return session


def _create_tables(session: Session) -> None:
    """Create what is not there yet. Raises StoreError where the database cannot hold an index."""
    if not session.rows("SELECT to_regclass('qa.note')")[0][0]:
        with session.transaction():
            session.script(schema.CREATE)
            name = f"qa{secrets.token_hex(4)}".encode()
            session.rows("INSERT INTO qa.note VALUES (%s, %b)", [IDENTITY, name])
