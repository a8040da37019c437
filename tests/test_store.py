from __future__ import annotations

from pathlib import Path

import pytest

from qa.errors import BrokenIndex, CorpusError
from qa.store import Store, write
from qa.types import Article, Filter, Passage


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
    path = tmp_path / "ä #?%.sqlite"
    write(path, [(ONE, cut(ONE, (0, 17), (18, 30))), (TWO, cut(TWO, (0, 8))), (THREE, cut(THREE, (0, 13)))])
    return Store(path)


def test_articles_and_passages_come_back_exactly(store: Store) -> None:
    assert [store.article(a.article_id) for a in (ONE, TWO, THREE)] == [ONE, TWO, THREE]
    assert store.passages([2, 0, 1]) == [*cut(TWO, (0, 8)), *cut(ONE, (0, 17), (18, 30))]
    assert store.passages_of("a.txt") == cut(ONE, (0, 17), (18, 30))
    assert [p.article_id for p in store.each_passage()] == ["a.txt", "a.txt", "b/ü.md", "c.txt"]
    assert (store.article_count, store.passage_count) == (3, 4)


def test_summaries_count_passages(store: Store) -> None:
    assert [(a.article_id, a.source, a.passages) for a in store.articles()] == [
        ("a.txt", "Kölner Blatt", 2),
        ("b/ü.md", "", 1),
        ("c.txt", "kölner blatt", 1),
    ]
    assert store.languages() == {"de", "", "en"}


@pytest.mark.parametrize(
    ("where", "rows"),
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
def test_filters(store: Store, where: Filter, rows: list[int]) -> None:
    found = store.rows(where)
    assert found is not None
    assert found.tolist() == rows


def test_no_filter_is_no_restriction(store: Store) -> None:
    assert store.rows(Filter()) is None


def test_an_unknown_article_is_an_error(store: Store) -> None:
    with pytest.raises(CorpusError, match="no article 'x'"):
        store.article("x")


def test_a_store_is_read_only(store: Store) -> None:
    with pytest.raises(Exception, match="readonly"):
        store._all("DELETE FROM article")


def test_no_store_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"not SQLite at all, but long enough to be read as a header" * 30)
    for name in ("x", "missing"):
        with pytest.raises(BrokenIndex, match="qa build --fresh"):
            Store(tmp_path / name)
