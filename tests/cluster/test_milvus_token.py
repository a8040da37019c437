"""A Milvus that asks for a token."""

from __future__ import annotations

import importlib.util
import traceback
from collections.abc import Iterator

import pytest

from qa.cluster.address import TOKEN, MilvusAddress, parse
from qa.cluster.milvus import MilvusEngine
from qa.errors import StoreError, Unreachable
from tests.cluster.milvus_servers import MilvusServer

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MilvusServer]:
    if importlib.util.find_spec("milvus") is None:
        pytest.skip("the package `milvus` is not installed: run `make cluster`")
    server = MilvusServer(tmp_path_factory.mktemp("milvus"), tokens=True)
    server.start()
    yield server
    server.stop()


def address(server: MilvusServer) -> MilvusAddress:
    milvus = parse(f"postgresql://localhost/qa?milvus=http://127.0.0.1:{server.port}").milvus
    assert milvus
    return milvus


def test_the_token_of_the_environment_is_used(server: MilvusServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN, "root:Milvus")
    engine = MilvusEngine(address(server))
    engine.create("neu", 8, 1.0)
    assert engine.names() == ["neu"]
    engine.drop("neu")
    engine.close()


@pytest.mark.parametrize("token", ["", "root:streng-geheim", "streng-geheim"])
def test_another_token_is_refused_and_not_repeated(
    server: MilvusServer, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setenv(TOKEN, token)
    with pytest.raises(StoreError, match=f"refuses the token. Check {TOKEN}") as raised:
        MilvusEngine(address(server))
    assert not isinstance(raised.value, Unreachable)  # trying again does not help
    assert "streng-geheim" not in "".join(traceback.format_exception(raised.value))


def test_a_user_without_rights_is_told_so(server: MilvusServer, monkeypatch: pytest.MonkeyPatch) -> None:
    import pymilvus

    root = pymilvus.MilvusClient(uri=address(server).uri, token="root:Milvus")  # noqa: S106 (its first one)
    root.create_user("leser", "nur-zum-lesen")
    root.close()
    monkeypatch.setenv(TOKEN, "leser:nur-zum-lesen")
    engine = MilvusEngine(address(server))
    with pytest.raises(StoreError, match="refuses the token") as raised:
        engine.create("neu", 8, 1.0)
    assert not isinstance(raised.value, Unreachable)
    engine.close()
