"""A file of an index as its readers see it."""

from __future__ import annotations

from typing import Protocol


class Sealed(Protocol):
    """A file of an index: what is read of it is what was written, or BrokenIndex is raised."""

    @property
    def size(self) -> int:
        """Bytes of the file."""

    def read(self, start: int = 0, end: int | None = None) -> memoryview:
        """The bytes from `start` to `end` (of the file, if None), not copied."""

    def copy(self, start: int, end: int) -> bytes:
        """The bytes from `start` to `end`, copied: for small reads all over a large file."""

    def unread(self) -> memoryview:
        """All bytes, not compared with anything: whoever looks at some of them calls `read` first."""
