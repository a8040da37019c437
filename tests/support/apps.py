"""The complete application over a service, for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ui
from qa.server import app
from qa.server.asgi import App
from qa.service.service import Service


def make_app(service: Service, *, feedback_file: Path | None = None, **options: Any) -> App:
    """`options` are those of `app.make_app`."""
    return app.make_app(service, ui.make_page(service, feedback_file), **options)
