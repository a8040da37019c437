"""Which of Gradio's routes are open, and what may stand in the address and the headers of a request.

Everything else that Gradio serves is closed: it reads and fetches files for whoever asks. Imports nothing of
Gradio.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from qa.server.asgi import Scope

MAX_QUERY = 8_000  # characters

SESSION = re.compile(r"[A-Za-z0-9_-]{1,64}")
_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
RUN, JOIN, CANCEL = "/gradio_api/run/predict", "/gradio_api/queue/join", "/gradio_api/cancel"
# `gradio_client` asks for /config, /info and the heartbeat.
ROUTES: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...] = (
    (("GET", "HEAD"), re.compile(r"/")),
    (("GET",), re.compile(r"/(?:favicon\.ico|theme\.css|config)")),
    (("GET",), re.compile(r"/(?:assets|static)(?:/[A-Za-z0-9_-][A-Za-z0-9_.-]*)+")),
    (("GET",), re.compile(r"/gradio_api/(?:info|queue/data|heartbeat/[A-Za-z0-9_-]{1,64})")),
    (("POST",), re.compile("|".join(map(re.escape, (RUN, JOIN, CANCEL))))),
)


class Refused(Exception):
    """A rejected request; `status` is the response's."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


def check_route(scope: Scope) -> None:
    """Raise Refused where a request is not for an open route, or its query cannot be read."""
    path = scope["path"]
    if scope.get("root_path") or not any(
        scope["method"] in methods and pattern.fullmatch(path) for methods, pattern in ROUTES
    ):
        raise Refused(404, "Not found.")
    query = scope["query_string"].decode("latin-1")
    if len(query) > MAX_QUERY or not (query.isascii() and query.isprintable()):
        raise Refused(400, "The query string is malformed.")
    fields = parse_qsl(query, keep_blank_values=True)
    if any(name == "deep_link" for name, _ in fields):  # read from a file of that name
        raise Refused(404, "Not found.")
    sessions = [value for name, value in fields if name == "session_hash"]
    if path == "/gradio_api/queue/data" and not (len(sessions) == 1 and SESSION.fullmatch(sessions[0])):
        raise Refused(422, "session_hash must be a string of 1 to 64 letters and digits.")


def checked_headers(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers without those that change Gradio's idea of its own address; raises Refused."""
    checked = [(key.lower(), value) for key, value in headers if key.lower() != b"x-gradio-server"]
    for key, value in checked:
        name = value.decode("latin-1").split(",")[0].strip()
        if key in (b"host", b"x-forwarded-host") and name and not _HOST.fullmatch(name):
            raise Refused(400, "The host name is malformed.")
    return checked
