"""Interface of an index file for its readers."""

from __future__ import annotations

from typing import Protocol


class Sealed(Protocol):
    """A file of an index. Reading verifies checksums and raises BrokenIndex on a mismatch."""

    @property
    def size(self) -> int:
        """Bytes of the file."""

    def read(self, start: int = 0, end: int | None = None) -> memoryview:
        """The bytes from `start` to `end` (of the file, if None), not copied."""

    def copy(self, start: int, end: int) -> bytes:
        """The bytes from `start` to `end`, copied; for small reads scattered over a large file."""

    def unread(self) -> memoryview:
        """All bytes, unverified: call `read` on a range before using it."""
