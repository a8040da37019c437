from __future__ import annotations

from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from qa.corpus import parsing
from qa.corpus.file_names import check_name
from qa.fetching.front_matter import names, written
from qa.types import Article


@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1))
def test_fields_come_back_as_they_were(title: str) -> None:
    data = written("Der Hafen ist geschlossen.", {"title": title, "author": 'A: "B"', "source": ""})
    (item, *_) = parsing.contents("a.txt", data)
    assert isinstance(item, Article)
    assert item.text.strip() == "Der Hafen ist geschlossen."


def test_the_fields_of_an_article() -> None:
    fields = {"title": "Ölpreis: „hoch“ --- #1\n---", "date": "2024-03-06", "url": "https://example.org/a"}
    (item,) = parsing.contents("a.txt", written("Ein Text.", {**fields, "author": "Ada"}))
    assert isinstance(item, Article)
    assert (item.title, item.date, item.url) == ("Ölpreis: „hoch“ --- #1 ---", fields["date"], fields["url"])


@given(st.text(), st.text())
def test_every_name_is_allowed(title: str, date: str) -> None:
    several = list(islice(names(title, date), 3))
    assert len(set(several)) == 3
    for name in several:
        check_name(name)


def test_names_tell_day_and_title() -> None:
    assert next(names("Ölpreis steigt – Straße gesperrt!", "2024-03-06T10:00")) == (
        "2024-03-06-oelpreis-steigt-strasse-gesperrt.txt"
    )
    assert next(names("日本語", "")) == "artikel.txt"
    assert next(names("Con", "")) == "artikel-con.txt"
