"""Small generations without an index in them, for the tests of storage."""

from __future__ import annotations

from pathlib import Path

from qa.storage import publishing
from qa.storage.manifest import Manifest


def make(vectors: Path, name: str, data: bytes = b"data") -> Manifest:
    """Publish a generation of two files."""
    folder = publishing.start(vectors, name)
    (folder / "sub").mkdir()
    (folder / "part").write_bytes(data)
    (folder / "sub" / "part").write_bytes(data * 2)
    manifest = Manifest(name, publishing.now(), "m", "f", 3, {"size": 700}, "c", 1, 2, {})
    return publishing.finish(vectors, folder, manifest)
