from __future__ import annotations

import json
from pathlib import Path

import pytest

from qa.errors import BrokenIndex
from qa.storage import generations, locks, publishing
from qa.storage.generations import Generation
from tests.support.generations import make


def test_a_finished_generation_is_current_and_whole(tmp_path: Path) -> None:
    written = make(tmp_path / "v", "20240101T000000-a")
    opened = generations.open_served(tmp_path / "v")
    assert opened.manifest == written == generations.served(tmp_path / "v")
    assert opened.folder.name == "20240101T000000-a"
    assert {name: part.bytes for name, part in written.parts.items()} == {"part": 4, "sub/part": 8}
    assert written.bytes == 12
    assert bytes(opened.part("sub/part").read()) == b"datadata"
    with pytest.raises(BrokenIndex, match="no part other"):
        opened.part("other")


def test_nothing_built_yet(tmp_path: Path) -> None:
    assert generations.current(tmp_path / "v") == ""
    with pytest.raises(BrokenIndex, match="Run `qa build`"):
        generations.open_served(tmp_path / "v")


@pytest.mark.parametrize("part", ["part", "sub/part"])
@pytest.mark.parametrize("harm", ["flip", "cut", "remove"])
@pytest.mark.parametrize("small", [True, False])
def test_a_damaged_part_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str, harm: str, small: bool
) -> None:
    monkeypatch.setattr(generations, "WHOLE_BYTES", 64_000_000 if small else 0)
    make(tmp_path, "1")
    path = tmp_path / "1" / part
    if harm == "remove":
        path.unlink()
    else:
        data = path.read_bytes()
        path.write_bytes(data[:-1] if harm == "cut" else bytes([data[0] ^ 1]) + data[1:])
    with pytest.raises(BrokenIndex, match=f"{part} of generation 1"):
        generations.open_served(tmp_path)


def test_of_a_large_index_only_the_ends_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "1", bytes(1_000_000))
    data = bytearray(1_000_000)
    data[500_000] = 1
    (tmp_path / "1" / "part").write_bytes(data)
    with pytest.raises(BrokenIndex, match="part of generation 1"):
        generations.open_served(tmp_path)
    monkeypatch.setattr(generations, "WHOLE_BYTES", 100_000)
    part = generations.open_served(tmp_path).part("part")
    assert bytes(part.read(0, 100)) == bytes(100)
    with pytest.raises(BrokenIndex, match="part of generation 1"):
        part.read(499_000, 500_001)


@pytest.mark.parametrize("small", [True, False])
def test_parts_of_two_generations_do_not_mix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: bool
) -> None:
    monkeypatch.setattr(generations, "WHOLE_BYTES", 64_000_000 if small else 0)
    make(tmp_path, "1", b"old!" * 100_000)
    make(tmp_path, "2", b"new!" * 100_000)
    (tmp_path / "2" / "part").write_bytes((tmp_path / "1" / "part").read_bytes())
    with pytest.raises(BrokenIndex, match="part of generation 2"):
        generations.open_served(tmp_path)


@pytest.mark.parametrize("name", ["../x", "", "..", "a/b"])
def test_current_names_a_folder_beside_it(tmp_path: Path, name: str) -> None:
    make(tmp_path, "1")
    (tmp_path / "current").write_text(name)
    with pytest.raises(BrokenIndex):
        generations.open_served(tmp_path)


def test_a_missing_current_says_what_to_do(tmp_path: Path) -> None:
    make(tmp_path, "1")
    (tmp_path / "current").unlink()
    with pytest.raises(BrokenIndex, match="qa rollback"):
        generations.open_served(tmp_path)
    assert publishing.rollback(tmp_path).generation == "1"
    generations.open_served(tmp_path)


def test_a_generation_that_goes_while_it_is_opened_gives_way_to_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, "1")
    share = locks.share

    def late(path: Path) -> int:
        monkeypatch.setattr(locks, "share", share)
        make(tmp_path, "2")
        publishing.prune(tmp_path, keep=1)
        return share(path)

    monkeypatch.setattr(locks, "share", late)
    assert generations.open_served(tmp_path).manifest.generation == "2"


def test_a_generation_that_is_pruned_after_it_was_opened_is_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, "1")
    init = Generation.__init__

    def late(self: Generation, folder: Path) -> None:
        monkeypatch.setattr(Generation, "__init__", init)
        init(self, folder)
        make(tmp_path, "2")

    monkeypatch.setattr(Generation, "__init__", late)
    assert generations.open_served(tmp_path).manifest.generation == "2"


def test_the_listing(tmp_path: Path) -> None:
    assert generations.listing(tmp_path) == []
    for name in "123":
        make(tmp_path, name)
    publishing.make_current(tmp_path, "2")
    (tmp_path / "1" / "manifest.json").write_text("")
    assert [(g.generation, g.bytes, g.current) for g in generations.listing(tmp_path)] == [
        ("3", 12, False),
        ("2", 12, True),
    ]


def test_another_format_is_refused(tmp_path: Path) -> None:
    make(tmp_path, "1")
    path = tmp_path / "1" / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 99}))
    with pytest.raises(BrokenIndex, match="format 99"):
        generations.open_served(tmp_path)
