"""Addresses of the web: which may be fetched, and where their hosts are.

A page or feed names addresses as it likes, also such as lead to this machine or its network. So each is
resolved once, every result is checked, and the connection goes to a checked one.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from qa.errors import FetchError

PORTS = {"http": 80, "https": 443}
MAX_URL = 2_000  # characters
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid")
# RFC 3986: what may stand in a path and query; "%" because it may be encoded already
_KEPT = "/%:@!$&'()*+,;=~-._?"

Resolve = Callable[[str, int], list[str]]


class Place(NamedTuple):
    """An address taken apart."""

    scheme: str  # "http" or "https"
    host: str  # ASCII, in small letters
    port: int
    target: str  # path and query, encoded

    @property
    def origin(self) -> str:
        """Scheme, host and port, without the usual port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == PORTS[self.scheme] else f":{self.port}")

    @property
    def url(self) -> str:
        """The whole address."""
        return f"{self.origin}{self.target}"


def place_of(url: str) -> Place:
    """Take an address apart. Raises FetchError if it is not one of http or https, or holds a password."""
    refusal = FetchError(f"{shown(url)} is not a web address. Give one that begins with http:// or https://.")
    if len(url) > MAX_URL or _UNSAFE.search(url):
        raise refusal
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
        ascii_host = host if ":" in host else host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError) as error:
        raise refusal from error
    scheme = parts.scheme.lower()
    if scheme not in PORTS or not ascii_host or "%" in ascii_host:
        raise refusal
    if parts.username is not None or parts.password is not None:
        raise FetchError(f"{shown(url)} contains a name or password. Give the address without them.")
    target = quote(parts.path or "/", safe=_KEPT) + (
        f"?{quote(parts.query, safe=_KEPT)}" if parts.query else ""
    )
    return Place(scheme, ascii_host.lower(), PORTS[scheme] if port is None else port, target)


def key_of(url: str) -> str:
    """The same for addresses of the same page: without fragment and what only tells where readers come from.

    Raises FetchError.
    """
    place = place_of(url)
    parts = urlsplit(place.target)
    if not parts.query:
        return place.url
    kept = [(name, value) for name, value in parse_qsl(parts.query, True) if not _TRACKING.fullmatch(name)]
    return place.origin + urlunsplit(("", "", parts.path, urlencode(kept), ""))


def shown(text: str) -> str:
    """The beginning of what others wrote, in ASCII, for a message."""
    return ascii(text[:100])[1:-1]


def resolve(host: str, port: int) -> list[str]:
    """The IP addresses of a host. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in found))


def checked(place: Place, *, allow_private: bool = False, resolve: Resolve = resolve) -> list[str]:
    """The IP addresses to connect to. Raises FetchError where there is none, or one is not public."""
    try:
        found = resolve(place.host, place.port)
    except (OSError, UnicodeError) as error:
        raise FetchError(
            f"The host {place.host} was not found. Check the address and the network."
        ) from error
    if not found:
        raise FetchError(f"The host {place.host} was not found. Check the address and the network.")
    if not allow_private and not all(map(is_public, found)):
        raise FetchError(
            f"The host {place.host} is on this machine or in a private network. Use --allow-private if that "
            "is intended."
        )
    return found


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, and so is any address that it stands for."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
        inner = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
        if any(inner):
            return all(is_public(str(one)) for one in inner if one)
        if ip.is_site_local:
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved
