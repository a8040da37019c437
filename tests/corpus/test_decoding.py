"""Encodings, line ends, accents."""

from __future__ import annotations

import unicodedata

import pytest

from tests.support.articles import GOOD, OTHER, PARAGRAPHS, read

BODY = f"{PARAGRAPHS[0]}\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252", "iso8859_15"])
def test_encodings(encoding: str) -> None:
    assert read(BODY.encode(encoding)).text == BODY


def test_one_bad_byte_does_not_garble_the_rest() -> None:
    data = (BODY * 10).encode()
    found = read(data[:500] + b"\xff" + data[500:])
    assert found.text.replace("\ufffd", "") == BODY * 10


def test_newlines_and_accents() -> None:
    decomposed = unicodedata.normalize("NFD", BODY).replace("\n", "\r\n") + "Zeile\rZeile\r\n"
    assert read(decomposed).text == BODY + "Zeile\nZeile\n"


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
def test_another_encoding_is_read(encoding: str) -> None:
    assert read((OTHER + GOOD).encode(encoding)).text == OTHER + GOOD


def test_mixed_encodings_keep_what_is_whole() -> None:
    assert read(GOOD.encode() * 30 + "Grüße".encode("cp1252")).text == GOOD * 30 + "Gr\ufffd\ufffde"
