from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator

import pytest

from tests.cluster.milvus_servers import LiteServer, MilvusServer
from tests.cluster.servers import CannotStart, Postgres, missing


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running PostgreSQL."""
    try:
        server = Postgres.new()
    except CannotStart as error:
        missing(str(error))
    try:
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def new_database(postgres: Postgres) -> Callable[[], str]:
    """Makes an empty database and gives its address."""
    return postgres.new_database


@pytest.fixture(scope="session")
def milvus_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running Milvus, the real server."""
    yield from _milvus("milvus", MilvusServer, tmp_path_factory)


@pytest.fixture(scope="session")
def lite_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running milvus-lite."""
    yield from _milvus("milvus_lite", LiteServer, tmp_path_factory)


def _milvus(
    package: str, kind: type[MilvusServer | LiteServer], folders: pytest.TempPathFactory
) -> Iterator[str]:
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"the package `{package}` is not installed: run `make cluster`")
    server = kind(folders.mktemp(package))
    server.start()
    yield f"http://127.0.0.1:{server.port}"
    server.stop()
