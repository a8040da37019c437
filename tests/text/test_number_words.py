from __future__ import annotations

import pytest

from qa.text.number_words import cardinal


@pytest.mark.parametrize(
    ("word", "language", "value"),
    [
        ("zwölf", "de", 12),
        ("einundzwanzig", "de", 21),
        ("dreihundertfünf", "de", 305),
        ("zweitausendvierzig", "de", 2040),
        ("tausend", "de", 1000),
        ("thirty-two", "en", 32),
        ("ninety", "en", 90),
        ("haus", "de", None),
        ("zweizwei", "de", None),
        ("two-thirty", "en", None),
    ],
)
def test_values(word: str, language: str, value: int | None) -> None:
    assert cardinal(word, language) == value
