"""Addresses that a reader may follow."""

from __future__ import annotations

from qa.text.addresses import web_address


def test_only_web_addresses_become_links() -> None:
    assert web_address("https://example.org/a?b=c") == "https://example.org/a?b=c"
    for url in (
        "javascript:alert(1)",
        "data:text/html,x",
        "//example.org",
        "https:",
        "ftp://e.x",
        "http://[",
        "https://example.org/a b",
        "",
    ):
        assert web_address(url) == ""
