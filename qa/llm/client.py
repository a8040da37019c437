"""Ask the language model: one request, its answer piece by piece, every failure an LLMError.

No retries while somebody reads, no redirects, no proxies or certificates from the environment. The key is in
one header and nowhere else. httpx is imported with the first request.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from qa.errors import LLMError
from qa.llm import replies
from qa.llm.deadlines import Deadline, Limits, Stop
from qa.llm.endpoint import Endpoint

if TYPE_CHECKING:
    import httpx

MAX_TOKENS = 600  # of an answer; three sentences need a third
AT_ONCE = 4  # questions that one endpoint phrases at the same time
DOWN_SECONDS = 30.0  # an endpoint that was down is not tried again for so long
MAX_RETRY_AFTER = 3600.0
# No tokenizer makes fewer tokens of German or English prose than one of so many characters (some 3 and 5).
# What a server says to have read of a long prompt is compared with it.
MAX_CHARS_A_TOKEN = 6
LONG_PROMPT = 2_000  # characters
STOPPED = "The phrasing was stopped. The quotes remain."
WEB_PAGE = "The language model's address is a web page. Check QA_LLM_URL, which ends in /v1."
LOADING = "The language model is loading or overloaded (503). Try again in a moment."
BUSY = "The language model is busy with other questions. Try again in a moment."
LATE = {
    "first": "The language model did not begin to answer in time. It may still be loading; try again.",
    "pause": "The language model stopped in the middle of its answer. Ask again.",
    "whole": "The language model took too long. Try a smaller model or a faster machine.",
}


class Message(TypedDict):
    """A message to the model."""

    role: Literal["system", "user"]
    content: str


class Client:
    """Asks one endpoint; any number of threads may use it."""

    def __init__(self, endpoint: Endpoint, *, limits: Limits = Limits(), at_once: int = AT_ONCE) -> None:  # noqa: B008 (frozen)
        self._endpoint = endpoint
        self._limits = limits
        self._slots = threading.BoundedSemaphore(at_once)
        self._asks_usage = True  # until a server rejects a request, maybe for that
        self._not_before = 0.0  # when it may be tried again, by `time.monotonic`

    @property
    def model(self) -> str:
        return self._endpoint.model

    @property
    def host(self) -> str:
        return self._endpoint.host

    @property
    def local(self) -> bool:
        """Whether the endpoint listens on this machine."""
        return self._endpoint.local

    def stream(self, messages: Sequence[Message], stop: Stop | None = None) -> Generator[str]:
        """The pieces of the model's answer, none of them empty.

        Close the iterator, or set `stop` from another thread, to close the connection. Raises LLMError, also
        after some pieces, where the answer fails, is late or is cut off; the message is for the user.
        """
        wait = self._not_before - time.monotonic()
        if wait > 0:
            raise LLMError(f"The language model was not available. It is asked again in {wait:.0f} seconds.")
        if not self._slots.acquire(blocking=False):
            raise LLMError(BUSY)
        try:
            yield from self._pieces(messages, stop or Stop())
        finally:
            self._slots.release()

    def _pieces(self, messages: Sequence[Message], stop: Stop) -> Iterator[str]:
        finish, read = "", 0
        for piece in self._replies(messages, stop):
            finish, read = piece.finish or finish, piece.read or read
            if piece.text:
                yield piece.text
        if finish == "length":
            raise LLMError(replies.TOO_MANY_WORDS)
        if not finish:
            raise LLMError(replies.CUT_OFF)
        sent = sum(len(message["content"]) for message in messages)
        if sent >= LONG_PROMPT and 0 < read * MAX_CHARS_A_TOKEN < sent:
            raise LLMError(replies.PROMPT_CUT)  # Ollama cuts without an error

    def _replies(self, messages: Sequence[Message], stop: Stop) -> Iterator[replies.Piece]:
        import httpx

        connection = _Connection()
        with (
            Deadline(self._limits, time.monotonic(), connection.shut_down) as deadline,
            stop.calling(connection.shut_down),
        ):
            try:
                with self._sent(messages, connection) as response:
                    self._check(response)
                    for piece in self._read(response):
                        deadline.piece()
                        yield piece
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise self._failed(error, deadline, stop) from error
            if deadline.missed or stop.stopped:  # a connection that was shut down may look complete
                raise self._failed(None, deadline, stop)

    @contextmanager
    def _sent(self, messages: Sequence[Message], connection: _Connection) -> Iterator[httpx.Response]:
        import httpx

        limits = self._limits
        timeout = httpx.Timeout(limits.first, connect=limits.connect)
        headers = {"Accept": "text/event-stream, application/json", "Accept-Encoding": "identity"}
        headers["User-Agent"] = "qa"
        if self._endpoint.key:
            headers["Authorization"] = f"Bearer {self._endpoint.key}"
        body: dict[str, Any] = {
            "model": self.model,
            "messages": list(messages),
            "stream": True,
            "temperature": 0,
            "max_tokens": MAX_TOKENS,
        }
        if self._asks_usage:
            body["stream_options"] = {"include_usage": True}
        with (
            httpx.Client(trust_env=False, follow_redirects=False, timeout=timeout) as client,
            client.stream(
                "POST",
                f"{self._endpoint.url}/chat/completions",
                json=body,
                headers=headers,
                extensions={"trace": connection.trace},
            ) as response,
        ):
            yield response

    def _check(self, response: httpx.Response) -> None:
        """Raise LLMError for a status other than success, without repeating what came with it."""
        status = response.status_code
        if status == 200:
            return
        if response.is_redirect or 300 <= status < 400:
            raise LLMError(
                f"The language model redirects to another address ({status}), which is not followed. Put the "
                "final address into QA_LLM_URL."
            )
        if status in (401, 403):
            raise LLMError(f"The language model does not accept the key ({status}). Check QA_LLM_KEY.")
        if status == 404:
            raise LLMError(
                "The language model's server knows no such address or model (404). Check QA_LLM_URL, which "
                "ends in /v1, and QA_LLM_MODEL."
            )
        if status == 429:
            seconds = _retry_after(response.headers.get("retry-after", ""))
            self._not_before = time.monotonic() + seconds
            raise LLMError(
                "The language model takes no more requests for now (429). It is asked again in "
                f"{seconds:.0f} seconds."
            )
        if status == 503:
            raise LLMError(LOADING)
        if status >= 500:
            raise LLMError(f"The language model failed ({status}). Its own log says why.")
        self._asks_usage = False
        raise LLMError(f"The language model rejected the request ({status}). Its own log says why.")

    def _read(self, response: httpx.Response) -> Iterator[replies.Piece]:
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if response.headers.get("content-encoding", "identity") != "identity":
            raise LLMError(replies.NOT_JSON)
        if kind == "text/html":
            raise LLMError(WEB_PAGE)
        read = replies.whole if kind == "application/json" else replies.events
        return read(response.iter_raw())

    def _failed(self, error: Exception | None, deadline: Deadline, stop: Stop) -> LLMError:
        """What to say of a connection that failed or was shut down."""
        import httpx

        if stop.stopped:
            return LLMError(STOPPED)
        if deadline.missed:
            return LLMError(LATE[deadline.missed])
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
            self._not_before = time.monotonic() + DOWN_SECONDS
            return LLMError(
                f"The language model at {self.host} cannot be reached. Start it, or check QA_LLM_URL."
            )
        return LLMError(replies.CUT_OFF)


def _retry_after(value: str) -> float:
    """Seconds of a Retry-After header; a date, or nonsense, counts as DOWN_SECONDS."""
    return min(float(value), MAX_RETRY_AFTER) if value.isascii() and value.isdigit() else DOWN_SECONDS


class _Connection:
    """The connection of one request, which another thread may shut down at any time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._closed = False

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Note the connection that httpcore has just made."""
        if event not in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            return
        with self._lock:
            self._socket = info["return_value"].get_extra_info("socket")
            closed = self._closed
        if closed:
            self.shut_down()

    def shut_down(self) -> None:
        """Shut the connection down, now or as soon as there is one; a thread that waits for it goes on."""
        with self._lock:
            self._closed = True
            connection = self._socket
        if connection is not None:
            with suppress(OSError):  # closed already
                socket.socket.shutdown(connection, socket.SHUT_RDWR)  # not that of SSL, which changes it
