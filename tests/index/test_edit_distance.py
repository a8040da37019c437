from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.index.edit_distance import distance, distances

words = st.text("abc", max_size=7)


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [
        ("", "", 0),
        ("ab", "ba", 1),
        ("kitten", "sitting", 3),
        ("klinik", "klnik", 1),
        ("abcd", "acbd", 1),
        ("a", "", 1),
    ],
)
def test_known_distances(one: str, other: str, slips: int) -> None:
    assert distance(one, other, 5) == distance(other, one, 5) == slips


@given(words, st.lists(words, min_size=1, max_size=5), st.integers(1, 2))
def test_many_at_once_are_as_one_by_one(word: str, others: list[str], most: int) -> None:
    width = len(word) + most
    rows = [other.encode()[:width].ljust(width, b"\0") for other in others]
    letters = np.frombuffer(b"".join(rows), np.uint8).reshape(len(others), width)
    lengths = np.array([len(other) for other in others])
    expected = [distance(word, other, most) for other in others]
    assert distances(word.encode(), letters, lengths, most).tolist() == expected
