"""What the writers of an index's parts have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self


class Writer(ABC):
    """Writes a part row by row. A `with` block completes it, unless the block fails, and closes its files."""

    @abstractmethod
    def complete(self) -> None:
        """Write what is known only once all rows are there."""

    @abstractmethod
    def close(self) -> None:
        """Close the files."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.complete()
        finally:
            self.close()
