from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import pytest

from tests.cluster.servers import Postgres, postgres_binaries

_NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running PostgreSQL."""
    binaries = postgres_binaries()
    if binaries is None:
        pytest.skip("the servers of tests/cluster/requirements.txt are not installed")
    server = Postgres.new(binaries)
    try:
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def new_database(postgres: Postgres) -> Callable[[], str]:
    """Makes an empty database and gives its address."""
    import psycopg

    def make() -> str:
        name = f"qa{next(_NUMBERS)}"
        with psycopg.connect(postgres.address("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return postgres.address(name)

    return make
