"""The complete ASGI application: the page, the programming interfaces and the security middleware.

Knows nothing of the page's layout: `ui.py` hands it in.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI, Response
from starlette.routing import Mount

from qa.api import mcp as mcp_tools
from qa.api import rest
from qa.server import gradio_files
from qa.server.asgi import App
from qa.server.gradio_requests import CheckedGradio, events_of
from qa.server.gradio_sessions import BoundedSessions
from qa.server.gradio_stops import Iterators
from qa.server.limits import BodyPace
from qa.server.mcp_requests import CheckedTools
from qa.server.passwords import Passwords
from qa.server.proxies import ClientAddress, Network
from qa.server.security import LOOPBACK, RequestChecks
from qa.service.service import Service

if TYPE_CHECKING:
    import gradio as gr

# Here, because a page needs `GradioPage` from this module: no component is made before this.
gradio_files.forbid()


@dataclass(frozen=True, slots=True)
class GradioPage:
    """The page as Gradio mounts it."""

    blocks: gr.Blocks
    theme: gr.themes.Base
    css: str
    head: Callable[[str], str]  # HTML for the page's head, by language
    i18n: gr.I18n


MakePage = Callable[[Service, Path | None], GradioPage]  # the path is that of the feedback file


def make_app(
    service: Service,
    page: GradioPage,
    *,
    hosts: tuple[str, ...] = LOOPBACK,
    root_path: str = "",
    proxies: Sequence[Network] = (),
    passwords: Passwords | None = None,
    mcp: bool = False,
) -> App:
    """The complete ASGI application: the page, the programming interfaces and the security middleware.

    `hosts`: host names to accept, empty for any; `root_path`: URL prefix that a reverse proxy strips;
    `proxies`: networks trusted to report the client's address; `mcp`: whether to serve /mcp, which raises
    MissingExtra if its package is not installed.
    """
    import gradio as gr

    tools = mcp_tools.make_server(service) if mcp else None
    app = FastAPI(
        title="qa",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=mcp_tools.lifespan(tools) if tools else None,
    )
    _health(app, service)
    app.mount(rest.PATH, rest.make_api(service, root_path=root_path))
    if tools:
        mcp_tools.mount(app, tools)
    blocks = page.blocks
    # mounting does not set it, and without it Gradio treats any file as an uploaded one
    blocks.has_launched = True
    gr.mount_gradio_app(
        app,
        blocks,
        path="/",
        root_path=root_path or None,
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
        i18n=page.i18n,
        theme=page.theme,
        css=page.css,
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        pwa=False,
        show_error=False,
        max_file_size="1mb",
    )
    (mounted,) = (route for route in app.routes if isinstance(route, Mount) and route.path == "")
    gradio_app: Any = mounted.app
    gradio_app.iterators = Iterators()
    bounded = BoundedSessions(mounted.app, lambda: blocks._queue)
    mounted.app = CheckedGradio(bounded, events_of(blocks.fns))
    with_tools = CheckedTools(app, mcp_tools.PATH) if tools else app
    checked = RequestChecks(
        with_tools, hosts=hosts, passwords=passwords, uploads=service.changes, head=page.head
    )
    return BodyPace(ClientAddress(checked, proxies))


def _health(app: FastAPI, service: Service) -> None:
    """/healthz and /readyz; async, so that they respond even if all threads are busy."""

    @app.get("/healthz")
    async def healthz(response: Response) -> dict[str, str]:
        response.status_code = 200 if service.ready else 503
        return {"status": "ok" if service.ready else "no index"}

    @app.get("/readyz")
    async def readyz(response: Response) -> dict[str, str]:
        free = current_default_thread_limiter().available_tokens > 0
        ready = service.ready and free and not service.full
        response.status_code = 200 if ready else 503
        return {"status": "ok" if ready else "busy" if service.ready else "no index"}


def serve(app: App, listening: socket.socket, service: Service) -> None:
    """Serve on a listening socket until SIGINT or SIGTERM; a running build is then stopped."""
    from qa.server import connections

    connections.serve(app, listening, stop=service.close, ended=service.closed)
