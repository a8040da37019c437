from __future__ import annotations

import pytest

from qa.errors import Busy
from qa.service.turns import Turns


def test_beyond_the_places_everyone_is_refused() -> None:
    turns = Turns(0, "Too many wait.")
    assert not turns.full
    with turns.take():
        assert turns.full
        with pytest.raises(Busy, match="Too many wait"), turns.take():
            pass
    assert not turns.full


def test_a_place_is_given_back_after_an_error() -> None:
    turns = Turns(0, "Too many wait.")
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), turns.take():
            raise ZeroDivisionError
    assert not turns.full
