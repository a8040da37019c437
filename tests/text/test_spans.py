"""Pieces of a bounded size."""

from __future__ import annotations

import pytest

from qa.text.sentences import MAX_SENTENCE, sentences


@pytest.mark.parametrize("text", ["wort " * 1000, "字" * 5000, "e\u0301" * 3000, "x" + "e\u0301" * 3000])
def test_a_sentence_without_end_is_cut_where_nobody_minds(text: str) -> None:
    found = sentences(text)
    assert all(end - start <= MAX_SENTENCE for start, end in found)
    assert "".join(text[start:end] for start, end in found).replace(" ", "") == text.replace(" ", "")
    for start, end in found:
        assert text[start] != "\u0301"
        assert (text[start - 1 : start] + text[end : end + 1]).strip() == "" or " " not in text
