"""Articles in HTML files, read by trafilatura."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from qa.corpus.decoding import decoded, settled
from qa.corpus.formats import tags
from qa.corpus.formats.draft import Draft
from qa.corpus.formats.libraries import quiet, trusted
from qa.errors import CorpusError

MAX_HTML = 8_000_000  # bytes of a page in UTF-8; from 10 MB on libxml2 drops what follows a long text
MAX_TAGS = 40_000  # of an HTML page; trafilatura takes quadratic time for cells of tables
MAX_ATTRIBUTES = 500  # of one tag; libxml2 takes quadratic time for them
MAX_ALL_ATTRIBUTES = 200_000  # of an HTML page
_META = re.compile(rb"<meta[^>]{1,300}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_META_WITHIN = 4096  # bytes; browsers look at the first 1024
_LANG = re.compile(r"<html\b[^>]{0,1000}?\blang\s*=\s*[\"']?([A-Za-z-]{2,20})", re.IGNORECASE)


def read(data: bytes) -> Iterator[Draft]:
    """The article of a web page: its main text, and what its head tells. No address is ever opened.

    Raises CorpusError where the page has no text, or leaves the bounds.
    """
    declared = _META.search(data[:_META_WITHIN])
    page = decoded(data, declared[1].decode("ascii") if declared else "")
    if len(page.encode("utf-8", "replace")) > MAX_HTML:
        raise CorpusError(f"The page is larger than {MAX_HTML / 1e6:.0f} MB; save the article's text alone.")
    _check_tags(page)
    _check_depth(page)
    quiet()
    import trafilatura

    extracted = trusted(
        lambda: trafilatura.bare_extraction(
            page,
            include_comments=False,
            with_metadata=True,
            # nothing guessed from the text: the head of the page tells the date, or `article_date` finds it
            date_extraction_params={
                "extensive_search": False,
                "original_date": True,
                "outputformat": "%Y-%m-%d",
            },
        ),
        "The page is broken; save the article's text as .txt.",
    )
    if extracted is None or isinstance(extracted, dict) or not (extracted.text or "").strip():
        raise CorpusError("The page has no article that could be told from its furniture; save its text.")
    language = _LANG.search(page[:_META_WITHIN])
    yield Draft(
        settled(extracted.text or ""),
        {
            "title": extracted.title or "",
            "date": extracted.date or "",
            "source": extracted.sitename or extracted.hostname or "",
            "url": extracted.url or "",
            "language": language[1] if language else "",
        },
    )


def _check_tags(page: str) -> None:
    """Raise CorpusError where a page has more tags or attributes than can be parsed in a few seconds."""
    if page.count("<") > MAX_TAGS:
        raise CorpusError(f"The page has more than {MAX_TAGS} tags; save the article's text alone.")
    count = 0
    for tag in tags.tags(page):
        if tag.attributes > MAX_ATTRIBUTES:
            raise CorpusError(
                f"The page has a tag with more than {MAX_ATTRIBUTES} attributes;"
                " save the article's text alone."
            )
        count += tag.attributes
    if count > MAX_ALL_ATTRIBUTES:
        raise CorpusError(
            f"The page has more than {MAX_ALL_ATTRIBUTES} attributes; save the article's text alone."
        )


def _check_depth(page: str) -> None:
    """Raise CorpusError where tags are nested so deeply that libxml2 drops what is in them and behind."""
    from lxml import etree

    parser = etree.HTMLParser(encoding="utf-8", collect_ids=False)
    with suppress(etree.XMLSyntaxError):  # nothing in it; said below
        etree.fromstring(page.encode("utf-8", "replace"), parser)
    if any(entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log):
        raise CorpusError("The page has tags nested more than 250 deep; save the article's text alone.")
