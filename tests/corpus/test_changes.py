"""Adding files to a corpus folder and removing them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa import types
from qa.corpus import changes
from qa.corpus.folder import article_files, read_corpus
from qa.corpus.formats import FORMATS
from qa.errors import CorpusError, StoreError
from qa.service.library import Folders
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
        if path.is_file() and changes.REMOVED not in path.parts
    }


def test_a_file_is_added_and_read_as_an_article(folder: Path) -> None:
    added = changes.add(folder, "Fähre.txt", TEXT)
    assert added == types.Added("Fähre.txt", 1)
    assert (folder / "Fähre.txt").read_bytes() == TEXT
    changes.add(folder, "neu.txt", TEXT + b" Mehr davon morgen.")
    assert "neu.txt" in [item.article_id for item in read_corpus(folder) if isinstance(item, Article)]
    assert not list(folder.rglob("*.part"))


def test_a_table_counts_its_articles_and_names_its_bad_rows(folder: Path) -> None:
    data = b'{"text": "Ein erster Artikel."}\n{"text": ""}\n{"text": "Ein zweiter Artikel."}\n'
    added = changes.add(folder, "neu.jsonl", data)
    assert (added.articles, [item.path for item in added.skipped]) == (2, ["neu.jsonl/0002"])


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("leer.txt", b" ", "empty"),
        ("bild.png", b"x", "file type"),
        ("README.md", TEXT, "README"),
        ("bild.txt", b"\x00\x01\x02\xff" * 50, "not plain text"),
        ("kaputt.pdf", b"%PDF-1.4 nothing", "damaged"),
        ("../a.txt", TEXT, "file name is not allowed"),
        ("a/b.txt", TEXT, "file name is not allowed"),
        ("a\\b.txt", TEXT, "file name is not allowed"),
        ("C:a.txt", TEXT, "file name is not allowed"),
        (".a.txt", TEXT, "file name is not allowed"),
        (" a.txt", TEXT, "file name is not allowed"),
        ("a\n.txt", TEXT, "invisible"),
        ("a\x9b.txt", TEXT, "invisible"),
        ("a\u202e.txt", TEXT, "invisible"),
        ("zero\u200b.txt", TEXT, "invisible"),
        ("\u200bzero.txt", TEXT, "invisible"),
        ("soft\u00adhyphen.txt", TEXT, "invisible"),
        ("\ufeffa.txt", TEXT, "invisible"),
        ("a\u2028b.txt", TEXT, "invisible"),
        ("a\u2029b.txt", TEXT, "invisible"),
        ("a\u3164.txt", TEXT, "invisible"),
        ("a\ufe0f.txt", TEXT, "invisible"),
        ("a\U000e0041.txt", TEXT, "invisible"),
        ("CON.txt", TEXT, "Windows"),
        ("NUL.md", TEXT, "Windows"),
        ("aux.txt", TEXT, "Windows"),
        ("Prn.tar.txt", TEXT, "Windows"),
        ("COM1.txt", TEXT, "Windows"),
        ("com¹.txt", TEXT, "Windows"),
        ("LPT9.md", TEXT, "Windows"),
        ("con .txt", TEXT, "Windows"),
        ("a.txt.", TEXT, "file name is not allowed"),
        ("a.txt ", TEXT, "file name is not allowed"),
        ("\ufffd\ufffd.md", TEXT, "UTF-8"),
        ("\udcff.txt", TEXT, "UTF-8"),
        ("", TEXT, "file type"),
        ("ä" * 100 + ".txt", TEXT, "too long"),
        ("leer.jsonl", b"\n\n", "empty"),
    ],
)
def test_a_bad_file_is_refused_with_its_reason(folder: Path, name: str, data: bytes, reason: str) -> None:
    before = _files(folder)
    with pytest.raises(CorpusError, match=reason):
        changes.add(folder, name, data)
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
            added = changes.add(root / "c", name + ending, TEXT, create=True)
        except CorpusError:
            continue
        assert os.listdir(root / "c") == [added.path]
    assert set(os.listdir(root)) <= {"c"}


def test_no_file_is_overwritten(folder: Path) -> None:
    changes.add(folder, "neu.txt", TEXT)
    with pytest.raises(CorpusError, match="nothing to do"):
        changes.add(folder, "neu.txt", TEXT)
    with pytest.raises(CorpusError, match="has this name"):
        changes.add(folder, "NEU.txt", TEXT + b"!")
    with pytest.raises(CorpusError, match="has this name"):
        changes.add(folder, "rows.csv", b"text\nx y\n")
    assert (folder / "neu.txt").read_bytes() == TEXT


@pytest.mark.parametrize(
    "name", ["console.txt", "COM.txt", "com10.md", "null.txt", "a.con.txt", "Größe 1.txt"]
)
def test_names_that_only_begin_like_devices_are_taken(folder: Path, name: str) -> None:
    assert changes.add(folder, name, TEXT).path == name


@pytest.mark.parametrize("name", ["\ufb01le.md", "FILE.md", "\uff46ile.md", "File.MD"])
def test_names_that_look_equal_are_one(folder: Path, name: str) -> None:
    changes.add(folder, "file.md", TEXT)
    with pytest.raises(CorpusError, match="has this name"):
        changes.add(folder, name, TEXT + b"!")
    assert len(list(folder.glob("*.[mM]*"))) == 1


ADDING = """
import sys
from pathlib import Path
from qa.corpus import changes
from qa.errors import CorpusError
folder, who, names = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
for number in range(names):
    try:
        changes.add(folder, f"n{number}.txt", f"Das ist ein Satz von {who}.".encode())
        print(number, flush=True)
    except CorpusError:
        pass
"""


def test_of_many_processes_one_writes_a_name(folder: Path) -> None:
    names, running = 60, []
    for who in "abcd":
        command = [sys.executable, "-c", ADDING, str(folder), who, str(names)]
        pipe = subprocess.PIPE
        running.append((who, subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)))
    for _, process in running:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for _, process in running:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    written: list[tuple[int, str]] = []
    for who, process in running:
        out, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        written += [(int(number), who) for number in out.split()]
    assert sorted(number for number, _ in written) == list(range(names))
    for number, who in written:
        assert (folder / f"n{number}.txt").read_text() == f"Das ist ein Satz von {who}."
    assert not list(folder.glob(".*.part"))


def _no_links(*_: object, **__: object) -> None:
    raise PermissionError(1, "Operation not permitted")


def test_a_file_system_without_hard_links(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", _no_links)
    changes.add(folder, "neu.txt", TEXT)
    with pytest.raises(CorpusError, match="nothing to do"):
        changes.add(folder, "neu.txt", TEXT)
    removed = changes.remove(folder, "neu.txt")
    changes.restore(folder, removed.token)
    assert (folder / "neu.txt").read_bytes() == TEXT
    assert not list(folder.glob(".*.part"))


@pytest.mark.parametrize("links", [True, False])
def test_a_name_that_is_taken_at_the_last_moment_is_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    if not links:
        monkeypatch.setattr(os, "link", _no_links)
    move = changes._move

    def late(source: Path, target: Path) -> None:
        target.write_bytes(b"Etwas anderes.")
        move(source, target)

    monkeypatch.setattr(changes, "_move", late)
    with pytest.raises(CorpusError, match="has this name"):
        changes.add(folder, "neu.txt", TEXT)
    assert (folder / "neu.txt").read_bytes() == b"Etwas anderes."
    removed = changes.remove(folder, "alt/a.txt")
    with pytest.raises(CorpusError, match="now exists"):
        changes.restore(folder, removed.token)
    assert (folder / "alt" / "a.txt").read_bytes() == b"Etwas anderes."
    assert changes.removed(folder) == [removed]


def test_what_killed_processes_had_begun_is_removed(folder: Path) -> None:
    old, young, other = (folder / f".{name}.part" for name in ("0" * 16, "1" * 16, "mine"))
    for path in (old, young, other):
        path.write_bytes(b"Halb")
    for path in (old, other):
        os.utime(path, (time.time() - 7200, time.time() - 7200))
    changes.add(folder, "neu.txt", TEXT)
    assert [path.exists() for path in (old, young, other)] == [False, True, True]


def test_a_folder_that_vanished_is_not_created_again(tmp_path: Path) -> None:
    corpus, vectors = tmp_path / "share" / "c", tmp_path / "v"
    backend = Folders(corpus, vectors)
    backend.add("a.txt", TEXT)  # a first start
    (vectors / "20240101T000000-a").mkdir(parents=True)
    (vectors / "20240101T000000-a" / "manifest.json").touch()
    removed = backend.remove("a.txt")
    (tmp_path / "share").rename(tmp_path / "unmounted")
    for change in (
        lambda: backend.add("b.txt", TEXT),
        lambda: backend.remove("a.txt"),
        lambda: backend.restore(removed.token),
    ):
        with pytest.raises(StoreError, match="Mount or create it"):
            change()
    assert not (tmp_path / "share").exists()
    (tmp_path / "unmounted").rename(tmp_path / "share")
    assert backend.restore(removed.token).path == "a.txt"


def test_a_removed_file_without_a_time_hides_no_other(folder: Path) -> None:
    removed = changes.remove(folder, "alt/a.txt")
    odd = folder / changes.REMOVED / "99999999T999999999999-aaaaaaaa"
    odd.mkdir()
    (odd / "x.md").write_bytes(TEXT)
    undecodable = folder / changes.REMOVED / "20240101T000000000000-aaaaaaaa" / os.fsdecode(b"\xff.md")
    undecodable.parent.mkdir()
    undecodable.write_bytes(TEXT)
    listed = changes.removed(folder)
    assert listed[:2] == [types.Removed(odd.name, "x.md", ""), removed]
    listed[2].path.encode()
    assert changes.restore(folder, odd.name).path == "x.md"


def test_sizes_and_numbers_are_bounded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FORMATS, ".txt", FORMATS[".txt"]._replace(max_bytes=100))
    with pytest.raises(CorpusError, match="larger than"):
        changes.add(folder, "neu.txt", b"x" * 101)
    monkeypatch.setattr(changes, "MAX_FILES", 2)
    changes.add(folder, "neu.txt", b"Ein Satz.")
    with pytest.raises(CorpusError, match="contains 2 files"):
        changes.add(folder, "neu2.txt", b"Noch ein Satz.")


def test_a_removed_file_is_out_of_the_corpus_and_can_be_put_back(folder: Path) -> None:
    before = _files(folder)
    removed = changes.remove(folder, "alt/a.txt")
    assert removed.path == "alt/a.txt"
    assert "alt/a.txt" not in _files(folder)
    assert [path.name for path in article_files(folder)] == ["rows.csv"]
    assert changes.removed(folder) == [removed]
    assert changes.restore(folder, removed.token) == removed
    assert _files(folder) == before
    assert changes.removed(folder) == []
    assert os.listdir(folder / changes.REMOVED) == []
    with pytest.raises(CorpusError, match="restored already"):
        changes.restore(folder, removed.token)


def test_the_latest_is_listed_first_and_a_folder_may_be_gone(folder: Path) -> None:
    first = changes.remove(folder, "alt/a.txt")
    second = changes.remove(folder, "rows.csv")
    assert changes.removed(folder) == [second, first]
    (folder / "alt").rmdir()
    changes.restore(folder, first.token)
    assert (folder / "alt" / "a.txt").read_bytes() == TEXT


def test_another_file_in_the_place_is_kept(folder: Path) -> None:
    removed = changes.remove(folder, "alt/a.txt")
    (folder / "alt" / "a.txt").write_bytes(b"Etwas anderes.")
    with pytest.raises(CorpusError, match="now exists"):
        changes.restore(folder, removed.token)
    assert (folder / "alt" / "a.txt").read_bytes() == b"Etwas anderes."
    assert changes.removed(folder) == [removed]


def test_several_are_removed_at_once_and_those_that_cannot_be_are_named(folder: Path) -> None:
    (folder / "b.txt").write_bytes(TEXT + b" Mehr.")
    wanted = ["b.txt", "rows.csv/1", "alt/a.txt", "b.txt", "../x", "alt"]
    done, refused = changes.remove_all(folder, wanted)
    assert [file.path for file in done] == ["b.txt", "alt/a.txt"]
    assert [skipped.path for skipped in refused] == ["rows.csv/1", "../x", "alt"]
    assert "part of rows.csv" in refused[0].reason
    assert list(_files(folder)) == ["rows.csv"]
    for file in done:
        changes.restore(folder, file.token)
    assert list(_files(folder)) == ["alt/a.txt", "b.txt", "rows.csv"]


def test_one_row_of_a_table_is_not_removed_alone(folder: Path) -> None:
    with pytest.raises(CorpusError, match=r"part of rows\.csv"):
        changes.remove(folder, "rows.csv/0001")
    assert changes.remove(folder, "rows.csv").path == "rows.csv"


@pytest.mark.parametrize(
    "article_id", ["", "nein.txt", "../corpus/rows.csv", "alt", ".removed", "/etc/passwd"]
)
def test_what_is_no_article_of_the_corpus_is_not_removed(folder: Path, article_id: str) -> None:
    before = _files(folder)
    with pytest.raises(CorpusError):
        changes.remove(folder, article_id)
    assert _files(folder) == before


@pytest.mark.parametrize(
    "token", ["", ".", "..", "../x", "20241105T123000000000-0123456", "20241105T123000000000-01234567"]
)
def test_a_token_is_no_path(folder: Path, token: str) -> None:
    (folder / changes.REMOVED).mkdir()
    with pytest.raises(CorpusError, match="not among the removed"):
        changes.restore(folder, token)


def test_nothing_is_restored_through_a_link_out_of_the_folder(folder: Path, tmp_path: Path) -> None:
    removed = changes.remove(folder, "alt/a.txt")
    (folder / "alt").rmdir()
    (folder / "alt").symlink_to(tmp_path)
    with pytest.raises(CorpusError, match="points outside"):
        changes.restore(folder, removed.token)
    assert not (tmp_path / "a.txt").exists()
    assert changes.removed(folder) == [removed]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match=r"annot (write to|be written)"):
        changes.add(tmp_path / "file" / "corpus", "a.txt", TEXT, create=True)


def test_skipped_rows_are_told_as_the_corpus_tells_them(folder: Path) -> None:
    added = changes.add(folder, "neu.csv", b"text,title\nEin Satz.,A\n,B\n")
    there = [item for item in read_corpus(folder) if isinstance(item, Skipped)]
    assert list(added.skipped) == [item for item in there if item.path.startswith("neu.csv")]
