"""What a folder and its index differ in until the next build."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from qa.index import build, last_build
from qa.index.folder_store import FolderStore
from qa.index.pending import pending
from qa.index.search import Index
from qa.storage import publishing
from qa.types import Pending
from tests.support.standin import StandIn

TEXT = "Der Hafen bekommt einen neuen Kran. Das teilte die Stadt am Montag mit, Blatt {}."


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name in ("a.txt", "b.txt"):
        _write(folder / name, TEXT.format(name))
    _write(folder / "copy.txt", TEXT.format("a.txt"))  # left out, as are the next two
    _write(folder / "empty.txt", "")
    _write(folder / "picture.png", "x")
    _write(folder / "rows.csv", "text\nEine Zeile mit etwas Text darin.\nNoch eine Zeile mit Text.\n")
    build.build(folder, tmp_path / "vectors", encoder=StandIn())
    return folder


def _write(path: Path, text: str, *, age: float = 100.0) -> None:
    path.write_text(text, encoding="utf-8")
    time = path.stat().st_mtime - age
    os.utime(path, (time, time))


def _pending(corpus: Path) -> Pending:
    vectors = corpus.parent / "vectors"
    index = Index.open(vectors, encoder=StandIn())
    ids = [article.article_id for article in index.articles()]
    index.close()
    return pending(corpus, FolderStore(vectors), ids)


def test_nothing_waits_after_a_build_not_even_what_it_left_out(corpus: Path) -> None:
    assert _pending(corpus) == Pending()


def test_new_changed_and_removed_files_are_told(corpus: Path) -> None:
    _write(corpus / "c.txt", TEXT.format("c"))
    _write(corpus / "empty.txt", TEXT.format("e"))
    _write(corpus / "b.txt", TEXT.format("b, zweite Fassung"))
    _write(corpus / ".hidden.txt", TEXT.format("h"))
    (corpus / "a.txt").unlink()
    (corpus / "rows.csv").unlink()
    found = _pending(corpus)
    assert found.added == ("c.txt", "empty.txt")
    assert found.changed == {"b.txt"}
    assert found.removed == {"a.txt", "rows.csv/0001", "rows.csv/0002"}


def test_after_a_rollback_what_was_added_since_waits(corpus: Path) -> None:
    vectors = corpus.parent / "vectors"
    _write(corpus / "c.txt", TEXT.format("c"))
    build.build(corpus, vectors, encoder=StandIn())
    assert _pending(corpus) == Pending()
    publishing.rollback(vectors)
    assert _pending(corpus) == Pending(("c.txt",))


def test_without_a_record_files_without_an_article_wait(corpus: Path) -> None:
    (corpus.parent / "vectors" / last_build.FILE).unlink()
    found = _pending(corpus)
    assert found.added == ("copy.txt", "empty.txt")
    assert found.removed == frozenset()


def test_a_missing_folder_is_no_reason_to_mark_everything(corpus: Path) -> None:
    corpus.rename(corpus.with_name("elsewhere"))
    assert _pending(corpus) == Pending()
