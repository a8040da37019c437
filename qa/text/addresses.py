"""Addresses of the web in what others wrote."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_HTTP = re.compile(r"https?://\S+")


def web_address(value: str) -> str:
    """`value` if a reader may follow it (http or https, with a host, without white space), else ""."""
    try:
        host = urlsplit(value).netloc
    except ValueError:  # no address at all: "http://["
        return ""
    return value if host and _HTTP.fullmatch(value) else ""
