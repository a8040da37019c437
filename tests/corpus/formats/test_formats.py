"""What holds for every format."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path

import pytest

from qa.corpus.formats import format_of
from qa.corpus.formats.draft import Draft
from qa.errors import CorpusError
from qa.types import Skipped
from tests.support import documents
from tests.support.articles import (
    SAMPLES,
    TITLE,
    URL,
    one,
    quotes,
)
from tests.support.mutations import mutated


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("name", SAMPLES)
def test_the_same_article_gives_the_same_quotes(tmp_path: Path, name: str, packed: bool) -> None:
    plain = one(tmp_path / "plain", "a.txt", SAMPLES["a.txt"])
    data = documents.zipped({f"x/{name}": SAMPLES[name]}) if packed else SAMPLES[name]
    found = one(tmp_path / "found", "a.zip" if packed else name, data)
    assert len(quotes(plain)) == 7
    assert [quote for quote in quotes(found) if quote != TITLE] == quotes(plain)
    suffix = name.rpartition(".")[2]
    assert found.language == "de"
    if suffix not in ("srt", "vtt", "sbv"):
        assert found.title == TITLE
    if suffix not in ("pdf", "docx", "odt", "rtf", "srt", "vtt", "sbv"):
        assert (found.date, found.source) == ("2024-11-05", "Tagblatt")
        assert found.url == (URL if suffix != "epub" else "")
    row = "/0001" if suffix in ("csv", "tsv", "jsonl", "mbox", "xlsx", "json", "xml", "rss", "atom") else ""
    assert found.article_id == (f"a.zip/x/{name}" if packed else name) + row


@pytest.mark.parametrize("name", SAMPLES)
def test_a_damaged_file_is_articles_or_a_reason(name: str) -> None:
    chance = random.Random(name)  # noqa: S311
    for _ in range(60):
        with suppress(CorpusError):
            for item in format_of(name).read(mutated(SAMPLES[name], chance)):
                assert isinstance(item, Draft | Skipped)
