"""The files of a folder: which are read, which are not, and why."""

from __future__ import annotations

import os
import time
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qa.corpus import folder as folder_module
from qa.corpus.folder import article_files, read_corpus
from qa.corpus.formats import FORMATS, Format
from qa.corpus.formats.draft import Draft
from qa.errors import CorpusError
from qa.index.build import build
from qa.types import Article, Note, Skipped
from tests.support.articles import GOOD, OTHER, PARAGRAPHS, all_of, as_csv, one, put, reasons
from tests.support.standin import StandIn

BODY = f"{PARAGRAPHS[0]}\n"


BAD = {
    "empty.txt": b"",
    "blank.txt": b" \n\n ",
    "dots.txt": b"...\n",
    "only.md": b"---\ntitle: a\n---\n",
    "picture.txt": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "nul.txt": b"Wort " * 500 + b"\0",
    "noise.txt": bytes(range(1, 32)) * 20 + b"abc",
    "text.pdf": b"%PDF-1.4",
    "picture.jpg": b"\xff\xd8",
    "README.md": b"Was hier liegt.",
}


def test_a_bad_file_is_skipped_with_its_reason_and_the_rest_is_read(tmp_path: Path) -> None:
    for name, data in BAD.items():
        put(tmp_path, name, data)
    put(tmp_path, "z.txt", BODY)
    put(tmp_path, "a/b.MD", f"Noch etwas. {BODY}")
    put(tmp_path, ".hidden.txt", BODY)
    put(tmp_path, ".git/c.txt", BODY)
    found = list(read_corpus(tmp_path))
    names = [item.article_id if isinstance(item, Article) else item.path for item in found]
    assert names == sorted([*BAD, "z.txt", "a/b.MD"])
    reasons = {item.path: item.reason for item in found if isinstance(item, Skipped)}
    assert set(reasons) == set(BAD)
    assert all(reason[0].isupper() and reason.endswith(".") and ". " in reason for reason in reasons.values())


def test_files_are_listed_by_article_id(tmp_path: Path) -> None:
    for name in ("b.txt", "a/x.txt", "a.txt", "a-b.md", "c.jpg"):
        put(tmp_path, name, BODY)
    ids = [path.relative_to(tmp_path).as_posix() for path in article_files(tmp_path)]
    assert ids == sorted(ids) == ["a-b.md", "a.txt", "a/x.txt", "b.txt"]


def test_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FORMATS, ".md", FORMATS[".md"]._replace(max_bytes=100))
    assert one(tmp_path, "a.md", b"a" * 100).text == "a" * 100
    (found,) = all_of(tmp_path, "a.md", b"a" * 101)
    assert isinstance(found, Skipped)
    assert "larger than" in found.reason


def test_nothing_outside_the_folder_is_read(tmp_path: Path) -> None:
    outside = put(tmp_path, "outside/secret.txt", BODY)
    folder = tmp_path / "corpus"
    inside = put(folder, "real.txt", BODY)
    (folder / "out.txt").symlink_to(outside)
    (folder / "z.txt").symlink_to(inside)
    (folder / "gone.txt").symlink_to(folder / "nothing.txt")
    (folder / "loop.txt").symlink_to(folder / "loop.txt")
    (folder / "linked").symlink_to(outside.parent)
    items = list(read_corpus(folder))
    articles = [item for item in items if isinstance(item, Article)]
    assert [item.path for item in items if isinstance(item, Skipped)] == [
        "gone.txt",
        "linked",
        "loop.txt",
        "out.txt",
        "z.txt",
    ]
    assert [(article.article_id, article.text) for article in articles] == [("real.txt", BODY)]


def test_a_link_within_the_folder_is_read(tmp_path: Path) -> None:
    inside = put(tmp_path, "a/real.text", BODY)
    (tmp_path / "z.txt").symlink_to(inside)
    found = [item for item in read_corpus(tmp_path) if isinstance(item, Article)]
    assert [(article.article_id, article.text) for article in found] == [("z.txt", BODY)]


def test_a_pipe_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (found,) = read_corpus(tmp_path)
    assert isinstance(found, Skipped)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable(tmp_path: Path) -> None:
    put(tmp_path, "a.txt", BODY).chmod(0)
    put(tmp_path, "b/c.txt", BODY).parent.chmod(0)
    try:
        found = list(read_corpus(tmp_path))
    finally:
        (tmp_path / "b").chmod(0o700)
    assert [type(item) for item in found] == [Skipped, Skipped]


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    with open(os.fsencode(tmp_path) + b"/\xff.txt", "wb") as file:
        file.write(BODY.encode())
    (found,) = read_corpus(tmp_path)
    assert isinstance(found, Skipped)
    found.path.encode()


def test_an_article_id_is_composed(tmp_path: Path) -> None:
    put(tmp_path, unicodedata.normalize("NFD", "Brücke.txt"), BODY)
    (found,) = read_corpus(tmp_path)
    assert isinstance(found, Article)
    assert found.article_id == "Brücke.txt"


def test_no_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none", put(tmp_path, "a.txt", BODY)):
        with pytest.raises(CorpusError, match="is not a folder"):
            list(read_corpus(path))
        with pytest.raises(CorpusError, match="is not a folder"):
            article_files(path)


def test_progress_counts_files(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(as_csv([{"text": f"Artikel {n} ist da."} for n in range(5)]))
    (tmp_path / "b.txt").write_text("Noch einer.", "utf-8")
    seen: list[tuple[int, int]] = []
    assert len(list(read_corpus(tmp_path, lambda done, total: seen.append((done, total))))) == 6
    assert seen == [(1, 2), (2, 2)]


def test_links(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    outside = put(tmp_path, "outside.txt", GOOD)
    folder.mkdir()
    (folder / "out.txt").symlink_to(outside)
    (folder / "loop.txt").symlink_to(folder / "loop.txt")
    (folder / "gone.txt").symlink_to(folder / "nothing.txt")
    (folder / "up").symlink_to(folder)
    found = reasons(folder)
    assert "points outside the folder" in found["out.txt"]
    assert "cannot be read" in found["loop.txt"]
    assert "no longer exists" in found["gone.txt"]
    assert "Links to folders" in found["up"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file(tmp_path: Path) -> None:
    put(tmp_path, "a.txt", GOOD).chmod(0)
    assert "cannot be read" in reasons(tmp_path)["a.txt"]


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "a.txt", OTHER)
    opened = os.open

    def refuse(path: str, flags: int) -> int:
        if str(path).endswith("a.txt"):
            raise PermissionError(13, "Permission denied")
        return opened(path, flags)

    monkeypatch.setattr(folder_module, "_open_file", refuse)
    assert (
        reasons(tmp_path)["a.txt"]
        == "The file cannot be read (Permission denied). Check its permissions, or replace it."
    )


@pytest.mark.parametrize("change", [b"", GOOD.encode() * 3])
def test_a_file_that_changes_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: bytes
) -> None:
    path = put(tmp_path, "a.txt", OTHER)
    opened = folder_module._open_file

    def changed(name: str, flags: int) -> int:
        descriptor = opened(name, flags)
        if name.endswith("a.txt"):
            monkeypatch.setattr(os, "fstat", after_a_change(os.fstat, lambda: path.write_bytes(change)))
        return descriptor

    monkeypatch.setattr(folder_module, "_open_file", changed)
    assert "changed while it was being read" in reasons(tmp_path)["a.txt"]


def after_a_change(
    fstat: Callable[[int], os.stat_result], change: Callable[[], object]
) -> Callable[[int], os.stat_result]:
    """An `os.fstat` that changes the file after its first call."""
    left = iter([change])

    def status(descriptor: int) -> os.stat_result:
        found = fstat(descriptor)
        for first in left:
            first()
        return found

    return status


def test_a_file_that_vanishes(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        put(tmp_path, name, f"{name} {GOOD}")
    found: Iterator[Article | Skipped] = read_corpus(tmp_path)
    assert isinstance(next(found), Article)
    (tmp_path / "b.txt").unlink()
    (last,) = found
    assert isinstance(last, Skipped)
    assert "no longer exists" in last.reason


def test_names(tmp_path: Path) -> None:
    for name in (b"\xff.txt", b"a\nb.txt", b"\xfe/c.txt"):
        path = os.fsencode(tmp_path) + b"/" + name
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(OTHER.encode())
    found = reasons(tmp_path)
    assert sorted(found) == ["a\ufffdb.txt", "\ufffd.txt", "\ufffd/c.txt"]
    assert sum("not valid UTF-8" in reason for reason in found.values()) == 2
    assert "control characters" in found["a\ufffdb.txt"]


def test_two_names_that_are_one(tmp_path: Path) -> None:
    put(tmp_path, unicodedata.normalize("NFC", "Brücke.txt"), OTHER)
    put(tmp_path, unicodedata.normalize("NFD", "Brücke.txt"), f"Anders. {OTHER}")
    if len(os.listdir(tmp_path)) == 2:  # some file systems know one form only
        assert "same name" in reasons(tmp_path)["Brücke.txt"]


def test_the_same_article_twice(tmp_path: Path) -> None:
    put(tmp_path, "a.txt", OTHER)
    put(tmp_path, "b.txt", OTHER.replace(" ", "  "))
    put(tmp_path, "c.md", f"---\nsource: Anzeiger\n---\n{OTHER}")  # another outlet: that is news
    assert reasons(tmp_path) == {
        "b.txt": "The article has the same text, source and date as a.txt. Remove one of them.",
    }


def test_ten_thousand_empty_files(tmp_path: Path) -> None:
    for number in range(10_000):
        (tmp_path / f"{number}.txt").touch()
    began = time.process_time()
    found = reasons(tmp_path)
    assert len(found) == 10_000
    assert set(found.values()) == {"The file is empty. Add the article's text or remove it."}
    assert time.process_time() - began < 20


@pytest.mark.slow
def test_originals(shared: Path) -> None:
    found = [item for item in read_corpus(shared / "seeds") if isinstance(item, Article)]
    assert [article.date for article in found] == ["", "", "2024-10-24", "2024-11-05", ""]
    assert [article.source for article in found] == ["", "", "", "t-online", ""]
    assert {article.language for article in found} == {"de"}
    assert [len(article.title) for article in found] == [148, 73, 99, 81, 94]


def test_notes_follow_their_article_and_end_in_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def noted(data: bytes) -> Iterator[Draft]:
        for part in ("0001", "0002"):
            yield Draft(f"Ein Satz aus {part}.", {}, part, notes=("Two characters were repaired.",))
        yield Draft("Ein Satz aus 0001.", {}, "0003", notes=("This article is a duplicate.",))

    monkeypatch.setitem(FORMATS, ".txt", Format((".txt",), noted))
    put(tmp_path / "corpus", "a.txt", "x")
    kinds = [type(item).__name__ for item in read_corpus(tmp_path / "corpus")]
    assert kinds == ["Article", "Note", "Article", "Note", "Skipped"]
    report = build(tmp_path / "corpus", tmp_path / "vectors", encoder=StandIn())
    assert report.notes == tuple(
        Note(f"a.txt/{part}", "Two characters were repaired.") for part in ("0001", "0002")
    )
    again = build(tmp_path / "corpus", tmp_path / "vectors", encoder=StandIn())
    assert (again.generation, again.notes) == (report.generation, report.notes)  # nothing changed
