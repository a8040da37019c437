"""Generations on disk: one folder each, tied together by a manifest, made current by one rename.

    vectors/
        current                 name of the served generation
        <generation>/
            manifest.json       model, counts, and size and checksums of each part
            …                   the parts

Knows folders, not what the parts mean.
"""

from __future__ import annotations

import os
import secrets
import shutil
import weakref
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from qa.errors import BrokenIndex, StoreError
from qa.storage import locks
from qa.storage import manifest as manifests
from qa.storage.manifest import REBUILD, Manifest, SealedFile
from qa.types import Listed

KEEP = 3  # generations left after a build, the new one among them
CURRENT = "current"
# An index up to this size is compared with its checksums whole when it is opened (0.1 s); of a larger one
# the sizes and the ends of its parts are, and the rest where it is read.
WHOLE_BYTES = 64_000_000
_BUILDING = ".building-"
_REMOVING = ".removing-"
_STAMP = "%Y%m%dT%H%M%S%f"


def now() -> str:
    """This moment, ISO 8601, UTC, in seconds."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def new_name(vectors: Path) -> str:
    """A name for the next generation: UTC time, so that names sort by age, and a random tail.

    It sorts behind all there are, even where the clock was set back.
    """
    moment = datetime.now(UTC)
    for name in names(vectors)[:1]:
        try:
            newest = datetime.strptime(name.split("-")[0], _STAMP).replace(tzinfo=UTC)
        except ValueError:
            continue
        moment = max(moment, newest + timedelta(microseconds=1))
    return f"{moment.strftime(_STAMP)}-{secrets.token_hex(3)}"


def names(vectors: Path) -> list[str]:
    """All finished generations, the newest first."""
    found = (path.parent.name for path in vectors.glob(f"*/{manifests.FILE}"))
    return sorted((name for name in found if not name.startswith(".")), reverse=True)


def start(vectors: Path, generation: str) -> Path:
    """An empty folder beside the generations to write the parts of a new one into.

    Leftovers of builds that were killed are removed first: call it only while holding the lock.
    Raises StoreError where the folder cannot be written.
    """
    try:
        vectors.mkdir(parents=True, exist_ok=True)
        for leftover in (*vectors.glob(f"{_BUILDING}*"), *vectors.glob(f"{_REMOVING}*")):
            shutil.rmtree(leftover)
        for leftover in (*vectors.glob(f".{CURRENT}-*"), *vectors.glob(f"{locks.HOLDER}.*")):
            leftover.unlink()
        _make_way(vectors)
        folder = vectors / f"{_BUILDING}{generation}"
        folder.mkdir()
    except OSError as error:
        raise StoreError(
            f"The folder {vectors} cannot be written ({error.strerror}); name another with --vectors."
        ) from error
    return folder


def finish(vectors: Path, folder: Path, manifest: Manifest, fine: Collection[str] = ()) -> Manifest:
    """Write the manifest over the parts in `folder`, make it a generation, and make it current.

    Parts named in `fine` get checksums of small blocks. Everything is on disk before anything refers to
    it. Raises OSError where that fails; the served generation is then as it was.
    """
    parts = {}
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        parts[name] = manifests.part_of(path, manifests.FINE_BLOCK if name in fine else manifests.BLOCK)
    manifest = replace(manifest, parts=parts)
    manifests.write(folder, manifest)
    for path in (*_files(folder), *(p for p in folder.rglob("*") if p.is_dir()), folder):
        _sync(path)
    os.replace(folder, vectors / manifest.generation)
    _sync(vectors)
    make_current(vectors, manifest.generation)
    return manifest


def _make_way(vectors: Path) -> None:
    """Remove an empty folder in the place of the file `current`, as a container leaves for a missing file.

    Raises StoreError where it is not empty.
    """
    path = vectors / CURRENT
    if path.is_dir() and not path.is_symlink():
        try:
            path.rmdir()
        except OSError as error:
            raise StoreError(f"The folder {path} is in the place of a file; move it away.") from error


def make_current(vectors: Path, generation: str) -> None:
    """Serve `generation` from now on: one atomic rename."""
    beside = vectors / f".{CURRENT}-{os.getpid()}"
    beside.write_bytes(generation.encode())
    _sync(beside)
    os.replace(beside, vectors / CURRENT)
    _sync(vectors)


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
    """The manifest of the served generation; BrokenIndex where there is none. Reads no part."""
    generation = current(vectors)
    if not generation:
        raise BrokenIndex(f"There is no index in {vectors} yet; run `qa build`.")
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

    Raises BrokenIndex where there is none, or where a part does not match its manifest.
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
    found = []
    for generation in names(vectors):
        try:
            m = manifests.read(vectors / generation)
        except BrokenIndex:
            continue
        found.append(
            Listed(generation, m.built, m.model, m.articles, m.passages, m.bytes, generation == name)
        )
    return found


def rollback(vectors: Path) -> Manifest:
    """Serve the newest whole generation that is older than the served one.

    Raises StoreError where there is none, where a build is running, or where the folder cannot be written.
    """
    if not vectors.is_dir():
        raise StoreError(f"There is no index in {vectors} to go back to; run `qa build`.")
    with locks.writing(vectors):
        try:
            name = current(vectors)
        except BrokenIndex:  # nothing is served; the newest will do
            name = ""
        for older in names(vectors):
            if name and older >= name:
                continue
            try:
                manifest = manifests.read(vectors / older)
            except BrokenIndex:
                continue
            if not any(manifests.faults(vectors / older, manifest)):
                _make_way(vectors)
                try:
                    make_current(vectors, older)
                except OSError as error:
                    raise StoreError(
                        f"The folder {vectors} cannot be written ({error.strerror}); the index is as it was."
                    ) from error
                return manifest
    raise StoreError(f"There is no older generation in {vectors} to go back to; run `qa build`.")


def prune(vectors: Path, keep: int = KEEP) -> None:
    """Remove all but the newest `keep` generations; never the current one, nor one that is open anywhere.

    Call it only while holding the lock.
    """
    name = current(vectors)
    for old in names(vectors)[keep:]:
        if old != name:
            _remove(vectors, old)


def _remove(vectors: Path, generation: str) -> None:
    aside = vectors / f"{_REMOVING}{generation}"
    with locks.alone(vectors / generation / manifests.FILE) as alone:
        if not alone:
            return
        try:
            os.replace(vectors / generation, aside)
        except OSError:  # open, on Windows; it goes with the next build
            return
    shutil.rmtree(aside, ignore_errors=True)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _sync(path: Path) -> None:
    """Have the system write a file or a folder's entries to disk."""
    if path.is_dir() and os.name == "nt":  # folders cannot be opened there
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
