"""Generations on disk: one folder each, tied together by a manifest, made current by one rename.

    vectors/
        current                 name of the served generation
        <generation>/
            manifest.json       model, counts, and size and sha256 of each part
            …                   the parts

Knows folders and checksums, not what the parts mean.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from qa.errors import BrokenIndex, StoreError

FORMAT = 1  # of the folder and its parts; another number is refused
KEEP = 3  # generations left after a build, the new one among them
MANIFEST = "manifest.json"
CURRENT = "current"
_BUILDING = ".building-"
_REBUILD = "run `qa build --fresh`"


@dataclass(frozen=True, slots=True)
class Part:
    """Size and checksum of one file of a generation."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation is made of; whatever does not match it is refused."""

    generation: str
    built: str  # ISO 8601, UTC
    model: str
    fingerprint: str  # of the model
    dimension: int
    settings: dict[str, str | int]  # of the splitter and the kept states
    corpus: str  # sha256 over ids and checksums of the articles
    articles: int
    passages: int
    parts: dict[str, Part]  # path below the folder, "/"-separated
    format: int = FORMAT


def now() -> str:
    """This moment, ISO 8601, UTC, in seconds."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def new_name() -> str:
    """A generation's name: UTC time, so that names sort by age, and a random tail."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"


def start(vectors: Path, generation: str) -> Path:
    """An empty folder beside the generations to write the parts of a new one into.

    Leftovers of builds that were killed are removed first: call it only while holding the lock.
    Raises StoreError where the folder cannot be written.
    """
    try:
        vectors.mkdir(parents=True, exist_ok=True)
        for leftover in vectors.glob(f"{_BUILDING}*"):
            shutil.rmtree(leftover)
        folder = vectors / f"{_BUILDING}{generation}"
        folder.mkdir()
    except OSError as error:
        raise StoreError(
            f"The folder {vectors} cannot be written ({error.strerror}); name another with --vectors."
        ) from error
    return folder


def finish(vectors: Path, folder: Path, manifest: Manifest) -> Manifest:
    """Write the manifest over the parts in `folder`, make it a generation, and make it current."""
    parts = {path.relative_to(folder).as_posix(): _part(path) for path in _files(folder)}
    manifest = replace(manifest, parts=parts)
    _write(folder / MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode())
    for path in (*_files(folder), *(p for p in folder.rglob("*") if p.is_dir()), folder):
        _sync(path)
    os.replace(folder, vectors / manifest.generation)
    make_current(vectors, manifest.generation)
    return manifest


def make_current(vectors: Path, generation: str) -> None:
    """Serve `generation` from now on: one atomic rename."""
    beside = vectors / f".{CURRENT}-{os.getpid()}"
    _write(beside, generation.encode())
    _sync(beside)
    os.replace(beside, vectors / CURRENT)
    _sync(vectors)


def current(vectors: Path) -> str:
    """Name of the served generation; "" where nothing was built yet."""
    try:
        name = (vectors / CURRENT).read_text("utf-8").strip()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise BrokenIndex(f"The index in {vectors} cannot be read; {_REBUILD}.") from error
    if name != Path(name).name or name in {"", ".", ".."}:
        raise BrokenIndex(f"The file {CURRENT} in {vectors} names no generation; {_REBUILD}.")
    return name


def load(vectors: Path, *, check: bool = True) -> tuple[Path, Manifest]:
    """Folder and manifest of the served generation; `check` compares every checksum.

    Raises BrokenIndex where there is none, or where a part does not match its manifest.
    """
    generation = current(vectors)
    if not generation:
        raise BrokenIndex(f"There is no index in {vectors} yet; run `qa build`.")
    folder = vectors / generation
    manifest = _read_manifest(folder)
    if manifest.generation != generation:
        raise BrokenIndex(f"The manifest of {generation} belongs to {manifest.generation}; {_REBUILD}.")
    for name, part in manifest.parts.items():
        path = folder / name
        if not path.is_file() or path.stat().st_size != part.bytes or (check and _part(path) != part):
            raise BrokenIndex(
                f"The part {name} of generation {generation} is missing or damaged; {_REBUILD}."
            )
    return folder, manifest


def prune(vectors: Path, keep: int = KEEP) -> None:
    """Remove all but the newest `keep` generations; never the current one."""
    served = current(vectors)
    names = sorted((path.parent.name for path in vectors.glob(f"*/{MANIFEST}")), reverse=True)
    for name in names[keep:]:
        if name != served:
            shutil.rmtree(vectors / name, ignore_errors=True)


def _read_manifest(folder: Path) -> Manifest:
    try:
        fields = json.loads((folder / MANIFEST).read_text("utf-8"))
        if fields["format"] != FORMAT:
            raise BrokenIndex(
                f"The index has format {fields['format']}, this program reads {FORMAT}; {_REBUILD}."
            )
        parts = {name: Part(**part) for name, part in fields.pop("parts").items()}
        return Manifest(**fields, parts=parts)
    except (OSError, UnicodeDecodeError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BrokenIndex(f"The manifest of {folder.name} is missing or damaged; {_REBUILD}.") from error


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _part(path: Path) -> Part:
    with path.open("rb") as file:
        return Part(path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)


def _sync(path: Path) -> None:
    """Have the system write a file or a folder's entries to disk."""
    if path.is_dir() and os.name == "nt":  # folders cannot be opened there
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
