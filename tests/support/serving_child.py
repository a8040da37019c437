"""A server in a separate process, for shutdown tests. Prints its port on the first line.

`plain` serves small applications that know no end; `page` the page over the fake corpus; `folders` the page
over a corpus folder, with a slow stand-in for the model.
"""

from __future__ import annotations

import asyncio
import re
import resource
import sys
import threading
import time
from pathlib import Path
from typing import Any

from qa.server import connections
from qa.server import listening as sockets
from qa.server.proxies import ClientAddress, networks


async def plain(scope: Any, receive: Any, send: Any) -> None:
    """/stream never ends, nor notices that the client goes; /thread holds a thread for ever; /lock holds
    the global lock in a thread; /body reads a body; /large answers with 10 MB.
    """
    if scope["type"] == "lifespan":
        while (await receive())["type"] != "lifespan.shutdown":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    path = scope["path"]
    if path == "/body":
        while (message := await receive()).get("more_body"):
            pass
        if message["type"] == "http.disconnect":
            return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    if path == "/stream":
        while True:
            await send({"type": "http.response.body", "body": b"data: x\n\n", "more_body": True})
            await asyncio.sleep(0.05)
    if path == "/thread":
        await send({"type": "http.response.body", "body": b"begun", "more_body": True})
        await asyncio.to_thread(threading.Event().wait)
    if path == "/lock":
        await send({"type": "http.response.body", "body": b"begun", "more_body": True})
        await asyncio.to_thread(re.match, "(a+)+$", "a" * 60 + "b")
    body = b"x" * 10_000_000 if path == "/large" else b"ok"
    await send({"type": "http.response.body", "body": body})


def main(kind: str, *args: str) -> None:
    with sockets.listening("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]
        if kind == "plain":
            served: Any = plain
            for setting in args:
                name, _, value = setting.partition("=")
                if name == "files":
                    files = int(value)
                    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
                elif name == "connections":
                    connections.max_connections = lambda: int(value)  # noqa: B023
                elif name == "proxied":
                    served = ClientAddress(plain, networks(["127.0.0.1"]))
                else:
                    setattr(connections, name, float(value))
            print(port, flush=True)
            connections.serve(served, listening)
        else:
            from qa.server import app
            from qa.service.service import Service
            from tests.support import apps

            service = Service(_backend(kind, *args))
            service.served()
            print(port, flush=True)
            app.serve(apps.make_app(service, hosts=()), listening, service)


def _backend(kind: str, *args: str) -> Any:
    if kind == "page":
        from tests.support.fakes import FakeBackend

        return FakeBackend(step=0.02)
    from qa.embedding import sentence_transformer
    from qa.service.library import Folders
    from tests.support.standin import StandIn

    corpus, vectors, began = args

    class Slow(StandIn):
        def read(self, texts: Any, *, query: bool = False) -> Any:
            if not query and threading.current_thread().name != "MainThread":
                Path(began).touch()
                time.sleep(0.3)
            return super().read(texts, query=query)

    sentence_transformer.load = lambda *_: Slow()  # type: ignore[assignment]
    return Folders(corpus, vectors)


if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).resolve().parents[2])]
    main(*sys.argv[1:])
