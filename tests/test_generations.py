from __future__ import annotations

import json
from pathlib import Path

import pytest

from qa import generations
from qa.errors import BrokenIndex, StoreError
from qa.generations import Manifest


def make(vectors: Path, name: str, data: bytes = b"data") -> Manifest:
    folder = generations.start(vectors, name)
    (folder / "sub").mkdir()
    (folder / "part").write_bytes(data)
    (folder / "sub" / "part").write_bytes(data * 2)
    manifest = Manifest(name, generations.now(), "m", "f", 3, {"size": 700}, "c", 1, 2, {})
    return generations.finish(vectors, folder, manifest)


def test_a_finished_generation_is_current_and_whole(tmp_path: Path) -> None:
    written = make(tmp_path / "v", "20240101T000000-a")
    folder, read = generations.load(tmp_path / "v")
    assert read == written
    assert folder.name == "20240101T000000-a"
    assert {name: part.bytes for name, part in read.parts.items()} == {"part": 4, "sub/part": 8}


def test_nothing_built_yet(tmp_path: Path) -> None:
    assert generations.current(tmp_path / "v") == ""
    with pytest.raises(BrokenIndex, match="run `qa build`"):
        generations.load(tmp_path / "v")


def test_an_unfinished_generation_is_not_served_and_swept_by_the_next(tmp_path: Path) -> None:
    make(tmp_path, "1")
    left = generations.start(tmp_path, "2")
    assert generations.current(tmp_path) == "1"
    generations.start(tmp_path, "3")
    assert not left.exists()


@pytest.mark.parametrize("part", ["part", "sub/part"])
@pytest.mark.parametrize("harm", ["flip", "cut", "remove"])
def test_a_damaged_part_is_refused(tmp_path: Path, part: str, harm: str) -> None:
    make(tmp_path, "1")
    path = tmp_path / "1" / part
    if harm == "remove":
        path.unlink()
    else:
        data = path.read_bytes()
        path.write_bytes(data[:-1] if harm == "cut" else bytes([data[0] ^ 1]) + data[1:])
    with pytest.raises(BrokenIndex, match=f"{part} of generation 1"):
        generations.load(tmp_path)


def test_parts_of_two_generations_do_not_mix(tmp_path: Path) -> None:
    make(tmp_path, "1", b"old!")
    make(tmp_path, "2", b"new!")
    (tmp_path / "2" / "part").write_bytes((tmp_path / "1" / "part").read_bytes())
    with pytest.raises(BrokenIndex, match="part of generation 2"):
        generations.load(tmp_path)


def test_the_manifest_of_another_generation_is_refused(tmp_path: Path) -> None:
    make(tmp_path, "1")
    make(tmp_path, "2")
    (tmp_path / "2" / "manifest.json").write_bytes((tmp_path / "1" / "manifest.json").read_bytes())
    with pytest.raises(BrokenIndex, match="belongs to 1"):
        generations.load(tmp_path)


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", "null", '{"format": 1}', "\x00", '{"format": 1, "parts": []}']
)
def test_a_damaged_manifest_is_refused(tmp_path: Path, content: str) -> None:
    make(tmp_path, "1")
    (tmp_path / "1" / "manifest.json").write_text(content)
    with pytest.raises(BrokenIndex, match="manifest of 1"):
        generations.load(tmp_path)


def test_another_format_is_refused(tmp_path: Path) -> None:
    make(tmp_path, "1")
    path = tmp_path / "1" / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 99}))
    with pytest.raises(BrokenIndex, match="format 99"):
        generations.load(tmp_path)


@pytest.mark.parametrize("name", ["../x", "", "..", "a/b"])
def test_current_names_a_folder_beside_it(tmp_path: Path, name: str) -> None:
    make(tmp_path, "1")
    (tmp_path / "current").write_text(name)
    with pytest.raises(BrokenIndex):
        generations.load(tmp_path)


def test_prune_keeps_the_newest_and_the_current(tmp_path: Path) -> None:
    for name in "12345":
        make(tmp_path, name)
    generations.make_current(tmp_path, "1")
    generations.prune(tmp_path, keep=2)
    assert sorted(path.parent.name for path in tmp_path.glob("*/manifest.json")) == ["1", "4", "5"]


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="--vectors"):
        generations.start(tmp_path / "file" / "v", "1")
