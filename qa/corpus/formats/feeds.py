"""Articles in XML: feeds (RSS 0.9 to 2.0, RDF, Atom) and news items of agencies (NITF, NewsML-G2).

https://www.rssboard.org/rss-specification, RFC 4287, https://iptc.org/standards/. The part of an article is
its number in the feed, from 1. No address is ever opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from qa.corpus.decoding import settled
from qa.corpus.formats import cpu_time, markup_text, tables, xml_tree
from qa.corpus.formats.draft import Draft
from qa.corpus.formats.xml_tree import local, text_of
from qa.errors import CorpusError
from qa.types import Skipped

SECONDS_PER_ENTRY = 0.01  # of CPU time, beyond what any file may take
_BROKEN = "The XML file is damaged. Save it again, or save the article's text as .txt."
_ENTRIES = {"rss": "item", "rdf": "item", "feed": "entry", "channel": "item"}  # by the name of the root
_TEXTS = ("encoded", "content", "fulltext", "description", "summary", "subtitle")  # the fullest first
# The first publication before the last change.
DATES = ("pubdate", "published", "date", "issued", "created", "updated", "modified")


def read(data: bytes) -> Iterator[Draft | Skipped]:
    """The entries of a feed, or the article of a news item.

    Raises CorpusError where the XML is damaged, or something else, or has more than `tables.MAX_ROWS`
    entries.
    """
    root = xml_tree.parsed(data, broken=_BROKEN)
    name = local(root)
    if name in _ENTRIES:
        yield from _feed(root, _ENTRIES[name])
    elif any(local(element) in ("nitf", "body.content") for element in root.iter()):
        yield from _news_items(root)
    else:
        raise CorpusError(
            "The XML file is neither a feed (RSS, Atom) nor a news item (NITF). Save the text as .txt."
        )


def _feed(root: Any, entry_name: str) -> Iterator[Draft | Skipped]:
    channel = next((element for element in root.iter() if local(element) == "channel"), root)
    about = _children(channel)
    outlet = markup_text.plain(text_of(about.get("title")))
    language = text_of(about.get("language")) or _lang(root)
    number = 0
    for entry in root.iter():
        if local(entry) != entry_name:
            continue
        number += 1
        if number > tables.MAX_ROWS:
            raise CorpusError(
                f"The feed has more than {tables.MAX_ROWS} entries, so the rest was skipped. Split it."
            )
        cpu_time.extend(SECONDS_PER_ENTRY)
        yield _entry(entry, outlet, language, tables.part_of(number))
    if not number:
        raise CorpusError("The feed has no entries. Save it again when it has some.")


def _entry(entry: Any, outlet: str, language: str, part: str) -> Draft:
    """The article of an entry; without a text of its own, what the feed says about it."""
    found = _children(entry)
    title = markup_text.plain(_written(found.get("title")))
    source = found.get("source")
    named = (
        text_of(source) if source is not None and not len(source) else text_of(_children(source).get("title"))
    )
    return Draft(
        settled(next((text for name in _TEXTS if (text := _content(found.get(name)))), title)),
        {
            "title": title,
            "date": next((text for name in DATES if (text := text_of(found.get(name)))), ""),
            "source": markup_text.plain(named) or outlet,
            "language": text_of(found.get("language")) or _lang(entry) or language,
            "url": link_of(entry),
        },
        part,
    )


def _children(parent: Any) -> dict[str, Any]:
    """The first child of each name that holds something; a namespace's own text wins over media captions."""
    out: dict[str, Any] = {}
    for child in parent if parent is not None else ():
        name = local(child)
        is_media = isinstance(child.tag, str) and "search.yahoo.com/mrss" in child.tag
        if name and not is_media and name not in out and (text_of(child) or child.attrib):
            out[name] = child
    return out


def _content(element: Any) -> str:
    """The text of an element that holds HTML, XHTML or text."""
    if element is None:
        return ""
    if any(local(child) == "div" for child in element):
        return markup_text.shown(element)
    written = _written(element)
    if element.get("type") == "text":
        return written.strip()
    return markup_text.text_of_html(written)


def _written(element: Any) -> str:
    return "" if element is None else "".join(element.itertext())


def link_of(entry: Any) -> str:
    """The address of an entry's page as the feed writes it; "" if it names none.

    A link to the page itself, or an identifier that is one (RSS 2.0, `isPermaLink`).
    """
    links = [child for child in entry if local(child) == "link"]
    for link in links:
        if link.get("href") and link.get("rel", "alternate") == "alternate":
            return str(link.get("href")).strip()
    if address := next(filter(None, map(text_of, links)), ""):
        return address
    for child in entry:
        if local(child) == "guid" and child.get("isPermaLink", "true").lower() == "true":
            return text_of(child)
    return ""


def _lang(element: Any) -> str:
    return element.get("{http://www.w3.org/XML/1998/namespace}lang") or ""


def _news_items(root: Any) -> Iterator[Draft]:
    """The news items of NITF, alone or within NewsML."""
    items = [element for element in root.iter() if local(element) == "nitf"] or [root]
    for number, item in enumerate(items, start=1):
        first: dict[str, Any] = {}
        for element in item.iter():
            first.setdefault(local(element), element)
        body = first.get("body.content")
        if body is None:
            continue
        date = first.get("date.issue", first.get("story.date"))
        publication = first.get("pubdata")
        title = text_of(first.get("hl1")) or text_of(first.get("headline")) or text_of(first.get("title"))
        byline = text_of(first.get("byline"))
        text = "\n\n".join(filter(None, (byline, markup_text.shown(body))))
        yield Draft(
            settled(text),
            {
                "title": title,
                "date": _first_attribute(date, "norm", "date")
                or _first_attribute(publication, "date.publication")
                or text_of(first.get("contentcreated"))
                or text_of(first.get("versioncreated")),
                "source": _first_attribute(publication, "name") or text_of(first.get("distributor")),
                "language": _lang(item) or _lang(root),
                "url": "",
            },
            tables.part_of(number) if len(items) > 1 else "",
        )


def _first_attribute(element: Any, *names: str) -> str:
    if element is None:
        return ""
    return next((value for name in names if (value := element.get(name))), "")
