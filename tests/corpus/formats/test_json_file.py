"""JSON files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qa.corpus.formats import json_file
from qa.errors import CorpusError
from qa.types import Article, Skipped
from tests.support.articles import all_of

STEG = {"title": "Steg", "content": "Der Steg ist zu.", "publishedAt": "2024-03-06T08:00:00Z"}
BAD = {
    "headline": "Bad",
    "body": "Das Bad ist offen.",
    "date": 1709733900,
    "source": {"id": None, "name": "Seebote"},
}


@pytest.mark.parametrize(
    ("author", "byline"),
    [
        ("Eva Kern, Uwe Ast", "Von Eva Kern, Uwe Ast\n\n"),
        (["Eva Kern", {"name": "Uwe Ast"}], "Von Eva Kern, Uwe Ast\n\n"),
        ([1, None], ""),
        (7, ""),
    ],
)
def test_authors_are_a_byline_and_never_a_reason_to_skip(tmp_path: Path, author: object, byline: str) -> None:
    data = json.dumps([{**STEG, "author": author}]).encode()
    (article,) = all_of(tmp_path, "a.json", data)
    assert isinstance(article, Article)
    assert article.text == f"{byline}Der Steg ist zu."


@pytest.mark.parametrize(
    "value",
    [
        [STEG, BAD],
        {"status": "ok", "articles": [STEG, BAD], "tags": [{"a": 1}]},
        {"hits": {"total": 2, "hits": [{"_id": 1, "_source": STEG}, {"_source": BAD}]}},
        {"meldungen": [STEG, BAD], "version": 1},
        {"data": {"entries": [STEG, BAD]}},
    ],
)
def test_the_array_of_articles(tmp_path: Path, value: object) -> None:
    found = [
        item for item in all_of(tmp_path, "a.json", json.dumps(value).encode()) if isinstance(item, Article)
    ]
    assert [(item.article_id, item.title, item.date) for item in found] == [
        ("a.json/0001", "Steg", "2024-03-06"),
        ("a.json/0002", "Bad", "2024-03-06"),
    ]
    assert found[1].source == "Seebote"


def test_one_article(tmp_path: Path) -> None:
    (found,) = all_of(
        tmp_path, "a.json", json.dumps({"headline": "Steg", "articleBody": "Er ist zu."}).encode()
    )
    assert isinstance(found, Article)
    assert (found.article_id, found.title, found.text) == ("a.json", "Steg", "Er ist zu.")


def test_a_bad_entry_costs_itself(tmp_path: Path) -> None:
    found = all_of(tmp_path, "a.json", json.dumps([STEG, 7, {"title": "ohne"}, BAD]).encode())
    assert [item.path for item in found if isinstance(item, Skipped)] == ["a.json/0002", "a.json/0003"]
    assert [item.article_id for item in found if isinstance(item, Article)] == ["a.json/0001", "a.json/0004"]


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[1, 2]",
        "{}",
        '{"a": [{"text": "x"}], "b": [{"text": "y"}]}',
        "[" * 100_000,
        "1" * 10_000,
        '"text"',
    ],
)
def test_no_articles(text: str) -> None:
    with pytest.raises(CorpusError):
        list(json_file.read(text.encode()))
