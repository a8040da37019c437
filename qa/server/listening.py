"""Listening: who can reach the server, what they may do, and its socket."""

from __future__ import annotations

import socket

from qa.errors import QAError
from qa.text.addresses import is_loopback

BACKLOG = 128  # connections that wait while the page loads


def may_change(host: str, *, proxied: bool, passwords: bool, read_only: bool) -> bool:
    """Whether visitors may change the corpus: those of this machine, or those with a password.

    `proxied`: others reach the server through a proxy, even if it listens on a local address.
    """
    return not read_only and (passwords or (is_loopback(host) and not proxied))


def address(host: str, port: int) -> str:
    """The URL of the page."""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def listening(host: str, port: int) -> socket.socket:
    """Open a listening socket. Clients that connect early wait until the page is ready.

    Raises QAError if the address cannot be used.
    """
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        opened = socket.socket(family, kind, protocol)
    except OSError as error:
        raise QAError(f"The address {host} cannot be resolved. Choose another with --host.") from error
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(place)
        opened.listen(BACKLOG)
    except OSError as error:
        opened.close()
        raise QAError(
            f"Cannot listen on {address(host, port)} ({error.strerror}). Choose another --port or --host."
        ) from error
    return opened
