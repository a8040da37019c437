from __future__ import annotations

import json
from pathlib import Path

import faiss
import numpy as np
import pytest

from qa.errors import BrokenIndex
from qa.index import dense, ivf
from qa.index.dense import DenseIndex
from qa.index.ivf import Clusters
from qa.storage.manifest import SealedFile, part_of
from qa.types import Vectors
from tests.support.sealing import parts

DIMENSION, COUNT, STORIES = 32, 6000, 120


def stories(seed: int, count: int = COUNT) -> Vectors:
    """Unit vectors around some centres, in no order; half-precision floats can hold them."""
    chance = np.random.default_rng(seed)
    centres = np.random.default_rng(7).standard_normal((STORIES, DIMENSION))
    rows = centres[chance.integers(0, STORIES, count)] + 0.5 * chance.standard_normal((count, DIMENSION))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16).astype(np.float32)


def saved(folder: Path, vectors: Vectors, old: Clusters | None = None, added: int = 0) -> DenseIndex:
    """The clustered vectors, as in a generation."""
    folder.mkdir(exist_ok=True)
    with dense.DenseWriter(folder / dense.FILE, DIMENSION) as writer:
        writer.add(vectors)
    blocks = lambda: dense.read_written(folder / dense.FILE, DIMENSION)  # noqa: E731
    ivf.save(folder, len(vectors), DIMENSION, blocks, old=old, added=added)
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    return DenseIndex.of(parts(folder), names, DIMENSION)


def groups(index: DenseIndex) -> Clusters:
    assert index.clusters is not None
    return index.clusters


@pytest.fixture
def few_probes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ivf, "PROBES", 8)  # of the 64 lists that 6,000 rows have


def recall(index: DenseIndex, vectors: Vectors, allowed: np.ndarray | None = None) -> float:
    found = []
    among = np.arange(len(vectors)) if allowed is None else allowed
    for query in stories(99, 50):
        exact = among[np.argsort(-(vectors[among] @ query), kind="stable")[:10]]
        run = index.search(query, 10, allowed)
        np.testing.assert_allclose(run.scores, vectors[run.rows] @ query, atol=1e-6)
        assert (np.diff(run.scores) <= 0).all()
        found.append(len({*run.rows.tolist()} & {*exact.tolist()}) / len(exact))
    return float(np.mean(found))


@pytest.mark.usefixtures("few_probes")
def test_nearly_all_that_is_near_is_found_with_its_exact_score(tmp_path: Path) -> None:
    vectors = stories(1)
    index = saved(tmp_path, vectors)
    assert recall(index, vectors) >= 0.98


@pytest.mark.usefixtures("few_probes")
@pytest.mark.parametrize("share", [0.5, 0.1, 0.02, 0.001])
@pytest.mark.parametrize("filtered", [1_000, 200_000])
def test_a_filter_finds_as_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: float, filtered: int
) -> None:
    monkeypatch.setattr(ivf, "FILTERED", filtered)
    vectors = stories(1)
    allowed = np.flatnonzero(np.random.default_rng(3).random(COUNT) < share)
    assert recall(saved(tmp_path, vectors), vectors, allowed) >= 0.98


@pytest.mark.usefixtures("few_probes")
def test_a_filter_that_allows_only_what_is_far(tmp_path: Path) -> None:
    """The nearest lists contain none of the allowed rows, so all of these are examined."""
    vectors = stories(1)
    index = saved(tmp_path, vectors)
    query = vectors[0]
    far = np.sort(np.argsort(vectors @ query)[: COUNT // 4])
    exact = far[np.argsort(-(vectors[far] @ query), kind="stable")[:10]]
    assert index.search(query, 10, far).rows.tolist() == exact.tolist()


@pytest.mark.usefixtures("few_probes")
@pytest.mark.parametrize("k", [1, 500, COUNT - 1, COUNT + 5])
def test_as_many_rows_as_are_wanted(tmp_path: Path, k: int) -> None:
    index = saved(tmp_path, stories(1))
    rows, _ = index.search(stories(2, 1)[0], k)
    assert len(rows) == len(set(rows.tolist())) == min(k, COUNT)
    assert len(index.search(stories(2, 1)[0], k, np.array([5, 7, 9])).rows) == min(k, 3)


def test_the_same_vectors_give_the_same_files(tmp_path: Path) -> None:
    for name in "ab":
        saved(tmp_path / name, stories(1))
    for path in (tmp_path / "a" / ivf.FOLDER).iterdir():
        assert path.read_bytes() == (tmp_path / "b" / ivf.FOLDER / path.name).read_bytes()


def centroids(index: DenseIndex) -> np.ndarray:
    opened = groups(index)._index()
    return np.asarray(opened.quantizer.reconstruct_n(0, opened.nlist))


def test_centroids_are_kept_until_much_is_new(tmp_path: Path) -> None:
    first = saved(tmp_path / "1", stories(1))
    half = np.concatenate([stories(1)[600:], stories(5, 900)])
    second = saved(tmp_path / "2", half, groups(first), added=900)
    np.testing.assert_array_equal(centroids(second), centroids(first))
    assert recall(second, half) >= 0.98
    third = saved(tmp_path / "3", half, groups(second), added=900)  # 1,800 in all are just 30 %
    np.testing.assert_array_equal(centroids(third), centroids(first))
    fourth = saved(tmp_path / "4", half, groups(third), added=1)
    assert not np.array_equal(centroids(fourth), centroids(first))
    assert (groups(fourth).header.trained, groups(fourth).header.added) == (len(half), 0)
    grown = saved(tmp_path / "5", stories(1, 13_000), groups(first), added=0)  # another number of lists
    assert len(centroids(grown)) == 2 * len(centroids(first))


def test_kept_centroids_give_what_they_gave(tmp_path: Path) -> None:
    first = saved(tmp_path / "1", stories(1))
    saved(tmp_path / "2", stories(1), groups(first))
    assert (tmp_path / "1" / ivf.INDEX).read_bytes() == (tmp_path / "2" / ivf.INDEX).read_bytes()


def test_rows_lie_in_the_list_that_is_noted(tmp_path: Path) -> None:
    index = groups(saved(tmp_path, stories(1)))
    noted = index.cluster_of()
    seen = []
    for number, rows in enumerate(index.rows()):
        assert (noted[rows] == number).all()
        seen += rows.tolist()
    assert sorted(seen) == list(range(COUNT))


@pytest.mark.usefixtures("few_probes")
def test_only_the_lists_that_are_looked_at_are_compared(tmp_path: Path) -> None:
    saved(tmp_path, stories(1))
    names = (ivf.INDEX, "clusters/cluster_of.bin", "clusters/about.json")
    sealed = {name: SealedFile(tmp_path, name, part_of(tmp_path / name, 1024)) for name in names}
    path = tmp_path / ivf.INDEX
    data = bytearray(path.read_bytes())
    data[-1] ^= 1  # in the last list
    path.write_bytes(data)
    index = Clusters(sealed.__getitem__, COUNT, DIMENSION)
    opened = index._index()
    order = opened.quantizer.search(np.eye(DIMENSION, dtype=np.float32), 64)[1]
    with pytest.raises(BrokenIndex, match=r"lists\.faiss"):
        index.candidates(opened.quantizer.reconstruct(int(opened.nlist - 1)), 10)
    far = next(q for q, near in zip(np.eye(DIMENSION), order, strict=True) if 63 not in near[:20])
    assert len(index.candidates(far.astype(np.float32), 10)) == 10


@pytest.mark.parametrize("about", ["", "{}", "[]", '{"head": 1, "trained": 2}', "\ud7ff"])
def test_what_stands_beside_must_be_whole(tmp_path: Path, about: str) -> None:
    saved(tmp_path, stories(1))
    (tmp_path / "clusters" / "about.json").write_text(about, encoding="utf-8")
    with pytest.raises(BrokenIndex, match="qa build --fresh"):
        Clusters(parts(tmp_path), COUNT, DIMENSION)


@pytest.mark.parametrize("harm", ["count", "dimension", "head", "cut", "longer", "other", "flat", "clusters"])
def test_files_that_do_not_fit_are_refused(tmp_path: Path, harm: str) -> None:
    saved(tmp_path, stories(1))
    path = tmp_path / ivf.INDEX
    data = path.read_bytes()
    count, dimension = COUNT + (harm == "count"), DIMENSION + (harm == "dimension")
    if harm == "head":
        about = json.loads((tmp_path / "clusters" / "about.json").read_text())
        (tmp_path / "clusters" / "about.json").write_text(json.dumps({**about, "head": about["head"] + 1}))
    elif harm == "flat":
        path.write_bytes(bytes(faiss.serialize_index(faiss.IndexFlatIP(DIMENSION))))
    elif harm == "clusters":
        (tmp_path / "clusters" / "cluster_of.bin").write_bytes(b"\0")
    else:
        path.write_bytes(
            {"cut": data[:-1], "longer": data + b"\0", "other": b"no index" * 20}.get(harm, data)
        )
    with pytest.raises(BrokenIndex, match="qa build --fresh"):
        Clusters(parts(tmp_path), count, dimension).candidates(stories(2, 1)[0][:DIMENSION], 3)
