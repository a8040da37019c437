"""Addresses that a reader may follow."""

from __future__ import annotations

import pytest

from qa.text.addresses import is_loopback, web_address


@pytest.mark.parametrize("url", ["https://example.org/a?b=c", "http://example.org:8080", "https://[::1]/"])
def test_an_address(url: str) -> None:
    assert web_address(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//example.org",
        "https:",
        "https:///path",
        "ftp://e.x",
        "http://[",
        "https://a.b/ c",
        "https://a.b/\n",
        "",
    ],
)
def test_no_address(url: str) -> None:
    assert web_address(url) == ""


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104
        ("::", False),
        ("", False),
        ("192.0.2.7", False),
        ("example.org", False),
        ("127.0.0.1.example.org", False),
    ],
)
def test_which_address_is_of_this_machine_alone(host: str, own: bool) -> None:
    assert is_loopback(host) == own
