from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from qa.errors import BrokenIndex, StoreError
from qa.storage import generations, locks, publishing
from tests.support.generations import make


def left(vectors: Path) -> list[str]:
    return generations.names(vectors)


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


def test_rollback_goes_back_step_by_step_and_over_damaged_ones(tmp_path: Path) -> None:
    for name in "12345":
        make(tmp_path, name)
    assert publishing.rollback(tmp_path).generation == "4"
    (tmp_path / "3" / "part").write_bytes(b"DATA")
    (tmp_path / "2" / "manifest.json").write_text("{}")
    assert publishing.rollback(tmp_path).generation == "1"
    assert generations.current(tmp_path) == "1"
    with pytest.raises(StoreError, match="no earlier generation"):
        publishing.rollback(tmp_path)
    assert generations.current(tmp_path) == "1"


def test_any_intact_generation_is_served_again_older_or_newer(tmp_path: Path) -> None:
    for name in "123":
        make(tmp_path, name)
    for name in "132":
        assert publishing.switch(tmp_path, name).generation == generations.current(tmp_path) == name
    (tmp_path / "3" / "part").write_bytes(b"DATA")
    for name in ("3", "4", "", ".", "../" + tmp_path.name):
        with pytest.raises(StoreError, match="no longer exists or is damaged"):
            publishing.switch(tmp_path, name)
    with pytest.raises(StoreError, match="no longer exists"):
        publishing.switch(tmp_path / "nowhere", "1")
    with locks.writing(tmp_path), pytest.raises(StoreError, match="Another build"):
        publishing.switch(tmp_path, "1")
    assert generations.current(tmp_path) == "2"


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


def test_rollback_over_a_folder_in_the_place_of_the_file_current(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, "1")
    make(tmp_path, "2")
    (tmp_path / "current").unlink()
    (tmp_path / "current" / "sub").mkdir(parents=True)
    with pytest.raises(StoreError, match="but there is a folder"):
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
