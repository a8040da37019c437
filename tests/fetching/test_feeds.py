from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import FetchError
from qa.fetching.feeds import Entry, entries, is_feed

RSS = b"""<?xml version="1.0"?><!-- c --><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>Hafenbote</title><link>http://example.org/</link>
<item><title>Eins</title><link>/eins?a=1&amp;b=2</link><pubDate>Wed, 06 Mar 2024 09:30:00 +0100</pubDate>
<dc:creator>Ada Beispiel</dc:creator></item>
<item><guid>http://example.org/zwei</guid><author>post@example.org (Bo Muster)</author></item>
<item><link>http://example.org/zwei</link></item>
<item><guid isPermaLink="false">nur-ein-name</guid></item>
<item><link>javascript:alert(1)</link></item>
</channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Bote</title>
<entry><link rel="replies" href="/nein"/><link href="drei"/><published>2024-03-05T23:30:00Z</published>
<updated>2024-04-01T00:00:00Z</updated><author><name>Cy</name><email>c@example.org</email></author></entry>
</feed>"""
RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel><title>Alt</title></channel><item><link>http://example.org/vier</link></item></rdf:RDF>"""


def test_what_feeds_name() -> None:
    assert entries(RSS, "http://example.org/feed") == [
        Entry("http://example.org/eins?a=1&b=2", "2024-03-06", "Ada Beispiel", "Hafenbote"),
        Entry("http://example.org/zwei", "", "Bo Muster", "Hafenbote"),
    ]
    assert entries(ATOM, "http://example.org/x/feed") == [
        Entry("http://example.org/x/drei", "2024-03-05", "Cy", "Bote")
    ]
    assert entries(RDF, "http://example.org/") == [Entry("http://example.org/vier", "", "", "Alt")]


def test_what_is_a_feed() -> None:
    assert all(map(is_feed, (RSS, ATOM, RDF, b"\xef\xbb\xbf" + RSS)))
    assert not any(map(is_feed, (b"", b"<!doctype html><html><rss>", b"<html>", b"rss", b"<rsst>")))


@pytest.mark.parametrize("body", [b"", b"<html></html>", b"<", b"\x00\x01"])
def test_what_is_no_feed_is_refused(body: bytes) -> None:
    with pytest.raises(FetchError, match="is not a feed"):
        entries(body, "http://example.org/")


def test_entities_are_not_resolved(tmp_path_factory: pytest.TempPathFactory) -> None:
    secret = tmp_path_factory.mktemp("s") / "secret"
    secret.write_text("http://example.org/geheim")
    body = f"""<!DOCTYPE rss [<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY a "{"a" * 1000}">
    <!ENTITY b "{"&a;" * 1000}"><!ENTITY c "{"&b;" * 1000}">]>
    <rss><channel><item><link>&x;</link></item><item><link>http://example.org/&c;</link></item></channel></rss>"""
    found = entries(body.encode(), "http://a/")
    assert len(found) == 2
    assert all("geheim" not in one.url and len(one.url) < 100 for one in found)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_feed_or_refused(noise: bytes) -> None:
    for body in (noise, RSS[:300] + noise, RSS[:300] + noise + RSS[300:]):
        is_feed(body)
        with suppress(FetchError):
            entries(body, "http://example.org/")
