"""Run the command line without access to other machines: `python traced.py RECORD build …`.

Every attempt to reach another address, or to look up a name, is written to RECORD and fails.
"""

from __future__ import annotations

import ipaddress
import sys
from pathlib import Path
from typing import Any

LOCAL_NAMES = ("", "localhost")
EVENTS = ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname")


def outside(event: str, args: tuple[Any, ...]) -> str:
    """Where an audited event would lead out of this machine; "" if it stays."""
    if event not in EVENTS:
        return ""
    target = args[1] if event.startswith(("socket.connect", "socket.send")) else args[0]
    if not isinstance(target, tuple) and event.startswith(("socket.connect", "socket.send")):
        return ""  # a path: a socket of this machine
    host = target[0] if isinstance(target, tuple) else target
    host = host.decode() if isinstance(host, bytes) else host or ""
    try:
        return "" if ipaddress.ip_address(host.split("%")[0]).is_loopback else f"{event} {host}"
    except ValueError:
        return "" if host in LOCAL_NAMES else f"{event} {host}"


def guard(record: Path) -> None:
    """Watch this process from now on."""

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if place := outside(event, args):
            with record.open("a", encoding="utf-8") as file:
                file.write(f"{place}\n")
            raise ConnectionRefusedError(place)

    sys.addaudithook(hook)


if __name__ == "__main__":
    guard(Path(sys.argv[1]))
    from qa.cli.main import main

    sys.exit(main(sys.argv[2:]))
