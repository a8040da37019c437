from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qa.errors import BrokenIndex, CorpusError, StoreError
from qa.facts.copies import shingles
from qa.index.article_writer import ArticleWriter
from qa.index.articles import FILE, FILTERS_KEPT, TEXTS, Store, digest, packed
from qa.index.base import Sought, StoredArticle
from qa.types import Article, Filter, Passage, Span


def article(article_id: str, text: str, **fields: str) -> Article:
    return Article(article_id=article_id, title=article_id, text=text, **fields)


def cut(found: Article, *spans: tuple[int, int]) -> list[Passage]:
    return [Passage(found.article_id, n, a, b, found.text[a:b]) for n, (a, b) in enumerate(spans)]


ONE = article(
    "a.txt", "Grüße 🙂 aus Köln.\nZweite Zeile", source="Kölner Blatt", date="2024-10-16", language="de"
)
TWO = article("b/ü.md", "日本語のテキスト", date="2025-01-02T08:00:00+01:00")
THREE = article("c.txt", "No date here.", source="kölner blatt", language="en")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    folder = tmp_path / "ä #?%"
    folder.mkdir()
    with ArticleWriter(folder) as writer:
        for found, spans in ((ONE, [(0, 17), (18, 30)]), (TWO, [(0, 8)]), (THREE, [(0, 13)])):
            writer.add(found, digest(found), [Span(*span) for span in spans])
    return Store(folder)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["a.txt", "b/ü.md", "c.txt"]),
        ("KÖLNER", ["a.txt", "c.txt"]),
        ("kölner 2024-10", ["a.txt"]),
        ("Ü.MD", ["b/ü.md"]),
        ("en", ["c.txt"]),
        ("%", []),
        ("a.txt de", ["a.txt"]),
        ("a.txt en", []),
        ("koelner", ["a.txt", "c.txt"]),
    ],
)
def test_a_search_needs_every_word_in_any_case(store: Store, query: str, expected: list[str]) -> None:
    found, count = store.find([Sought((word,)) for word in query.split()], 0, 50)
    assert [a.article_id for a in found] == expected
    assert count == len(expected)


def test_a_search_is_in_the_metadata_or_in_a_passage(store: Store) -> None:
    sought = [Sought(("nirgends",), np.array([1, 2]))]
    assert [a.article_id for a in store.find(sought, 0, 50)[0]] == ["a.txt", "b/ü.md"]
    assert store.find([*sought, Sought(("c.txt",))], 0, 50)[1] == 0
    assert store.find([Sought(("köln", "blatt"))], 0, 50)[1] == 2
    assert store.find([Sought(())], 0, 50)[1] == 0


def test_an_article_says_which_one_it_repeats(tmp_path: Path) -> None:
    report = (
        "Die Fähre nach Amrum fährt ab Montag wieder viermal am Tag, sagte die Reederei den Gästen im Hafen."
    )
    texts = {
        "a.txt": report,
        "b.txt": "Etwas ganz anderes steht in diesem Text.",
        "c.txt": f"{report} Und mehr.",
    }
    with ArticleWriter(tmp_path) as writer:
        for name, text in texts.items():
            found = article(name, text)
            writer.add(found, digest(found), [Span(0, 9)])
    store = Store(tmp_path)
    assert [one.copy_of for one in store.articles()] == ["", "", "a.txt"]
    assert store.find([], 2, 1)[0][0].copy_of == "a.txt"
    kept = store.shingles("c.txt")
    assert kept is not None
    assert np.array_equal(kept, shingles(texts["c.txt"]))
    assert store.shingles("d.txt") is None
    store.close()
    with closing(sqlite3.connect(tmp_path / FILE)) as db:  # as written before copies were looked for
        db.execute("ALTER TABLE article DROP COLUMN copy_of")
        db.commit()
    old = Store(tmp_path)
    assert [one.copy_of for one in old.articles()] == ["", "", ""]
    assert old.shingles("c.txt") is None


def test_the_pages_of_a_search_add_up(store: Store) -> None:
    pages = [store.find([Sought((".",))], offset, 2) for offset in (0, 2, 4)]
    assert [count for _, count in pages] == [3, 3, 3]
    assert [a for found, _ in pages for a in found] == store.articles()


def test_outlets_are_counted_without_regard_to_case(store: Store) -> None:
    assert store.sources() == [("Kölner Blatt", 2)]


def test_articles_and_passages_come_back_exactly(store: Store) -> None:
    assert [store.article(a.article_id) for a in (ONE, TWO, THREE)] == [ONE, TWO, THREE]
    assert store.passages([2, 0, 1]) == [*cut(TWO, (0, 8)), *cut(ONE, (0, 17), (18, 30))]
    assert [store.row(p) for p in store.passages(range(4))] == [0, 1, 2, 3]
    assert [(a.article_id, p.article_id) for a, p in store.with_articles([3, 0])] == [
        ("c.txt", "c.txt"),
        ("a.txt", "a.txt"),
    ]
    assert (store.article_count, store.passage_count) == (3, 4)


def test_summaries_count_passages(store: Store) -> None:
    assert [(a.article_id, a.source, a.passages) for a in store.articles()] == [
        ("a.txt", "Kölner Blatt", 2),
        ("b/ü.md", "", 1),
        ("c.txt", "kölner blatt", 1),
    ]
    assert store.languages() == {"de", "", "en"}


@pytest.mark.parametrize(
    ("filter_", "rows"),
    [
        (Filter(article_id="a.txt"), [0, 1]),
        (Filter(article_id="nowhere"), []),
        (Filter(source="KÖLNER Blatt"), [0, 1, 3]),
        (Filter(since="2024-10-16"), [0, 1, 2]),
        (Filter(since="2024-10-17"), [2]),
        (Filter(until="2024-10-16"), [0, 1]),
        (Filter(until="2025-01-02"), [0, 1, 2]),
        (Filter(source="Kölner Blatt", since="2024-01-01", until="2024-12-31"), [0, 1]),
    ],
)
def test_filters(store: Store, filter_: Filter, rows: list[int]) -> None:
    found = store.rows(filter_)
    assert found is not None
    assert found.tolist() == rows


def test_recent_filters_are_remembered(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    compute = store._rows
    monkeypatch.setattr(store, "_rows", lambda filter_: asked.append(filter_) or compute(filter_))
    filters = [Filter(since=f"202{year}-01-01") for year in range(FILTERS_KEPT + 1)]
    first = [store.rows(filter_) for filter_ in filters]
    for filter_, rows in zip(filters[:0:-1], first[:0:-1], strict=True):
        assert store.rows(filter_) is rows
    assert asked == filters
    np.testing.assert_array_equal(store.rows(filters[0]), first[0])
    assert asked == [*filters, filters[0]]
    with pytest.raises(ValueError, match="read-only"):
        first[0][:1] = 3


def test_no_filter_is_no_restriction(store: Store) -> None:
    assert store.rows(Filter()) is None


def test_an_unknown_article_is_an_error(store: Store) -> None:
    with pytest.raises(CorpusError, match="no article 'x'"):
        store.article("x")


def test_a_store_is_read_only(store: Store) -> None:
    for db in (store._db, store._texts):
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            db.execute("CREATE TABLE x (y)")


def test_what_a_build_needs_to_know(store: Store) -> None:
    stored = store.stored()
    assert stored["a.txt"] == StoredArticle(digest(ONE), 0, 2)
    assert store.spans(stored["a.txt"]) == [(0, 17), (18, 30)]
    assert store.spans(stored["c.txt"]) == [(0, 13)]


@pytest.mark.parametrize("field", ["title", "text", "source", "url", "date", "language", "sha256"])
def test_a_digest_changes_with_every_field(field: str) -> None:
    assert digest(replace(ONE, **{field: "x"})) != digest(ONE)


def test_an_unknown_passage_is_an_error(store: Store) -> None:
    for passage in (
        Passage("a.txt", 2, 0, 1, "G"),
        Passage("x", 0, 0, 1, "G"),
        Passage("a.txt", -1, 0, 1, "G"),
    ):
        with pytest.raises(BrokenIndex, match="qa build --fresh"):
            store.row(passage)
    with pytest.raises(BrokenIndex, match="qa build --fresh"):
        store.passages([4])


@pytest.mark.parametrize("field", ["text", "damage", "about"])
def test_a_changed_text_is_never_shown(store: Store, tmp_path: Path, field: str) -> None:
    folder = tmp_path / "ä #?%"
    if field == "about":
        change, value = "UPDATE article SET about = replace(about, '2024', '2023') WHERE number = 0", ()
    else:
        change = "UPDATE text SET packed = ? WHERE number = 0"
        value = (packed(ONE.text.replace("Köln", "Bonn")) if field == "text" else b"\x78\x9cnothing",)
    with closing(sqlite3.connect(folder / (FILE if field == "about" else TEXTS))) as db, db:
        assert db.execute(change, value).rowcount == 1
    changed = Store(tmp_path / "ä #?%")
    for read in (
        lambda: changed.article("a.txt"),
        lambda: changed.passages([1]),
    ):
        with pytest.raises(BrokenIndex, match="qa build --fresh"):
            read()
    assert changed.article("c.txt") == THREE


@pytest.mark.parametrize("name", [FILE, TEXTS])
def test_no_store_is_refused(store: Store, tmp_path: Path, name: str) -> None:
    path = tmp_path / "ä #?%" / name
    path.write_bytes(b"not SQLite at all, but long enough to be read as a header" * 30)
    with pytest.raises(BrokenIndex, match="qa build --fresh"):
        Store(path.parent)
    path.unlink()
    with pytest.raises(BrokenIndex, match="qa build --fresh"):
        Store(path.parent)


def test_texts_of_another_store_are_refused(store: Store, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with ArticleWriter(other) as writer:
        writer.add(ONE, digest(ONE), [Span(0, 17)])
    (other / TEXTS).replace(tmp_path / "ä #?%" / TEXTS)
    with pytest.raises(BrokenIndex, match="qa build --fresh"):
        Store(tmp_path / "ä #?%")


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"[Ff]ree some"):
        ArticleWriter(tmp_path / "nowhere")
