from __future__ import annotations

import pytest

from qa.web.small_talk import reply_key


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("Hallo", "greeting"),
        ("Guten Tag!", "greeting"),
        ("hi there", "greeting"),
        ("Danke!", "thanks"),
        ("Vielen Dank.", "thanks"),
        ("thank you very much", "thanks"),
        ("Tschüss", "farewell"),
        ("Danke für nichts, wer gewann?", ""),
        ("Hallo, wer hat gewonnen?", ""),
        ("Wer ist Moin?", ""),
        ("", ""),
        ("hallo" * 20_000, ""),
    ],
)
def test_only_what_says_nothing_else_is_small_talk(said: str, key: str) -> None:
    assert reply_key(said) == key
