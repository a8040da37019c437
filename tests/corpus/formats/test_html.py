"""Pages of the web."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from qa.corpus.formats import html
from qa.errors import CorpusError
from qa.types import Skipped
from tests.support import documents
from tests.support.articles import (
    META,
    PARAGRAPHS,
    TITLE,
    all_of,
    one,
)


def test_a_page_in_an_old_encoding(tmp_path: Path) -> None:
    page = documents.html(PARAGRAPHS, title=TITLE).decode().replace("utf-8", "iso-8859-1")
    assert "„Das ist ernst“" in one(tmp_path, "a.html", page.encode("cp1252")).text


def test_a_page_is_read_without_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    page = documents.html(PARAGRAPHS, title=TITLE, head=META).replace(
        b"<p>", b"<p><img src='http://example.org/x.png'><script src='//example.org/x.js'></script>"
    )
    (draft,) = html.read(page)
    assert "Impressum" not in draft.text  # here, not in the process that reads files


def test_a_page_without_a_date_gets_none(tmp_path: Path) -> None:
    assert one(tmp_path, "a.html", documents.html(PARAGRAPHS, title=TITLE)).date == ""


def test_a_page_of_too_many_cells_is_refused(tmp_path: Path) -> None:
    page = b"<table><tr>" + b"<td>Zelle</td>" * html.MAX_TAGS
    (found,) = all_of(tmp_path, "a.html", page)
    assert isinstance(found, Skipped)
    assert "tags" in found.reason


WORDS = " ".join(f"wort{n}" for n in range(2 * html.MAX_ATTRIBUTES))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (f"<p {WORDS}>", "an HTML tag with more than 500 attributes"),
        (f"<p {WORDS}", "an HTML tag with more than 500 attributes"),
        (f"</p {WORDS}>", "an HTML tag with more than 500 attributes"),
        (f"<p/{WORDS.replace(' ', '/')}>", "an HTML tag with more than 500 attributes"),
        (f"<p {WORDS.replace(' ', '=x ')}>", "an HTML tag with more than 500 attributes"),
        (f"<p {WORDS.replace(' ', '=> ')}", None),  # the first ends the tag
        (f"<p {'a=x ' * 1000}>", "an HTML tag with more than 500 attributes"),
        (f"<p {'a ' * 500}>", None),
        (f"<p class='{WORDS}'>", None),
        (f'<svg><path d="{WORDS}"/></svg>', None),
        (f"<script>if (a <b) {WORDS}</script>", None),
        (f"<!-- <p {WORDS}> -->", None),
        (f"<title><p {WORDS}></title>", None),
        (f"<p>3 < 4 {WORDS}</p>", None),
        ("<p " + "a " * 400 + ">" + f"<p {'b ' * 400}>" * 500, "more than 200000 HTML attributes"),
    ],
)
def test_a_page_of_too_many_attributes_is_refused(body: str, reason: str | None) -> None:
    page = documents.html(PARAGRAPHS, title=TITLE).replace(b"</article>", f"{body}</article>".encode())
    if reason is None:
        (draft,) = html.read(page)
        assert "Die alte Br" in draft.text
    else:
        with pytest.raises(CorpusError, match=reason):
            list(html.read(page))
