from __future__ import annotations

from pathlib import Path

import pytest

from qa.embedding import default_model
from tests.support.weights import small_file


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small random model as a folder of sentence-transformers; not to be changed."""
    place = tmp_path_factory.mktemp("model")
    (place / "small.bin").write_bytes(small_file())
    return default_model.unpack(place / "small.bin", place / "cache")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / "small.bin"
    file.write_bytes(small_file())
    return file
