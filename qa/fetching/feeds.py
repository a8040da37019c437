"""Which articles a feed names: RSS 0.9 to 2.0, RDF and Atom.

https://www.rssboard.org/rss-specification, RFC 4287. Entities are not resolved, and nothing is loaded.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple
from urllib.parse import urljoin

from qa.corpus.formats.feeds import DATES, link_of
from qa.corpus.formats.xml_tree import local, text_of
from qa.errors import FetchError
from qa.text.addresses import web_address
from qa.text.dates import date_of

MAX_ENTRIES = 1_000  # of a feed; the first ones are the newest
MAX_HEAD = 4_096  # bytes in which the first element begins
_ROOTS = {"rss", "rdf", "feed"}
_ENTRIES = {"item", "entry"}
# declarations, comments and processing instructions before the first element
_FIRST = re.compile(rb"\s*(?:<[?!][^>]*>\s*)*<(?:[\w.-]+:)?(\w+)")


class Entry(NamedTuple):
    """What a feed tells of an article."""

    url: str
    date: str = ""  # ISO 8601
    author: str = ""
    source: str = ""  # the feed's name


def is_feed(body: bytes) -> bool:
    """Whether this looks like a feed, by the name of its first element."""
    match = _FIRST.match(body[:MAX_HEAD].removeprefix(codecs.BOM_UTF8))
    return match is not None and match[1].decode("ascii", "replace").lower() in _ROOTS


def entries(body: bytes, url: str) -> list[Entry]:
    """The articles of a feed that was found at an address, in its order, each address once.

    Raises FetchError if it is none.
    """
    root = _parsed(body)
    if root is None or local(root) not in _ROOTS:
        raise FetchError(f"{url} is not a feed (RSS or Atom). Give the address of a feed.")
    channel = next((element for element in root if local(element) == "channel"), root)
    source = _text(channel, "title")
    found: dict[str, Entry] = {}
    for element in root.iter():
        if local(element) not in _ENTRIES or not (named := link_of(element)):
            continue
        if link := web_address(_joined(url, named)):
            found.setdefault(link, Entry(link, _date(element), _author(element), source))
            if len(found) == MAX_ENTRIES:
                break
    return list(found.values())


def _parsed(body: bytes) -> Any:
    """The root of an XML text; None if there is none.

    Unlike `xml_tree.parsed`, which articles are read with, takes feeds that declare entities: only addresses
    are wanted, and the owner of the file is not here to remove the declarations.
    """
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True
    )
    try:
        return etree.fromstring(body.strip(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _children(element: Any, name: str) -> Iterator[Any]:
    return (child for child in element if local(child) == name)


def _text(element: Any, *names: str) -> str:
    for name in names:
        for child in _children(element, name):
            if text := text_of(child):
                return text
    return ""


def _joined(url: str, link: str) -> str:
    try:
        return urljoin(url, link)
    except ValueError:  # "http://["
        return ""


def _date(entry: Any) -> str:
    written = _text(entry, *DATES)
    try:
        return parsedate_to_datetime(written).date().isoformat()
    except ValueError:
        return date_of(written)[:10] if written else ""


def _author(entry: Any) -> str:
    """The name of the author, not the mail address."""
    for author in (*_children(entry, "creator"), *_children(entry, "author")):
        name = _text(author, "name") or text_of(author)
        if name and "@" not in name:
            return name
        if "(" in name:  # RSS: "mail@example.org (Name)"
            return name.partition("(")[2].rstrip(") ")
    return ""
