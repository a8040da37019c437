from __future__ import annotations

import hashlib
import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from qa.corpus.folder import article_files, read_article, read_corpus
from qa.corpus.formats import registry, text
from qa.errors import CorpusError
from qa.types import Article, Skipped

BODY = (
    "Die alte Brücke über den Bach bleibt bis zum Herbst gesperrt, wie die Gemeinde am Dienstag mitteilte."
    " Nach Angaben der Verwaltung sind die Pfeiler morsch.\n"
)


def write(folder: Path, name: str, data: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def read(folder: Path, data: str | bytes, name: str = "a.md") -> Article:
    return read_article(folder, write(folder, name, data))


def test_an_article_with_front_matter(tmp_path: Path) -> None:
    data = (
        "---\ntitle: 'Brücke: gesperrt'\ndate: 2024-11-05\nsource: Tagblatt\nlanguage: de-DE\n"
        f"url: https://example.org/a\noriginal: x.txt\n---\n{BODY}"
    )
    assert read(tmp_path, data, "ort/a.md") == Article(
        article_id="ort/a.md",
        title="Brücke: gesperrt",
        text=BODY,
        source="Tagblatt",
        url="https://example.org/a",
        date="2024-11-05",
        language="de",
        sha256=hashlib.sha256(data.encode()).hexdigest(),
    )


def test_an_article_without_front_matter(tmp_path: Path) -> None:
    text = f"Brücke gesperrt\n\nVon tagblatt.de\n24/10/2024\n{BODY}"
    found = read(tmp_path, text, "a.txt")
    assert (found.title, found.date, found.source, found.language) == (
        "Brücke gesperrt",
        "2024-10-24",
        "tagblatt.de",
        "de",
    )
    assert found.text == text


@pytest.mark.parametrize(
    "fields", ["title: Nein\n", "# nur ein Kommentar\n", "\n", "title: ''\nlanguage: ''\n"]
)
def test_what_front_matter_lacks_comes_from_the_text(tmp_path: Path, fields: str) -> None:
    found = read(tmp_path, f"---\n{fields}---\n# Brücke gesperrt\n\n{BODY}")
    assert found.title == ("Nein" if "Nein" in fields else "Brücke gesperrt")
    assert found.language == "de"
    assert found.text == f"# Brücke gesperrt\n\n{BODY}"


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("title: No", "title", "No"),
        ("title: 2024", "title", "2024"),
        ("title: |\n  Brücke\n  gesperrt", "title", "Brücke gesperrt"),
        ("date: 05.11.2024", "date", "2024-11-05"),
        ("date: 2024-11-05T04:03:00Z", "date", "2024-11-05"),
        ("date: 2024-02-30", "date", ""),
        ("date: 2024-11", "date", ""),
        ("language: Deutsch", "language", "de"),
        ("language: EN", "language", "en"),
        ("language: irgendwas", "language", "de"),
        ("url: javascript:alert(1)", "url", ""),
        ("url: https://a.b/ c", "url", ""),
    ],
)
def test_fields(tmp_path: Path, line: str, field: str, value: str) -> None:
    assert getattr(read(tmp_path, f"---\n{line}\n---\n{BODY}"), field) == value


def test_a_date_in_front_matter_that_is_none_is_not_replaced_by_a_guess(tmp_path: Path) -> None:
    assert read(tmp_path, f"---\ndate: bald\n---\nBrücke\n24/10/2024\n{BODY}").date == ""


@pytest.mark.parametrize(
    "fields",
    [
        "title: a: b",
        "title: [1",
        "- eins\n- zwei",
        "title: [a, b]",
        "date: {a: b}",
        "title: !!python/object/apply:os.getcwd []",
        "a: " + "[" * 5000,
        "title: \x07",
        "x: " + "y" * text.MAX_FRONT_MATTER,
    ],
)
def test_malformed_front_matter(tmp_path: Path, fields: str) -> None:
    with pytest.raises(CorpusError, match="front matter is malformed"):
        read(tmp_path, f"---\n{fields}\n---\n{BODY}")


@pytest.mark.parametrize("text", [f"---\n\n{BODY}", f"---\n{BODY}---\n{BODY}", f"----\n{BODY}"])
def test_a_rule_at_the_top_is_no_front_matter(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text).text == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252", "iso8859_15"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    assert read(tmp_path, BODY.encode(encoding)).text == BODY


def test_one_bad_byte_does_not_garble_the_rest(tmp_path: Path) -> None:
    data = (BODY * 10).encode()
    found = read(tmp_path, data[:500] + b"\xff" + data[500:])
    assert found.text.replace("\ufffd", "") == BODY * 10


def test_newlines_and_accents(tmp_path: Path) -> None:
    decomposed = unicodedata.normalize("NFD", BODY).replace("\n", "\r\n") + "Zeile\rZeile\r\n"
    assert read(tmp_path, decomposed).text == BODY + "Zeile\nZeile\n"


@hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=200))
def test_text_is_kept_whole(tmp_path: Path, text: str) -> None:
    text = f"Anfang {text} Ende\n"
    assert read(tmp_path, text).text == unicodedata.normalize("NFC", text)


@hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=300), st.text(max_size=200).map(lambda text: f"---\n{text}\n---\nx".encode())
    )
)
def test_any_bytes_are_an_article_or_an_error(tmp_path: Path, data: bytes) -> None:
    write(tmp_path, "a.md", data)
    (found,) = read_corpus(tmp_path)
    if isinstance(found, Skipped):
        assert found.reason.endswith(".")
    else:
        assert "\0" not in found.text
        assert any(c.isalnum() for c in found.text)
        assert found.text == unicodedata.normalize("NFC", found.text)


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
        write(tmp_path, name, data)
    write(tmp_path, "z.txt", BODY)
    write(tmp_path, "a/b.MD", f"Noch etwas. {BODY}")
    write(tmp_path, ".hidden.txt", BODY)
    write(tmp_path, ".git/c.txt", BODY)
    found = list(read_corpus(tmp_path))
    names = [item.article_id if isinstance(item, Article) else item.path for item in found]
    assert names == sorted([*BAD, "z.txt", "a/b.MD"])
    reasons = {item.path: item.reason for item in found if isinstance(item, Skipped)}
    assert set(reasons) == set(BAD)
    assert all(reason[0].isupper() and reason.endswith(".") and ";" in reason for reason in reasons.values())


def test_files_are_listed_by_article_id(tmp_path: Path) -> None:
    for name in ("b.txt", "a/x.txt", "a.txt", "a-b.md", "c.jpg"):
        write(tmp_path, name, BODY)
    ids = [path.relative_to(tmp_path).as_posix() for path in article_files(tmp_path)]
    assert ids == sorted(ids) == ["a-b.md", "a.txt", "a/x.txt", "b.txt"]


def test_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "MAX_FILE_BYTES", 100)
    assert read(tmp_path, b"a" * 100).text == "a" * 100
    with pytest.raises(CorpusError, match="larger than"):
        read(tmp_path, b"a" * 101)


def test_nothing_outside_the_folder_is_read(tmp_path: Path) -> None:
    outside = write(tmp_path, "outside/secret.txt", BODY)
    folder = tmp_path / "corpus"
    inside = write(folder, "real.txt", BODY)
    (folder / "out.txt").symlink_to(outside)
    (folder / "z.txt").symlink_to(inside)
    (folder / "gone.txt").symlink_to(folder / "nothing.txt")
    (folder / "loop.txt").symlink_to(folder / "loop.txt")
    (folder / "linked").symlink_to(outside.parent)
    found = {
        getattr(item, "article_id", "") or getattr(item, "path", ""): item for item in read_corpus(folder)
    }
    assert sorted(found) == ["gone.txt", "linked", "loop.txt", "out.txt", "real.txt", "z.txt"]
    assert [name for name, item in found.items() if isinstance(item, Article)] == ["real.txt"]
    assert read_article(folder, folder / "z.txt").text == BODY  # a link within the folder is read
    with pytest.raises(CorpusError, match="leads out"):
        read_article(folder, folder / "out.txt")


def test_a_pipe_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (found,) = read_corpus(tmp_path)
    assert isinstance(found, Skipped)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", BODY).chmod(0)
    write(tmp_path, "b/c.txt", BODY).parent.chmod(0)
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
    write(tmp_path, unicodedata.normalize("NFD", "Brücke.txt"), BODY)
    (found,) = read_corpus(tmp_path)
    assert isinstance(found, Article)
    assert found.article_id == "Brücke.txt"


def test_no_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none", write(tmp_path, "a.txt", BODY)):
        with pytest.raises(CorpusError, match="is not a folder"):
            list(read_corpus(path))
        with pytest.raises(CorpusError, match="is not a folder"):
            article_files(path)


@pytest.mark.slow
def test_originals(shared: Path) -> None:
    found = [item for item in read_corpus(shared / "seeds") if isinstance(item, Article)]
    assert [article.date for article in found] == ["", "", "2024-10-24", "2024-11-05", ""]
    assert [article.source for article in found] == ["", "", "", "t-online", ""]
    assert {article.language for article in found} == {"de"}
    assert [len(article.title) for article in found] == [148, 73, 99, 81, 94]
