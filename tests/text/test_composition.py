from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from qa.text.composition import MAX_MARKS, composed

MARKS = "\u0301\u0327\u0345\u05b0\U0001d165"


@given(st.text(st.sampled_from("aeu \u00e4\u1e69\uac00\u0344" + MARKS), max_size=MAX_MARKS))
def test_short_runs_are_composed(text: str) -> None:
    assert composed(text) == unicodedata.normalize("NFC", text)


def test_a_long_run_stays_as_it_is_and_the_rest_is_composed() -> None:
    run = "\u0301" + "\u0327" * MAX_MARKS
    assert composed(f"u\u0308 x{run}y u\u0308") == f"\u00fc x{run}y \u00fc"


def test_a_run_of_any_length_comes_to_an_end() -> None:
    run = "\u0301" * 300_000 + "\u0327" * 300_000  # sorting it would take hours
    assert composed(f"a{run}") == f"a{run}"
