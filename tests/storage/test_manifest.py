from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zlib
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.errors import BrokenIndex
from qa.storage import manifest
from qa.storage.manifest import BLOCK, Manifest, Part, SealedFile, part_of

SIZES = [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK]


def written(folder: Path) -> Manifest:
    (folder / "part").write_bytes(b"data")
    parts = {"part": part_of(folder / "part")}
    found = Manifest(folder.name, "2024-10-16T12:00:00Z", "Größe", "f", 3, {"size": 700}, "c", 1, 2, parts)
    manifest.write(folder, found)
    return found


def test_a_manifest_comes_back(tmp_path: Path) -> None:
    assert written(tmp_path) == manifest.read(tmp_path)


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", "null", '{"format": 3}', "\x00", '{"format": 3, "parts": []}']
)
def test_what_is_no_manifest_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(BrokenIndex, match="missing or damaged"):
        manifest.read(tmp_path)


@settings(max_examples=200, deadline=None)
@given(at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_any_flipped_bit_is_noticed(at: int, bit: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        before = written(folder)
        data = bytearray((folder / "manifest.json").read_bytes())
        data[at % len(data)] ^= 1 << bit
        (folder / "manifest.json").write_bytes(data)
        try:
            after = manifest.read(folder)
        except BrokenIndex:
            return
        assert after == before  # a space that became another one


def test_a_changed_field_is_noticed(tmp_path: Path) -> None:
    written(tmp_path)
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "passages": 3}))
    with pytest.raises(BrokenIndex, match="missing or damaged"):
        manifest.read(tmp_path)


def test_the_manifest_of_another_generation_is_refused(tmp_path: Path) -> None:
    for name in "12":
        (tmp_path / name).mkdir()
        written(tmp_path / name)
    (tmp_path / "2" / "manifest.json").write_bytes((tmp_path / "1" / "manifest.json").read_bytes())
    with pytest.raises(BrokenIndex, match="belongs to 1"):
        manifest.read(tmp_path / "2")


@pytest.mark.parametrize("size", SIZES)
def test_checksums(tmp_path: Path, size: int) -> None:
    data = bytes(i % 251 for i in range(size))
    (tmp_path / "x").write_bytes(data)
    part = part_of(tmp_path / "x")
    assert (part.bytes, part.sha256) == (size, hashlib.sha256(data).hexdigest())
    crcs = [zlib.crc32(data[i : i + BLOCK]) for i in range(0, size, BLOCK)]
    assert part.blocks == "".join(f"{crc:08x}" for crc in crcs)
    file = SealedFile(tmp_path, "x", part)
    assert (file.size, bytes(file.read())) == (size, data)
    file.read_ends()
    for start, end in ((-1, 0), (0, size + 1), (1, 0)):
        with pytest.raises(BrokenIndex):
            file.read(start, end)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_is_read_is_what_was_written(data: st.DataObject) -> None:
    size = 4 * BLOCK + 17
    at = data.draw(st.integers(0, size - 1))
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "x"
        path.write_bytes(bytes(size))
        part = part_of(path)
        harmed = bytearray(size)
        harmed[at] = 1
        path.write_bytes(harmed)
        file = SealedFile(path.parent, "x", part)
        for _ in range(5):
            start = data.draw(st.integers(0, size))
            end = data.draw(st.integers(start, size))
            touched = start < end and start // BLOCK <= at // BLOCK <= (end - 1) // BLOCK
            if touched:
                with pytest.raises(BrokenIndex, match="part x"):
                    file.read(start, end)
            else:
                assert bytes(file.read(start, end)) == bytes(end - start)


@pytest.mark.parametrize("mapped_only", [False, True])
def test_copies_are_what_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mapped_only: bool) -> None:
    if mapped_only:  # as on a system that cannot read at a place
        monkeypatch.setattr("qa.storage.manifest._PREAD", None)
    path = tmp_path / "x"
    path.write_bytes(bytes(range(256)) * 40)
    part = part_of(path, 64)
    data = bytearray(path.read_bytes())
    data[1000] ^= 1
    path.write_bytes(data)
    file = SealedFile(tmp_path, "x", part)
    for start, end in ((0, 64), (10, 300), (10, 300), (0, 0), (10_200, 10_240), (10_240, 10_240)):
        assert file.copy(start, end) == data[start:end]
    assert bytes(file.unread()) == data
    for start, end in ((1000, 1001), (960, 961), (900, 1100)):
        with pytest.raises(BrokenIndex):
            file.copy(start, end)
    for start, end in ((-1, 3), (5, 4), (0, 10_241)):
        with pytest.raises(BrokenIndex):
            file.copy(start, end)
    assert part_of(path).block == BLOCK


def test_a_file_cut_short_while_it_is_open(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"a" * 300)
    file = SealedFile(tmp_path, "x", part_of(path, 64))
    assert file.copy(0, 300) == b"a" * 300
    os.truncate(path, 100)
    with pytest.raises(BrokenIndex):
        file.copy(0, 300)


def test_manifests_without_sizes_of_blocks_are_read(tmp_path: Path) -> None:
    """As those of generations that were written before there were any."""
    path = tmp_path / "x"
    path.write_bytes(b"abc")
    fields = asdict(part_of(path))
    del fields["block"]
    assert Part(**fields) == part_of(path)


def test_a_part_of_another_size_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"data")
    part = part_of(path)
    for other in (replace(part, bytes=5), replace(part, blocks=""), replace(part, blocks=part.blocks * 2)):
        with pytest.raises(BrokenIndex):
            SealedFile(tmp_path, "x", other)
    path.unlink()
    with pytest.raises(BrokenIndex):
        SealedFile(tmp_path, "x", part)


def test_faults_are_named(tmp_path: Path) -> None:
    found = written(tmp_path)
    assert list(manifest.faults(tmp_path, found)) == []
    (tmp_path / "part").write_bytes(b"dat")
    assert list(manifest.faults(tmp_path, found)) == ["part: 3 bytes, expected 4"]
    (tmp_path / "part").write_bytes(b"DATA")
    assert list(manifest.faults(tmp_path, found)) == ["part: checksum differs from the manifest"]
    (tmp_path / "part").unlink()
    assert "cannot be read" in next(manifest.faults(tmp_path, found))
