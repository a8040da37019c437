"""Slow clients, too many clients, and shutdown, over real sockets."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from qa.index import build
from qa.server.connections import QUIET_SECONDS, AcceptFailures

CHILD = Path(__file__).resolve().parents[1] / "support" / "serving_child.py"
LONG = 60  # seconds after which a test gives up
JOIN = (
    b"POST /gradio_api/queue/join HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b"Content-Length: 43\r\n\r\n"
    b'{"data":[],"fn_index":0,"session_hash":"y"}'
)
POST = b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc"
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


class Child:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout
        self.process = process
        self.port = int(process.stdout.readline())

    def connect(self, data: bytes = b"") -> socket.socket:
        opened = socket.create_connection(("127.0.0.1", self.port), timeout=LONG)
        opened.sendall(data)
        return opened

    def get(self, path: str, headers: str = "") -> socket.socket:
        """A connection that requested `path`, once the response has begun."""
        opened = self.connect(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n".encode())
        assert opened.recv(9) == b"HTTP/1.1 "
        return opened

    def ends(self, number: signal.Signals) -> int:
        """Exit status after a signal; without a bound of ours a server waits for open streams for ever."""
        self.process.send_signal(number)
        return self.process.wait(LONG)


@contextmanager
def _child(*args: str) -> Iterator[Child]:
    with subprocess.Popen(
        [sys.executable, str(CHILD), *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Child(process)
        finally:
            process.kill()


def _closed(connection: socket.socket) -> bytes:
    """What still comes until the server closes the connection."""
    got = bytearray()
    try:
        while piece := connection.recv(65536):
            got += piece
    except ConnectionResetError:
        pass
    return bytes(got)


# -- slow clients


@pytest.mark.parametrize("begin", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\nA: "])
def test_a_client_that_never_ends_its_head_is_closed(begin: bytes) -> None:
    with _child("plain", "HEAD_SECONDS=0.5") as child, child.connect(begin) as slow:
        assert _closed(slow) == b""


def test_a_head_of_one_byte_now_and_then_is_closed_also_after_an_answer() -> None:
    with _child("plain", "HEAD_SECONDS=0.5") as child, child.get("/") as slow:
        slow.settimeout(0.05)
        assert any(_is_closed_after(slow, b"G") for _ in range(20 * LONG))


def _is_closed_after(connection: socket.socket, data: bytes) -> bool:
    """Whether the server has closed a connection; if not, it gets some more bytes."""
    try:
        connection.sendall(data)
        return connection.recv(65536) == b""
    except TimeoutError:
        return False
    except ConnectionError:
        return True


def test_a_stream_is_not_closed_for_its_length() -> None:
    with _child("plain", "HEAD_SECONDS=0.2") as child, child.get("/stream") as stream:
        got = b""
        while got.count(b"data: x") < 12:  # 0.05 s each
            piece = stream.recv(65536)
            assert piece
            got += piece


def test_a_client_that_does_not_read_is_closed() -> None:
    with _child("plain", "READ_SECONDS=0.5") as child, child.connect() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        began = time.monotonic()
        while _established(child.port, slow.getsockname()[1]):
            assert time.monotonic() - began < LONG
            time.sleep(0.05)


def _established(port: int, client: int) -> bool:
    """Whether the server's side of a connection is open."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, remote, state = line.split()[:4]
        if int(local.split(":")[1], 16) == port and int(remote.split(":")[1], 16) == client:
            return state == "01"
    return False


# -- too many


def test_newcomers_take_the_place_of_those_who_idle() -> None:
    with _child("plain", "connections=8") as child, ExitStack() as stack:
        stream = stack.enter_context(child.get("/stream"))
        idle = [stack.enter_context(child.connect(b"GET / HT")) for _ in range(20)]
        with child.get("/"):
            assert _closed(idle[0]) == b""
            assert stream.recv(100)


def test_where_all_are_in_use_the_oldest_goes() -> None:
    with _child("plain", "connections=8") as child, ExitStack() as stack:
        streams = [stack.enter_context(child.get("/stream")) for _ in range(8)]
        with child.get("/"):
            assert _closed(streams[0])
        for stream in streams[1:]:
            assert stream.recv(100)


def test_behind_a_proxy_the_client_that_has_most_loses_one() -> None:
    with _child("plain", "connections=8", "proxied=1") as child, ExitStack() as stack:
        reader = stack.enter_context(child.get("/stream", "X-Forwarded-For: 192.0.2.1\r\n"))
        others = [
            stack.enter_context(child.get("/stream", "X-Forwarded-For: 192.0.2.2\r\n")) for _ in range(8)
        ]
        assert _closed(others[0])
        assert reader.recv(100)


def test_a_server_without_descriptors_says_so_now_and_then_and_recovers() -> None:
    began = time.monotonic()
    with _child("plain", "files=40", "connections=1000") as child:
        with ExitStack() as stack:
            for _ in range(100):
                stack.enter_context(child.connect(b"GET / HT"))
            with child.connect(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n") as waiting:
                waiting.settimeout(2.5)  # asyncio tries again every second
                with pytest.raises(TimeoutError):
                    waiting.recv(1)
        with child.get("/"):
            pass
        child.ends(signal.SIGTERM)
        assert child.process.stderr
        told = child.process.stderr.read()
        most = 1 + int((time.monotonic() - began) / QUIET_SECONDS)
        assert 1 <= told.count("too many open files") <= most
        assert len(told) < 1000


def test_a_server_that_ends_between_two_tries_without_descriptors_says_no_more() -> None:
    with _child("plain", "files=40", "connections=1000") as child, ExitStack() as stack:
        stack.enter_context(child.get("/stream"))  # keeps the server for `FINISH_SECONDS`, past the next try
        for _ in range(100):
            stack.enter_context(child.connect(b"GET / HT"))
        assert child.process.stderr
        assert "too many open files" in child.process.stderr.readline()  # a try failed: the next in a second
        assert child.ends(signal.SIGTERM) == 0
        assert "Traceback" not in child.process.stderr.read()


def test_what_is_said_of_descriptors_is_rare_and_other_errors_pass() -> None:
    said: list[str] = []
    passed: list[object] = []
    now = [0.0]

    class Loop:
        default_exception_handler = staticmethod(passed.append)

    handler = AcceptFailures(said.append, clock=lambda: now[0])
    for _ in range(2048):
        handler(Loop(), {"message": "socket.accept() out of system resource"})  # type: ignore[arg-type]
    now[0] = 11.0
    handler(Loop(), {"message": "socket.accept() out of system resource"})  # type: ignore[arg-type]
    assert len(said) == 2
    retry = {"message": "Exception in callback BaseSelectorEventLoop._start_serving(...)"}
    handler(Loop(), retry | {"exception": ValueError("Invalid file descriptor: -1")})  # type: ignore[arg-type]
    assert passed == []
    for other in ({"message": "other"}, retry | {"exception": OSError()}):
        handler(Loop(), other)  # type: ignore[arg-type]
        assert passed.pop() == other


# -- the end

BOTH = pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])


@BOTH
@pytest.mark.parametrize("kind", ["nothing", "half a head", "half a body", "a stream", "a thread", "unread"])
def test_a_signal_ends_a_server_whatever_is_open(number: signal.Signals, kind: str) -> None:
    with _child("plain") as child, ExitStack() as stack:
        opened = {
            "nothing": child.connect,
            "half a head": lambda: child.connect(b"GET / HT"),
            "half a body": lambda: child.connect(POST),
            "a stream": lambda: child.get("/stream"),
            "a thread": lambda: child.get("/thread"),
            "unread": lambda: child.get("/large"),
        }[kind]
        stack.enter_context(opened())
        stack.enter_context(child.get("/"))
        assert child.ends(number) == 0
        assert child.process.stderr
        assert "Traceback" not in child.process.stderr.read()


@BOTH
def test_a_server_whose_global_lock_is_held_is_killed(number: signal.Signals) -> None:
    with _child("plain") as child, child.get("/lock") as answer:
        while b"begun" not in (piece := answer.recv(65536)):
            assert piece
        assert child.ends(number) == -signal.SIGKILL


def test_the_process_that_watches_the_end_ends_with_the_server() -> None:
    with _child("plain") as child, child.get("/"):
        (watching,) = _children(child.process.pid)
        child.process.kill()
        child.process.wait(LONG)
        deadline = time.monotonic() + LONG
        while _is_running(watching):
            assert time.monotonic() < deadline
            time.sleep(0.02)


def _children(parent: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_the_page_ends_with_all_its_streams() -> None:
    with _child("page") as child, ExitStack() as stack:
        stack.enter_context(child.get("/gradio_api/heartbeat/x"))
        joined = child.connect(JOIN)
        assert stack.enter_context(joined).recv(9) == b"HTTP/1.1 "
        stack.enter_context(child.get("/gradio_api/queue/data?session_hash=y"))
        stack.enter_context(
            child.connect(
                b"POST /api/v1/files?name=a.txt HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\nabc"
            )
        )
        assert child.ends(signal.SIGTERM) == 0


ARTICLE = "Im Hafen von Lindau liegen nach der Zählung {n} Boote, wie der Hafenmeister am Montag sagte."


def test_a_build_that_runs_is_stopped_and_the_index_is_as_it_was(tmp_path: Path) -> None:
    from tests.support.standin import StandIn

    corpus, vectors, began = tmp_path / "corpus", tmp_path / "vectors", tmp_path / "began"
    corpus.mkdir()
    (corpus / "a.txt").write_text(ARTICLE.format(n=7), "utf-8")
    first = build.build(corpus, vectors, encoder=StandIn()).generation
    for n in range(800):
        (corpus / f"{n}.txt").write_text(ARTICLE.format(n=n), "utf-8")
    with _child("folders", str(corpus), str(vectors), str(began)) as child, _rebuild(child):
        deadline = time.monotonic() + LONG
        while not began.exists():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert any(vectors.glob(".building-*"))
        assert child.ends(signal.SIGINT) == 0
    assert (vectors / "current").read_text("utf-8").strip() == first
    assert {name for name in os.listdir(vectors) if not name.startswith(".last-build")} == {
        "current",
        first,
        *_locks(vectors),
    }


@contextmanager
def _rebuild(child: Child) -> Iterator[socket.socket]:
    """Click on the button, and follow the build in a stream."""
    import httpx

    with httpx.Client(base_url=f"http://127.0.0.1:{child.port}", timeout=LONG) as client:
        config = client.get("/config").json()
        ids = [part["id"] for part in config["components"] if part["props"].get("elem_id") == "rebuild"]
        (index,) = (
            fn["id"] for fn in config["dependencies"] if [ids[0], "click"] in [list(t) for t in fn["targets"]]
        )
        event = {"fn_index": index, "session_hash": "z", "data": [], "trigger_id": ids[0]}
        client.post("/gradio_api/queue/join", json=event).raise_for_status()
    with child.get("/gradio_api/queue/data?session_hash=z") as stream:
        yield stream


def _locks(vectors: Path) -> list[str]:
    return [path.name for path in vectors.iterdir() if "lock" in path.name]
