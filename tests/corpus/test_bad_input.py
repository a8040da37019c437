"""What is skipped, and the reason given: one case for each row of the table in docs/formats.md."""

from __future__ import annotations

import io
import os
import re
import sqlite3
import stat
import time
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from qa.corpus import folder, parsing
from qa.corpus.folder import read_corpus
from qa.corpus.formats import archives, html, registry, tables
from qa.corpus.formats.text import MAX_FRONT_MATTER
from qa.index import build, passages
from qa.text import sentences
from qa.types import Article, Skipped
from tests.support import documents
from tests.support.standin import StandIn

FORMATS = Path(__file__).resolve().parents[2] / "docs" / "formats.md"
GOOD = "Die Brücke über den Bach bleibt bis zum Herbst gesperrt, wie die Gemeinde am Dienstag mitteilte.\n"
OTHER = (
    "Der Hafen wird im kommenden Jahr ausgebaut, wie der Senat am Mittwoch nach langer Beratung beschloss.\n"
)


def link_in_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        info = zipfile.ZipInfo("link.txt")
        info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        packed.writestr(info, "/etc/passwd")
    return out.getvalue()


def encrypted_zip() -> bytes:
    data = bytearray(documents.zipped({"a.txt": GOOD.encode()}))
    data[6] |= 1  # the flags of the member …
    data[data.rindex(b"PK\x01\x02") + 8] |= 1  # … and of its entry in the directory
    return bytes(data)


def lying_zip() -> bytes:
    """A bomb that declares to unpack to ten bytes."""
    data = bytearray(documents.zipped({"a.txt": b"0" * 10_000_000}))
    data[22:26] = (10).to_bytes(4, "little")
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    return bytes(data)


# Where it is found, what is put there, and a part of the reason; docs/formats.md has the reason as well.
REFUSED: dict[str, tuple[str, bytes, str]] = {
    "empty file": ("a.txt", b"", "The file is empty"),
    "only white space": ("a.txt", b" \n\t\n", "The file is empty"),
    "nothing but marks": ("a.txt", b"... --- ...\n", "The file has no text"),
    "front matter alone": ("a.md", b"---\ntitle: a\n---\n", "The file has no text"),
    "NUL bytes": ("a.txt", GOOD.encode() * 9 + b"\0", "The file is not text"),
    "binary data named .txt": ("a.txt", zlib.compress(GOOD.encode() * 99), "The file is not text"),
    "malformed front matter": ("a.md", b"---\ntitle: a: b\n---\nText", "The front matter is malformed"),
    "front matter of 1 MB": ("a.md", b"---\nx: " + b"y" * 1_000_000 + b"\n---\nText", "The front matter is"),
    "another kind of file": ("a.jpg", b"\xff\xd8", "Files of this kind are not read"),
    "README": ("README.md", GOOD.encode(), "A README describes the folder"),
    "one line of 50 MB": ("a.txt", b"a" * 50_000_000, "The file is larger than 20 MB"),
    "a text of 19 MB": ("a.txt", b"a b" * 6_400_000, "The text is longer than 1,000,000 characters"),
    "a page without an article": ("a.html", b"<html><body></body></html>", "The page has no article"),
    "page of very many attributes": (
        "a.html",
        b"<p " + b" ".join(b"a%d=x" % n for n in range(40_000)) + b">" + GOOD.encode(),
        "The page has a tag with more than 500 attributes",
    ),
    "page of more than 8 MB": (
        "a.html",
        f"<p>{GOOD}<p style='{'a:b;' * 2_100_000}'>{OTHER}".encode(),
        "The page is larger than 8 MB",
    ),
    "page nested very deeply": (
        "a.html",
        f"<article><p>{GOOD * 9}</p>{'<div>' * 300}<p>{OTHER}".encode(),
        "The page has tags nested more than 250 deep",
    ),
    "text of very many lines": ("a.txt", b"a-\n" * 300_000, "The text has more than 50,000 lines"),
    "front matter that unfolds": (
        "a.md",
        b"---\na0: &a0 {k: v}\n"
        + b"".join(
            b"a%d: &a%d {!!merge <<: [%s]}\n" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 9))
            for n in range(1, 20)
        )
        + b"---\nText",
        "The front matter is malformed",
    ),
    "broken PDF": ("a.pdf", b"%PDF-1.4\nnothing", "The PDF is broken"),
    "PDF cut off": ("a.pdf", documents.pdf([["Ein Satz."]])[:250], "The PDF"),
    "encrypted PDF": ("a.pdf", documents.encrypted(documents.pdf([["Satz."]]), "x"), "The PDF is encrypted"),
    "PDF without text": ("a.pdf", documents.pdf([[], []]), "The PDF has no text on its 2 pages"),
    "broken Word file": ("a.docx", documents.docx(["Satz."])[:-200], "The Word file is broken"),
    "no Word file": ("a.docx", documents.zipped({"a.txt": b"x"}), "The Word file is broken"),
    "encrypted Word file": (
        "a.docx",
        b"\xd0\xcf\x11\xe0" + b"x" * 99,
        "The file is encrypted or of an old Word",
    ),
    "Word file that is a bomb": (
        "a.docx",
        documents.zipped({"word/document.xml": b" " * 20_000_000}),
        "The file unpacks to more than 200 times its size",
    ),
    "table without `text`": ("a.csv", b"a,b\n1,2\n", "The table has no one column `text`"),
    "malformed row": ("a.csv", b'text\n"a"b\n', "Line 2 is malformed"),
    "malformed line of JSON": ("a.jsonl", b'{"text": "a"', "Line 1 is malformed"),
    "broken archive": ("a.zip", b"PK\x03\x04", "The archive is broken"),
    "ZIP bomb": ("a.zip", documents.zipped({"a.txt": b"0" * 9_000_000}), "unpacks to more than 200 times"),
    "archive that lies of its size": ("a.zip", lying_zip(), "The file is broken within the archive"),
    "name out of the archive": ("a.zip", documents.zipped({"../a.txt": b"x"}), "The name leads out"),
    "absolute name in an archive": ("a.zip", documents.zipped({"/etc/a.txt": b"x"}), "The name leads out"),
    "name of a drive": ("a.zip", documents.zipped({"C:a.txt": b"x"}), "The name leads out"),
    "name with backslashes": ("a.zip", documents.zipped({"..\\a.txt": b"x"}), "The name leads out"),
    "link in an archive": ("a.zip", link_in_zip(), "This is a link or a device"),
    "archive in an archive": ("a.zip", documents.zipped({"b.zip": documents.zipped({})}), "is not opened"),
    "encrypted archive": ("a.zip", encrypted_zip(), "The file is encrypted"),
    "rare packing": ("a.zip", documents.zipped({"a.txt": b"x"}, method=zipfile.ZIP_LZMA), "packed by a rare"),
    "another kind of file in an archive": ("a.zip", documents.zipped({"a.exe": b"x"}), "Files of this kind"),
}


def put(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def reasons(folder: Path) -> dict[str, str]:
    """What is refused; whatever is put beside, the good article is read."""
    put(folder, "zz.txt", GOOD)
    found = list(read_corpus(folder))
    assert any(isinstance(item, Article) and item.article_id == "zz.txt" for item in found)
    return {item.path: item.reason for item in found if isinstance(item, Skipped)}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(tmp_path: Path, case: str) -> None:
    name, data, said = REFUSED[case]
    put(tmp_path, name, data)
    began = time.process_time()
    (reason,) = reasons(tmp_path).values()
    assert said in reason
    assert reason.endswith(".")
    assert re.search("[;,]", reason), "it names what mends it"
    assert time.process_time() - began < 20


@pytest.mark.parametrize("case", REFUSED)
def test_the_documentation_has_the_reason(case: str) -> None:
    rows = [line for line in FORMATS.read_text("utf-8").splitlines() if line.startswith("|")]
    said = REFUSED[case][2]
    assert any(said in row for row in rows), said


# ---------------------------------------------------------------- files and folders


def test_links(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    outside = put(tmp_path, "outside.txt", GOOD)
    folder.mkdir()
    (folder / "out.txt").symlink_to(outside)
    (folder / "loop.txt").symlink_to(folder / "loop.txt")
    (folder / "gone.txt").symlink_to(folder / "nothing.txt")
    (folder / "up").symlink_to(folder)
    found = reasons(folder)
    assert "leads out of the folder" in found["out.txt"]
    assert "cannot be read" in found["loop.txt"]
    assert "vanished" in found["gone.txt"]
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

    monkeypatch.setattr(folder, "_opened", refuse)
    assert reasons(tmp_path)["a.txt"] == "The file cannot be read (Permission denied); allow or mend it."


@pytest.mark.parametrize("change", [b"", GOOD.encode() * 3])
def test_a_file_that_changes_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: bytes
) -> None:
    path = put(tmp_path, "a.txt", OTHER)
    opened = folder._opened

    def changed(name: str, flags: int) -> int:
        descriptor = opened(name, flags)
        if name.endswith("a.txt"):
            monkeypatch.setattr(os, "fstat", after_a_change(os.fstat, lambda: path.write_bytes(change)))
        return descriptor

    monkeypatch.setattr(folder, "_opened", changed)
    assert "was changed while it was read" in reasons(tmp_path)["a.txt"]


def after_a_change(
    fstat: Callable[[int], os.stat_result], change: Callable[[], object]
) -> Callable[[int], os.stat_result]:
    """`os.fstat` that changes the file behind the back of its first caller."""
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
    assert "vanished" in last.reason


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
        "b.txt": "The same text, source and date as a.txt; remove one of them.",
    }


def test_ten_thousand_empty_files(tmp_path: Path) -> None:
    for number in range(10_000):
        (tmp_path / f"{number}.txt").touch()
    began = time.process_time()
    found = reasons(tmp_path)
    assert len(found) == 10_000
    assert set(found.values()) == {"The file is empty; write the article into it or remove it."}
    assert time.process_time() - began < 20


# ---------------------------------------------------------------- archives


def test_too_much_in_an_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_UNPACKED", 3 * len(OTHER.encode()))
    put(tmp_path, "a.zip", documents.zipped({f"{n}.txt": OTHER.encode() for n in range(9)}))
    (reason,) = [reason for path, reason in reasons(tmp_path).items() if path == "a.zip"]
    assert "unpacks to more than" in reason


def test_too_many_in_an_archive(tmp_path: Path) -> None:
    put(tmp_path, "a.zip", documents.zipped({f"{n}.txt": b"" for n in range(archives.MAX_MEMBERS + 1)}))
    assert "more than 10000 files" in reasons(tmp_path)["a.zip"]


def test_an_archive_of_mac_and_dos(tmp_path: Path) -> None:
    data = documents.zipped({"__MACOSX/x.txt": b"x", ".DS_Store": b"x", "Brücke.txt": OTHER.encode()})
    plain_names = data.replace(b"Br\xc3\xbccke.txt", b"Br\xc3\xbccke.txt")
    flags = bytearray(plain_names)
    for sign, offset in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        flags[flags.rindex(sign) + offset] &= ~0x08  # UTF-8, but not said to be
    put(tmp_path, "a.zip", bytes(flags))
    assert reasons(tmp_path) == {}
    assert {item.article_id for item in read_corpus(tmp_path) if isinstance(item, Article)} == {
        "a.zip/Brücke.txt",
        "zz.txt",
    }


# ---------------------------------------------------------------- what is no fault: texts of all kinds

TEXTS = {
    "arabic": "أعلنت الحكومة يوم الاثنين عن خطة جديدة. وقال الوزير إن التنفيذ يبدأ في مايو.",
    "hebrew": "הממשלה הודיעה ביום שני על תוכנית חדשה. השר אמר כי היא תתחיל במאי.",
    "chinese": "政府周一宣布了一项新计划。部长表示将于五月开始实施。",
    "japanese": "政府は月曜日に新しい計画を発表した。大臣は五月に始まると述べた。",
    "emoji": "Das Fest 🎉 war laut 👨‍👩‍👧‍👦. Alle kamen 🇩🇪 wieder.",
    "soft hyphens": "Die Donau\u00addampf\u00adschiff\u00adfahrt ruht. Sie beginnt im Mai.",
    "decomposed": unicodedata.normalize("NFD", "Die Brücke wäre schön. Die Höhe beträgt zwölf Meter."),
}


@pytest.mark.parametrize("name", TEXTS)
def test_texts(tmp_path: Path, name: str) -> None:
    put(tmp_path, "a.txt", TEXTS[name])
    (found,) = read_corpus(tmp_path)
    assert isinstance(found, Article)
    assert found.text == unicodedata.normalize("NFC", TEXTS[name])
    spans = sentences.sentences(found.text, found.language)
    assert len(spans) == 2
    assert "".join(found.text[slice(*span)] for span in spans).replace(" ", "") == found.text.replace(" ", "")


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
def test_another_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    put(tmp_path, "a.txt", (OTHER + GOOD).encode(encoding))
    (found,) = read_corpus(tmp_path)
    assert isinstance(found, Article)
    assert found.text == OTHER + GOOD


def test_mixed_encodings_keep_what_is_whole(tmp_path: Path) -> None:
    put(tmp_path, "a.txt", GOOD.encode() * 30 + "Grüße".encode("cp1252"))
    (found,) = read_corpus(tmp_path)
    assert isinstance(found, Article)
    assert found.text == GOOD * 30 + "Gr\ufffd\ufffde"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.jsonl", b'{"text": "Ein Satz \\ud800 steht hier.", "title": "\\udfff Titel"}'),
        ("a.md", b'---\ntitle: "\\uD800 Titel"\n---\nEin Satz steht hier.'),
        ("a.html", b"<title>&#xD800; Titel</title><p>Ein Satz &#xDFFF; steht hier.</p>"),
    ],
)
def test_half_a_character_does_not_reach_the_store(tmp_path: Path, name: str, data: bytes) -> None:
    put(tmp_path, name, data)
    (found,) = read_corpus(tmp_path)
    assert isinstance(found, Article)
    with closing(sqlite3.connect(":memory:")) as db:
        assert db.execute("SELECT ?, ?", (found.title, found.text)).fetchone() == (found.title, found.text)


# ---------------------------------------------------------------- the whole


def test_no_bad_file_stops_a_build(tmp_path: Path, encoder: StandIn) -> None:
    folder = tmp_path / "corpus"
    small = {case: found for case, found in REFUSED.items() if len(found[1]) < 1_000_000}
    for number, (name, data, _) in enumerate(small.values()):
        put(folder, f"{number}/{name}", data)
    put(folder, "navigation.txt", "Teilen\nDrucken\nStartseite\n")
    put(folder, "good.txt", GOOD)
    put(
        folder,
        "good.jsonl",
        b'{"text": "Der Hafen wird ausgebaut, sagt der Senat.", "title": "\\ud800"}\nx\n',
    )
    report = build.build(folder, tmp_path / "vectors", encoder=encoder)
    assert report.articles == 2
    assert len(report.skipped) == len(small) + 2
    assert any("nothing but navigation" in found.reason for found in report.skipped)


WORST = {
    "letters": "a\n",
    "two characters": "好的。",
    "accents": "\u0301",
    "brackets": "(Foto: ",
    "marks": ". ",
    "quotes": "„Ja.“ ",
    "pages": "\f1",
}


@pytest.mark.parametrize("name", WORST)
def test_the_longest_text_that_is_read_is_cut_in_bounded_time(name: str) -> None:
    part = parsing.MAX_TEXT // 20
    text = "x" + (WORST[name] * part)[:part]
    began = time.process_time()
    passages.split(Article("a.txt", "", text))
    seconds = time.process_time() - began
    assert seconds * parsing.MAX_TEXT / part < 120, "the whole would take minutes"


def test_the_limits_are_those_of_the_documentation() -> None:
    text = FORMATS.read_text("utf-8")
    for bound in (
        f"{registry.MAX_FILE_BYTES // 1_000_000} MB",
        f"{registry.MAX_TABLE_BYTES // 1_000_000} MB",
        f"{parsing.MAX_TEXT:,} characters",
        f"{parsing.MAX_LINES:,} lines",
        f"{html.MAX_HTML // 1_000_000} MB a page",
        f"{archives.MAX_MEMBERS:,} files",
        f"{archives.MAX_UNPACKED // 1_000_000} MB",
        f"{tables.MAX_ROWS:,} rows",
        f"{MAX_FRONT_MATTER} characters",
    ):
        assert bound in text, bound
