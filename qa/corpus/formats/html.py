"""Articles in HTML files, read by trafilatura."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from qa.corpus.decoding import decoded, settled
from qa.corpus.formats import exports, tags
from qa.corpus.formats.draft import Draft
from qa.corpus.formats.libraries import quiet, trusted
from qa.errors import CorpusError

MAX_HTML = 8_000_000  # bytes of a page in UTF-8; beyond 10 MB libxml2 drops everything after a long text
MAX_TAGS = 40_000  # tags in an HTML page; trafilatura takes quadratic time for table cells
MAX_ATTRIBUTES = tags.MAX_ATTRIBUTES
MAX_ALL_ATTRIBUTES = 200_000  # attributes in an HTML page
_META = re.compile(rb"<meta[^>]{1,300}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_META_WITHIN = 4096  # bytes; browsers look at the first 1024
_LANG = re.compile(r"<html\b[^>]{0,1000}?\blang\s*=\s*[\"']?([A-Za-z-]{2,20})", re.IGNORECASE)


def read(data: bytes) -> Iterator[Draft]:
    """Extract the main text and metadata of a web page, or the articles of an export. No URL is ever opened.

    Raises CorpusError if the page has no text or exceeds the limits.
    """
    declared = _META.search(data[:_META_WITHIN])
    page = decoded(data, declared[1].decode("ascii") if declared else "")
    if len(page.encode("utf-8", "replace")) > MAX_HTML:
        raise CorpusError(f"The page is larger than {MAX_HTML / 1e6:.0f} MB. Save only the article's text.")
    _check_tags(page)
    _check_depth(page)
    if exported := exports.in_page(page):
        yield from exported
        return
    quiet()
    import trafilatura

    extracted = trusted(
        lambda: trafilatura.bare_extraction(
            page,
            include_comments=False,
            with_metadata=True,
            # no guessing from the text: the date comes from the head of the page or from `article_date`
            date_extraction_params={
                "extensive_search": False,
                "original_date": True,
                "outputformat": "%Y-%m-%d",
            },
        ),
        "The page is damaged. Save the article's text as .txt.",
    )
    if extracted is None or isinstance(extracted, dict) or not (extracted.text or "").strip():
        raise CorpusError(
            "No article text was found on the page, only navigation and the like. Save the article's "
            "text as .txt."
        )
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
    """Raise CorpusError if a page has more tags or attributes than can be parsed in a few seconds."""
    if page.count("<") > MAX_TAGS:
        raise CorpusError(f"The page has more than {MAX_TAGS} HTML tags. Save only the article's text.")
    count = 0
    for tag in tags.tags(page):
        if tag.attributes > MAX_ATTRIBUTES:
            raise CorpusError(
                f"The page has an HTML tag with more than {MAX_ATTRIBUTES} attributes. Save only the "
                "article's text."
            )
        count += tag.attributes
    if count > MAX_ALL_ATTRIBUTES:
        raise CorpusError(
            f"The page has more than {MAX_ALL_ATTRIBUTES} HTML attributes. Save only the article's text."
        )


def _check_depth(page: str) -> None:
    """Raise CorpusError if tags are nested so deeply that libxml2 drops their content and what follows."""
    from lxml import etree

    parser = etree.HTMLParser(encoding="utf-8", collect_ids=False)
    with suppress(etree.XMLSyntaxError):  # empty; reported below
        etree.fromstring(page.encode("utf-8", "replace"), parser)
    if any(entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log):
        raise CorpusError(
            "The page's HTML tags are nested more than 250 levels deep. Save only the article's text."
        )
