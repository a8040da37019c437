"""Generations on disk: one folder each, described by a manifest, made current by one rename.

    vectors/
        current                 name of the served generation
        <generation>/
            manifest.json       model, counts, and size and checksums of each part
            …                   the parts

This module finds and opens them; `qa.storage.publishing` writes and removes them. Neither knows what the
parts mean.
"""

from __future__ import annotations

import os
import weakref
from pathlib import Path

from qa.errors import BrokenIndex, NoIndex
from qa.storage import locks
from qa.storage import manifest as manifests
from qa.storage.manifest import REBUILD, Manifest, SealedFile
from qa.types import Listed

CURRENT = "current"
# An index up to this size is verified completely when it is opened (0.1 s). For a larger one, sizes and the
# ends of its parts are verified first, and the rest as it is read.
WHOLE_BYTES = 64_000_000


def names(vectors: Path) -> list[str]:
    """All finished generations, newest first."""
    folders = (path.parent.name for path in vectors.glob(f"*/{manifests.FILE}"))
    return sorted((name for name in folders if not name.startswith(".")), reverse=True)


def current(vectors: Path) -> str:
    """Name of the served generation; "" if nothing was built yet."""
    try:
        name = (vectors / CURRENT).read_text("utf-8").strip()
    except FileNotFoundError as error:
        if names(vectors):
            raise BrokenIndex(
                f"The file {CURRENT} in {vectors} is missing. Run `qa rollback` or `qa build`."
            ) from error
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise BrokenIndex(f"The index in {vectors} cannot be read. {REBUILD}.") from error
    if name != Path(name).name or name in {"", ".", ".."}:
        raise BrokenIndex(f"The file {CURRENT} in {vectors} does not name a generation. {REBUILD}.")
    return name


def served(vectors: Path) -> Manifest:
    """The manifest of the served generation. Reads no part.

    Raises NoIndex where nothing was built yet, BrokenIndex where the manifest cannot be read.
    """
    generation = current(vectors)
    if not generation:
        raise NoIndex(f"There is no index in {vectors} yet. Run `qa build`.")
    return manifests.read(vectors / generation)


class Generation:
    """An open generation: its manifest and parts. No build removes it until it is closed."""

    def __init__(self, folder: Path) -> None:
        """Raises BrokenIndex if it is damaged; `WHOLE_BYTES` decides how much is verified."""
        self.folder = folder
        try:
            handle = locks.share(folder / manifests.FILE)
        except OSError as error:
            raise BrokenIndex(f"The manifest of {folder.name} is missing or damaged. {REBUILD}.") from error
        self.close = weakref.finalize(self, os.close, handle)
        self.manifest = manifests.read(folder)
        self._files = {name: SealedFile(folder, name, part) for name, part in self.manifest.parts.items()}
        for file in self._files.values():
            if self.manifest.bytes <= WHOLE_BYTES:
                file.read()
            else:
                file.read_ends()

    def part(self, name: str) -> SealedFile:
        """Open a part. Raises BrokenIndex if there is none of this name."""
        if name not in self._files:
            raise BrokenIndex(f"The generation {self.folder.name} has no part {name}. {REBUILD}.")
        return self._files[name]


def open_served(vectors: Path) -> Generation:
    """Open the served generation.

    Raises NoIndex where there is none, BrokenIndex where a part does not match its manifest.
    """
    while True:
        name = served(vectors).generation
        try:
            opened = Generation(vectors / name)
        except BrokenIndex:
            if current(vectors) == name:
                raise
            continue  # a build switched and removed it in the meantime: open the new one
        if current(vectors) == name:  # from here on it cannot be removed
            return opened
        opened.close()


def listing(vectors: Path) -> list[Listed]:
    """The generations with a readable manifest, newest first."""
    try:
        name = current(vectors)
    except BrokenIndex:
        name = ""
    rows = []
    for generation in names(vectors):
        try:
            m = manifests.read(vectors / generation)
        except BrokenIndex:
            continue
        rows.append(Listed(generation, m.built, m.model, m.articles, m.passages, m.bytes, generation == name))
    return rows
