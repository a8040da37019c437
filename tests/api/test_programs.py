"""The examples of docs/programs.md, run against a server."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn

from qa.cli import main
from qa.server import listening as sockets
from qa.service.base import Served
from qa.service.service import Service
from qa.types import Article
from tests.support import apps
from tests.support.fakes import FakeBackend, FakeBot, FakeIndex

DOCS = Path(__file__).resolve().parents[2] / "docs"
PROGRAMS = (DOCS / "programs.md").read_text("utf-8")
HERE = "http://127.0.0.1:7860"
QUOTE = "Achtzehn Soldaten sind an der Grenze desertiert."
EXAMPLE = Article(
    "004-achtzehn-deserteure-aus-nordkorea.md", "Putins Deserteure", f"Bericht.\n\n{QUOTE}", date="2024-10-16"
)

pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")


class Backend(FakeBackend):
    def open(self) -> Served:
        index = FakeIndex("g1", [EXAMPLE])
        return Served(index, FakeBot(index))


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A served page; its log of questions is in `told`."""
    listening = sockets.listening("127.0.0.1", 0)
    server: list[uvicorn.Server] = []

    def run() -> None:
        import asyncio

        async def serve() -> None:
            app = apps.make_app(Service(Backend()), mcp=True)
            config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1)
            server.append(uvicorn.Server(config))
            await server[0].serve(sockets=[listening])

        asyncio.run(serve())

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    url = sockets.address("127.0.0.1", listening.getsockname()[1])
    deadline = time.monotonic() + 60
    while not server or not server[0].started:
        assert time.monotonic() < deadline
        assert thread.is_alive()
        time.sleep(0.02)
    httpx.get(f"{url}/api/v1/articles")  # opens the index
    yield url
    server[0].should_exit = True
    thread.join(30)


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PROGRAMS, flags=re.MULTILINE | re.DOTALL)


def _output(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_examples_are_there() -> None:
    assert len(_blocks("sh")) == 1
    assert len(_blocks("python")) == 3
    assert all(HERE in block for block in _blocks("sh") + _blocks("python"))


def test_the_shell_examples(url: str) -> None:
    lines = _blocks("sh")[0].splitlines()
    answer, found, listed, article = (
        json.loads(_output(["/bin/sh", "-c", line.replace(HERE, url)])) for line in lines
    )
    assert answer["citations"][0]["quote"] == QUOTE
    assert found["query"] == "Deserteure"
    assert [row["article_id"] for row in listed["articles"]] == [EXAMPLE.article_id]
    assert article["text"] == EXAMPLE.text


@pytest.mark.parametrize("number", range(3), ids=["rest", "gradio", "mcp"])
def test_the_python_examples(url: str, number: int) -> None:
    if number == 2:
        pytest.importorskip("mcp", reason="pip install 'qa[mcp]'")
    assert QUOTE in _output([sys.executable, "-c", _blocks("python")[number].replace(HERE, url)])


def test_gradio_clients_are_told_errors_and_nothing_of_defects(url: str) -> None:
    code = (
        "from gradio_client import Client\n"
        f"client = Client({url!r}, verbose=False)\n"
        "for given in ({'article_id': 'nein.md', 'api_name': '/article'},"
        " {'question': '', 'api_name': '/ask'}, {'question': 'Absturz', 'api_name': '/ask'},"
        " {'question': 'x', 'k': 1000, 'api_name': '/search'}):\n"
        "    try:\n        client.predict(**given)\n"
        "    except Exception as error:\n        print(error)\n"
    )
    article, empty, defect, many = _output([sys.executable, "-c", code]).strip().splitlines()
    assert "nein.md" in article
    assert "question" in empty
    assert "a defect" not in defect
    assert "k:" in many


def test_every_flag_of_serve_is_described() -> None:
    text = (DOCS / "serving.md").read_text("utf-8")
    shown = subprocess.run(
        [sys.executable, "-m", "qa", "serve", "--help"], capture_output=True, text=True, check=True
    ).stdout
    flags = set(re.findall(r"--[a-z-]+", shown)) - {"--help", "--corpus", "--vectors"}
    assert len(flags) >= 9
    for flag in flags:
        assert f"`{flag}" in text


def test_the_root_path_reaches_the_page() -> None:
    import asyncio

    from fastapi.testclient import TestClient

    async def made() -> object:
        return apps.make_app(Service(FakeBackend()), root_path="/qa", hosts=("example.org",))

    client = TestClient(asyncio.run(made()), base_url="http://example.org")  # type: ignore[arg-type]
    assert "http://example.org/qa" in client.get("/").text
    assert client.get("/api/v1/openapi.json").json()["servers"] == [{"url": "/qa/api/v1"}]
    origin = {"origin": "http://example.org"}
    assert client.post("/api/v1/ask", json={"question": "Schiff"}, headers=origin).status_code == 200


def test_a_password_is_made_on_the_command_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("lang genug\n"))
    assert main.main(["password", "anna"]) == 0
    assert capsys.readouterr().out.startswith("anna:scrypt$")
    monkeypatch.setattr("sys.stdin", io.StringIO("kurz\n"))
    assert main.main(["password", "anna"]) == 1


@pytest.mark.parametrize(
    ("args", "says"), [(["--auth", "nowhere"], "nowhere"), (["--root-path", "qa/"], "--root-path")]
)
def test_what_serve_cannot_use_is_said_before_anything_is_loaded(
    capsys: pytest.CaptureFixture[str], args: list[str], says: str
) -> None:
    assert main.main(["serve", "--port", "1", *args]) == 1
    assert says in capsys.readouterr().err
