from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from qa.errors import BrokenIndex, StoreError
from qa.storage import generations, locks, publishing
from qa.storage.generations import Generation
from qa.storage.manifest import Manifest


def make(vectors: Path, name: str, data: bytes = b"data") -> Manifest:
    folder = publishing.start(vectors, name)
    (folder / "sub").mkdir()
    (folder / "part").write_bytes(data)
    (folder / "sub" / "part").write_bytes(data * 2)
    manifest = Manifest(name, publishing.now(), "m", "f", 3, {"size": 700}, "c", 1, 2, {})
    return publishing.finish(vectors, folder, manifest)


def left(vectors: Path) -> list[str]:
    return generations.names(vectors)


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
    with pytest.raises(BrokenIndex, match="run `qa build`"):
        generations.open_served(tmp_path / "v")


def test_an_unfinished_generation_is_not_served_and_swept_by_the_next(tmp_path: Path) -> None:
    make(tmp_path, "1")
    unfinished = publishing.start(tmp_path, "2")
    rubbish = [tmp_path / ".removing-0", tmp_path / ".current-1", tmp_path / ".lock.json.7"]
    rubbish[0].mkdir()
    for path in rubbish[1:]:
        path.touch()
    assert generations.current(tmp_path) == "1"
    assert left(tmp_path) == ["1"]
    publishing.start(tmp_path, "3")
    assert not any(path.exists() for path in [unfinished, *rubbish])


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


def test_everything_is_on_disk_before_anything_refers_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, "1")
    done: list[str] = []
    replace, sync = os.replace, publishing._sync

    def renamed(source: Path, target: Path) -> None:
        done.append(f"rename {Path(target).name}")
        replace(source, target)

    def synced(path: Path) -> None:
        done.append(f"sync {path.relative_to(tmp_path).as_posix()}")
        sync(path)

    monkeypatch.setattr(os, "replace", renamed)
    monkeypatch.setattr(publishing, "_sync", synced)
    make(tmp_path, "2")
    own = ".building-2"
    assert set(done[:5]) == {f"sync {own}{p}" for p in ("/manifest.json", "/part", "/sub/part", "/sub", "")}
    assert done[5:] == [
        "rename 2", "sync .", f"sync .current-{os.getpid()}", "rename current", "sync .",
    ]  # fmt: skip


def test_names_sort_by_age_even_where_the_clock_was_set_back(tmp_path: Path) -> None:
    first = publishing.new_name(tmp_path)
    make(tmp_path, first)
    assert publishing.new_name(tmp_path) > first
    make(tmp_path, "29990101T000000000000-abc")
    second = publishing.new_name(tmp_path)
    assert second > "29990101T000000000000-abc"
    make(tmp_path, second)
    assert left(tmp_path)[:2] == [second, "29990101T000000000000-abc"]
    make(tmp_path, "zzz")  # of no known form
    assert publishing.new_name(tmp_path)


def test_prune_keeps_the_newest_and_the_current(tmp_path: Path) -> None:
    for name in "12345":
        make(tmp_path, name)
    publishing.make_current(tmp_path, "1")
    publishing.prune(tmp_path, keep=2)
    assert left(tmp_path) == ["5", "4", "1"]
    assert not list(tmp_path.glob(".removing*"))


def test_prune_keeps_what_is_open_here(tmp_path: Path) -> None:
    make(tmp_path, "1")
    first, again = generations.open_served(tmp_path), generations.open_served(tmp_path)
    for name in "2345":
        make(tmp_path, name)
    for opened in (first, again):
        publishing.prune(tmp_path, keep=2)
        assert left(tmp_path) == ["5", "4", "1"]
        assert bytes(opened.part("part").read()) == b"data"
        opened.close()
        opened.close()  # twice does no harm
    publishing.prune(tmp_path, keep=2)
    assert left(tmp_path) == ["5", "4"]


def test_prune_keeps_what_nobody_refers_to_any_more_only_until_then(tmp_path: Path) -> None:
    make(tmp_path, "1")
    opened = generations.open_served(tmp_path)
    make(tmp_path, "2")
    del opened
    publishing.prune(tmp_path, keep=1)
    assert left(tmp_path) == ["2"]


READER = """
import sys
from pathlib import Path
from qa.storage import generations
opened = generations.open_served(Path(sys.argv[1]))
print(opened.manifest.generation, flush=True)
sys.stdin.readline()
"""


def test_prune_keeps_what_is_open_in_another_process(tmp_path: Path) -> None:
    make(tmp_path, "1")
    with subprocess.Popen(
        [sys.executable, "-c", READER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == b"1\n"
        for name in "234":
            make(tmp_path, name)
        publishing.prune(tmp_path, keep=1)
        assert left(tmp_path) == ["4", "1"]
        reader.kill()
    publishing.prune(tmp_path, keep=1)
    assert left(tmp_path) == ["4"]


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


def test_rollback_goes_back_step_by_step_and_over_damaged_ones(tmp_path: Path) -> None:
    for name in "12345":
        make(tmp_path, name)
    assert publishing.rollback(tmp_path).generation == "4"
    (tmp_path / "3" / "part").write_bytes(b"DATA")
    (tmp_path / "2" / "manifest.json").write_text("{}")
    assert publishing.rollback(tmp_path).generation == "1"
    assert generations.current(tmp_path) == "1"
    with pytest.raises(StoreError, match="no older generation"):
        publishing.rollback(tmp_path)
    assert generations.current(tmp_path) == "1"


def test_rollback_from_a_generation_that_is_gone(tmp_path: Path) -> None:
    for name in "12":
        make(tmp_path, name)
    (tmp_path / "2").rename(tmp_path / ".gone")
    assert publishing.rollback(tmp_path).generation == "1"


def test_rollback_waits_for_no_build(tmp_path: Path) -> None:
    for name in "12":
        make(tmp_path, name)
    with locks.writing(tmp_path), pytest.raises(StoreError, match="Another build"):
        publishing.rollback(tmp_path)
    with pytest.raises(StoreError, match="qa build"):
        publishing.rollback(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="--vectors"):
        publishing.start(tmp_path / "file" / "v", "1")


def test_another_format_is_refused(tmp_path: Path) -> None:
    make(tmp_path, "1")
    path = tmp_path / "1" / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 99}))
    with pytest.raises(BrokenIndex, match="format 99"):
        generations.open_served(tmp_path)


def test_rollback_over_a_folder_in_the_place_of_the_file_current(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, "1")
    make(tmp_path, "2")
    (tmp_path / "current").unlink()
    (tmp_path / "current" / "sub").mkdir(parents=True)
    with pytest.raises(StoreError, match="in the place of a file"):
        publishing.rollback(tmp_path)
    with pytest.raises(BrokenIndex, match="cannot be read"):
        generations.served(tmp_path)
    assert [listed.current for listed in generations.listing(tmp_path)] == [False, False]
    (tmp_path / "current" / "sub").rmdir()
    assert publishing.rollback(tmp_path).generation == "2"

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(publishing, "make_current", full)
    with pytest.raises(StoreError, match="No space left"):
        publishing.rollback(tmp_path)
