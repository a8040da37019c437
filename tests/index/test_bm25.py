from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.index import bm25_writer
from qa.index.bm25 import K1, B
from qa.index.bm25_index import LexicalIndex
from qa.index.bm25_writer import save
from qa.text import tokens
from qa.types import Run
from tests.support.lexical import write

rows_of_terms = st.lists(st.lists(st.sampled_from("abcdefg"), max_size=12), min_size=1, max_size=12)


def bm25(rows: list[list[str]], query: list[str]) -> list[float]:
    """The formula, written out: Robertson & Zaragoza (2009) with Lucene's idf."""
    mean = sum(map(len, rows)) / len(rows)
    frequency = Counter(term for row in rows for term in set(row))
    scores = []
    for row in rows:
        score = 0.0
        for term in query:
            n, tf = frequency[term], row.count(term)
            idf = math.log(1 + (len(rows) - n + 0.5) / (n + 0.5))
            if tf:
                score += idf * tf / (tf + K1 * (1 - B + B * len(row) / mean))
        scores.append(score)
    return scores


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=rows_of_terms, query=st.lists(st.sampled_from("abcdefgz"), unique=True), k=st.integers(1, 15))
def test_scores_equal_the_formula(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], query: list[str], k: int
) -> None:
    folder = tmp_path_factory.mktemp("lexical")
    found = write(folder, rows).search(query, k)
    exact = bm25(rows, query)
    expected = sorted((row for row, score in enumerate(exact) if score > 0), key=lambda row: -exact[row])
    np.testing.assert_allclose(found.scores, [exact[row] for row in expected][:k], rtol=1e-4)
    assert len(found.rows) == min(k, len(expected))
    assert all(abs(exact[row] - score) < 1e-4 for row, score in zip(found.rows, found.scores, strict=True))


def whole(index: LexicalIndex, query: list[str], k: int, allowed: np.ndarray | None) -> Run:
    """Search with a score for every row."""
    scores = np.zeros(index.count, np.float32)
    for term in query:
        if found := index._find(term):
            rows, counts = index.postings(*found)
            scores[rows] += np.float32(index.idf(term)) * counts / (counts + index.norms[rows])
    among = np.arange(index.count) if allowed is None else allowed
    among = among[scores[among] > 0]
    order = np.lexsort((among, -scores[among]))[:k]
    return Run(among[order], scores[among[order]])


# Zipf's law: "a" stands in most rows, "g" in few.
zipf = st.lists(st.sampled_from("aaaaaaaabbbbccdefg"), max_size=9)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(zipf, min_size=1, max_size=80),
    query=st.lists(st.sampled_from("abcdefgz"), max_size=7),
    k=st.integers(1, 12),
    odd=st.booleans(),
)
def test_search_is_that_over_all_rows_to_the_bit(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], query: list[str], k: int, odd: bool
) -> None:
    index = write(tmp_path_factory.mktemp("lexical"), rows)
    allowed = np.arange(1, len(rows), 2) if odd else None
    found, expected = index.search(query, k, allowed), whole(index, query, k, allowed)
    assert found.rows.tolist() == expected.rows.tolist()
    assert found.scores.tobytes() == expected.scores.tobytes()
    assert index.scores(query, found.rows).tobytes() == found.scores.tobytes()


def test_rows_that_hold_only_frequent_terms_are_not_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = np.random.default_rng(1)
    rows = [["all"] * (number % 3 + 1) + ["rare"] * (chance.random() < 0.05) for number in range(2000)]
    index = write(tmp_path, rows)
    read: list[int] = []
    postings = index.postings
    monkeypatch.setattr(index, "postings", lambda *at: read.append(at[1] - at[0]) or postings(*at))
    found, expected = index.search(["all", "rare"], 20), whole(index, ["all", "rare"], 20, None)
    assert found.rows.tolist() == expected.rows.tolist()
    assert read[0] == index.document_frequency("rare") < 200
    assert len(read) == 3  # one by the search, two by the comparison


def test_pieces_of_the_postings_make_no_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [list(chance) for chance in ("abca", "", "bbd", "ea", "dd", "acbe")]
    old = write(tmp_path / "whole", rows)
    monkeypatch.setattr(bm25_writer, "AT_ONCE", 3)
    write(tmp_path / "pieces", rows)
    assert files(tmp_path / "whole" / "lexical") == files(tmp_path / "pieces" / "lexical")
    (tmp_path / "moved").mkdir()
    save(tmp_path / "moved" / "lexical", 6, [], old=old, moved=np.arange(6))
    assert files(tmp_path / "whole" / "lexical") == files(tmp_path / "moved" / "lexical")


def test_filter_and_ties(tmp_path: Path) -> None:
    index = write(tmp_path, [["a"], ["a"], ["b"], ["a"]])
    assert index.search(["a"], 2).rows.tolist() == [0, 1]
    assert index.search(["a"], 5, np.array([1, 2, 3])).rows.tolist() == [1, 3]
    assert index.search(["unknown"], 5).rows.tolist() == []
    assert index.search([], 5).rows.tolist() == []


def test_frequencies(tmp_path: Path) -> None:
    index = write(tmp_path, [["a", "a"], ["a", "b"], []])
    assert [index.document_frequency(term) for term in ("a", "b", "c", "")] == [2, 1, 0, 0]
    assert index.idf("b") == pytest.approx(math.log(1 + 2.5 / 1.5))
    assert index.idf("c") == pytest.approx(math.log(1 + 3.5 / 0.5))


def test_rows_without_terms_can_be_saved(tmp_path: Path) -> None:
    index = write(tmp_path, [[], []])
    assert index.count == 2
    assert index.search(["a"], 3).rows.tolist() == []


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


edits = st.lists(st.one_of(st.integers(0, 11), st.lists(st.sampled_from("abxyz"), max_size=5)), max_size=12)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=rows_of_terms, edits=edits)
def test_reused_rows_equal_recounted_rows(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], edits: list[int | list[str]]
) -> None:
    """Each edit is the number of the old row now at this place, or the terms of a new one."""
    folder = tmp_path_factory.mktemp("lexical")
    old = write(folder / "old", rows)
    moved = np.full(len(rows), -1)
    now, new = [], []
    for place, edit in enumerate(edits):
        if isinstance(edit, int) and edit < len(rows) and moved[edit] < 0:
            moved[edit] = place
            now.append(rows[edit])
        else:
            now.append(edit if isinstance(edit, list) else [])
            new.append((place, now[-1]))
    write(folder / "fresh", now)
    (folder / "renewed").mkdir()
    save(folder / "renewed" / "lexical", len(now), new, old=old, moved=moved)
    assert files(folder / "renewed" / "lexical") == files(folder / "fresh" / "lexical")


def test_a_term_more_often_than_can_be_counted(tmp_path: Path) -> None:
    index = write(tmp_path, [["a"] * 70_000, ["a", "b"]])
    assert index.all_postings()[1].tolist() == [65_535, 1, 1]


def test_terms_of_a_text_are_what_the_format_says() -> None:
    """Indexes take terms over from older ones: where this fails, raise `bm25.FORMAT` and correct these."""
    sample = (
        "Achtzehn Soldaten, die 12.000 Häuser und Straßen räumten, sagte der Minister am 4. Mai um 16:30 Uhr."
    )
    assert " ".join(tokens.terms(sample, "de")) == (
        "achtzehn soldat 12000 haus strass raumt sagt minist 4 mai 16:30 uhr"
    )
