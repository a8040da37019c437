"""Passages are embedded by the workers of a Ray cluster as they are here, whatever dies meanwhile."""

from __future__ import annotations

import gc
import importlib.util
import os
import signal
import warnings
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from qa.cluster.ray_embedding import LOCAL, ray_readers
from qa.embedding.base import Reading
from qa.errors import EncoderError, StoreError
from qa.index.build import build
from qa.index.snapshot import Snapshot
from tests.support.standin import StandIn

marks = [
    pytest.mark.cluster,
    pytest.mark.skipif(
        importlib.util.find_spec("ray") is None,
        reason="the package `ray` is not installed: run `make cluster`",
    ),
    # Ray leaves sockets and files to the end of the process
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]
pytestmark = marks


class Mortal(StandIn):
    """Dies with its process when it first reads a text, and leaves a note that it did."""

    def __init__(self, notes: Path, deaths: int) -> None:
        super().__init__()
        self._notes, self._deaths = notes, deaths

    def read(self, texts: list[str], *, query: bool = False) -> list[Reading]:  # type: ignore[override]
        if len(list(self._notes.iterdir())) < self._deaths:
            (self._notes / str(os.getpid())).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().read(texts, query=query)


@pytest.fixture(scope="module", autouse=True)
def cluster() -> Iterator[None]:
    """One start for all tests."""
    with ray_readers(LOCAL, StandIn(), StandIn):
        yield
    with warnings.catch_warnings():  # Ray forgets the processes that it has ended
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


class Other(StandIn):
    fingerprint = "stand-in-2"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    for number in range(40):
        text = "\n\n".join(f"Am Pegel {number} steht das Wasser {place} cm hoch." * 9 for place in range(4))
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")
    return folder


def stored(vectors: Path) -> list[tuple[bytes, bytes]]:
    """The vector and the token states of every row."""
    snapshot = Snapshot.open(vectors)
    rows = range(snapshot.manifest.passages)
    found = [
        (snapshot.dense.vectors([row]).tobytes(), bytes(snapshot.token_states.record(row))) for row in rows
    ]
    snapshot.close()
    return found


@pytest.fixture(scope="module")
def expected(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[bytes, bytes]]:
    vectors = tmp_path_factory.mktemp("vectors")
    build(corpus, vectors, encoder=StandIn())
    return stored(vectors)


def test_records_are_those_of_a_local_build(
    corpus: Path, expected: list[tuple[bytes, bytes]], tmp_path: Path
) -> None:
    build(corpus, tmp_path, encoder=StandIn(), readers=partial(ray_readers, LOCAL, load=StandIn, workers=2))
    assert stored(tmp_path) == expected


def test_the_batch_of_a_dead_worker_is_given_to_another(
    corpus: Path, expected: list[tuple[bytes, bytes]], tmp_path: Path
) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    readers = partial(ray_readers, LOCAL, load=partial(Mortal, notes, 3), workers=2)
    build(corpus, tmp_path / "v", encoder=StandIn(), readers=readers)
    assert len(list(notes.iterdir())) == 3
    assert stored(tmp_path / "v") == expected


def test_a_batch_that_kills_every_worker_ends_the_build(corpus: Path, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    readers = partial(ray_readers, LOCAL, load=partial(Mortal, notes, 99), workers=1)
    with pytest.raises(StoreError, match="workers of the Ray cluster died"):
        build(corpus, tmp_path / "v", encoder=StandIn(), readers=readers)
    assert not list((tmp_path / "v").glob("2*"))


def test_a_worker_with_another_model_is_refused(corpus: Path, tmp_path: Path) -> None:
    readers = partial(ray_readers, LOCAL, load=Other, workers=1)
    with pytest.raises(EncoderError, match="different version of the model"):
        build(corpus, tmp_path, encoder=StandIn(), readers=readers)


def test_no_cluster_is_an_error_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ray.is_initialized", lambda: False)
    with pytest.raises(StoreError, match="cannot be reached"), ray_readers("127.0.0.1:1", StandIn()):
        pass
