"""The page as it is served, without a browser."""

from __future__ import annotations

import asyncio

from fastapi.testclient import TestClient

from qa.server.security import RequestChecks
from qa.service.service import Service
from tests.support import apps
from tests.support.fakes import FakeBackend


def _client(service: Service) -> TestClient:
    async def made() -> RequestChecks:
        # within a running loop, because Gradio does not close one that it creates itself
        return apps.make_app(service)

    return TestClient(asyncio.run(made()), base_url="http://127.0.0.1:7860")


def test_health_tells_whether_an_index_is_open() -> None:
    service = Service(FakeBackend())
    client = _client(service)
    assert client.get("/healthz").status_code == 503
    service.served()
    assert client.get("/healthz").status_code == 200


def test_the_page_is_served_in_the_readers_language() -> None:
    client = _client(Service(FakeBackend()))
    page = client.get("/", headers={"accept-language": "de"}).text
    assert "Fragen an die Artikel" in page
    assert "qa-page-title" not in page
    assert '"title":"Ask the articles"' in client.get("/?lang=en").text.replace(": ", ":")


def test_private_files_and_uploads_are_out_of_reach() -> None:
    client = _client(Service(FakeBackend(), changes=False))
    for path in ("/etc/passwd", "pyproject.toml", "../pyproject.toml"):
        assert client.get(f"/gradio_api/file={path}").status_code in (403, 404)
    assert client.post("/gradio_api/upload", files={"files": b"x"}).status_code == 404
    assert client.get("/docs").status_code == 404
    assert client.get("/openapi.json").status_code == 404


def test_ready_says_whether_one_more_can_ask() -> None:
    service = Service(FakeBackend(), waiting=0)
    client = _client(service)
    assert client.get("/readyz").status_code == 503
    service.served()
    assert client.get("/readyz").status_code == 200
    assert service._questions._places.acquire(blocking=False)
    assert (client.get("/readyz").status_code, client.get("/healthz").status_code) == (503, 200)


def test_nothing_is_reported_to_others() -> None:
    import os

    assert os.environ["GRADIO_ANALYTICS_ENABLED"] == "False"
