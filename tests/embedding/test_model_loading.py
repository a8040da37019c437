"""Opening a model by name or path, with and without a network."""

from __future__ import annotations

import json
import socket
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from qa.embedding import model_loading
from qa.errors import EncoderError
from tests.support.weights import changed_prompts, no_network


@pytest.mark.parametrize("name", ["nobody/no-such-model", "no-such-model"])
def test_an_unknown_name_without_network_asks_the_hub_once(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its client would try again and again, for over a minute."""
    asked: list[str] = []

    def fail(request: urllib.request.Request, timeout: float) -> None:
        asked.append(request.get_method())
        raise urllib.error.URLError("Temporary failure in name resolution")

    monkeypatch.setattr(urllib.request, "urlopen", fail)
    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    with pytest.raises(EncoderError, match="Check the name and the network"):
        model_loading.open_model(name)
    assert asked == ["HEAD"]


@pytest.mark.parametrize("path", ["/no/such/folder", "./no-such-folder"])
def test_missing_path_is_refused_without_network(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    with pytest.raises(EncoderError, match="does not exist"):
        model_loading.open_model(path)


@pytest.mark.parametrize("file", ["config.json", "model.safetensors"])
def test_a_spoilt_folder_is_refused(folder: Path, tmp_path: Path, file: str) -> None:
    place = changed_prompts(folder, tmp_path / "model")
    (place / file).write_bytes(b"{")
    with pytest.raises(EncoderError, match="Delete the folder"):
        model_loading.open_model(str(place))


def test_deferred_modules_are_put_back_and_work(folder: Path) -> None:
    assert model_loading.open_model(str(folder))
    assert not any(isinstance(module, model_loading._Deferred) for module in list(sys.modules.values()))
    assert model_loading._Deferred("json").dumps([1]) == json.dumps([1])
