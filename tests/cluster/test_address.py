"""The address of an index on other machines."""

from __future__ import annotations

import sys

import pytest

from qa.cli.main import main
from qa.cluster import address
from qa.cluster.address import Address, MilvusAddress, parse
from qa.errors import QAError


def test_an_address_names_both_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(address.TOKEN, "reader:geheim")
    found = parse("postgresql://anna@db.example/qa?milvus=https://vec.example:19531/presse")
    milvus = MilvusAddress("vec.example", 19531, "presse", True, "reader:geheim")
    assert found == Address("db.example", "qa", 5432, "anna", milvus)
    assert found.milvus
    assert found.milvus.uri == "https://vec.example:19531"


def test_a_socket_has_a_folder() -> None:
    found = parse("postgresql:///qa?host=/run/postgresql")
    assert (found.host, found.database) == ("/run/postgresql", "qa")
    assert parse(str(found)) == found


def test_no_message_shows_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(address.TOKEN, "geheim")
    found = parse("postgresql://anna@[::1]:5433/qa?milvus=http://localhost")
    assert "geheim" not in repr(found) + str(found)
    assert str(found) == "postgresql://[::1]:5433/qa"


def test_connections_that_leave_the_machine_are_encrypted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PGSSLROOTCERT", raising=False)
    monkeypatch.setenv("HOME", "/nonexistent")
    assert parse("postgresql://127.0.0.1/qa").parameters()["sslmode"] == "prefer"
    monkeypatch.setenv("SSL_CERT_FILE", __file__)
    remote = parse("postgresql://db.example/qa").parameters()
    assert (remote["sslmode"], remote["sslrootcert"]) == ("verify-full", __file__)
    monkeypatch.setenv("SSL_CERT_FILE", "/nonexistent")
    monkeypatch.setattr(address, "BUNDLES", ())
    assert parse("postgresql://db.example/qa").parameters()["sslrootcert"] == "system"
    monkeypatch.setenv("PGSSLROOTCERT", "/etc/ca.pem")
    assert "sslrootcert" not in parse("postgresql://db.example/qa").parameters()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("postgresql://anna:geheim@db.example/qa", "holds a password"),
        ("postgresql://db.example/qa?password=geheim", "not known"),
        ("postgresql://db.example/qa?milvus=https://a:geheim@vec.example", "holds a secret"),
        ("postgresql://db.example/qa?milvus=http://vec.example", "not be encrypted"),
        ("postgresql://db.example/qa?milvus=ftp://vec.example", "Milvus cannot be read"),
        ("postgresql://db.example/qa?milvus=https://vec.example:99999", "Milvus cannot be read"),
        ("postgresql://db.example/qa?milvus", "cannot be read"),
        ("postgresql://db.example/qa?sslmode=disable", "not known"),
        ("postgresql://db.example/qa?host=elsewhere.example", "incomplete"),
        ("postgresql://db.example/qa?milvus=https://a&milvus=https://b", "not known"),
        ("postgresql://db.example:99999/qa", "cannot be read"),
        ("postgresql://db.example", "incomplete"),
        ("postgresql://db.example/a/b", "incomplete"),
        ("postgresql:///qa", "incomplete"),
    ],
)
def test_a_bad_address_is_refused_without_repeating_it(text: str, message: str) -> None:
    with pytest.raises(QAError, match=message) as raised:
        parse(text)
    assert "geheim" not in str(raised.value)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("postgresql://db.example/qa", True),
        ("postgres://x/y", True),
        ("vectors", False),
        ("/postgresql/x", False),
    ],
)
def test_an_address_is_no_folder(place: str, expected: bool) -> None:
    assert address.is_address(place) is expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [("localhost", True), ("127.0.0.9", True), ("::1", True), ("/run", True), ("127.0.0.1.example", False)],
)
def test_what_is_this_machine(host: str, expected: bool) -> None:
    assert address.is_local(host) is expected


def test_without_the_extra_one_line_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert main(["status", "--vectors", "postgresql://localhost/qa"]) == 1
    assert capsys.readouterr().err == (
        'qa: An index on other machines needs more packages. Run `pip install "qa[cluster]"`.\n'
    )
