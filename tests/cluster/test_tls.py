"""A database on another machine: only with TLS, and only one whose certificate was checked.

The host has a name, which libpq finds on this machine because PGHOSTADDR says so. The PostgreSQL of the tests
was built without TLS, so a proxy before it decrypts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from qa.cluster import opening
from qa.errors import StoreError
from qa.index.build import build
from qa.index.search import Index
from tests.cluster.test_contract import TEXTS
from tests.cluster.tls import Certificate, certificate, encrypted
from tests.support.standin import StandIn

HOST = "db.example"


@dataclass(frozen=True, slots=True)
class Remote:
    """A database behind TLS."""

    certificate: Certificate
    database: str
    port: int
    plain_port: int

    def address(self, host: str = HOST, *, plain: bool = False) -> str:
        return f"postgresql://qa@{host}:{self.plain_port if plain else self.port}/{self.database}"


@pytest.fixture
def remote(
    new_database: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Remote]:
    parts = urlsplit(new_database())
    assert parts.port
    own = certificate(tmp_path, HOST)
    monkeypatch.setenv("PGHOSTADDR", "127.0.0.1")
    monkeypatch.setenv("PGSSLROOTCERT", str(own.file))
    with encrypted(parts.port, own) as port:
        yield Remote(own, parts.path.removeprefix("/"), port, parts.port)


def test_an_index_is_built_and_searched_over_tls(remote: Remote, tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "see.txt").write_text(TEXTS["see"], encoding="utf-8")
    store = opening.store(remote.address())
    build(tmp_path / "corpus", store, encoder=StandIn())
    index = Index(store.open(), StandIn())
    assert index.search("Wie tief ist der See?")[0].passage.text.startswith("Der See")
    index.close()
    store.close()


def test_an_authority_of_the_system_is_trusted(remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/nonexistent")
    monkeypatch.delenv("PGSSLROOTCERT")
    with pytest.raises(StoreError, match="certificate"):
        opening.store(remote.address()).current()
    monkeypatch.setenv("SSL_CERT_FILE", str(remote.certificate.file))
    assert opening.store(remote.address()).current() == ""


def test_a_certificate_that_nobody_trusts_is_refused(
    remote: Remote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other").mkdir()
    monkeypatch.setenv("PGSSLROOTCERT", str(certificate(tmp_path / "other", HOST).file))
    with pytest.raises(StoreError, match="certificate"):
        opening.store(remote.address()).current()


def test_the_certificate_of_another_host_is_refused(remote: Remote) -> None:
    with pytest.raises(StoreError, match="certificate"):
        opening.store(remote.address("other.example")).current()


def test_a_server_without_tls_is_refused(remote: Remote) -> None:
    with pytest.raises(StoreError, match="certificate"):
        opening.store(remote.address(plain=True)).current()
