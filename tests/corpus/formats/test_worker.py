"""Files read in another process, which may crash or hang without losing any other file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from qa.corpus import parsing
from qa.corpus.formats import FORMATS, worker
from qa.corpus.formats.draft import Draft
from qa.corpus.parsing import contents
from qa.errors import CorpusError
from qa.types import Article, Skipped
from tests.support import documents
from tests.support.articles import SAMPLES

PARAGRAPHS = ("Die alte Brücke bleibt bis zum Herbst gesperrt.", "Die Schulbusse fahren einen Umweg.")
FILES = {
    ".html": documents.html(PARAGRAPHS, title="Brücke"),
    ".htm": documents.html(PARAGRAPHS, title="Brücke"),
    ".pdf": documents.pdf([PARAGRAPHS], title="Brücke"),
    ".docx": documents.docx(PARAGRAPHS, heading="Brücke"),
}


def endless_pdf() -> bytes:
    """A page that draws a form that draws the next one twice, and so on: 2 to the power of 60 forms."""

    def drawing(content: str, form: int, head: str = "") -> str:
        resources = f"/Resources << /Font << /F1 3 0 R >> /XObject << /X {form} 0 R >> >>"
        return f"<< {head} {resources} /Length {len(content)} >>\nstream\n{content}\nendstream"

    form = "/Type /XObject /Subtype /Form /BBox [0 0 9 9]"
    return documents.assembled(
        [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 5 0 R"
            " /Resources << /Font << /F1 3 0 R >> /XObject << /X 6 0 R >> >> >>",
            "<< /Length 5 >>\nstream\n/X Do\nendstream",
            *[drawing("/X Do /X Do", number, form) for number in range(7, 67)],
            drawing("BT /F1 9 Tf (x) Tj ET", 66, form),
            "<< /Title (Endlos) >>",
        ]
    )


@pytest.fixture
def fresh() -> Iterator[None]:
    """No process is there before or after."""
    worker.close()
    yield
    worker.close()


FOREIGN = {f".{name.partition('.')[2]}": data for name, data in SAMPLES.items()} | FILES


@pytest.mark.parametrize("suffix", [suffix for suffix in FOREIGN if FORMATS[suffix].library])
def test_the_same_as_in_this_process(suffix: str) -> None:
    assert list(worker.read(f"a{suffix}", FOREIGN[suffix])) == list(FORMATS[suffix].read(FOREIGN[suffix]))


def test_a_reason_is_handed_on() -> None:
    with pytest.raises(CorpusError, match="encrypted or in the old"):
        list(worker.read("a.docx", b"\xd0\xcf\x11\xe0"))


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="the kernel counts no CPU time")
def test_a_file_that_takes_too_long(fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "SECONDS", 2)
    (found,) = contents("a.pdf", endless_pdf())
    reason = "Reading the file takes longer than 2 seconds. Save the article's text as .txt."
    assert found == Skipped("a.pdf", reason)
    (after,) = contents("b.pdf", FILES[".pdf"])
    assert isinstance(after, Article)


def test_a_crash_costs_one_file(fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = worker._Process.ask

    def crash(process: worker._Process, *args: object) -> object:
        process._popen.kill()
        process._popen.wait()
        return asked(process, *args)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(worker._Process, "ask", crash)
        (found,) = contents("a.html", FILES[".html"])
    assert isinstance(found, Skipped)
    assert "crashes the program" in found.reason
    assert isinstance(next(contents("a.html", FILES[".html"])), Article)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="processes do not pause")
def test_a_process_that_ended_for_its_pause_is_replaced(fresh: None) -> None:
    list(worker.read("a.pdf", FILES[".pdf"]))
    (idle,) = worker._idle
    os.kill(idle._popen.pid, signal.SIGALRM)
    idle._popen.wait()
    assert list(worker.read("a.pdf", FILES[".pdf"]))


def test_one_process_reads_many_files_but_not_forever(fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "MAX_FILES", 2)
    used = []
    for _ in range(4):
        list(worker.read("a.pdf", FILES[".pdf"]))
        used.append([process._popen.pid for process in worker._idle])
    assert [len(pids) for pids in used] == [1, 0, 1, 0]
    assert used[0] != used[2]


def page(number: int) -> bytes:
    return documents.pdf([[f"Satz {number}."]])


def test_many_threads(fresh: None) -> None:
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda n: list(worker.read("a.pdf", page(n))), range(12)))
    assert [draft.text for (draft,) in found if isinstance(draft, Draft)] == [
        f"Satz {n}.\f" for n in range(12)
    ]
    assert len(worker._idle) <= worker.MAX_IDLE


def test_an_archive_that_takes_too_long(fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = worker._Process.ask

    def slowly(process: worker._Process, *request: Any) -> dict[str, Any] | None:
        """Not measured: a clock of CPU time may tick too slowly to notice so short a file."""
        answer = ask(process, *request)
        return {**answer, "seconds": 20.0} if answer else None

    monkeypatch.setattr(worker._Process, "ask", slowly)
    monkeypatch.setattr(parsing, "MAX_ARCHIVE_SECONDS", 30.0)
    packed = documents.zipped({f"{n}.pdf": page(n) for n in range(4)})
    first, second, last = contents("a.zip", packed)
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert isinstance(last, Skipped)
    assert last.path == "a.zip"
    assert "the rest was skipped" in last.reason


def test_the_process_ends_with_the_program() -> None:
    code = (
        "import sys; from qa.corpus.formats import worker\n"
        "list(worker.read('a.pdf', sys.stdin.buffer.read()))\n"
        "print(worker._idle[0]._popen.pid)"
    )
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], input=FILES[".pdf"], capture_output=True, check=True
    )
    assert not ended.stderr
    with pytest.raises(ProcessLookupError):
        os.kill(int(ended.stdout), 0)


def test_a_reader_that_does_not_start(fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_COMMAND", ("-c", "raise SystemExit(1)"))
    (found,) = contents("a.pdf", FILES[".pdf"])
    assert isinstance(found, Skipped)
    assert "does not start" in found.reason
