"""The values that the layers pass to each other."""

from __future__ import annotations

import pytest

from qa.types import Citation, Span


def _citation(answer_start: int, answer_end: int) -> Citation:
    return Citation(1, "a.txt", "", "", "", "", 10, 20, "0123456789", 0.9, None, answer_start, answer_end)


@pytest.mark.parametrize("span", [(10, 20), (10, 11), (19, 20)])
def test_an_answer_span_lies_within_the_quote(span: tuple[int, int]) -> None:
    assert _citation(*span).answer_span == Span(*span)


@pytest.mark.parametrize("span", [(9, 20), (10, 21), (12, 12), (13, 12), (-1, 12), (12, -1), (0, 0)])
def test_any_other_answer_span_is_an_error(span: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=r"a\.txt is not within the quote 10-20"):
        _citation(*span)


def test_a_citation_without_an_answer_span() -> None:
    bare = Citation(1, "a.txt", "", "", "", "", 0, 5, "Zitat", 0.9)
    assert (bare.answer_start, bare.answer_end, bare.answer_span) == (-1, -1, None)
