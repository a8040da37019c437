"""The manifest of a generation: its files with sizes and checksums, to verify that what is read is what was
written.

The manifest lists every file with its size, sha256 and the CRC-32 of each block. Thanks to the blocks, a
large file can be opened without reading it and is still verified wherever it is read. Knows neither the
meaning of the files nor which generation is served.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import weakref
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from qa.errors import BrokenIndex

FORMAT = 3  # version of the folder layout; other versions are rejected
FILE = "manifest.json"
# A block is the minimum that must be read to verify one byte: 0.3 ms at zlib's measured 0.9 GB/s. Its
# checksums take 32 KB in the manifest per GB of index.
BLOCK = 1 << 18  # bytes
# For files read in small pieces: a vector of 384 floats spans one or two such blocks and is verified in 10
# µs. The checksums take 2 MB per GB.
FINE_BLOCK = 1 << 12  # bytes
_DIGITS = 8  # hexadecimal digits of a CRC-32
# Positional reads; not available on all systems.
_PREAD: Callable[[int, int, int], bytes] | None = getattr(os, "pread", None)
REBUILD = "Run `qa build --fresh`"


@dataclass(frozen=True, slots=True)
class Part:
    """Size and checksums of one file of a generation."""

    bytes: int
    sha256: str
    blocks: str  # CRC-32 of each block, in hexadecimal digits, one after the other
    block: int = BLOCK  # bytes


@dataclass(frozen=True, slots=True)
class Manifest:
    """The contents of a generation; anything that does not match is rejected."""

    generation: str
    built: str  # ISO 8601, UTC
    model: str
    fingerprint: str  # of the model
    dimension: int
    settings: dict[str, str | int]  # fingerprint of everything that turns articles into rows
    corpus: str  # sha256 over the articles
    articles: int
    passages: int
    parts: dict[str, Part]  # path below the folder, "/"-separated
    format: int = FORMAT

    @property
    def bytes(self) -> int:
        """Size of all parts."""
        return sum(part.bytes for part in self.parts.values())


def part_of(path: Path, block_size: int = BLOCK) -> Part:
    """Size and checksums of a file; use smaller blocks for files read in small pieces."""
    whole, blocks, size = hashlib.sha256(), [], 0
    with path.open("rb") as file:
        while block := file.read(block_size):
            whole.update(block)
            blocks.append(_crc(block))
            size += len(block)
    return Part(size, whole.hexdigest(), "".join(blocks), block_size)


def to_text(manifest: Manifest) -> str:
    """A manifest as JSON, with a checksum of itself."""
    fields = asdict(manifest)
    return json.dumps({**fields, "seal": _seal(fields)}, ensure_ascii=False, indent=1)


def write(folder: Path, manifest: Manifest) -> None:
    """Write the manifest of the parts in `folder`, with a checksum of itself."""
    (folder / FILE).write_text(to_text(manifest), encoding="utf-8")


def read(folder: Path) -> Manifest:
    """Read the manifest of a generation. Raises BrokenIndex if it is missing, damaged or belongs to another
    generation.
    """
    try:
        text = (folder / FILE).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BrokenIndex(f"The manifest of {folder.name} is missing or damaged. {REBUILD}.") from error
    return from_text(text, folder.name)


def from_text(text: str, generation: str) -> Manifest:
    """The manifest of a generation. Raises BrokenIndex if it is damaged or belongs to another one."""
    try:
        fields = json.loads(text)
        if fields["format"] != FORMAT:
            raise BrokenIndex(
                f"The index has format {fields['format']}, but this version of qa reads format "
                f"{FORMAT}. {REBUILD}."
            )
        if fields.pop("seal") != _seal(fields):
            raise ValueError
        parts = {name: Part(**part) for name, part in fields.pop("parts").items()}
        manifest = Manifest(**fields, parts=parts)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BrokenIndex(f"The manifest of {generation} is missing or damaged. {REBUILD}.") from error
    if manifest.generation != generation:
        raise BrokenIndex(f"The manifest in {generation} belongs to {manifest.generation}. {REBUILD}.")
    return manifest


class SealedFile:
    """A memory-mapped part; each block is verified before it is first read."""

    def __init__(self, folder: Path, name: str, part: Part) -> None:
        """Raises BrokenIndex if the file is missing or has a different size."""
        self._damaged = f"The part {name} of generation {folder.name} is missing or damaged. {REBUILD}."
        self._blocks, self._block = part.blocks, part.block
        self.size = part.bytes
        try:
            with (folder / name).open("rb") as file:
                whole = file.seek(0, 2) == part.bytes == _covered(part)
                # an empty file cannot be mapped
                mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if whole and self.size else b""
                # stays open for `copy`
                self._handle = os.dup(file.fileno()) if whole and _PREAD else None
        except (OSError, ValueError) as error:
            raise BrokenIndex(self._damaged) from error
        if not whole:
            raise BrokenIndex(self._damaged)
        if self._handle is not None:
            weakref.finalize(self, os.close, self._handle)
        self._bytes = memoryview(mapped)
        self._seen = bytearray(len(part.blocks) // _DIGITS)  # 1 for each verified block

    def read(self, start: int = 0, end: int | None = None) -> memoryview:
        """The bytes from `start` to `end` (of the file, if None), not copied.

        Raises BrokenIndex if they differ from what was written or are outside the file.
        """
        end = self.size if end is None else end
        if not 0 <= start <= end <= self.size:
            raise BrokenIndex(self._damaged)
        if start == end:
            return self._bytes[:0]
        size = self._block
        last = (end - 1) // size
        block = start // size
        while (block := self._seen.find(0, block, last + 1)) >= 0:
            crc = _crc(self._bytes[block * size : (block + 1) * size])
            if crc != self._blocks[block * _DIGITS : (block + 1) * _DIGITS]:
                raise BrokenIndex(self._damaged)
            self._seen[block] = 1
        return self._bytes[start:end]

    def copy(self, start: int, end: int) -> bytes:
        """Like `read`, but copied, and without mapping the bytes if the system allows it.

        Mapped bytes count as memory of this process once touched, in pieces of 64 KB.
        """
        if _PREAD is None or self._handle is None:
            return bytes(self.read(start, end))
        if not 0 <= start <= end <= self.size:
            raise BrokenIndex(self._damaged)
        if start == end:
            return b""
        size = self._block
        first, last = start // size, (end - 1) // size
        seen = self._seen.find(0, first, last + 1) < 0
        begin = start if seen else first * size
        data = _PREAD(self._handle, (end if seen else (last + 1) * size) - begin, begin)
        for block in () if seen else range(first, last + 1):
            crc = _crc(data[(block - first) * size : (block - first + 1) * size])
            if crc != self._blocks[block * _DIGITS : (block + 1) * _DIGITS]:
                raise BrokenIndex(self._damaged)
            self._seen[block] = 1
        data = data[start - begin : end - begin]
        if len(data) != end - start:  # truncated since it was opened
            raise BrokenIndex(self._damaged)
        return data

    def unread(self) -> memoryview:
        """All bytes, unverified: call `read` on a range before using it."""
        return self._bytes

    def read_ends(self) -> None:
        """Verify the first and last block, in which files of different generations already differ."""
        self.read(0, min(1, self.size))
        self.read(max(0, self.size - 1))


def faults(folder: Path, manifest: Manifest) -> Iterator[str]:
    """Parts that differ from the manifest by size or sha256, one sentence each."""
    for name, part in manifest.parts.items():
        try:
            actual = part_of(folder / name, part.block)
        except OSError as error:
            yield f"{name}: cannot be read ({error.strerror})"
            continue
        if actual.bytes != part.bytes:
            yield f"{name}: {actual.bytes} bytes, expected {part.bytes}"
        elif actual != part:
            yield f"{name}: checksum differs from the manifest"


def _covered(part: Part) -> int:
    """The size of the part if it has one checksum per block; otherwise an impossible size."""
    return part.bytes if len(part.blocks) == -(-part.bytes // part.block) * _DIGITS else -1


def _crc(data: bytes | memoryview) -> str:
    return f"{zlib.crc32(data):08x}"


def _seal(fields: dict[str, object]) -> str:
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()
