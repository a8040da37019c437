"""Addresses of the web and of this machine, as they are written."""

from __future__ import annotations

import ipaddress
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


def is_loopback(host: str) -> bool:
    """Whether a host is this machine by its name or number alone; nothing is looked up."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
