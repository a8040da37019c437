from __future__ import annotations

from qa.index.lru import LRU


def test_the_values_used_last_are_remembered() -> None:
    computed: list[str] = []

    def compute(key: str) -> str:
        computed.append(key)
        return key.upper()

    cache: LRU[str, str] = LRU(2)
    assert [cache.get(key, compute) for key in "aabacb"] == ["A", "A", "B", "A", "C", "B"]
    assert computed == ["a", "b", "c", "b"]  # "b" had gone for "c", since "a" was used after it
