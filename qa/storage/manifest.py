"""What a generation of the index is made of, and proof that what is read of it is what was written.

The manifest names every file with its size, its sha256 and the CRC-32 of each of its blocks. The
blocks let a large file be opened without reading it and still be checked wherever it is read. This
module knows nothing of what the files mean, nor which generation is served.
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

FORMAT = 2  # of the folder and its parts; another number is refused
FILE = "manifest.json"
# A block is the least that is read to trust a byte of it: 0.3 ms at the 0.9 GB/s that zlib was
# measured at, and the list of its checksums is 32 KB in the manifest for each GB of an index.
BLOCK = 1 << 18  # bytes
# Of a file of which a few bytes are read here and there: a vector of 384 floats lies in one or two of these
# and is compared in 10 µs. The list of checksums is 2 MB for each GB.
FINE_BLOCK = 1 << 12  # bytes
_DIGITS = 8  # hexadecimal digits of a CRC-32
# Reads at a place of a file; some systems have none.
_PREAD: Callable[[int, int, int], bytes] | None = getattr(os, "pread", None)
REBUILD = "run `qa build --fresh`"


@dataclass(frozen=True, slots=True)
class Part:
    """Size and checksums of one file of a generation."""

    bytes: int
    sha256: str
    blocks: str  # CRC-32 of each block, in hexadecimal digits, one after the other
    block: int = BLOCK  # bytes


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation is made of; whatever does not match it is refused."""

    generation: str
    built: str  # ISO 8601, UTC
    model: str
    fingerprint: str  # of the model
    dimension: int
    settings: dict[str, str | int]  # of everything that makes rows of articles
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
    """Size and checksums of a file; smaller blocks are for one that is read a few bytes here and there."""
    whole, blocks, size = hashlib.sha256(), [], 0
    with path.open("rb") as file:
        while block := file.read(block_size):
            whole.update(block)
            blocks.append(_crc(block))
            size += len(block)
    return Part(size, whole.hexdigest(), "".join(blocks), block_size)


def write(folder: Path, manifest: Manifest) -> None:
    """Write the manifest of the parts in `folder`, with a checksum of itself."""
    fields = asdict(manifest)
    text = json.dumps({**fields, "seal": _seal(fields)}, ensure_ascii=False, indent=1)
    (folder / FILE).write_text(text, encoding="utf-8")


def read(folder: Path) -> Manifest:
    """The manifest in a generation's folder; BrokenIndex where it is missing, damaged or another's."""
    try:
        fields = json.loads((folder / FILE).read_text("utf-8"))
        if fields["format"] != FORMAT:
            raise BrokenIndex(
                f"The index has format {fields['format']}, this program reads {FORMAT}; {REBUILD}."
            )
        if fields.pop("seal") != _seal(fields):
            raise ValueError
        parts = {name: Part(**part) for name, part in fields.pop("parts").items()}
        manifest = Manifest(**fields, parts=parts)
    except (OSError, UnicodeDecodeError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BrokenIndex(f"The manifest of {folder.name} is missing or damaged; {REBUILD}.") from error
    if manifest.generation != folder.name:
        raise BrokenIndex(f"The manifest of {folder.name} belongs to {manifest.generation}; {REBUILD}.")
    return manifest


class SealedFile:
    """A part, memory-mapped; a block is compared with its checksum before it is first read."""

    def __init__(self, folder: Path, name: str, part: Part) -> None:
        """Raises BrokenIndex where the file is missing or has another size."""
        self._damaged = f"The part {name} of generation {folder.name} is missing or damaged; {REBUILD}."
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
        self._seen = bytearray(len(part.blocks) // _DIGITS)  # 1 for each block that was compared

    def read(self, start: int = 0, end: int | None = None) -> memoryview:
        """The bytes from `start` to `end` (of the file, if None), not copied.

        Raises BrokenIndex where they are not those that were written, or not in the file.
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
        """What `read` gives, but copied, and without mapping the bytes where the system allows it.

        A mapped file is counted as memory of this process wherever it was looked at, with 64 KB around.
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
        if len(data) != end - start:  # cut short since it was opened
            raise BrokenIndex(self._damaged)
        return data

    def unread(self) -> memoryview:
        """All bytes, not compared with anything: whoever looks at some of them calls `read` first."""
        return self._bytes

    def read_ends(self) -> None:
        """Compare the first and the last block: files of two generations differ there already."""
        self.read(0, min(1, self.size))
        self.read(max(0, self.size - 1))


def faults(folder: Path, manifest: Manifest) -> Iterator[str]:
    """What of the parts is not as it was written, by size and sha256, one sentence each."""
    for name, part in manifest.parts.items():
        try:
            actual = part_of(folder / name, part.block)
        except OSError as error:
            yield f"{name}: cannot be read ({error.strerror})"
            continue
        if actual.bytes != part.bytes:
            yield f"{name}: has {actual.bytes} bytes, {part.bytes} were written"
        elif actual != part:
            yield f"{name}: its checksum is not that of the manifest"


def _covered(part: Part) -> int:
    """The size of the part, if it has as many checksums as blocks; else no size."""
    return part.bytes if len(part.blocks) == -(-part.bytes // part.block) * _DIGITS else -1


def _crc(data: bytes | memoryview) -> str:
    return f"{zlib.crc32(data):08x}"


def _seal(fields: dict[str, object]) -> str:
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()
