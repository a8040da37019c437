"""The responses while a server loads."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.server import listening as sockets
from qa.server import loading

BROWSER = {"accept": "text/html,*/*", "accept-language": "de-DE"}


def test_a_browser_is_told_each_step_and_asks_again() -> None:
    with sockets.listening("127.0.0.1", 0) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        with loading.LoadingPage(listening) as said:
            first = httpx.get(url, headers=BROWSER)
            said.step("loading_index")
            second = httpx.get(url, headers={**BROWSER, "accept-language": "en"})
            program = httpx.get(f"{url}healthz")
        assert (first.status_code, first.headers["retry-after"]) == (503, "1")
        assert "Die Seite wird geladen" in first.text
        assert 'http-equiv="refresh"' in first.text
        assert "Loading the index" in second.text
        assert (program.status_code, list(program.json())) == (503, ["error"])


def test_afterwards_the_socket_belongs_to_the_server() -> None:
    with sockets.listening("127.0.0.1", 0) as listening:
        with loading.LoadingPage(listening):
            pass
        with socket.create_connection(listening.getsockname(), timeout=5) as client:
            listening.setblocking(True)
            accepted, _ = listening.accept()
            with accepted:
                client.sendall(b"x")
                assert accepted.recv(1) == b"x"


def test_a_silent_client_and_one_that_goes_do_not_stop_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "PATIENCE", 0.1)
    with sockets.listening("127.0.0.1", 0) as listening, loading.LoadingPage(listening):
        address = listening.getsockname()
        with (
            socket.create_connection(address, timeout=5) as silent,
            socket.create_connection(address) as gone,
        ):
            gone.close()
            silent.sendall(b"GET / HT")
            time.sleep(0.05)
            assert httpx.get(f"http://127.0.0.1:{address[1]}/").status_code == 503


def test_a_client_of_one_byte_now_and_then_does_not_hold_it_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "PATIENCE", 0.2)
    ended = threading.Event()
    with sockets.listening("127.0.0.1", 0) as listening, loading.LoadingPage(listening):
        slow = socket.create_connection(listening.getsockname(), timeout=5)

        def drip() -> None:
            with slow, suppress(OSError):
                while not ended.wait(0.05):
                    slow.sendall(b"G")

        dripping = threading.Thread(target=drip)
        dripping.start()
        try:
            assert httpx.get(f"http://127.0.0.1:{listening.getsockname()[1]}/", timeout=30).status_code == 503
        finally:
            ended.set()
            dripping.join()


@given(st.binary(max_size=200))
def test_any_request_gets_an_answer(request: bytes) -> None:
    head, _, body = loading.response(request, "loading_page").partition(b"\r\n\r\n")
    assert f"content-length: {len(body)}".encode() in head
