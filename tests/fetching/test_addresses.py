from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import FetchError
from qa.fetching.addresses import MAX_URL, checked, is_public, key_of, place_of


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nur Text",
        "ftp://example.org/a",
        "file:///etc/passwd",
        "gopher://example.org/",
        "javascript:alert(1)",
        "http://",
        "http:///a",
        "http://[::1",
        "http://example.org:99999/",
        "http://example.org:x/",
        "http://anna:geheim@example.org/",
        "http://example.org@127.0.0.1/",
        "http://example.org\\@127.0.0.1/",
        "http://example.org/a b",
        "http://example.org/a\r\nHost: intern",
        "http://[fe80::1%25eth0]/",
        "http://example.org/" + "a" * MAX_URL,
    ],
)
def test_what_is_no_web_address(url: str) -> None:
    with pytest.raises(FetchError):
        place_of(url)


def test_an_address_is_taken_apart() -> None:
    place = place_of("HTTPS://Bücher.example:8443/Straße?q=ä&r=%20#ende")
    assert place == ("https", "xn--bcher-kva.example", 8443, "/Stra%C3%9Fe?q=%C3%A4&r=%20")
    assert place_of("http://example.org").url == "http://example.org/"
    assert place_of("http://[2001:DB8::1]:80/a").origin == "http://[2001:db8::1]"


@given(st.text())
def test_any_text_is_an_address_or_refused(url: str) -> None:
    try:
        place = place_of(url)
    except FetchError:
        return
    assert place.scheme in ("http", "https")
    assert place.url.isascii()
    assert place_of(place.url) == place


def test_the_same_page_has_the_same_key() -> None:
    assert key_of("https://Example.org:443/a?utm_source=rss&id=7#kommentare") == "https://example.org/a?id=7"
    assert key_of("https://example.org/a?id=7") == key_of("https://example.org/a?id=7&fbclid=x")
    assert key_of("https://example.org/a") != key_of("http://example.org/a")


@pytest.mark.parametrize(
    "address",
    """127.0.0.1 127.8.8.8 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1
    255.255.255.255 192.0.2.1 198.18.0.1 240.0.0.1 ::1 :: fe80::1 fe80::1%eth0 fc00::1 fec0::1 ff02::1
    ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1 64:ff9b::a00:1 2002:7f00:1:: 2002:c0a8:101::
    2001:db8::1 localhost 127.1""".split(),
)
def test_private_addresses(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_within_another_counts(ip: ipaddress.IPv4Address) -> None:
    for written in (
        f"::ffff:{ip}",
        f"64:ff9b::{ip}",
        str(ipaddress.IPv6Address((0x2002 << 112) | (int(ip) << 80))),
    ):
        assert is_public(written) <= is_public(str(ip))


def test_every_address_of_a_host_is_checked() -> None:
    place = place_of("http://example.org/")
    mixed = ["93.184.216.34", "127.0.0.1"]
    with pytest.raises(FetchError, match="--allow-private"):
        checked(place, resolve=lambda *_: mixed)
    assert checked(place, allow_private=True, resolve=lambda *_: mixed) == mixed
    with pytest.raises(FetchError, match="not found"):
        checked(place, resolve=lambda *_: [])

    def failing(host: str, port: int) -> list[str]:
        raise OSError("no such host")

    with pytest.raises(FetchError, match="not found"):
        checked(place, resolve=failing)
