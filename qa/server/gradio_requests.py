"""What reaches Gradio: the routes of `gradio_routes`, and well-formed events.

Gradio copies a file or fetches a URL for anyone who sends an object that looks like one of its files, and it
creates any component that a chat message names. The page needs neither. This middleware wraps Gradio's
application directly: it parses the body of each event, rejects what the page does not send, and forwards
re-serialised JSON, so that both parse the same. Knows nothing of articles and does not import Gradio.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_type_hints

from qa.server.asgi import App, Message, Receive, Scope, Send
from qa.server.gradio_routes import CANCEL, JOIN, SESSION, Refused, check_route, checked_headers

MAX_EVENT = 512_000  # bytes of the body of an event
MAX_DEPTH = 16  # nesting depth; a chat message has five levels
MAX_NUMBER = 2**53  # the largest integer that JavaScript represents exactly

# Keys that mark a file, a component to create, or a component update for Gradio.
FORBIDDEN = frozenset({"path", "meta", "_type", "__type__", "is_stream", "component", "constructor_args"})
_JSON = re.compile(r"application/json\s*(?:;\s*charset\s*=\s*\"?utf-8\"?\s*)?", re.IGNORECASE)
# Keys that Gradio reads from a chat event's data, by the type that its handler takes.
_MESSAGE_DATA = {
    "RetryData": ("index", "value"),
    "UndoData": ("index", "value"),
    "EditData": ("index", "value", "previous_value"),
    "LikeData": ("index", "value"),
}


@dataclass(frozen=True, slots=True)
class Event:
    """What an event of the page accepts: `inputs` by component name, and whether it is queued.

    `data`: what its `event_data` must hold where it belongs to a message of the chat.
    """

    inputs: tuple[str, ...]
    queued: bool
    data: tuple[str, ...] = ()


def events_of(fns: Mapping[int, Any]) -> dict[int, Event]:
    """The events with a handler, from `gr.Blocks.fns`; the others only run in the browser."""
    return {
        number: Event(
            tuple(block.get_block_name() for block in fn.inputs), bool(fn.queue), _message_data(fn.fn)
        )
        for number, fn in fns.items()
        if fn.fn is not None
    }


def _message_data(handler: Callable[..., Any]) -> tuple[str, ...]:
    names = [getattr(hint, "__name__", "") for hint in get_type_hints(handler).values()]
    return next((_MESSAGE_DATA[name] for name in names if name in _MESSAGE_DATA), ())


class CheckedGradio:
    """ASGI app that forwards only known routes and well-formed events to Gradio's `app`."""

    def __init__(self, app: App, events: Mapping[int, Event], *, max_event: int = MAX_EVENT) -> None:
        """`events`: by number, as `events_of` finds them; `max_event`: bytes of a body."""
        self._app = app
        self._events = events
        self._max_event = max_event

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if scope["type"] != "http":
                raise Refused(404, "Not found.")
            check_route(scope)
            scope = {**scope, "headers": checked_headers(scope["headers"])}
            if scope["method"] == "POST":
                body = self._checked(scope["path"], await self._body(scope, receive))
                scope["headers"] = _as_json(scope["headers"], len(body))
                receive = again(body, receive)
        except Refused as refusal:
            await _refuse(send, scope["type"], refusal)
            return
        await self._app(scope, receive, send)

    async def _body(self, scope: Scope, receive: Receive) -> Any:
        """The body of a request as Python values; raises Refused."""
        kinds = [value.decode("latin-1") for key, value in scope["headers"] if key == b"content-type"]
        if len(kinds) != 1 or not _JSON.fullmatch(kinds[0].strip()):
            raise Refused(415, "Events are sent as application/json in UTF-8.")
        raw = bytearray()
        while True:
            message = await receive()
            raw += message.get("body", b"")
            if message["type"] == "http.disconnect" or len(raw) > self._max_event:
                raise Refused(413, "The request is too large or was cut off.")
            if not message.get("more_body"):
                return parsed(bytes(raw))

    def _checked(self, path: str, body: Any) -> bytes:
        """The body as Gradio gets it; raises Refused."""
        if not isinstance(body, dict):
            raise Refused(422, "The body is not an object.")
        number = body.get("fn_index")
        event = self._events.get(number) if type(number) is int else None
        if event is None:
            raise Refused(404, "There is no such event.")
        session = body.get("session_hash")
        if not isinstance(session, str) or not SESSION.fullmatch(session):
            raise Refused(422, "session_hash must be a string of 1 to 64 letters and digits.")
        checked: dict[str, Any] = {"fn_index": number, "session_hash": session}
        if path == CANCEL:
            name = body.get("event_id")
            if not isinstance(name, str) or not SESSION.fullmatch(name):
                raise Refused(422, "event_id must be the id of an event.")
            return written({**checked, "event_id": name})
        if event.queued is not (path == JOIN):
            raise Refused(404, "This event is not served at this address.")
        trigger = body.get("trigger_id")
        if trigger is not None and not (type(trigger) is int and 0 <= trigger < 2**31):
            raise Refused(422, "trigger_id must be a number.")
        event_data = body.get("event_data")
        check_values(event_data)
        if event.data:
            _check_message_data(event_data, event.data)
        data = _checked_inputs(body.get("data"), event.inputs)
        return written({**checked, "trigger_id": trigger, "event_data": event_data, "data": data})


# ---------------------------------------------------------------- what an event may hold


def parsed(raw: bytes) -> Any:
    """Parse JSON. Raises Refused if it is not strict JSON in UTF-8."""
    try:
        return json.loads(raw.decode("utf-8"), parse_constant=_not_json, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise Refused(400, "The body is not JSON.") from error


def _not_json(name: str) -> Any:
    raise ValueError(name)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ValueError("duplicate key")
    return fields


def written(value: Any) -> bytes:
    """Serialise as strict JSON in UTF-8. Raises Refused if that is impossible."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except ValueError as error:  # a lone surrogate, or an infinite number
        raise Refused(422, "A string or number cannot be written as JSON.") from error


def check_values(value: Any) -> None:
    """Raise Refused if Gradio would see a file, a component or an update, or if a limit is exceeded."""
    for part, depth in walked(value):
        if depth > MAX_DEPTH:
            raise Refused(422, "The data are nested too deeply.")
        if isinstance(part, dict) and not FORBIDDEN.isdisjoint(part):
            raise Refused(422, "Files and components are not accepted.")
        if isinstance(part, int) and abs(part) > MAX_NUMBER:
            raise Refused(422, "A number is too large.")


def walked(value: Any) -> Iterator[tuple[Any, int]]:
    """A value and all nested values, each with its depth."""
    pending = [(value, 0)]
    while pending:
        part, depth = pending.pop()
        yield part, depth
        if isinstance(part, dict | list):
            within = part.values() if isinstance(part, dict) else part
            pending.extend((item, depth + 1) for item in within)


def _checked_inputs(data: Any, inputs: tuple[str, ...]) -> list[Any]:
    if not isinstance(data, list) or len(data) != len(inputs):
        raise Refused(422, f"data must be a list of {len(inputs)} values.")
    check_values(data)
    return [_checked_input(value, kind) for value, kind in zip(data, inputs, strict=True)]


def _checked_input(value: Any, kind: str) -> Any:
    if kind == "textbox" and not (value is None or isinstance(value, str)):
        raise Refused(422, "data must be a string.")
    if kind == "chatbot" and value is not None:
        if not isinstance(value, list):
            raise Refused(422, "data must be a conversation.")
        return [_checked_message(item) for item in value]
    return value


def _checked_message(item: Any) -> dict[str, Any]:
    """Check a chat message: text only, nothing that Gradio could turn into anything else."""
    parts = item.get("content") if isinstance(item, dict) else None
    if not isinstance(parts, list) or item.get("role") not in ("user", "assistant"):
        raise Refused(422, "data must be a conversation.")
    texts = [part.get("text") for part in parts if isinstance(part, dict) and part.get("type") == "text"]
    if len(texts) < len(parts) or not all(isinstance(text, str) for text in texts):
        raise Refused(422, "data: messages must contain only text.")
    content = [{"type": "text", "text": text} for text in texts]
    return {"role": item["role"], "metadata": None, "content": content, "options": None}


def _check_message_data(event_data: Any, keys: tuple[str, ...]) -> None:
    """Check a chat event's data: the message's number, alone or with that of a part, and its text."""
    index = event_data.get("index") if isinstance(event_data, dict) else None
    numbers = index if isinstance(index, list) and len(index) == 2 else [index]
    sound = all(type(number) is int and number >= 0 for number in numbers)
    if not sound or not event_data.keys() >= set(keys):
        raise Refused(422, f"event_data must have {', '.join(keys)} of a message.")


def _as_json(headers: list[tuple[bytes, bytes]], length: int) -> list[tuple[bytes, bytes]]:
    described = (b"content-type", b"content-length", b"content-encoding", b"transfer-encoding")
    others = [(key, value) for key, value in headers if key not in described]
    return [*others, (b"content-type", b"application/json"), (b"content-length", str(length).encode())]


def again(body: bytes, receive: Receive) -> Receive:
    """A `receive` that returns a body already read, and then what follows."""
    bodies = [body]

    async def first() -> Message:
        if bodies:
            return {"type": "http.request", "body": bodies.pop(), "more_body": False}
        return await receive()

    return first


async def _refuse(send: Send, kind: str, refusal: Refused) -> None:
    if kind == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    body = written({"error": str(refusal)})  # Gradio's page shows the value of this key
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
