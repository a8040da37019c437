"""A disk that is full: of the tables alone, or of all that PostgreSQL writes."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from qa.cluster import opening
from qa.cluster.failures import FULL, SILENT
from qa.errors import StoreError
from qa.index.build import build
from qa.index.search import Index
from tests.cluster.servers import CannotStart, Postgres, account, missing
from tests.cluster.test_contract import write
from tests.support.standin import StandIn

psycopg = pytest.importorskip("psycopg", reason="the extra `cluster` is not installed: run `make cluster`")
pytestmark = pytest.mark.cluster

SIZE = 96  # MB of the disk
ROOMS = (0, 100_000, 300_000)  # bytes that are left when a build begins
QUESTION = "Wie tief ist der See?"


@pytest.fixture
def disk() -> Iterator[Path]:
    """A small file system, where the user who runs PostgreSQL finds it."""
    folder = Path(tempfile.mkdtemp(prefix="qa-disk-"))
    folder.chmod(0o755)
    mount = shutil.which("mount")
    options = f"size={SIZE}m,mode=777"
    try:
        if mount is None or subprocess.run([mount, "-t", "tmpfs", "-o", options, "tmpfs", folder]).returncode:
            pytest.skip("only root can mount a small file system: a full disk is not tested")
        yield folder
        subprocess.run(["umount", folder], check=True)
    finally:
        folder.rmdir()


@contextmanager
def full(disk: Path, room: int) -> Iterator[None]:
    """Leave only so many bytes free for the block."""
    ballast = disk / "ballast"
    try:
        with ballast.open("wb", buffering=0) as file:
            with suppress(OSError):  # no space left
                while file.write(bytes(65_536)):
                    pass
            file.truncate(max(0, file.tell() - room))
        yield
    finally:
        ballast.unlink()


def server_on(folder: Path | None, *initdb: str, **options: str) -> Postgres:
    try:
        return Postgres.new(folder, *initdb, **options)
    except CannotStart as error:
        missing(str(error))


def answers(vectors: str) -> bool:
    index = Index(opening.store(vectors).open(), StandIn())
    try:
        return bool(index.search(QUESTION))
    finally:
        index.close()


def test_a_build_without_room_for_tables_leaves_the_index_that_still_answers(
    disk: Path, tmp_path: Path
) -> None:
    server = server_on(None)
    try:
        tables = disk / "tables"
        tables.mkdir()
        if ids := account():
            os.chown(tables, ids["user"], ids["group"])
        with psycopg.connect(server.address("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE TABLESPACE small LOCATION '{tables}'")
        vectors, corpus = server.new_database("small"), write(tmp_path / "corpus")
        store = opening.store(vectors)
        first = build(corpus, store, encoder=StandIn()).generation
        write(corpus, copies=28)
        for room in ROOMS:
            with full(disk, room):
                with pytest.raises(StoreError) as raised:
                    build(corpus, store, encoder=StandIn())
                assert str(raised.value) == FULL
                assert answers(vectors)
            assert store.verify() == (first, [])
        last = build(corpus, store, encoder=StandIn())
        assert store.verify() == (last.generation, [])
        assert last.articles == 4 * 28
        store.close()
    finally:
        server.remove()


def test_a_build_on_a_full_disk_leaves_the_index(disk: Path, tmp_path: Path) -> None:
    """The log of PostgreSQL is on it, too: the server may end, and comes back when there is room."""
    log = {"min_wal_size": "2MB", "max_wal_size": "4MB", "wal_recycle": "off"}
    server = server_on(disk / "server", "--wal-segsize=1", **log)
    try:
        vectors, corpus = server.new_database(), write(tmp_path / "corpus")
        store = opening.store(vectors)
        first = build(corpus, store, encoder=StandIn()).generation
        write(corpus, copies=28)
        for room in ROOMS:
            with full(disk, room):
                with pytest.raises(StoreError) as raised:
                    build(corpus, store, encoder=StandIn())
                assert str(raised.value) in (FULL, SILENT)
            server.restart()
            assert store.verify() == (first, [])
        last = build(corpus, store, encoder=StandIn())
        assert store.verify() == (last.generation, [])
        store.close()
    finally:
        server.remove()
