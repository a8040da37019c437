"""Generations on disk: one folder each, tied together by a manifest, made current by one rename.

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
# An index up to this size is compared with its checksums whole when it is opened (0.1 s); of a larger one
# the sizes and the ends of its parts are, and the rest where it is read.
WHOLE_BYTES = 64_000_000


def names(vectors: Path) -> list[str]:
    """All finished generations, the newest first."""
    folders = (path.parent.name for path in vectors.glob(f"*/{manifests.FILE}"))
    return sorted((name for name in folders if not name.startswith(".")), reverse=True)


def current(vectors: Path) -> str:
    """Name of the served generation; "" where nothing was built yet."""
    try:
        name = (vectors / CURRENT).read_text("utf-8").strip()
    except FileNotFoundError as error:
        if names(vectors):
            raise BrokenIndex(
                f"The file {CURRENT} in {vectors} is missing; run `qa rollback` or `qa build`."
            ) from error
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise BrokenIndex(f"The index in {vectors} cannot be read; {REBUILD}.") from error
    if name != Path(name).name or name in {"", ".", ".."}:
        raise BrokenIndex(f"The file {CURRENT} in {vectors} names no generation; {REBUILD}.")
    return name


def served(vectors: Path) -> Manifest:
    """The manifest of the served generation. Reads no part.

    Raises NoIndex where nothing was built yet, BrokenIndex where the manifest cannot be read.
    """
    generation = current(vectors)
    if not generation:
        raise NoIndex(f"There is no index in {vectors} yet; run `qa build`.")
    return manifests.read(vectors / generation)


class Generation:
    """An opened generation: its manifest and its parts; no build removes it until it is closed."""

    def __init__(self, folder: Path) -> None:
        """Raises BrokenIndex where it is not whole, as far as `WHOLE_BYTES` says."""
        self.folder = folder
        try:
            handle = locks.share(folder / manifests.FILE)
        except OSError as error:
            raise BrokenIndex(f"The manifest of {folder.name} is missing or damaged; {REBUILD}.") from error
        self.close = weakref.finalize(self, os.close, handle)
        self.manifest = manifests.read(folder)
        self._files = {name: SealedFile(folder, name, part) for name, part in self.manifest.parts.items()}
        for file in self._files.values():
            if self.manifest.bytes <= WHOLE_BYTES:
                file.read()
            else:
                file.read_ends()

    def part(self, name: str) -> SealedFile:
        """One of its parts; BrokenIndex where it has none of this name."""
        if name not in self._files:
            raise BrokenIndex(f"The generation {self.folder.name} has no part {name}; {REBUILD}.")
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
            continue  # a build switched and removed it meanwhile: take the new one
        if current(vectors) == name:  # from here on nobody removes it
            return opened
        opened.close()


def listing(vectors: Path) -> list[Listed]:
    """The generations whose manifest can be read, the newest first."""
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
