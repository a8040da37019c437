"""Asking a language model: whatever its endpoint does, a plain sentence says what happened."""

from __future__ import annotations

import json
import logging
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qa.errors import LLMError
from qa.i18n.messages import said as translated
from qa.llm import client as client_module
from qa.llm import replies
from qa.llm.client import Client
from qa.llm.deadlines import Limits, Stop
from qa.llm.endpoint import endpoint
from tests.support.llm_server import HELD, Answering, Handler, saying, serving

ROOT = Path(__file__).resolve().parents[2]
KEY = "sk-geheim-4711"
# Each test sets the one limit that it is about; the others cannot be missed on a busy machine.
LIMITS = {
    "no headers": Limits(first=0.4),
    "slow first token": Limits(first=0.4),
    "only comments": Limits(first=0.4),
    "pause": Limits(pause=0.4),
}
MESSAGES: list[client_module.Message] = [{"role": "user", "content": "Frage?"}]


def asked(url: str, limits: Limits = Limits()) -> tuple[str, str]:  # noqa: B008 (frozen)
    """The text that came, and the error after it, "" without one."""
    return heard(Client(endpoint(url, "klein", KEY), limits=limits))


def heard(
    client: Client, stop: Stop | None = None, messages: list[client_module.Message] = MESSAGES
) -> tuple[str, str]:
    text = ""
    try:
        for piece in client.stream(messages, stop):
            text += piece
    except LLMError as error:
        return text, str(error)
    return text, ""


def answered(answering: Answering, limits: Limits = Limits()) -> tuple[str, str]:  # noqa: B008 (frozen)
    with serving(answering) as model:
        return asked(model.url, limits)


def test_a_stream_is_read_piece_by_piece() -> None:
    with serving(saying("So ", "ist", " es. [1]")) as model:
        assert asked(model.url) == ("So ist es. [1]", "")
    (request,) = model.requests
    assert request.path == "/v1/chat/completions"
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert request.body["messages"] == MESSAGES
    assert request.body["model"] == "klein"
    assert request.body["stream"] is True
    assert "geheim" not in json.dumps(request.body)


def test_without_a_key_none_is_sent() -> None:
    with serving(saying("Ja.")) as model:
        list(Client(endpoint(model.url, "klein")).stream(MESSAGES))
    assert "Authorization" not in model.requests[0].headers


def replying(status: int, body: bytes = b"", *headers: tuple[str, str]) -> Answering:
    return lambda handler: handler.reply(status, body, headers)


def streaming(*lines: bytes, kind: str = "text/event-stream") -> Answering:
    def answer(handler: Handler) -> None:
        handler.begin(kind)
        for line in lines:
            handler.raw(line)

    return answer


def hanging(*pieces: str) -> Answering:
    def answer(handler: Handler) -> None:
        handler.begin()
        for piece in pieces:
            handler.piece(piece)
        handler.hang()

    return answer


def trickling(handler: Handler) -> None:
    handler.begin()
    while not handler.model.released.wait(0.05):
        handler.piece("x")


def pinging(handler: Handler) -> None:
    handler.begin()
    while not handler.model.released.wait(0.05):
        handler.raw(b": ping\n\n")


HELLO = b'data: {"choices": [{"delta": {"content": "Hallo."}}]}\n\n'
SECRET = b'{"error": {"message": "sk-geheim-4711 is wrong"}}'
FAILURES: dict[str, tuple[Answering, str, str]] = {
    "no headers": (lambda handler: handler.hang(), "", "begin to answer in time"),
    "slow first token": (hanging(), "", "begin to answer in time"),
    "only comments": (pinging, "", "begin to answer in time"),
    "pause": (hanging("Hallo. "), "Hallo. ", "in the middle"),
    "401": (replying(401, SECRET), "", "does not accept the key (401)"),
    "403": (replying(403, SECRET), "", "does not accept the key (403)"),
    "404": (replying(404), "", "no such address or model (404)"),
    "400": (replying(400, SECRET), "", "rejected the request (400)"),
    "429": (replying(429), "", "asked again in 30 seconds"),
    "429 with a time": (replying(429, b"", ("Retry-After", "7")), "", "asked again in 7 seconds"),
    "429 with nonsense": (replying(429, b"", ("Retry-After", "-1e99")), "", "asked again in 30 seconds"),
    "500": (replying(500, SECRET), "", "failed (500)"),
    "502": (replying(502, b"<html>"), "", "failed (502)"),
    "loading": (replying(503, b'{"error": {"message": "Loading model"}}'), "", "loading or overloaded (503)"),
    "redirect": (replying(302, b"", ("Location", "http://192.0.2.1/v1")), "", "not followed"),
    "moved": (replying(308, b"", ("Location", "/v2")), "", "not followed"),
    "no finish": (streaming(HELLO), "Hallo.", "broke off"),
    "no finish but done": (streaming(HELLO, b"data: [DONE]\n\n"), "Hallo.", "broke off"),
    "length": (saying("Hallo. Und", finish="length"), "Hallo. Und", "length limit"),
    "bad json": (streaming(HELLO, b"data: {kaputt\n\n"), "Hallo.", "not JSON"),
    "a list": (streaming(b"data: [1, 2]\n\n"), "", "not JSON"),
    "deep json": (streaming(b"data: " + b"[" * 100_000 + b"\n\n"), "", "not JSON"),
    "error event": (streaming(HELLO, b"data: " + SECRET + b"\n\n"), "Hallo.", "reported an error"),
    "bare error": (streaming(SECRET + b"\n"), "", "reported an error"),
    "login page": (streaming(b"<html>Anmelden</html>", kind="text/html; charset=utf-8"), "", "web page"),
    "zipped": (replying(200, b"\x1f\x8b", ("Content-Encoding", "gzip")), "", "not JSON"),
    "endless line": (streaming(b"data: " + b"x" * 3_000_000), "", "far too much"),
    "nothing": (streaming(), "", "broke off"),
    "json with an error": (streaming(SECRET, kind="application/json"), "", "reported an error"),
    "json that is none": (streaming(b"<html>", kind="application/json"), "", "not JSON"),
}


@pytest.mark.parametrize("case", FAILURES)
def test_failures(case: str) -> None:
    answering, text, said = FAILURES[case]
    got, error = answered(answering, LIMITS.get(case, Limits()))
    assert got == text
    assert said in error
    assert error.endswith(".")
    assert "geheim" not in error
    assert translated(error, "de") != error


def test_an_endless_answer_is_cut_off() -> None:
    event = HELLO + b": " + b"x" * 150_000 + b"\n\n"
    text, error = answered(streaming(*[event] * 20))
    assert 0 < text.count("Hallo.") < 20
    assert "far too much" in error


def test_the_whole_answer_has_a_limit() -> None:
    text, error = answered(trickling, Limits(whole=2.0))
    assert set(text) == {"x"}
    assert "took too long" in error


def test_an_endpoint_that_is_down_is_left_alone_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    client = Client(endpoint(url, "klein"))
    assert "cannot be reached" in heard(client)[1]
    attempts: list[object] = []
    monkeypatch.setattr(client, "_pieces", lambda *a: attempts.append(a))
    assert "not available" in heard(client)[1]
    assert attempts == []


@pytest.mark.parametrize(
    ("read", "cut"), [(1_000, False), (334, False), (333, True), (0, False), ("x", False)]
)
def test_a_prompt_that_was_cut_is_told(read: object, cut: bool) -> None:
    def answer(handler: Handler) -> None:
        handler.begin()
        handler.piece("So ist es.", "stop")
        handler.event({"choices": [], "usage": {"prompt_tokens": read}})
        handler.raw(b"data: [DONE]\n\n")

    long: list[client_module.Message] = [{"role": "user", "content": "x" * 2_000}]
    with serving(answer) as model:
        client = Client(endpoint(model.url, "klein"))
        found = heard(client, messages=long)
    assert found == ("So ist es.", replies.PROMPT_CUT if cut else "")
    assert translated(replies.PROMPT_CUT, "de") != replies.PROMPT_CUT
    assert model.requests[0].body["stream_options"] == {"include_usage": True}


def test_a_server_that_rejects_a_request_is_not_asked_for_its_usage_again() -> None:
    with serving(replying(400)) as model:
        client = Client(endpoint(model.url, "klein"))
        heard(client)
        heard(client)
    assert ["stream_options" in request.body for request in model.requests] == [True, False]


def test_an_unknown_host() -> None:
    assert "cannot be reached" in asked("https://kein-rechner.invalid/v1")[1]


def test_after_429_the_next_question_waits() -> None:
    with serving(replying(429, b"", ("Retry-After", "7"))) as model:
        client = Client(endpoint(model.url, "klein"))
        heard(client)
        assert "asked again in 7 seconds" in heard(client)[1]
        assert len(model.requests) == 1


def test_a_redirect_gets_nothing() -> None:
    with serving(saying("Gestohlen.")) as elsewhere:
        target = ("Location", f"{elsewhere.url}/chat/completions")
        with serving(replying(307, b"", target)) as model:
            asked(model.url)
        assert elsewhere.requests == []


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_no_proxy_of_the_environment_is_used(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(saying("Mitgelesen.")) as proxy, serving(saying("Ja.")) as model:
        monkeypatch.setenv(name, proxy.url.removesuffix("/v1"))
        assert asked(model.url) == ("Ja.", "")
        assert proxy.requests == []


def test_a_reply_that_is_not_streamed() -> None:
    body = {"choices": [{"message": {"role": "assistant", "content": "Ja."}, "finish_reason": "stop"}]}
    assert answered(streaming(json.dumps(body).encode(), kind="application/json")) == ("Ja.", "")


def test_thinking_beside_the_text_is_left_out() -> None:
    def answer(handler: Handler) -> None:
        handler.begin()
        handler.event({"choices": [{"delta": {"reasoning_content": "Hm.", "content": None}}]})
        saying_rest(handler)

    def saying_rest(handler: Handler) -> None:
        handler.piece("Ja.")
        handler.piece("", "stop")

    assert answered(answer) == ("Ja.", "")


@pytest.mark.parametrize(
    "odd",
    [
        b'data: {"choices": []}\n\n',
        b'data: {"choices": [7]}\n\n',
        b'data: {"choices": [{"delta": "x"}]}\n\n',
        b'data: {"choices": [{"delta": {"content": 7}}]}\n\n',
        b'data: {"usage": {"prompt_tokens": 12}}\n\n',
        b": comment\n\n",
        b"event: x\nid: 1\nretry: 5\n\n",
        b"data:\n\n",
        b"\r\n\r\n",
    ],
)
def test_odd_events_say_nothing(odd: bytes) -> None:
    end = b'data: {"choices": [{"delta": {}, "finish_reason": "stop"}]}\r\n\r\n'
    assert answered(streaming(odd, HELLO, odd, end, b"data: [DONE]\n\n")) == ("Hallo.", "")


def test_letters_cut_in_two_are_put_together() -> None:
    data = 'data: {"choices": [{"delta": {"content": "Grüße"}, "finish_reason": "stop"}]}\n\n'.encode()
    assert answered(streaming(*(bytes([byte]) for byte in data))) == ("Grüße", "")


def test_closing_the_iterator_closes_the_connection() -> None:
    with serving(hanging("Hallo.")) as model:
        stream = Client(endpoint(model.url, "klein")).stream(MESSAGES)
        assert next(stream) == "Hallo."
        stream.close()  # type: ignore[attr-defined]
        assert model.gone.wait(HELD)


def waiting_before_headers(handler: Handler) -> None:
    handler.hang()


@pytest.mark.parametrize("answering", [waiting_before_headers, hanging(), hanging("Hallo.")])
def test_another_thread_can_stop_it_at_any_time(answering: Answering) -> None:
    stop = Stop()
    with serving(answering) as model:
        found: list[tuple[str, str]] = []
        client = Client(endpoint(model.url, "klein"))
        thread = threading.Thread(target=lambda: found.append(heard(client, stop)))
        thread.start()
        _until(lambda: len(model.requests) == 1)
        stop.set()
        thread.join(HELD)
        assert found[0][1] == client_module.STOPPED
        assert model.gone.wait(HELD)


def _until(true: Callable[[], bool]) -> None:
    waiting = threading.Event()
    for _ in range(1000):
        if true():
            return
        waiting.wait(0.01)
    raise AssertionError("it did not come")


def test_stopped_before_it_began() -> None:
    stop = Stop()
    stop.set()
    with serving(hanging("Hallo.")) as model:
        assert heard(Client(endpoint(model.url, "klein")), stop)[1] == client_module.STOPPED


def test_only_so_many_at_once() -> None:
    with serving(hanging("Hallo.")) as model:
        client = Client(endpoint(model.url, "klein"), at_once=2)
        streams: list[Iterator[str]] = [client.stream(MESSAGES) for _ in range(2)]
        assert [next(stream) for stream in streams] == ["Hallo."] * 2
        assert heard(client) == ("", client_module.BUSY)
        streams[0].close()  # type: ignore[attr-defined]
        again = client.stream(MESSAGES)
        assert next(again) == "Hallo."
        for stream in (again, streams[1]):
            stream.close()  # type: ignore[attr-defined]


def test_the_key_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for answering in (saying("Ja."), replying(401, SECRET), replying(500, SECRET)):
        answered(answering)
    assert "geheim" not in caplog.text
    assert "Frage?" not in caplog.text


def test_the_key_is_in_no_traceback() -> None:
    with serving(replying(401, SECRET)) as model, pytest.raises(LLMError) as caught:
        list(Client(endpoint(model.url, "klein", KEY)).stream(MESSAGES))
    error: BaseException | None = caught.value
    while error:
        assert "geheim" not in repr(error)
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize("module", ["httpx", "qa.llm", "httpcore"])
def test_nothing_is_imported_before_the_first_request(module: str) -> None:
    names = "qa, qa.cli.main, qa.service.service, qa.answering.bot"
    code = f"import sys, {names}; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT).returncode == 0
