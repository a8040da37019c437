"""What reaches Gradio: the routes that the page and `gradio_client` need, and well-formed events.

Gradio copies a file, or fetches an address, for whoever sends an object that looks like one of its
files, and it makes any component that a chat message names. The page needs neither. This wrapper
stands directly around Gradio's application: it parses the body of each event, refuses what the page
does not send, and passes on the JSON that it wrote itself, so that both read the same. It knows
nothing of articles, and imports nothing of Gradio.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, get_type_hints
from urllib.parse import parse_qsl

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MAX_EVENT = 512_000  # bytes of the body of an event
MAX_DEPTH = 16  # lists and objects within each other; a chat message has five
MAX_NUMBER = 2**53  # the largest whole number that JavaScript holds exactly
MAX_QUERY = 8_000  # characters

RUN, JOIN, CANCEL = "/gradio_api/run/predict", "/gradio_api/queue/join", "/gradio_api/cancel"
# Everything else that Gradio serves is closed. `gradio_client` asks for /config, /info and the heartbeat.
ROUTES: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...] = (
    (("GET", "HEAD"), re.compile(r"/")),
    (("GET",), re.compile(r"/(?:favicon\.ico|theme\.css|config)")),
    (("GET",), re.compile(r"/(?:assets|static)(?:/[A-Za-z0-9_-][A-Za-z0-9_.-]*)+")),
    (("GET",), re.compile(r"/gradio_api/(?:info|queue/data|heartbeat/[A-Za-z0-9_-]{1,64})")),
    (("POST",), re.compile("|".join(map(re.escape, (RUN, JOIN, CANCEL))))),
)
# Keys by which Gradio knows a file, a component to be made, or an update of a component.
FORBIDDEN = frozenset({"path", "meta", "_type", "__type__", "is_stream", "component", "constructor_args"})
_SESSION = re.compile(r"[A-Za-z0-9_-]{1,64}")
_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_JSON = re.compile(r"application/json\s*(?:;\s*charset\s*=\s*\"?utf-8\"?\s*)?", re.IGNORECASE)
# What Gradio reads of the data of an event of the chat, by the type that its handler asks for.
_TOLD = {
    "RetryData": ("index", "value"),
    "UndoData": ("index", "value"),
    "EditData": ("index", "value", "previous_value"),
    "LikeData": ("index", "value"),
}


@dataclass(frozen=True, slots=True)
class Event:
    """What an event of the page takes: `inputs` by the names of their components, and whether it is queued.

    `told`: what its data must hold where it belongs to a message of the chat.
    """

    inputs: tuple[str, ...]
    queued: bool
    told: tuple[str, ...] = ()


class Refused(Exception):
    """A request that Gradio does not get; `status` is that of the answer."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


def events_of(fns: Mapping[int, Any]) -> dict[int, Event]:
    """The events with a handler, from `gr.Blocks.fns`; the others run in the browser alone."""
    return {
        number: Event(tuple(block.get_block_name() for block in fn.inputs), bool(fn.queue), _told(fn.fn))
        for number, fn in fns.items()
        if fn.fn is not None
    }


def _told(handler: Callable[..., Any]) -> tuple[str, ...]:
    names = [getattr(hint, "__name__", "") for hint in get_type_hints(handler).values()]
    return next((_TOLD[name] for name in names if name in _TOLD), ())


class CheckedGradio:
    """ASGI app that lets only known routes and well-formed events through to Gradio's `app`."""

    def __init__(
        self,
        app: App,
        events: Mapping[int, Event],
        *,
        max_event: int = MAX_EVENT,
        waits: Callable[[str], bool] = lambda _: True,
    ) -> None:
        """`events`: by number, as `events_of` finds them; `max_event`: bytes of a body; `waits`: whether
        anything is queued for a session; Gradio would begin to answer before it looks."""
        self._app = app
        self._events = events
        self._max_event = max_event
        self._waits = waits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if scope["type"] != "http":
                raise Refused(404, "Not found.")
            session = _check_route(scope)
            if session is not None and not self._waits(session):
                raise Refused(404, "Nothing is queued for this session.")
            scope = {**scope, "headers": _checked_headers(scope["headers"])}
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
        if not isinstance(session, str) or not _SESSION.fullmatch(session):
            raise Refused(422, "session_hash: a text of 1 to 64 letters and digits is needed.")
        kept: dict[str, Any] = {"fn_index": number, "session_hash": session}
        if path == CANCEL:
            name = body.get("event_id")
            if not isinstance(name, str) or not _SESSION.fullmatch(name):
                raise Refused(422, "event_id: the id of an event is needed.")
            return written({**kept, "event_id": name})
        if event.queued is not (path == JOIN):
            raise Refused(404, "This event is not served at this address.")
        trigger = body.get("trigger_id")
        if trigger is not None and not (type(trigger) is int and 0 <= trigger < 2**31):
            raise Refused(422, "trigger_id: a number is needed.")
        told = body.get("event_data")
        check_values(told)
        if event.told:
            _check_told(told, event.told)
        data = _checked_inputs(body.get("data"), event.inputs)
        return written({**kept, "trigger_id": trigger, "event_data": told, "data": data})


# ---------------------------------------------------------------- what an event may hold


def parsed(raw: bytes) -> Any:
    """JSON as Python values; raises Refused where it is not strict JSON in UTF-8."""
    try:
        return json.loads(raw.decode("utf-8"), parse_constant=_not_json, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise Refused(400, "The body is not JSON.") from error


def _not_json(name: str) -> Any:
    raise ValueError(name)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is there twice")
    return found


def written(value: Any) -> bytes:
    """Values as strict JSON in UTF-8; raises Refused where they have no such form."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except ValueError as error:  # a lone surrogate, or a number beyond all bounds
        raise Refused(422, "A text or a number cannot be written as JSON.") from error


def check_values(value: Any) -> None:
    """Raise Refused where Gradio would see a file, a component or an update, or anything is out of bounds."""
    for found, depth in walked(value):
        if depth > MAX_DEPTH:
            raise Refused(422, "The data are nested too deeply.")
        if isinstance(found, dict) and not FORBIDDEN.isdisjoint(found):
            raise Refused(422, "Files and components are not accepted.")
        if isinstance(found, int) and abs(found) > MAX_NUMBER:
            raise Refused(422, "A number is too large.")


def walked(value: Any) -> Iterator[tuple[Any, int]]:
    """A value and all within it, each with its depth."""
    waiting = [(value, 0)]
    while waiting:
        found, depth = waiting.pop()
        yield found, depth
        if isinstance(found, dict | list):
            within = found.values() if isinstance(found, dict) else found
            waiting.extend((item, depth + 1) for item in within)


def _checked_inputs(data: Any, inputs: tuple[str, ...]) -> list[Any]:
    if not isinstance(data, list) or len(data) != len(inputs):
        raise Refused(422, f"data: a list of {len(inputs)} values is needed.")
    check_values(data)
    return [_checked_input(value, kind) for value, kind in zip(data, inputs, strict=True)]


def _checked_input(value: Any, kind: str) -> Any:
    if kind == "textbox" and not (value is None or isinstance(value, str)):
        raise Refused(422, "data: a text is needed.")
    if kind == "chatbot" and value is not None:
        if not isinstance(value, list):
            raise Refused(422, "data: a conversation is needed.")
        return [_checked_message(item) for item in value]
    return value


def _checked_message(item: Any) -> dict[str, Any]:
    """A message of the chat: text, and nothing else that Gradio could make of it."""
    parts = item.get("content") if isinstance(item, dict) else None
    if not isinstance(parts, list) or item.get("role") not in ("user", "assistant"):
        raise Refused(422, "data: a conversation is needed.")
    texts = [part.get("text") for part in parts if isinstance(part, dict) and part.get("type") == "text"]
    if len(texts) < len(parts) or not all(isinstance(text, str) for text in texts):
        raise Refused(422, "data: messages hold text only.")
    content = [{"type": "text", "text": text} for text in texts]
    return {"role": item["role"], "metadata": None, "content": content, "options": None}


def _check_told(told: Any, keys: tuple[str, ...]) -> None:
    """What the chat tells of a message: its number, alone or with that of a part, and its text."""
    index = told.get("index") if isinstance(told, dict) else None
    numbers = index if isinstance(index, list) and len(index) == 2 else [index]
    if not all(type(number) is int and number >= 0 for number in numbers) or not told.keys() >= set(keys):
        raise Refused(422, f"event_data: {', '.join(keys)} of a message are needed.")


# ---------------------------------------------------------------- routes and headers


def _check_route(scope: Scope) -> str | None:
    """The session whose queue is asked for, None at other addresses; raises Refused."""
    path = scope["path"]
    if scope.get("root_path") or not any(
        scope["method"] in methods and pattern.fullmatch(path) for methods, pattern in ROUTES
    ):
        raise Refused(404, "Not found.")
    query = scope["query_string"].decode("latin-1")
    if len(query) > MAX_QUERY or not (query.isascii() and query.isprintable()):
        raise Refused(400, "The query of the address cannot be read.")
    fields: list[tuple[str, str]] = parse_qsl(query, keep_blank_values=True)
    if any(name == "deep_link" for name, _ in fields):  # read from a file of that name
        raise Refused(404, "Not found.")
    sessions = [value for name, value in fields if name == "session_hash"]
    if path != "/gradio_api/queue/data":
        return None
    if len(sessions) != 1 or not _SESSION.fullmatch(sessions[0]):
        raise Refused(422, "session_hash: a text of 1 to 64 letters and digits is needed.")
    return sessions[0]


def _checked_headers(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers without those that move Gradio's idea of its own address, which must be one."""
    kept = [(key.lower(), value) for key, value in headers if key.lower() != b"x-gradio-server"]
    for key, value in kept:
        name = value.decode("latin-1").split(",")[0].strip()
        if key in (b"host", b"x-forwarded-host") and name and not _HOST.fullmatch(name):
            raise Refused(400, "The host name cannot be read.")
    return kept


def _as_json(headers: list[tuple[bytes, bytes]], length: int) -> list[tuple[bytes, bytes]]:
    described = (b"content-type", b"content-length", b"content-encoding", b"transfer-encoding")
    kept = [(key, value) for key, value in headers if key not in described]
    return [*kept, (b"content-type", b"application/json"), (b"content-length", str(length).encode())]


def again(body: bytes, receive: Receive) -> Receive:
    """`receive` that gives a body that was read already, and then what comes after it."""
    waiting = [body]

    async def first() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return first


async def _refuse(send: Send, kind: str, refusal: Refused) -> None:
    if kind == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    body = written({"error": str(refusal)})  # Gradio's page shows what stands under this name
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
