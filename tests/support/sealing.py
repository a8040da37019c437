"""Files as an opened generation hands them to its parts, without a generation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qa.storage.manifest import SealedFile, part_of


def sealed(path: Path) -> SealedFile:
    return SealedFile(path.parent, path.name, part_of(path))


def parts(folder: Path) -> Callable[[str], SealedFile]:
    """Opens the files below a folder by their names."""
    return lambda name: SealedFile(folder, name, part_of(folder / name))
