"""Addresses that a reader may follow."""

from __future__ import annotations

import pytest

from qa.text.addresses import web_address


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
