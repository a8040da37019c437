"""Feeds and news items in XML."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.corpus.formats import feeds
from qa.errors import CorpusError
from qa.types import Article
from tests.support import documents
from tests.support.articles import all_of, one

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>Uferpost</title>
<updated>2024-03-09T00:00:00Z</updated>
<entry><title type="html">Steg &lt;b&gt;zu&lt;/b&gt;</title><link rel="self" href="https://example.org/x"/>
<link href="https://example.org/steg"/><published>2024-03-06T23:00:00+01:00</published>
<updated>2024-03-08T00:00:00Z</updated><summary>Kurz.</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Der Steg ist zu.</p>
<p>Er bleibt es.</p></div></content></entry>
<entry><title>Bad &amp; See</title><updated>2024-03-07T00:00:00Z</updated>
<content type="text">Das Bad ist &lt;offen&gt;.</content>
<source><title>Seebote</title></source></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Uferpost</title></channel>
<item><title>Steg</title><link>https://example.org/steg</link><description>Der Steg ist zu.</description>
<dc:date>2024-03-06</dc:date></item></rdf:RDF>"""
NITF = """<nitf><head><title>x</title><docdata><date.issue norm="20240306T120000Z"/></docdata>
<pubdata name="Uferpost" date.publication="20240306"/></head>
<body><body.head><hedline><hl1>Steg zu</hl1></hedline>
<byline>Von Eva Kern</byline></body.head>
<body.content><p>Der Steg ist zu.</p><p>Er bleibt es.</p></body.content></body></nitf>"""


def test_atom(tmp_path: Path) -> None:
    first, second = all_of(tmp_path, "a.xml", ATOM.encode())
    assert isinstance(first, Article)
    assert (first.article_id, first.title, first.date) == ("a.xml/0001", "Steg zu", "2024-03-06")
    assert (first.source, first.url, first.language) == ("Uferpost", "https://example.org/steg", "de")
    assert first.text == "Der Steg ist zu.\n\nEr bleibt es.\n"
    assert isinstance(second, Article)
    assert (second.title, second.date, second.source) == ("Bad & See", "2024-03-07", "Seebote")
    assert second.text == "Das Bad ist <offen>."


def test_rss_of_version_one(tmp_path: Path) -> None:
    found = one(tmp_path, "a.xml", RDF.encode())
    assert (found.title, found.date, found.source) == ("Steg", "2024-03-06", "Uferpost")
    assert (found.text, found.url) == ("Der Steg ist zu.\n", "https://example.org/steg")


@pytest.mark.parametrize(
    "links",
    [
        '<a:link rel="self" href="https://example.org/feed"/><link>https://example.org/steg</link>',
        '<guid isPermaLink="True">https://example.org/steg</guid>',
        '<link/><guid isPermaLink="false">7</guid><guid>https://example.org/steg</guid>',
    ],
)
def test_the_address_of_an_item(tmp_path: Path, links: str) -> None:
    item = f"<item><title>Steg</title>{links}<description>Der Steg ist zu.</description></item>"
    feed = f'<rss xmlns:a="http://www.w3.org/2005/Atom"><channel>{item}</channel></rss>'
    assert one(tmp_path, "a.xml", feed.encode()).url == "https://example.org/steg"


def test_the_fullest_text_counts(tmp_path: Path) -> None:
    item = {
        "title": "Steg",
        "description": "Kurz.",
        "content:encoded": "<![CDATA[<p>Der Steg ist zu.</p><p>M&uuml;ller sagt es.</p>]]>",
        "guid": "https://example.org/steg",
    }
    found = one(tmp_path, "a.xml", documents.rss([item], outlet="Uferpost"))
    assert found.text == "Der Steg ist zu.\n\nMüller sagt es.\n"
    assert found.url == "https://example.org/steg"


def test_an_item_that_is_a_headline(tmp_path: Path) -> None:
    found = one(tmp_path, "a.xml", documents.rss([{"title": "Der Steg ist zu"}], outlet="Uferpost"))
    assert found.text == "Der Steg ist zu"


def test_a_news_item(tmp_path: Path) -> None:
    found = one(tmp_path, "a.xml", NITF.encode())
    assert (found.article_id, found.title, found.date, found.source) == (
        "a.xml",
        "Steg zu",
        "2024-03-06",
        "Uferpost",
    )
    assert found.text == "Von Eva Kern\n\nDer Steg ist zu.\n\nEr bleibt es.\n"


LAUGHS = (
    '<!DOCTYPE rss [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    "<rss><channel><item><title>&b;</title></item></channel></rss>"
)
EXTERNAL = (
    '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    "<rss><channel><item><title>&a;</title></item></channel></rss>"
)


@pytest.mark.parametrize("text", [LAUGHS, EXTERNAL, LAUGHS.encode("utf-16").decode("latin-1")])
def test_entities_are_not_expanded(text: str) -> None:
    with pytest.raises(CorpusError, match="entities"):
        list(feeds.read(text.encode("latin-1")))


@pytest.mark.parametrize(
    "text", ["<rss>", "<rss><channel/></rss>", "<html/>", "text", "", "<a/>", "<a>" * 300 + "</a>" * 300]
)
def test_no_feed(text: str) -> None:
    with pytest.raises(CorpusError):
        list(feeds.read(text.encode()))
