from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qa.errors import BrokenIndex
from qa.index import articles, bm25_index, ivf, token_states, verify
from qa.index.build import build
from qa.storage import generations, manifest
from tests.support.standin import StandIn


@pytest.fixture
def folder(tmp_path: Path, encoder: StandIn) -> Path:
    """The folder of a served generation."""
    corpus = tmp_path / "c"
    corpus.mkdir()
    (corpus / "a.txt").write_text(
        "Achtzehn Soldaten sind desertiert. Die Armee sucht sie." + "\n\nNoch ein Absatz dazu." * 60,
        encoding="utf-8",
    )
    (corpus / "b.txt").write_text("Der Bodensee ist 251 Meter tief.", encoding="utf-8")
    return tmp_path / "v" / build(corpus, tmp_path / "v", encoder=encoder).generation


def faults(folder: Path) -> list[str]:
    generation, found = verify.verify(folder.parent)
    assert generation == folder.name
    return found


def reseal(folder: Path) -> None:
    """Make the manifest fit the files, so that only their contents can be wrong."""
    before = manifest.read(folder)
    parts = {name: manifest.part_of(folder / name) for name in before.parts}
    manifest.write(folder, replace(before, parts=parts))


def edit(path: Path, kind: str, change: Callable[[np.ndarray], object]) -> None:
    numbers = np.fromfile(path, kind)
    change(numbers)
    path.write_bytes(numbers.tobytes())


def test_a_whole_index_has_no_faults(folder: Path) -> None:
    assert faults(folder) == []


def test_no_index(tmp_path: Path) -> None:
    with pytest.raises(BrokenIndex, match="qa build"):
        verify.verify(tmp_path)


def test_each_damaged_file_is_named(folder: Path) -> None:
    for name in manifest.read(folder).parts:
        data = (folder / name).read_bytes()
        (folder / name).write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        assert faults(folder) == [f"{name}: checksum differs from the manifest"]
        (folder / name).write_bytes(data)


def test_a_file_too_many(folder: Path) -> None:
    (folder / "extra").touch()
    assert faults(folder) == ["extra: not in the manifest"]


def test_counts_that_are_not_those_of_the_manifest(folder: Path) -> None:
    before = manifest.read(folder)
    manifest.write(folder, replace(before, passages=before.passages + 1, articles=1))
    assert len(faults(folder)) == 5


def test_a_vector_that_is_none(folder: Path) -> None:
    def change(numbers: np.ndarray) -> None:
        numbers[:64] *= 2
        numbers[64] = np.nan

    path = folder / "vectors.faiss"
    data = path.read_bytes()
    numbers = np.frombuffer(data[81:], "<f2").copy()
    change(numbers)
    path.write_bytes(data[:81] + numbers.tobytes())
    reseal(folder)
    assert [fault.split(" is not")[0].split(" has")[0] for fault in faults(folder)] == [
        "vectors.faiss: the vector of row 0",
        "vectors.faiss: the vector of row 1",
    ]


@pytest.fixture
def grouped(folder: Path, tmp_path: Path, encoder: StandIn, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a generation with clustered vectors."""
    monkeypatch.setattr(ivf, "EXACT_UP_TO", 1)
    return tmp_path / "v" / build(tmp_path / "c", tmp_path / "v", encoder=encoder, fresh=True).generation


def test_a_row_that_is_in_two_lists(grouped: Path) -> None:
    path = grouped / ivf.INDEX
    data = path.read_bytes()
    # the number of the last row in the last list that has one
    path.write_bytes(data[:-8] + (0 if data[-8] else 1).to_bytes(8, "little"))
    reseal(grouped)
    found = faults(grouped)
    assert any(fault.startswith("clusters: row ") and " lists " in fault for fault in found)


def test_a_row_that_is_noted_for_another_list(grouped: Path) -> None:
    edit(grouped / "clusters" / "cluster_of.bin", "<u2", lambda n: n.__setitem__(0, n[0] + 1))
    reseal(grouped)
    (fault,) = faults(grouped)
    assert fault.endswith("contains rows assigned to another list")


def test_a_row_that_there_is_not(grouped: Path) -> None:
    path = grouped / ivf.INDEX
    path.write_bytes(path.read_bytes()[:-8] + (10**6).to_bytes(8, "little"))
    reseal(grouped)
    assert any("rows that do not exist" in fault for fault in faults(grouped))


def test_each_flipped_part_of_the_groups_is_named(grouped: Path) -> None:
    for path in sorted((grouped / ivf.FOLDER).iterdir()):
        data = path.read_bytes()
        for place in range(0, len(data), max(1, len(data) // 9)):
            path.write_bytes(data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :])
            assert faults(grouped) == [f"clusters/{path.name}: checksum differs from the manifest"]
        path.write_bytes(data)


@pytest.mark.parametrize("at", ["token", "sentence"])
def test_states_outside_of_their_passage(folder: Path, at: str) -> None:
    path = folder / "states" / "records.bin"
    data = path.read_bytes()
    counts = np.frombuffer(data, "<i4", 6)
    assert counts[4] == 1, "a byte for each number of the tokens' spans"
    place = 24 + (0 if at == "token" else 2 * int(counts[0]))  # the first start and length
    path.write_bytes(data[:place] + b"\xff\xff" + data[place + 2 :])
    reseal(folder)
    found = faults(folder)
    assert found
    assert all(fault.startswith("a.txt#0: ") and at in fault for fault in found)


@pytest.mark.parametrize(
    ("name", "kind", "change"),
    [
        ("rows.bin", "<i4", lambda n: n.__setitem__(0, 99)),
        ("rows.bin", "<i4", lambda n: n.__setitem__(0, -1)),
        ("counts.bin", "<u2", lambda n: n.__setitem__(3, 0)),
        ("starts.bin", "<i8", lambda n: n.__setitem__(1, n[2])),
        ("terms.bin", "u1", lambda n: n.__setitem__(0, 255)),
    ],
)
def test_postings_out_of_order(
    folder: Path, name: str, kind: str, change: Callable[[np.ndarray], object]
) -> None:
    edit(folder / bm25_index.FOLDER / name, kind, change)
    reseal(folder)
    (fault,) = faults(folder)
    assert fault.startswith("lexical: ")


def test_ranges_out_of_their_article(folder: Path) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(folder / articles.FILE)) as db, db:
        db.execute('UPDATE passage SET "end" = 5000 WHERE row = 0')
    reseal(folder)
    found = faults(folder)
    assert found[0] == "a.txt#0: 0–5000 is outside the article or overlaps another passage"


def test_records_that_cannot_be_read(folder: Path) -> None:
    path = folder / token_states.FOLDER / "records.bin"
    edit(path, "<i4", lambda n: n.__setitem__(0, 7)) if path.stat().st_size % 4 == 0 else path.write_bytes(
        b"\xff" * path.stat().st_size
    )
    reseal(folder)
    assert any("states" in fault for fault in faults(folder))


def test_the_served_generation_is_checked(folder: Path, tmp_path: Path, encoder: StandIn) -> None:
    build(tmp_path / "c", tmp_path / "v", encoder=encoder, fresh=True)
    (folder / "texts.sqlite").unlink()
    assert verify.verify(tmp_path / "v") == (generations.current(tmp_path / "v"), [])
