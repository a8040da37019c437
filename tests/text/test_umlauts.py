from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qa.text.umlauts import has_umlaut, transcription, without_dots


def test_umlauts_and_their_transcriptions_are_the_same_without_dots() -> None:
    assert transcription("grüße") == "gruesse"
    assert without_dots("mühle") == without_dots("muehle") == "muhle"


@given(st.text())
def test_a_word_without_dots_has_none(word: str) -> None:
    assert has_umlaut(word) == (without_dots(word) != word)
    assert not set(without_dots(word)) & set("äöü")
