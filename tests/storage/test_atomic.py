from __future__ import annotations

import os
from pathlib import Path

import pytest

from qa.storage import atomic


@pytest.mark.parametrize("name", ["a.txt", ".a.json"])
def test_a_file_is_made_and_replaced(tmp_path: Path, name: str) -> None:
    for content in (b"one", b"two"):
        atomic.write(tmp_path / name, content)
        assert (tmp_path / name).read_bytes() == content
        assert os.listdir(tmp_path) == [name]


@pytest.mark.parametrize("name", ["a.txt", ".a.json"])
def test_the_old_content_stays_until_the_new_one_is_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / name).write_bytes(b"old")

    def full(source: Path, target: Path) -> None:
        assert source.read_bytes() == b"new"
        assert source.name.startswith(".a.")  # hidden, so that no build reads it
        assert target.read_bytes() == b"old"
        raise OSError

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError):  # noqa: PT011
        atomic.write(tmp_path / name, b"new")
    assert os.listdir(tmp_path) == [name]
    assert (tmp_path / name).read_bytes() == b"old"
