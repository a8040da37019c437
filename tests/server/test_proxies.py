"""Client addresses behind proxies."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import QAError
from qa.server import proxies
from qa.server.proxies import ClientAddress

TRUSTED = proxies.networks(["127.0.0.1", "10.0.0.0/8", "2001:db8:1::/48"])


def _seen(client: str, headers: dict[str, str], trusted: Any = TRUSTED) -> dict[str, Any]:
    """The scope that the application gets."""
    seen: dict[str, Any] = {}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.update(scope)

    pairs = [(key.encode(), value.encode("latin-1")) for key, value in headers.items()]
    scope = {"type": "http", "scheme": "http", "client": (client, 1234), "headers": pairs}
    asyncio.run(ClientAddress(app, trusted)(scope, None, None))
    return seen


@pytest.mark.parametrize(
    ("client", "forwarded", "expected"),
    [
        ("127.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("127.0.0.1", "203.0.113.7:4711", "203.0.113.7"),
        ("127.0.0.1", "[2001:db8::7]:80", "2001:db8::7"),
        ("127.0.0.1", "::ffff:203.0.113.7", "203.0.113.7"),
        ("::ffff:127.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("127.0.0.1", "198.51.100.1, 203.0.113.7", "203.0.113.7"),  # the client wrote the first one
        ("127.0.0.1", "198.51.100.1, 203.0.113.7, 10.1.2.3", "203.0.113.7"),
        ("127.0.0.1", "198.51.100.1, evil, 10.1.2.3", "10.1.2.3"),
        ("127.0.0.1", "evil", "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "x" * 50_000, "127.0.0.1"),
        ("127.0.0.1", "10.0.0.1, " * 5_000 + "10.0.0.2", "10.0.0.1"),
        ("2001:db8:1::5", "203.0.113.7", "203.0.113.7"),
        ("192.0.2.1", "203.0.113.7", "192.0.2.1"),
    ],
)
def test_the_client_is_whom_the_last_trusted_proxy_met(client: str, forwarded: str, expected: str) -> None:
    assert _seen(client, {"x-forwarded-for": forwarded})["client"][0] == expected


def test_without_a_named_proxy_no_header_counts_nor_arrives() -> None:
    told = {"x-forwarded-for": "203.0.113.7", "X-Forwarded-Proto": "https", "x-forwarded-host": "evil.test"}
    for scope in (_seen("127.0.0.1", told, ()), _seen("192.0.2.1", told)):
        assert scope["client"][1] == 1234
        assert (scope["scheme"], scope["headers"]) == ("http", [])


def test_the_scheme_of_a_trusted_proxy_counts_and_its_host_does_not() -> None:
    scope = _seen("10.1.1.1", {"host": "a.test", "x-forwarded-proto": "HTTPS", "x-forwarded-host": "b.test"})
    assert scope["scheme"] == "https"
    assert scope["headers"] == [(b"host", b"a.test"), (b"x-forwarded-proto", b"https")]
    odd = _seen("10.1.1.1", {"x-forwarded-proto": "javascript"})
    assert (odd["scheme"], odd["headers"]) == ("http", [])


def test_what_a_client_is_counted_under() -> None:
    assert proxies.client_key("203.0.113.7") == "203.0.113.7"
    assert proxies.client_key("::ffff:203.0.113.7") == "203.0.113.7"
    assert proxies.client_key("2001:db8::1") == proxies.client_key("2001:db8::ffff:1") == "2001:db8::/64"
    assert proxies.client_key("2001:db8:0:1::1") != proxies.client_key("2001:db8::1")
    assert proxies.client_key("fe80::1%eth0") == "fe80::/64"
    assert proxies.client_key("testclient") == proxies.client_key("") == ""


@given(st.text(max_size=300))
def test_any_text_is_counted_shortly(text: str) -> None:
    assert len(proxies.client_key(text)) < 50


@pytest.mark.parametrize("value", ["", "proxy.example.org", "10.0.0.0/33", "1.2.3", "*"])
def test_a_proxy_is_named_by_its_address(value: str) -> None:
    with pytest.raises(QAError, match="--proxy"):
        proxies.networks([value])
