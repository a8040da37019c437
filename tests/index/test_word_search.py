from __future__ import annotations

from collections.abc import Sequence

import pytest

from qa.index import search
from qa.index.build import build
from qa.index.search import Index
from qa.index.word_search import groups, known
from qa.text.word_query import parse
from qa.types import Filter, Mode
from tests.support.standin import StandIn

TEXTS = {
    "kran.txt": "Der Kran am Kai\n\nDer Kran am Kai ist alt. Er hebt zwölf Tonnen.",
    "kranich.txt": "Vögel\n\nAuf der Wiese standen am Abend viele Vögel und ein Kranich.",
    "kranfuehrer.txt": "Arbeit\n\nDie Kranführerin steigt jeden Morgen hinauf.",
    "hafenkraene.txt": "Stadtbild\n\nVier Hafenkräne stehen unter Denkmalschutz.",
    "bach.txt": "Wasser\n\nIn der Großen Straße lief das Wasser in die Keller.",
    "muehle.txt": "Mahlen\n\nDie Muehle am Bach mahlt wieder. Der Müller freut sich.",
    "turm.md": "---\ntitle: Ein Bericht\nsource: Mühlenbote\ndate: 2015-03-09\n---\n"
    "Der Turm wird im Mai geschlossen.",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("words")
    corpus = folder / "corpus"
    corpus.mkdir()
    for name, text in TEXTS.items():
        (corpus / name).write_text(text, encoding="utf-8")
    encoder = StandIn()
    build(corpus, folder / "v", encoder=encoder)
    return Index.open(folder / "v", encoder=encoder)


def found(index: Index, query: str, mode: Mode = "lexical") -> list[str]:
    return [hit.passage.article_id for hit in index.search(query, mode=mode)]


@pytest.mark.parametrize("mode", ["lexical", "hybrid", "dense"])
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Kran*", {"kran.txt", "kranich.txt", "kranfuehrer.txt"}),
        ("Kräne*", set()),
        ("*kräne", {"hafenkraene.txt"}),
        ("*kran*", {"kran.txt", "kranich.txt", "kranfuehrer.txt", "hafenkraene.txt"}),
        ("Denkmal*", {"hafenkraene.txt"}),
        ("denkmalschutzes*", set()),
        ("Mühl*", {"muehle.txt"}),
        ('"Kran am Kai"', {"kran.txt"}),
        ('"am Kai Kran"', set()),
        ('"in der Grossen Strasse"', {"bach.txt"}),
        ('"in der"', {"bach.txt"}),
        ('"Wasser" Kran*', set()),
        ("Straß* Keller*", {"bach.txt"}),
        ("xyzz*", set()),
    ],
)
def test_phrases_and_truncated_words_are_required(
    index: Index, mode: Mode, query: str, expected: set[str]
) -> None:
    assert set(found(index, query, mode)) == expected


def test_a_plural_finds_the_compound_after_the_word(index: Index) -> None:
    assert found(index, "Kräne")[0] == "kran.txt"
    assert {"hafenkraene.txt", "kranfuehrer.txt"} <= set(found(index, "Kräne"))
    assert "hafenkraene.txt" in found(index, "Kraene", "lexical")


@pytest.mark.parametrize("word", ["hof", "höfe", "gans", "gänse", "wildgans", "bahnhöfe"])
def test_the_head_of_a_compound_in_any_number_finds_it(word: str) -> None:
    terms = ("bahnhof", "hofer", "wildgans", "wort")

    class Few:
        def idf(self, asked: Sequence[str]) -> dict[str, float]:
            return {term: 1.0 if term in terms else 9.0 for term in asked}

        def containing(self, part: str) -> list[str]:
            return [term for term in terms if part in term]

        def near(self, asked: Sequence[str]) -> dict[str, list[str]]:
            return {}

    (group,) = groups([*parse(word)], Few(), frozenset({"de"}))
    assert [*group.terms] == ["wildgans" if "g" in word else "bahnhof"]


@pytest.mark.parametrize("query", ["Muehle", "Mühle", "Mühlen", "Mühel", "Mühhle"])
def test_spellings_of_a_word(index: Index, query: str) -> None:
    assert found(index, query)[0] == "muehle.txt"


def test_a_slip_counts_only_where_no_article_has_the_word(index: Index) -> None:
    assert found(index, "Denkmalschuzt") == ["hafenkraene.txt"]
    assert found(index, "Keller") == ["bach.txt"]  # and not "Teller" or "Müller"


def test_stop_words_alone_find_nothing(index: Index) -> None:
    assert found(index, "der die das") == found(index, "") == found(index, "* ?") == []


def test_a_long_question_is_searched_as_one(index: Index) -> None:
    question = "Wer freut sich über das Wasser in den alten Kellern am Bach?"
    assert index.search(question) == index.retrieve(question)


def test_hits_have_ranks_and_respect_filters(index: Index) -> None:
    hits = index.search("Kran*", k=2, mode="lexical")
    assert [hit.rank for hit in hits] == [hit.lexical_rank for hit in hits] == [1, 2]
    assert 0 < hits[1].score <= hits[0].score <= 1
    where = Filter(article_id="kranich.txt")
    assert [hit.passage.article_id for hit in index.search("Kran*", where=where)] == ["kranich.txt"]


def test_the_number_of_passages_that_are_read_is_bounded(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST_CHECKED", 1)
    assert len(found(index, "*kran*")) == 1


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", sorted(TEXTS)),
        ("Kran*", ["kran.txt", "kranfuehrer.txt", "kranich.txt"]),
        ("Tonnen", ["kran.txt"]),
        ("die Tonnen", ["kran.txt"]),
        ("Mühle", ["muehle.txt", "turm.md"]),
        ('"Kran am Kai"', ["kran.txt"]),
        ("Bericht Mai", ["turm.md"]),
        ("muehlenbote", ["turm.md"]),
        ("kranich.txt", ["kranich.txt"]),
        ("2015-03", ["turm.md"]),
        ("März 2015", ["turm.md"]),
        ('"9 March 2015"', ["turm.md"]),
        ("Denkmalschuzt", ["hafenkraene.txt"]),
        ("%", []),
        ("Kran gibtesnirgends", []),
    ],
)
def test_articles_are_found_by_their_texts_too(index: Index, query: str, expected: list[str]) -> None:
    summaries, count = index.find_articles(query)
    assert [summary.article_id for summary in summaries] == expected
    assert count == len(expected)


def test_terms_of_the_vocabulary(index: Index) -> None:
    terms = index.retrieval.containing("kran")
    assert {"kran", "kranich", "hafenkran"} <= set(terms)
    assert all("kran" in term for term in terms)
    assert known(terms, index) == set(terms)
    assert index.retrieval.containing("") == []
