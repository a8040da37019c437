from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qa.text.umlauts import has_umlaut, transcription, without_dots


def test_umlauts_and_their_transcriptions_are_the_same_without_dots() -> None:
    assert transcription("grüße") == "gruesse"
    assert without_dots("mühle") == without_dots("muehle") == "muhle"


def test_words_with_an_umlaut_or_what_may_be_one() -> None:
    assert all(map(has_umlaut, ("mühle", "muehle", "poesie")))
    assert not any(map(has_umlaut, ("turm", "straße", "")))


@given(st.text())
def test_a_word_without_dots_has_none(word: str) -> None:
    assert not set(without_dots(word)) & set("äöü")
