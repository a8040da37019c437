"""The sources of an answer and their references."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.types import Answer, Citation, Hit, Passage, Span
from qa.web.sources import HASH_DIGITS, MAX_QUOTE, MAX_SOURCES, NEAREST, make_ref, read_refs, sources_of
from tests.support.fakes import ARTICLES, FERRY, FakeIndex

FERRY_ARTICLE = ARTICLES[0]
INDEX = FakeIndex("g1", ARTICLES)


@given(st.integers(0, len(FERRY) - 1), st.integers(1, 300), st.floats(-1, 2))
def test_a_ref_brings_its_source_back(start: int, length: int, score: float) -> None:
    end = min(len(FERRY), start + length)
    ref = make_ref(FERRY_ARTICLE, start, end, score)
    assert re.fullmatch(r"[\w.-]+", ref)
    (source,) = read_refs([(3, ref)], INDEX.article)
    assert (source.label, source.article, source.start, source.end) == (3, FERRY_ARTICLE, start, end)
    assert source.quote == FERRY[start:end]
    assert round(100 * source.score) == round(100 * min(1, max(0, score)))
    assert not source.stale


@given(st.integers(0, 200), st.integers(0, 50), st.integers(1, 50), st.integers(0, 50))
def test_a_ref_brings_the_answer_span_back(start: int, before: int, length: int, after: int) -> None:
    span = Span(start + before, start + before + length)
    ref = make_ref(FERRY_ARTICLE, start, span.end + after, 0.5, span)
    assert re.fullmatch(r"[\w.-]+", ref)
    (source,) = read_refs([(1, ref)], INDEX.article)
    assert (source.start, source.answer, source.end) == (start, span, span.end + after)
    assert source.answer_in_quote == Span(before, before + length)
    assert source.quote[before : before + length] == FERRY[span.start : span.end]


def test_the_answer_span_of_a_citation_is_that_of_its_source() -> None:
    cited = [
        Citation(n, "faehre.md", "", "", "", "", 5, 20, FERRY[5:20], 0.9, None, *span)
        for n, span in enumerate([(5, 20), (-1, -1)], 1)
    ]
    sources = sources_of(Answer("?", "answered", "", 0.9, tuple(cited)), INDEX.article)
    assert [source.answer for source in sources] == [Span(5, 20), None]
    assert [source.answer_in_quote for source in sources] == [Span(0, 15), None]


@given(st.text(min_size=1, max_size=200))
def test_any_file_name_can_be_in_a_ref(name: str) -> None:
    article = replace(FERRY_ARTICLE, article_id=name)
    ref = make_ref(article, 0, 5, 0.5)
    assert [source.article for source in read_refs([(1, ref)], FakeIndex("g", [article]).article)] == [
        article
    ]


@given(st.text())
def test_what_is_no_ref_is_left_out(text: str) -> None:
    assert read_refs([(1, text)], INDEX.article) == ()


@pytest.mark.parametrize(
    "change",
    [
        lambda ref: ref.replace(".5-", ".9-").replace("-9.", "-9."),  # an empty span
        lambda ref: ref.replace("5-9", "9-5"),
        lambda ref: ref.replace("5-9", "-5-9"),
        lambda ref: "!" + ref,
        lambda ref: "AAAA" + ref,
        lambda ref: ref[:-1],
        lambda ref: ref + "0",
        lambda ref: ref + ".4-9",
        lambda ref: ref + ".5-10",
        lambda ref: ref + ".7-7",
        lambda ref: ref + ".8-7",
        lambda ref: ref + ".6-",
        lambda ref: ref + ".6-8.6-8",
    ],
)
def test_a_forged_ref_is_left_out(change) -> None:
    ref = make_ref(FERRY_ARTICLE, 5, 9, 0.5)
    assert read_refs([(1, ref)], INDEX.article)
    assert read_refs([(1, change(ref))], INDEX.article) == ()


def test_labels_and_numbers_of_sources_are_bounded() -> None:
    refs = [make_ref(FERRY_ARTICLE, n, n + 1, 0.5) for n in range(2 * MAX_SOURCES)]
    assert len(read_refs([(1, ref) for ref in refs], INDEX.article)) == MAX_SOURCES
    assert read_refs([(-1, refs[0]), (100, refs[0])], INDEX.article) == ()


def test_a_span_longer_than_any_quote_is_left_out() -> None:
    long = replace(FERRY_ARTICLE, text="x" * 2 * MAX_QUOTE)
    index = FakeIndex("g", [long])
    refs = [make_ref(long, 5, 5 + length, 0.5) for length in (MAX_QUOTE, MAX_QUOTE + 1)]
    assert [source.ref for source in read_refs([(1, ref) for ref in refs], index.article)] == refs[:1]


def test_a_span_is_read_once_whatever_its_score() -> None:
    refs = [make_ref(FERRY_ARTICLE, 5, 9, score) for score in (0.1, 0.2, 0.3)]
    assert [source.ref for source in read_refs([(1, ref) for ref in refs], INDEX.article)] == refs[-1:]


def test_a_refusal_comes_with_the_nearest_few_passages() -> None:
    passages = [Passage("faehre.md", n, 10 * n, 10 * n + 9, FERRY[10 * n : 10 * n + 9]) for n in range(10)]
    hits = tuple(Hit(passage, rank, 1 / rank) for rank, passage in enumerate(passages, start=1))
    sources = sources_of(Answer("?", "no_answer", "Nein.", 0.1, hits=hits), INDEX.article)
    assert [(s.label, s.quote, s.score) for s in sources] == [(0, p.text, 0) for p in passages[:NEAREST]]


def test_a_source_of_a_changed_article_is_stale() -> None:
    start = FERRY.index("Das Schiff fasst")
    ref = make_ref(FERRY_ARTICLE, start, start + 44, 0.5)
    for text in ("Neu. " + FERRY, FERRY.replace("412", "413"), FERRY[: start + 10]):
        changed = FakeIndex("g2", [replace(FERRY_ARTICLE, text=text)])
        assert [source.stale for source in read_refs([(1, ref)], changed.article)] == [True]
    elsewhere = FakeIndex("g2", [replace(FERRY_ARTICLE, text=FERRY + " Nachtrag.")])
    assert [source.stale for source in read_refs([(1, ref)], elsewhere.article)] == [False]
    assert len(ref.rsplit(".", 1)[1]) == HASH_DIGITS
