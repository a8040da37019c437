from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qa.errors import BrokenIndex, NoIndex
from qa.index.build import build
from qa.index.snapshot import Snapshot
from qa.storage import generations, manifest
from tests.support.standin import StandIn


@pytest.fixture
def vectors(tmp_path: Path, encoder: StandIn) -> Path:
    corpus = tmp_path / "c"
    corpus.mkdir()
    (corpus / "a.txt").write_text("Achtzehn Soldaten sind desertiert. Die Armee sucht sie.", encoding="utf-8")
    (corpus / "b.txt").write_text("Der Bodensee ist 251 Meter tief.", encoding="utf-8")
    build(corpus, tmp_path / "v", encoder=encoder)
    return tmp_path / "v"


def test_the_parts_have_the_same_rows(vectors: Path) -> None:
    opened = Snapshot.open(vectors)
    assert opened.manifest.generation == generations.current(vectors)
    assert opened.documents.passage_count == opened.dense.count == opened.bm25.count == 2
    assert opened.token_states.count == 2
    assert opened.same_rows
    assert list(opened.faults()) == []
    opened.close()


@pytest.mark.parametrize(("field", "faults"), [("passages", 4), ("articles", 1)])
def test_parts_of_different_size_are_refused(vectors: Path, field: str, faults: int) -> None:
    opened = generations.open_served(vectors)
    opened.manifest = replace(opened.manifest, **{field: 3})
    snapshot = Snapshot(opened)
    assert len(list(snapshot.faults())) == faults
    assert snapshot.same_rows == (field != "passages")
    manifest.write(opened.folder, opened.manifest)
    with pytest.raises(BrokenIndex, match="do not match"):
        Snapshot.open(vectors)


def test_vectors_of_another_dimension_are_refused(vectors: Path) -> None:
    opened = generations.open_served(vectors)
    opened.manifest = replace(opened.manifest, dimension=32)
    with pytest.raises(BrokenIndex):
        Snapshot(opened)


def test_without_an_index_there_is_none_to_open(tmp_path: Path) -> None:
    with pytest.raises(NoIndex, match="qa build"):
        Snapshot.open(tmp_path)


def test_a_closed_snapshot_lets_a_build_remove_its_generation(vectors: Path, encoder: StandIn) -> None:
    opened = Snapshot.open(vectors)
    name = opened.manifest.generation
    for _ in range(4):
        build(vectors.parent / "c", vectors, encoder=encoder, fresh=True)
    assert name in generations.names(vectors)
    opened.close()
    build(vectors.parent / "c", vectors, encoder=encoder, fresh=True)
    assert name not in generations.names(vectors)
