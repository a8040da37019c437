"""ZIP archives."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.corpus.folder import read_corpus
from qa.corpus.formats import archives
from qa.types import Article
from tests.support import documents
from tests.support.articles import (
    OTHER,
    put,
    reasons,
)


def test_too_much_in_an_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_UNPACKED", 3 * len(OTHER.encode()))
    put(tmp_path, "a.zip", documents.zipped({f"{n}.txt": OTHER.encode() for n in range(9)}))
    (reason,) = [reason for path, reason in reasons(tmp_path).items() if path == "a.zip"]
    assert "unpacks to more than" in reason


def test_too_many_in_an_archive(tmp_path: Path) -> None:
    put(tmp_path, "a.zip", documents.zipped({f"{n}.txt": b"" for n in range(archives.MAX_MEMBERS + 1)}))
    assert "more than 10000 files" in reasons(tmp_path)["a.zip"]


def test_an_archive_of_mac_and_dos(tmp_path: Path) -> None:
    data = documents.zipped({"__MACOSX/x.txt": b"x", ".DS_Store": b"x", "Brücke.txt": OTHER.encode()})
    plain_names = data.replace(b"Br\xc3\xbccke.txt", b"Br\xc3\xbccke.txt")
    flags = bytearray(plain_names)
    for sign, offset in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        flags[flags.rindex(sign) + offset] &= ~0x08  # UTF-8, but not said to be
    put(tmp_path, "a.zip", bytes(flags))
    assert reasons(tmp_path) == {}
    assert {item.article_id for item in read_corpus(tmp_path) if isinstance(item, Article)} == {
        "a.zip/Brücke.txt",
        "zz.txt",
    }
