"""Nothing leaves the machine: import, build and answer run while network access is recorded."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.browsing import CHROMIUM, CITATION, FLAGS, missing
from tests.support.seeds import DESERTED, two_seeds
from tests.support.traced import outside

ROOT = Path(__file__).resolve().parents[1]
START = 120  # seconds a server may take to load the model
STRACE = ("-f", "-qq", "-A", "-e", "trace=connect,sendto,sendmsg", "-e", "signal=none")
_CONNECT = re.compile(r'(?:sin_addr=inet_addr\("|sin6_addr?.*?inet_pton\(AF_INET6, ")([^"]+)"')


@pytest.mark.parametrize(
    ("event", "args", "caught"),
    [
        ("socket.connect", (None, ("192.0.2.1", 80)), True),
        ("socket.connect", (None, ("2001:db8::1", 80, 0, 0)), True),
        ("socket.connect", (None, ("example.org", 80)), True),
        ("socket.sendto", (None, ("192.0.2.1", 53)), True),
        ("socket.getaddrinfo", ("example.org", 443, 0, 0, 0), True),
        ("socket.gethostbyname", ("example.org",), True),
        ("socket.connect", (None, ("127.0.0.1", 80)), False),
        ("socket.connect", (None, ("::1", 80, 0, 0)), False),
        ("socket.connect", (None, "/run/x.sock"), False),
        ("socket.getaddrinfo", ("localhost", 80, 0, 0, 0), False),
        ("socket.getaddrinfo", (None, 80, 0, 0, 0), False),
        ("open", ("/etc/passwd", "r", 0), False),
    ],
)
def test_what_counts_as_outside(event: str, args: tuple[Any, ...], caught: bool) -> None:
    assert bool(outside(event, args)) == caught


@pytest.mark.parametrize(
    "attempt",
    [
        "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)",
        "import urllib.request; urllib.request.urlopen('https://example.org')",
        "import httpx; httpx.get('https://example.org')",
        "import huggingface_hub; huggingface_hub.HfApi().model_info('x/y')",
    ],
)
def test_the_watch_catches_what_tries(attempt: str, tmp_path: Path) -> None:
    record = tmp_path / "record"
    watch = f"from pathlib import Path; from tests.support import traced; traced.guard(Path({str(record)!r}))"
    code = f"{watch}\n{attempt}"
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False, timeout=120
    )
    assert ended.returncode != 0
    assert record.read_text("utf-8")


def _command(record: Path, *args: str) -> list[str]:
    """The program under watch; under that of the kernel's calls too, where strace is."""
    watched = [sys.executable, str(ROOT / "tests" / "support" / "traced.py"), str(record), *args]
    strace = shutil.which("strace")
    return [strace, *STRACE, "-o", f"{record}.calls", *watched] if strace else watched


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_calls_of_the_kernel_are_caught_too(tmp_path: Path) -> None:
    record = tmp_path / "record"
    code = "import socket; s = socket.socket(type=socket.SOCK_DGRAM); s.connect(('192.0.2.1', 53))"
    command = ["strace", *STRACE, "-o", f"{record}.calls", sys.executable, "-c", code]
    subprocess.run(command, check=False, timeout=60)
    assert _outside(record) == ["192.0.2.1"]


def _environment(home: Path) -> dict[str, str]:
    """As on a fresh machine, with an unpacked model and without settings that forbid network access."""
    kept = {name: value for name, value in os.environ.items() if not name.endswith("_OFFLINE")}
    return {**kept, "PYTHONPATH": str(ROOT)}


def _outside(record: Path) -> list[str]:
    """What was caught: by the watch within Python, and among the kernel's calls."""
    caught = record.read_text("utf-8").splitlines() if record.exists() else []
    calls = Path(f"{record}.calls")
    lines = calls.read_text("utf-8", "replace").splitlines() if calls.exists() else []
    places = {place for line in lines for place in _CONNECT.findall(line)}
    return caught + [place for place in sorted(places) if not place.startswith("127.") and place != "::1"]


@contextmanager
def _served(record: Path, vectors: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    args = ("serve", "--vectors", str(vectors), "--port", str(port), "--feedback", "")
    process = subprocess.Popen(
        _command(record, *args), cwd=ROOT, env=_environment(record.parent), start_new_session=True
    )
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + START
        while True:
            assert process.poll() is None, "the server ended"
            assert time.monotonic() < deadline, "the server did not start"
            try:
                if httpx.get(f"{url}/healthz").status_code == 200:
                    break
            except httpx.TransportError:
                pass
            time.sleep(0.2)
        yield url
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def _asked_in_a_browser(url: str, folder: Path) -> set[str]:
    """Every address that the page made Chromium ask for while a question was asked.

    Taken from the log of the whole browser, which records who started a request; the browser's own requests
    (updates, time) are excluded.
    """
    if CHROMIUM is None:
        missing("Chromium is not installed (apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    log = folder / "net.json"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, f"--log-net-log={log}"])
        page = browser.new_page()
        page.goto(url)
        page.wait_for_selector("#examples button")
        page.fill("#question textarea", DESERTED)
        page.press("#question textarea", "Enter")
        page.wait_for_selector("#chat .confidence")
        page.locator(CITATION).first.click()
        page.wait_for_selector("#reader mark.now")
        page.locator("button[role=tab]").nth(1).click()
        page.wait_for_selector("#corpus-table tbody tr")
        browser.close()
    events = json.loads(log.read_text("utf-8", "replace"))["events"]
    begun = [event["params"] for event in events if "url" in event.get("params", {})]
    return {request["url"] for request in begun if str(request.get("initiator", "")).startswith("http")}


@pytest.mark.slow
@pytest.mark.browser
def test_from_the_build_to_the_answer_nothing_leaves_the_machine(tmp_path: Path) -> None:
    record, vectors = tmp_path / "record", tmp_path / "vectors"
    where = {"cwd": ROOT, "env": _environment(tmp_path), "check": True, "timeout": 300}
    building = _command(
        record, "build", "--vectors", str(vectors), "--corpus", str(two_seeds(tmp_path / "seeds"))
    )
    subprocess.run(building, **where)  # type: ignore[call-overload]
    assert _outside(record) == []
    with _served(record, vectors) as url:
        answer = httpx.post(f"{url}/api/v1/ask", json={"question": DESERTED}, timeout=60).json()
        assert answer["status"] == "answered"
        asked = _asked_in_a_browser(url, tmp_path)
    assert any(address.startswith(f"{url}/gradio_api/") for address in asked)
    assert {address for address in asked if not re.match(rf"{url}|data:|blob:", address)} == set()
    assert _outside(record) == []
    if shutil.which("strace"):
        assert "sendto(" in Path(f"{record}.calls").read_text("utf-8")  # calls were seen
