"""Articles in HTML files: their text by `page_text`, their metadata by trafilatura."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from qa.corpus.decoding import decoded, settled
from qa.corpus.formats import exports, tags, xml_tree
from qa.corpus.formats.draft import Draft
from qa.corpus.formats.libraries import quiet, trusted
from qa.corpus.formats.page_text import PageText, page_text
from qa.errors import CorpusError

MAX_HTML = 8_000_000  # bytes of a page in UTF-8; beyond 10 MB libxml2 drops everything after a long text
MAX_TAGS = 40_000  # tags in an HTML page; trafilatura takes quadratic time for table cells
MAX_ATTRIBUTES = tags.MAX_ATTRIBUTES
MAX_ALL_ATTRIBUTES = 200_000  # attributes in an HTML page
LONG = 1_500  # characters of a page's text from which trafilatura looks for the article …
SMALL_SHARE = 0.6  # … and is followed if it finds less than this share of it
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
    too_deep = "The page's HTML tags are nested more than 250 levels deep. Save only the article's text."
    root = xml_tree.parsed_html(page, too_deep=too_deep)
    if exported := exports.in_page(page):
        yield from exported
        return
    quiet()
    damaged = "The page is damaged. Save the article's text as .txt."
    about = trusted(lambda: _metadata(page), damaged)
    found = trusted(lambda: _article(root), damaged)
    if not any(c.isalnum() for c in found.text):
        raise CorpusError(
            "No article text was found on the page, only navigation and the like. Save the article's "
            "text as .txt."
        )
    language = _LANG.search(page[:_META_WITHIN])
    yield Draft(
        settled(found.text),
        {
            "title": about.title or "",
            "date": about.date or "",
            "source": about.sitename or about.hostname or "",
            "url": about.url or "",
            "author": about.author or "",
            "language": language[1] if language else "",
        },
        notes=found.notes,
    )


def _metadata(page: str) -> Any:
    """Title, date, site and address as the head of a page names them."""
    from trafilatura.metadata import extract_metadata

    # no guessing from the text: the date comes from the head of the page or from `article_date`
    dates = {"extensive_search": False, "original_date": True, "outputformat": "%Y-%m-%d"}
    return extract_metadata(page, date_config=dates)


def _article(root: Any) -> PageText:
    """The article of a page. Where the page does not mark it and much else is on it, trafilatura finds it."""
    if root is None:
        return PageText("", True, ())
    found = page_text(root)
    if found.is_marked or len(found.text) < LONG:
        return found
    import trafilatura
    from lxml import etree

    rest = etree.tostring(root, encoding="unicode", method="html")
    extracted = trafilatura.bare_extraction(rest, include_comments=False, with_metadata=False)
    text = "" if extracted is None or isinstance(extracted, dict) else extracted.text or ""
    if LONG < len(text) < SMALL_SHARE * len(found.text):
        return found._replace(text=text.replace("\n", "\n\n"))
    return found


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
