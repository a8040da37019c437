"""What reaches the package `mcp`: requests and notifications of JSON-RPC that are well-formed.

The package answers 500 with a trace in the log to a body that is not UTF-8 or nested too deeply, and it
repeats what it could not read. This wrapper reads the body first and passes on the JSON that it wrote itself.
"""

from __future__ import annotations

from typing import Any

from qa.server.asgi import App, Message, Receive, Scope, Send
from qa.server.gradio_requests import MAX_DEPTH, MAX_NUMBER, again, parsed, walked, written
from qa.server.gradio_routes import Refused

MAX_CALL = 100_000  # bytes of a body; the longest question has 12,000
MAX_TEXT = 100  # characters of the name of a method or the id of a request
NOT_JSON, NOT_A_REQUEST = -32700, -32600  # https://www.jsonrpc.org/specification#error_object


class CheckedTools:
    """ASGI app that lets only well-formed messages through to `path` of `app`."""

    def __init__(self, app: App, path: str, *, max_call: int = MAX_CALL) -> None:
        """`max_call`: bytes of a body."""
        self._app = app
        self._path = path
        self._max_call = max_call

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == self._path and scope["method"] == "POST":
            try:
                body = await self._body(receive)
            except Refused as refusal:
                await _refuse(send, refusal)
                return
            scope = {**scope, "headers": _of_length(scope["headers"], len(body))}
            receive = again(body, receive)
        await self._app(scope, receive, send)

    async def _body(self, receive: Receive) -> bytes:
        raw = bytearray()
        while True:
            message = await receive()
            raw += message.get("body", b"")
            if message["type"] == "http.disconnect" or len(raw) > self._max_call:
                raise Refused(413, "The request is too large or was cut off.")
            if not message.get("more_body"):
                break
        call = parsed(bytes(raw))
        _check(call)
        return written(call)


def _check(call: Any) -> None:
    """Raise Refused where a message is no request or notification of JSON-RPC 2.0, or out of bounds."""
    if not isinstance(call, dict) or call.get("jsonrpc") != "2.0" or not _is_name(call.get("method")):
        raise Refused(422, "The message is not a request or notification of JSON-RPC 2.0.")
    if "id" in call and not (_is_name(call["id"]) or type(call["id"]) is int):
        raise Refused(422, f"The id must be a whole number or a text of at most {MAX_TEXT} characters.")
    if not isinstance(call.get("params", {}), dict | None):
        raise Refused(422, "The params must be an object.")
    for found, depth in walked(call):
        if depth > MAX_DEPTH:
            raise Refused(422, "The message is nested too deeply.")
        if isinstance(found, int) and abs(found) > MAX_NUMBER:
            raise Refused(422, "A number is too large.")


def _of_length(headers: list[tuple[bytes, bytes]], length: int) -> list[tuple[bytes, bytes]]:
    described = (b"content-length", b"content-encoding", b"transfer-encoding")
    kept = [(key, value) for key, value in headers if key.lower() not in described]
    return [*kept, (b"content-length", str(length).encode())]


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_TEXT


async def _refuse(send: Send, refusal: Refused) -> None:
    """Answer with an error of JSON-RPC; its status is 400 for whatever is wrong with the message itself."""
    code = NOT_JSON if refusal.status == 400 else NOT_A_REQUEST
    status = 400 if refusal.status == 422 else refusal.status
    message: Message = {"jsonrpc": "2.0", "id": None, "error": {"code": code, "message": str(refusal)}}
    body = written(message)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
