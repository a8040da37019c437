"""The files of texts."""

from __future__ import annotations

import json
from collections import Counter
from importlib import resources

import pytest


@pytest.mark.parametrize("name", ["page.json", "messages.json"])
def test_no_text_is_given_twice(name: str) -> None:
    """Of two texts with one key, JSON keeps the last one."""
    twice: list[str] = []

    def look(pairs: list[tuple[str, object]]) -> dict[str, object]:
        twice.extend(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        return dict(pairs)

    json.loads((resources.files("qa.i18n") / name).read_text("utf-8"), object_pairs_hook=look)
    assert twice == []
