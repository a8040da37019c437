"""Names of files that are added."""

from __future__ import annotations

import pytest

from qa.corpus.file_names import MAX_NAME, check_name, lookalike_key
from qa.errors import CorpusError


@pytest.mark.parametrize("name", ["a.txt", "Größe 1.txt", "console.txt", "日本.md", "a" * MAX_NAME])
def test_a_plain_name(name: str) -> None:
    check_name(name)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../a.txt", "file name is not allowed"),
        ("a\\b.txt", "file name is not allowed"),
        (".a.txt", "file name is not allowed"),
        ("a\u202e.txt", "invisible"),
        ("CON.txt", "Windows"),
        ("\ufffd.md", "UTF-8"),
        ("\udcff.txt", "UTF-8"),
        ("a" * (MAX_NAME + 1), "too long"),
    ],
)
def test_a_name_that_is_not_plain(name: str, reason: str) -> None:
    with pytest.raises(CorpusError, match=reason):
        check_name(name)


def test_names_that_look_alike() -> None:
    assert lookalike_key("\ufb01le.md") == lookalike_key("FILE.MD")
    assert lookalike_key("a.md") != lookalike_key("b.md")
