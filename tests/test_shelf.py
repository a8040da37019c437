"""Files put into a corpus folder and taken out again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa import corpus, shelf
from qa.errors import CorpusError, StoreError
from qa.types import Article, Skipped

TEXT = "Die Fähre nach Föhr fährt wieder. Das sagte die Reederei am Montag.".encode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "corpus"
    (made / "alt").mkdir(parents=True)
    (made / "alt" / "a.txt").write_bytes(TEXT)
    (made / "rows.csv").write_text("text\nEine Zeile mit Text darin.\nNoch eine Zeile mit Text.\n")
    return made


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and shelf.REMOVED not in path.parts
    }


def test_a_file_is_added_and_read_as_an_article(folder: Path) -> None:
    added = shelf.add(folder, "Fähre.txt", TEXT)
    assert added == shelf.Added("Fähre.txt", 1)
    assert (folder / "Fähre.txt").read_bytes() == TEXT
    shelf.add(folder, "neu.txt", TEXT + b" Mehr davon morgen.")
    assert "neu.txt" in [item.article_id for item in corpus.read_corpus(folder) if isinstance(item, Article)]
    assert not list(folder.rglob("*.part"))


def test_a_table_counts_its_articles_and_names_its_bad_rows(folder: Path) -> None:
    data = b'{"text": "Ein erster Artikel."}\n{"text": ""}\n{"text": "Ein zweiter Artikel."}\n'
    added = shelf.add(folder, "neu.jsonl", data)
    assert (added.articles, [item.path for item in added.skipped]) == (2, ["neu.jsonl/0002"])


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("leer.txt", b" ", "empty"),
        ("bild.png", b"x", "this kind"),
        ("README.md", TEXT, "README"),
        ("bild.txt", b"\x00\x01\x02\xff" * 50, "not text"),
        ("kaputt.pdf", b"%PDF-1.4 nothing", "broken"),
        ("../a.txt", TEXT, "plain file name"),
        ("a/b.txt", TEXT, "plain file name"),
        ("a\\b.txt", TEXT, "plain file name"),
        ("C:a.txt", TEXT, "plain file name"),
        (".a.txt", TEXT, "plain file name"),
        (" a.txt", TEXT, "plain file name"),
        ("a\n.txt", TEXT, "plain file name"),
        ("a\u202e.txt", TEXT, "plain file name"),
        ("\udcff.txt", TEXT, "UTF-8"),
        ("", TEXT, "this kind"),
        ("ä" * 100 + ".txt", TEXT, "too long"),
        ("leer.jsonl", b"\n\n", "empty"),
    ],
)
def test_a_bad_file_is_refused_with_its_reason(folder: Path, name: str, data: bytes, reason: str) -> None:
    before = _files(folder)
    with pytest.raises(CorpusError, match=reason):
        shelf.add(folder, name, data)
    assert _files(folder) == before
    assert not list(folder.parent.glob("*.txt"))


@settings(max_examples=60, deadline=None)
@given(name=st.text(max_size=12))
def test_whatever_the_name_nothing_is_written_outside(
    name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("r")
    for ending in ("", ".txt"):
        try:
            added = shelf.add(root / "c", name + ending, TEXT)
        except CorpusError:
            continue
        assert os.listdir(root / "c") == [added.path]
    assert set(os.listdir(root)) <= {"c"}


def test_no_file_is_overwritten(folder: Path) -> None:
    shelf.add(folder, "neu.txt", TEXT)
    with pytest.raises(CorpusError, match="nothing is to be done"):
        shelf.add(folder, "neu.txt", TEXT)
    with pytest.raises(CorpusError, match="has this name"):
        shelf.add(folder, "NEU.txt", TEXT + b"!")
    with pytest.raises(CorpusError, match="has this name"):
        shelf.add(folder, "rows.csv", b"text\nx y\n")
    assert (folder / "neu.txt").read_bytes() == TEXT


def test_sizes_and_numbers_are_bounded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus, "MAX_FILE_BYTES", 100)
    with pytest.raises(CorpusError, match="larger than"):
        shelf.add(folder, "neu.txt", b"x" * 101)
    monkeypatch.setattr(shelf, "MAX_FILES", 2)
    shelf.add(folder, "neu.txt", b"Ein Satz.")
    with pytest.raises(CorpusError, match="holds 2 files"):
        shelf.add(folder, "neu2.txt", b"Noch ein Satz.")


def test_a_removed_file_is_out_of_the_corpus_and_can_be_put_back(folder: Path) -> None:
    before = _files(folder)
    removed = shelf.remove(folder, "alt/a.txt")
    assert removed.path == "alt/a.txt"
    assert "alt/a.txt" not in _files(folder)
    assert [path.name for path in corpus.article_files(folder)] == ["rows.csv"]
    assert shelf.removed(folder) == [removed]
    assert shelf.restore(folder, removed.token) == removed
    assert _files(folder) == before
    assert shelf.removed(folder) == []
    assert os.listdir(folder / shelf.REMOVED) == []
    with pytest.raises(CorpusError, match="put back already"):
        shelf.restore(folder, removed.token)


def test_the_latest_is_listed_first_and_a_folder_may_be_gone(folder: Path) -> None:
    first = shelf.remove(folder, "alt/a.txt")
    second = shelf.remove(folder, "rows.csv")
    assert shelf.removed(folder) == [second, first]
    (folder / "alt").rmdir()
    shelf.restore(folder, first.token)
    assert (folder / "alt" / "a.txt").read_bytes() == TEXT


def test_another_file_in_the_place_is_kept(folder: Path) -> None:
    removed = shelf.remove(folder, "alt/a.txt")
    (folder / "alt" / "a.txt").write_bytes(b"Etwas anderes.")
    with pytest.raises(CorpusError, match="by now"):
        shelf.restore(folder, removed.token)
    assert (folder / "alt" / "a.txt").read_bytes() == b"Etwas anderes."
    assert shelf.removed(folder) == [removed]


def test_one_row_of_a_table_is_not_removed_alone(folder: Path) -> None:
    with pytest.raises(CorpusError, match=r"one of many in rows\.csv"):
        shelf.remove(folder, "rows.csv/0001")
    assert shelf.remove(folder, "rows.csv").path == "rows.csv"


@pytest.mark.parametrize(
    "article_id", ["", "nein.txt", "../corpus/rows.csv", "alt", ".removed", "/etc/passwd"]
)
def test_what_is_no_article_of_the_corpus_is_not_removed(folder: Path, article_id: str) -> None:
    before = _files(folder)
    with pytest.raises(CorpusError):
        shelf.remove(folder, article_id)
    assert _files(folder) == before


@pytest.mark.parametrize(
    "token", ["", ".", "..", "../x", "20241105T123000000000-0123456", "20241105T123000000000-01234567"]
)
def test_a_token_is_no_path(folder: Path, token: str) -> None:
    (folder / shelf.REMOVED).mkdir()
    with pytest.raises(CorpusError, match="no such removed file"):
        shelf.restore(folder, token)


def test_nothing_is_restored_through_a_link_out_of_the_folder(folder: Path, tmp_path: Path) -> None:
    removed = shelf.remove(folder, "alt/a.txt")
    (folder / "alt").rmdir()
    (folder / "alt").symlink_to(tmp_path)
    with pytest.raises(CorpusError, match="leads out"):
        shelf.restore(folder, removed.token)
    assert not (tmp_path / "a.txt").exists()
    assert shelf.removed(folder) == [removed]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="cannot be written"):
        shelf.add(tmp_path / "file" / "corpus", "a.txt", TEXT)


def test_skipped_rows_are_told_as_the_corpus_tells_them(folder: Path) -> None:
    added = shelf.add(folder, "neu.csv", b"text,title\nEin Satz.,A\n,B\n")
    there = [item for item in corpus.read_corpus(folder) if isinstance(item, Skipped)]
    assert list(added.skipped) == [item for item in there if item.path.startswith("neu.csv")]
