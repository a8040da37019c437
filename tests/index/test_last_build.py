from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from qa.corpus import folder, stamps
from qa.embedding import sentence_transformer
from qa.embedding.deferred import DeferredEncoder, ModelChanged
from qa.errors import CorpusError
from qa.index import build as build_module
from qa.index import last_build
from qa.index.build import build
from qa.index.search import Index
from qa.storage import generations, publishing
from tests.support.standin import StandIn

TEXTS = {
    "a.txt": "Der Kran am Kai ist alt.",
    "b.txt": "Die Mühle am Bach mahlt wieder.",
    "leer.txt": "",
    "bild.png": "kein Artikel",
    "kopie.txt": "Der Kran am Kai ist alt.",
    "zwei.csv": "title,text\nEins,Im Hafen liegen Boote.\nZwei,Im Wald stehen Buchen.\n",
}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    made = tmp_path / "corpus"
    made.mkdir()
    for name, text in TEXTS.items():
        (made / name).write_text(text, encoding="utf-8")
    return made


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files whose contents were read; files count as settled at once."""
    names: list[str] = []
    bytes_of = folder.bytes_of

    def noted(corpus: Path, path: Path) -> bytes:
        names.append(path.name)
        return bytes_of(corpus, path)

    monkeypatch.setattr(folder, "bytes_of", noted)
    monkeypatch.setattr(last_build, "SETTLED_NS", -(10**18))
    return names


def test_nothing_is_read_where_nothing_changed(corpus: Path, tmp_path: Path, read: list[str]) -> None:
    encoder = StandIn()
    first = build(corpus, tmp_path / "v", encoder=encoder)
    assert len(read) == 5
    read.clear()
    again = build(corpus, tmp_path / "v", encoder=encoder)
    assert read == []
    assert (again.generation, again.skipped) == (first.generation, first.skipped)
    assert (again.articles, again.passages, again.embedded, again.reused) == (4, 4, 0, 4)
    assert [skipped.path for skipped in again.skipped] == ["bild.png", "kopie.txt", "leer.txt"]


def test_only_changed_files_and_duplicates_are_read(corpus: Path, tmp_path: Path, read: list[str]) -> None:
    encoder = StandIn()
    build(corpus, tmp_path / "v", encoder=encoder)
    read.clear()
    (corpus / "b.txt").write_text("Die Mühle steht still. Sie ist alt.", encoding="utf-8")
    (corpus / "neu.txt").write_text("Ein Leuchtturm.", encoding="utf-8")
    (corpus / "bild.png").unlink()
    report = build(corpus, tmp_path / "v", encoder=encoder)
    assert read == ["b.txt", "kopie.txt", "neu.txt"]
    assert (report.articles, report.embedded, report.reused) == (5, 2, 3)
    fresh = build(corpus, tmp_path / "fresh", encoder=encoder)
    assert report.skipped == fresh.skipped
    indexes = [Index.open(tmp_path / name, encoder=encoder) for name in ("v", "fresh")]
    listed = [[index.article(a.article_id) for a in index.articles()] for index in indexes]
    assert listed[0] == listed[1]


def test_a_removed_original_brings_its_copy_in(corpus: Path, tmp_path: Path, read: list[str]) -> None:
    build(corpus, tmp_path / "v", encoder=StandIn())
    (corpus / "a.txt").unlink()
    report = build(corpus, tmp_path / "v", encoder=StandIn())
    assert report.articles == 4
    assert "kopie.txt" not in [skipped.path for skipped in report.skipped]


def test_the_tenth_build_reads_everything(
    corpus: Path, tmp_path: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamps, "stamp_of", lambda path: stamps.Stamp(path.stat().st_size, 0, 0))
    encoder = StandIn()
    build(corpus, tmp_path / "v", encoder=encoder)
    (corpus / "a.txt").write_text("Der Kahn am Kai ist alt.", encoding="utf-8")
    embedded = [build(corpus, tmp_path / "v", encoder=encoder).embedded for _ in range(9)]
    assert embedded == [0] * 8 + [1]
    (corpus / "a.txt").write_text("Der Bahn am Kai ist alt.", encoding="utf-8")
    assert build(corpus, tmp_path / "v", encoder=encoder).embedded == 0
    assert build(corpus, tmp_path / "v", encoder=encoder, fresh=True).embedded == 5
    index = Index.open(tmp_path / "v", encoder=encoder)
    assert index.article("a.txt").text.startswith("Der Bahn")


def test_a_file_that_changed_just_now_is_read_again(corpus: Path, tmp_path: Path, read: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(last_build, "SETTLED_NS", 10**18)
        build(corpus, tmp_path / "v", encoder=StandIn())
    read.clear()
    build(corpus, tmp_path / "v", encoder=StandIn())
    assert len(read) == 5


def test_an_unreadable_file_is_tried_again(
    corpus: Path, tmp_path: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    noted = folder.bytes_of

    def failing(corpus: Path, path: Path) -> bytes:
        if path.name == "b.txt":
            raise CorpusError("The file cannot be read (Input/output error).")
        return noted(corpus, path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(folder, "bytes_of", failing)
        assert build(corpus, tmp_path / "v", encoder=StandIn()).articles == 3
    assert build(corpus, tmp_path / "v", encoder=StandIn()).articles == 4


@pytest.mark.parametrize("change", ["corpus", "reading", "generation", "damage", "record", "index", "model"])
def test_the_record_counts_for_the_same_build_only(
    corpus: Path, tmp_path: Path, read: list[str], monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    vectors, encoder = tmp_path / "v", StandIn()
    first = build(corpus, vectors, encoder=encoder)
    (corpus / "a.txt").write_text("Ein anderer Text ist das.", encoding="utf-8")
    second = build(corpus, vectors, encoder=encoder)
    record = vectors / last_build.FILE
    read.clear()
    if change == "corpus":
        corpus = corpus.rename(tmp_path / "moved")
    elif change == "reading":
        monkeypatch.setattr(last_build, "fingerprint", lambda: "another program")
    elif change == "generation":
        publishing.rollback(vectors)
    elif change == "damage":
        record.write_text(record.read_text("utf-8")[:-20], encoding="utf-8")
    elif change == "record":
        record.write_text(json.dumps({"format": 1, "files": []}), encoding="utf-8")
    elif change == "index":
        (vectors / second.generation / "texts.sqlite").write_bytes(b"?")
    else:
        encoder.fingerprint = "another"
    report = build(corpus, vectors, encoder=encoder)
    assert "a.txt" in read
    assert Index.open(vectors, encoder=encoder).article("a.txt").text == "Ein anderer Text ist das."
    assert report.generation != first.generation


def test_a_record_that_cannot_be_written_is_no_error(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "v" / last_build.FILE).mkdir(parents=True)
    (tmp_path / "v" / last_build.COUNT).mkdir()
    for _ in range(2):
        assert build(corpus, tmp_path / "v", encoder=StandIn()).articles == 4


class Loading:
    """Stands in for `sentence_transformer`: models are stand-ins, and their files have a stamp."""

    DEFAULT_MODEL = "stand-in"

    def __init__(self) -> None:
        self.stamp, self.loaded, self.fingerprint = "1", 0, StandIn.fingerprint

    def stamp_of(self, model: str) -> str:
        return self.stamp

    def load(self, model: str) -> DeferredEncoder:
        self.loaded += 1
        encoder = StandIn()
        encoder.fingerprint = self.fingerprint
        return DeferredEncoder(model, self.fingerprint, encoder.dimension, lambda: encoder, stamp=self.stamp)


@pytest.fixture
def loading(monkeypatch: pytest.MonkeyPatch) -> Loading:
    made = Loading()
    monkeypatch.setattr(build_module, "sentence_transformer", made)
    return made


def test_the_model_is_loaded_only_to_embed(
    corpus: Path, tmp_path: Path, read: list[str], loading: Loading
) -> None:
    build(corpus, tmp_path / "v", model="stand-in")
    build(corpus, tmp_path / "v", model="stand-in")
    (corpus / "b.txt").unlink()
    build(corpus, tmp_path / "v", model="stand-in")
    assert loading.loaded == 1
    (corpus / "neu.txt").write_text("Ein Leuchtturm.", encoding="utf-8")
    assert build(corpus, tmp_path / "v", model="stand-in").embedded == 1
    assert loading.loaded == 2


@pytest.mark.parametrize("stamp", ["1", "2", ""])
def test_another_model_under_the_same_name_is_noticed(
    corpus: Path, tmp_path: Path, read: list[str], loading: Loading, stamp: str
) -> None:
    build(corpus, tmp_path / "v", model="stand-in")
    loading.stamp, loading.fingerprint = stamp, "another"
    (corpus / "neu.txt").write_text("Ein Leuchtturm.", encoding="utf-8")
    report = build(corpus, tmp_path / "v", model="stand-in")
    assert report.embedded == 5
    assert generations.served(tmp_path / "v").fingerprint == "another"


def test_a_deferred_encoder_refuses_another_model() -> None:
    encoder = DeferredEncoder("stand-in", "expected", 64, StandIn)
    with pytest.raises(ModelChanged):
        encoder.read(["Text"])
    right = DeferredEncoder("stand-in", StandIn.fingerprint, StandIn.dimension, StandIn)
    assert right.token_count(["ein Text"]) == [2]
    assert right.load() is right.load()


def test_the_files_of_a_model_are_recognised(tmp_path: Path) -> None:
    model = tmp_path / "model"
    model.mkdir()
    (model / "config.json").write_text("{}")
    before = sentence_transformer.stamp_of(str(model))
    assert before == sentence_transformer.stamp_of(str(model)) != ""
    os.utime(model / "config.json", (1, 1))
    assert sentence_transformer.stamp_of(str(model)) != before
    assert sentence_transformer.stamp_of("no/such") == ""
