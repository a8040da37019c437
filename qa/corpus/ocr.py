"""Text recognition of scanned PDFs, by the program ocrmypdf if it is installed.

The result is a separate file next to the scan, `scan.ocr.pdf`, so that it is made once, can be looked at,
and is read by every later build. Nothing is overwritten. Knows nothing of indexes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from qa.corpus.folder import COPY, article_files, article_id_of, bytes_of, is_scan, searchable_copy
from qa.corpus.parsing import contents
from qa.errors import CorpusError
from qa.types import Skipped, silent

PROGRAM = "ocrmypdf"  # https://ocrmypdf.readthedocs.io/, which calls tesseract
LANGUAGES = ("deu", "eng", "fra")  # of those, what tesseract has
SECONDS = 1_800  # for one file; a page takes some seconds

OnFile = Callable[[int, int], None]  # files done, scans in all


def recognise(folder: Path, on_file: OnFile = silent) -> list[Skipped]:
    """Write a searchable copy of every PDF below `folder` that is scanned and has none yet.

    Returns the scans whose text was not recognised, with the reason. Raises CorpusError where `folder` is
    missing or the program is not installed.
    """
    scans = [path for path in article_files(folder) if _is_scan(folder, path)]
    program = shutil.which(PROGRAM)
    if scans and not program:
        raise CorpusError(
            f"{PROGRAM} is not installed, so no text can be recognised. Install it, or build without --ocr."
        )
    failed = []
    for done, path in enumerate(scans, start=1):
        if reason := _recognised(str(program), path):
            failed.append(Skipped(article_id_of(folder, path), reason))
        on_file(done, len(scans))
    return failed


def _is_scan(folder: Path, path: Path) -> bool:
    if path.suffix.lower() != ".pdf" or path.name.endswith(COPY) or searchable_copy(path).exists():
        return False
    try:
        data = bytes_of(folder, path)
    except CorpusError:  # a build says why
        return False
    return any(map(is_scan, contents(article_id_of(folder, path), data)))


def _recognised(program: str, path: Path) -> str:
    """Write the copy; returns why that failed, or ""."""
    unfinished = path.with_name(f".{path.name}.ocr")  # hidden, so no build reads it
    command = [
        program,
        "--skip-text",
        "--output-type",
        "pdf",
        *_language_options(),
        str(path),
        str(unfinished),
    ]
    try:
        subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=SECONDS)
        os.link(unfinished, searchable_copy(path))  # never over a file that came meanwhile
    except subprocess.TimeoutExpired:
        return f"Recognising the text takes longer than {SECONDS // 60} minutes. Split the PDF."
    except (subprocess.CalledProcessError, OSError):
        return "The text of the PDF could not be recognised. Run text recognition (OCR) on it yourself."
    finally:
        with suppress(OSError):
            unfinished.unlink()
    return ""


def _language_options() -> list[str]:
    """The option for the languages that are installed; none where tesseract does not say."""
    with suppress(OSError, subprocess.SubprocessError):
        listed = subprocess.run(
            ["tesseract", "--list-langs"], check=True, capture_output=True, text=True, timeout=30
        ).stdout.split()
        known = [name for name in LANGUAGES if name in listed]
        return ["-l", "+".join(known)] if known else []
    return []
