"""Text recognition of scans, by a stand-in for the program."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from qa.corpus import ocr
from qa.corpus.folder import read_corpus
from qa.errors import CorpusError
from qa.types import Article, Skipped
from tests.support import documents

SENTENCE = "Der Steg am Ufer bleibt bis zum Herbst gesperrt."
pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-in is a script")


def program(folder: Path, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a program of this name first on the path, and nothing else."""
    folder.mkdir()
    script = folder / ocr.PROGRAM
    script.write_text(f"#!{sys.executable}\nimport sys\nfrom pathlib import Path\n{code}\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    (folder / "alt").mkdir(parents=True)
    (folder / "alt" / "scan.pdf").write_bytes(documents.pdf([[], []]))
    (folder / "text.pdf").write_bytes(documents.pdf([[SENTENCE]]))
    return folder


def found(folder: Path) -> list[str]:
    return [item.article_id if isinstance(item, Article) else str(item) for item in read_corpus(folder)]


def test_a_scan_gets_a_searchable_copy_once(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = tmp_path / "good.pdf"
    good.write_bytes(documents.pdf([["Die Pumpe steht seit Montag still."]]))
    program(
        tmp_path / "bin",
        f"Path(sys.argv[-1]).write_bytes(Path({str(good)!r}).read_bytes())\n"
        f"open({str(tmp_path / 'calls')!r}, 'a').write(sys.argv[-2] + chr(10))",
        monkeypatch,
    )
    assert ocr.recognise(corpus) == []
    assert ocr.recognise(corpus) == []
    assert (tmp_path / "calls").read_text().splitlines() == [str(corpus / "alt" / "scan.pdf")]
    assert found(corpus) == ["alt/scan.ocr.pdf", "text.pdf"]
    assert sorted(path.name for path in (corpus / "alt").iterdir()) == ["scan.ocr.pdf", "scan.pdf"]


def test_a_program_that_fails(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "bin", "Path(sys.argv[-1]).write_bytes(b'x')\nsys.exit(1)", monkeypatch)
    (failed,) = ocr.recognise(corpus)
    assert failed.path == "alt/scan.pdf"
    assert failed.reason.startswith("The text of the PDF could not be recognised")
    assert [path.name for path in (corpus / "alt").iterdir()] == ["scan.pdf"]


def test_a_program_that_is_missing(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CorpusError, match="ocrmypdf is not installed"):
        ocr.recognise(corpus)
    (corpus / "alt" / "scan.pdf").unlink()
    assert ocr.recognise(corpus) == [], "nothing to do"


def test_a_scan_without_a_copy_says_so(corpus: Path) -> None:
    (reason,) = (item for item in read_corpus(corpus) if isinstance(item, Skipped))
    assert "only images" in reason.reason
