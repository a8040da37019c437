"""Make, switch and remove the generations of a vectors folder.

A new generation is written to a folder of its own. One rename makes it a generation, another one serves it:
whoever is interrupted leaves the served generation as it was. `qa.storage.generations` opens them.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from qa.errors import BrokenIndex, StoreError
from qa.storage import locks
from qa.storage import manifest as manifests
from qa.storage.generations import CURRENT, current, names
from qa.storage.manifest import Manifest

KEEP = 3  # generations left after a build, the new one among them
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


def start(vectors: Path, generation: str) -> Path:
    """Make an empty folder in `vectors` to write the parts of a new generation into.

    Leftovers of builds that were killed are removed first: call it only while holding the lock.
    Raises StoreError where the folder cannot be written.
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
            f"The folder {vectors} cannot be written ({error.strerror}); name another with --vectors."
        ) from error
    return folder


def finish(vectors: Path, folder: Path, manifest: Manifest, fine: Collection[str] = ()) -> Manifest:
    """Write the manifest of the parts in `folder`, make it a generation, and serve it.

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


def _clear_current(vectors: Path) -> None:
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
    temporary = vectors / f".{CURRENT}-{os.getpid()}"
    temporary.write_bytes(generation.encode())
    _sync(temporary)
    os.replace(temporary, vectors / CURRENT)
    _sync(vectors)


def rollback(vectors: Path) -> Manifest:
    """Serve the newest whole generation that is older than the served one.

    Raises StoreError where there is none, where a build is running, or where the folder cannot be written.
    """
    if not vectors.is_dir():
        raise StoreError(f"There is no index in {vectors} to go back to; run `qa build`.")
    with locks.writing(vectors):
        older = _newest_whole(vectors, before=_served_name(vectors))
        if older is None:
            raise StoreError(f"There is no older generation in {vectors} to go back to; run `qa build`.")
        _clear_current(vectors)
        try:
            make_current(vectors, older.generation)
        except OSError as error:
            raise StoreError(
                f"The folder {vectors} cannot be written ({error.strerror}); the index is as it was."
            ) from error
    return older


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
        try:
            manifest = manifests.read(vectors / name)
        except BrokenIndex:
            continue
        if not any(manifests.faults(vectors / name, manifest)):
            return manifest
    return None


def prune(vectors: Path, keep: int = KEEP) -> None:
    """Remove all but the newest `keep` generations; never the current one, nor one that is open anywhere.

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
        except OSError:  # open, on Windows; it goes with the next build
            return
    shutil.rmtree(removed, ignore_errors=True)


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
