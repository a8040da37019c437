"""Client addresses: as reported by trusted proxies, and the key under which they are counted.

`X-Forwarded-For` and similar headers are trusted only if the connection comes from a proxy that the operator
named. Otherwise they are removed, because Gradio reads them too.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from qa.errors import QAError
from qa.server.asgi import App, Receive, Scope, Send

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

MAX_HOPS = 16  # maximum length of a proxy chain
IPV6_PREFIX = 64  # bits; providers give every customer at least that many addresses (RFC 6177)
FORWARDED = (
    b"forwarded",
    b"x-forwarded-for",
    b"x-forwarded-host",
    b"x-forwarded-port",
    b"x-forwarded-prefix",
    b"x-forwarded-proto",
    b"x-real-ip",
)
FOR, PROTO = b"x-forwarded-for", b"x-forwarded-proto"


def networks(values: Sequence[str]) -> tuple[Network, ...]:
    """Parse the networks given with `--proxy`; a single address is a network of one.

    Raises QAError if a value is neither an address nor a network.
    """
    named = []
    for value in values:
        try:
            named.append(ipaddress.ip_network(value.strip("[]"), strict=False))
        except ValueError as error:
            raise QAError(
                f"--proxy {value} is not an IP address. Give an address such as 127.0.0.1 or a network "
                "such as 10.0.0.0/8."
            ) from error
    return tuple(named)


def ip_address(text: str) -> Address | None:
    """Parse the IP address in `1.2.3.4`, `1.2.3.4:80`, `::1` or `[::1]:80`; None for anything else.

    An IPv4-mapped IPv6 address becomes IPv4, and a zone is dropped.
    """
    text = text.strip()
    if len(text) > 64:
        return None
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, ipaddress.IPv6Address) else address


def client_key(text: str) -> str:
    """The key under which a client's attempts and connections are counted: its IPv4 address or IPv6 network.

    Anything that is not an address shares the key "".
    """
    address = ip_address(text)
    if address is None:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((int(address), IPV6_PREFIX), strict=False))
    return str(address)


class ClientAddress:
    """ASGI app that sets the client's address from what trusted proxies report."""

    def __init__(self, app: App, trusted: Sequence[Network] = ()) -> None:
        """`trusted`: networks of the proxies; if empty, forwarded headers are always ignored."""
        self._app = app
        self._trusted = tuple(trusted)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope = self._with_client(scope)
        await self._app(scope, receive, send)

    def _with_client(self, scope: Scope) -> Scope:
        headers = scope["headers"]
        others = [pair for pair in headers if pair[0].lower() not in FORWARDED]
        peer = ip_address((scope.get("client") or ("",))[0])
        if not self._trusts(peer):
            return scope if len(others) == len(headers) else {**scope, "headers": others}
        # In place, as uvicorn does it: connections and the pace of bodies are counted by it too.
        scope["client"] = (str(self._client(peer, _values(headers, FOR))), 0)
        scope = {**scope, "headers": others}
        protocol = _values(headers, PROTO)[-1:]
        if protocol and protocol[0].lower() in ("http", "https"):
            scope["scheme"] = protocol[0].lower()
            others.append((PROTO, protocol[0].lower().encode()))  # Gradio builds its URLs with it
        return scope

    def _client(self, peer: Address | None, hops: list[str]) -> Address | None:
        """The rightmost address that is not a trusted proxy."""
        for hop in reversed(hops[-MAX_HOPS:]):
            address = ip_address(hop)
            if address is None:
                break  # the proxy that wrote it is the last known address
            peer = address
            if not self._trusts(address):
                break
        return peer

    def _trusts(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self._trusted)


def _values(headers: Sequence[tuple[bytes, bytes]], name: bytes) -> list[str]:
    joined = b",".join(value for key, value in headers if key.lower() == name)
    return [part.strip() for part in joined.decode("latin-1").split(",") if part.strip()]
