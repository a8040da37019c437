"""A fingerprint of how files are read: it changes whenever the same file might give other articles."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from functools import cache
from pathlib import Path

from qa.corpus.formats import FORMATS

_PACKAGES = ("qa/corpus", "qa/text")  # whose code decides what is in an article


@cache
def fingerprint() -> str:
    """Checksum of the code that reads files, and of where its libraries are and when they were installed."""
    checksum = hashlib.sha256(sys.version.encode())
    root = Path(__file__).resolve().parents[2]
    for package in _PACKAGES:
        for path in sorted((root / package).rglob("*")):
            if path.suffix in {".py", ".json"}:
                checksum.update(path.read_bytes())
    for library in sorted({kind.library for kind in FORMATS.values()} - {""}):
        spec = importlib.util.find_spec(library)
        if spec is not None and spec.origin is not None:
            status = Path(spec.origin).stat()
            checksum.update(f"{library} {spec.origin} {status.st_size} {status.st_mtime_ns}".encode())
    return checksum.hexdigest()
