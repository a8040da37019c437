"""Damaged files of every format: each is an article or has a reason, and none ends the program."""

from __future__ import annotations

import random
from pathlib import PurePosixPath

import pytest

from qa.corpus import parsing
from qa.types import Article, Note, Skipped
from tests.support.articles import SAMPLES

COUNT = 25  # files of each format; 2,000 were tried by hand (decision 28)
PIECES = [
    *(b"<table>", b"</p>", b"[", b"](", b"**", b"{\\rtf1", b"&#x1F600;", b"\0", b"\xff\xfe", b"|---|"),
    *(b"\xc3\x83\xc2\xbc", b"<div class='cmp'>", b"\n\f\n", b"-\n", b"9" * 30, b"\\ansicpg12", b"\x11"),
]


def mutated(source: random.Random, data: bytes) -> bytes:
    """The bytes with some of them changed, lost, repeated or put between."""
    out = bytearray(data)
    for _ in range(source.choice((1, 2, 8))):
        at, other = (source.randrange(len(out) + 1) for _ in range(2))
        match source.randrange(4):
            case 0:
                out[at : at + 1] = bytes([source.randrange(256)])
            case 1:
                out[at : at + source.randrange(40)] = b""
            case 2:
                out[at:at] = out[other : other + source.randrange(200)]
            case _:
                out[at:at] = source.choice(PIECES) * source.choice((1, 50))
    return bytes(out)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_damaged_file_has_an_article_or_a_reason(name: str) -> None:
    source = random.Random(name)  # noqa: S311 (no secret)
    for _ in range(COUNT):
        items = list(parsing.contents(f"a{PurePosixPath(name).suffix}", mutated(source, SAMPLES[name])))
        assert all(isinstance(item, Article | Note | Skipped) for item in items)
