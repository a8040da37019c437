"""The request log: one JSON object per line. The URL's query string is left out because it may contain a
question.
"""

from __future__ import annotations

import json
import time
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

from qa.server.asgi import App, Message, Receive, Scope, Send
from qa.types import Answer

Line = dict[str, Any]
MAX_PATH = 300  # characters of a path that are logged


class AccessLog:
    """Log every request, with the time of each stage if the request answered a question. The page answers
    questions from a queue, so those answers get lines of their own.
    """

    def __init__(self, out: TextIO, *, questions: bool = False) -> None:
        """If `questions`, the text of questions is logged too."""
        self._out = out
        self._questions = questions
        self._line: ContextVar[Line | None] = ContextVar("line", default=None)

    def around(self, app: App) -> App:
        """Wrap an ASGI app so that its requests are logged."""

        async def logged(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            line: Line = {"status": 0}  # stays if the client disconnected
            token, began = self._line.set(line), time.perf_counter()

            async def noted(message: Message) -> None:
                if message["type"] == "http.response.start":
                    line["status"] = message["status"]
                await send(message)

            try:
                await app(scope, receive, noted)
            finally:
                self._line.reset(token)
                request = {"method": scope["method"], "path": scope["path"][:MAX_PATH]}
                milliseconds = round(1000 * (time.perf_counter() - began), 1)
                self._write({**request, **line, "milliseconds": milliseconds})
                line["done"] = True

        return logged

    def answered(self, answer: Answer) -> None:
        """Log an answer, in the line of its request or in a line of its own."""
        seconds = {stage: round(duration, 4) for stage, duration in answer.seconds.items()}
        fields: Line = {
            "answer": answer.status,
            "confidence": round(answer.confidence, 3),
            "seconds": seconds,
        }
        if self._questions:
            fields["question"] = answer.question
        line = self._line.get()
        if line is None or "done" in line:
            self._write(fields)
        else:
            line.update(fields)

    def _write(self, fields: Line) -> None:
        when = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}"[:23] + "Z"
        # one call, so that lines of several threads do not mix. ASCII only: U+0085, U+2028 and U+009B would
        # end a line or control the terminal in some readers.
        self._out.write(json.dumps({"time": when, **fields}) + "\n")
        self._out.flush()
