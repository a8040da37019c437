"""Make, switch and remove the generations of a vectors folder.

A new generation is written to a folder of its own. One rename makes it a generation, another one serves it:
whoever is interrupted leaves the served generation as it was. `qa.storage.generations` opens them.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from qa.errors import BrokenIndex, StoreError
from qa.storage import locks
from qa.storage import manifest as manifests
from qa.storage.generations import CURRENT, current, names
from qa.storage.manifest import Manifest

KEEP = 3  # generations kept after a build, including the new one
_BUILDING = ".building-"
_REMOVING = ".removing-"
_STAMP = "%Y%m%dT%H%M%S%f"


def now() -> str:
    """Current time in UTC, ISO 8601, to the second."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def new_name(vectors: Path) -> str:
    """A name for the next generation; see `name_after`."""
    return name_after(names(vectors)[:1])


def name_after(newest_names: Iterable[str]) -> str:
    """A name for a generation: UTC time, so that names sort by age, and a random tail.

    It sorts after those given, even if the clock was set back.
    """
    moment = datetime.now(UTC)
    for name in newest_names:
        try:
            newest = datetime.strptime(name.split("-")[0], _STAMP).replace(tzinfo=UTC)
        except ValueError:
            continue
        moment = max(moment, newest + timedelta(microseconds=1))
    return f"{moment.strftime(_STAMP)}-{secrets.token_hex(3)}"


def start(vectors: Path, generation: str) -> Path:
    """Make an empty folder in `vectors` to write the parts of a new generation into.

    Leftovers of killed builds are removed first, so call it only while holding the lock. Raises StoreError if
    the folder cannot be written.
    """
    try:
        vectors.mkdir(parents=True, exist_ok=True)
        for leftover in (*vectors.glob(f"{_BUILDING}*"), *vectors.glob(f"{_REMOVING}*")):
            shutil.rmtree(leftover)
        for leftover in (*vectors.glob(f".{CURRENT}-*"), *vectors.glob(f"{locks.HOLDER}.*")):
            leftover.unlink()
        _clear_current(vectors)
        folder = vectors / f"{_BUILDING}{generation}"
        folder.mkdir()
    except OSError as error:
        raise StoreError(
            f"Cannot write to {vectors} ({error.strerror}). Choose another folder with --vectors."
        ) from error
    return folder


def finish(vectors: Path, folder: Path, manifest: Manifest, fine: Collection[str] = ()) -> Manifest:
    """Write the manifest of the parts in `folder`, make it a generation, and serve it.

    Parts named in `fine` get checksums of small blocks. Everything is on disk before anything refers to it.
    Raises OSError on failure; the served generation is then unchanged.
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


def _clear_current(vectors: Path) -> None:
    """Remove an empty folder at the path of the file `current`, as container runtimes create for a missing
    file.

    Raises StoreError if it is not empty.
    """
    path = vectors / CURRENT
    if path.is_dir() and not path.is_symlink():
        try:
            path.rmdir()
        except OSError as error:
            raise StoreError(
                f"A file is expected at {path}, but there is a folder. Move the folder elsewhere."
            ) from error


def make_current(vectors: Path, generation: str) -> None:
    """Make `generation` the served one, by one atomic rename."""
    temporary = vectors / f".{CURRENT}-{os.getpid()}"
    temporary.write_bytes(generation.encode())
    _sync(temporary)
    os.replace(temporary, vectors / CURRENT)
    _sync(vectors)


def rollback(vectors: Path) -> Manifest:
    """Serve the newest intact generation older than the served one.

    Raises StoreError if there is none, a build is running, or the folder cannot be written.
    """
    if not vectors.is_dir():
        raise StoreError(f"There is no index in {vectors} to roll back to. Run `qa build`.")
    with locks.writing(vectors):
        older = _newest_whole(vectors, before=_served_name(vectors))
        if older is None:
            raise StoreError(
                f"There is no earlier generation in {vectors} to roll back to. Run `qa build` to create "
                "a new one."
            )
        _switch(vectors, older.generation)
    return older


def switch(vectors: Path, generation: str) -> Manifest:
    """Serve another generation, older or newer.

    Raises StoreError if it is missing or damaged, a build is running, or the folder cannot be written.
    """
    if generation in names(vectors):
        with locks.writing(vectors):
            if manifest := _whole(vectors, generation):
                _switch(vectors, generation)
                return manifest
    raise StoreError("This version no longer exists or is damaged. Choose another one.")


def _switch(vectors: Path, generation: str) -> None:
    """Serve a generation, holding the lock. Raises StoreError."""
    _clear_current(vectors)
    try:
        make_current(vectors, generation)
    except OSError as error:
        raise StoreError(
            f"Cannot write to {vectors} ({error.strerror}). The index is unchanged; check the "
            "folder's permissions and free space."
        ) from error


def _served_name(vectors: Path) -> str:
    """Name of the served generation; "" where nothing can be served."""
    try:
        return current(vectors)
    except BrokenIndex:
        return ""


def _newest_whole(vectors: Path, *, before: str) -> Manifest | None:
    """The newest generation without faults that is older than `before`, or of all where that is ""."""
    for name in names(vectors):
        if before and name >= before:
            continue
        if manifest := _whole(vectors, name):
            return manifest
    return None


def _whole(vectors: Path, generation: str) -> Manifest | None:
    """The manifest of a generation; None if it has a fault."""
    try:
        manifest = manifests.read(vectors / generation)
    except BrokenIndex:
        return None
    return None if any(manifests.faults(vectors / generation, manifest)) else manifest


def prune(vectors: Path, keep: int = KEEP) -> None:
    """Remove all but the newest `keep` generations, but never the current one or one that is open anywhere.

    Call it only while holding the lock.
    """
    name = current(vectors)
    for old in names(vectors)[keep:]:
        if old != name:
            _remove(vectors, old)


def _remove(vectors: Path, generation: str) -> None:
    removed = vectors / f"{_REMOVING}{generation}"
    with locks.alone(vectors / generation / manifests.FILE) as alone:
        if not alone:
            return
        try:
            os.replace(vectors / generation, removed)
        except OSError:  # open on Windows; the next build removes it
            return
    shutil.rmtree(removed, ignore_errors=True)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _sync(path: Path) -> None:
    """Flush a file or a folder's entries to disk."""
    if path.is_dir() and os.name == "nt":  # folders cannot be opened there
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
