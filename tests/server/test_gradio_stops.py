"""A reader stops an answer: Gradio deletes its handler twice, and its empty end reads as a failure."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import orjson
import pytest
from gradio.server_messages import ProcessCompletedMessage

from qa.server.asgi import Message
from qa.server.gradio_stops import Iterators, without_errors


def test_a_handler_that_is_stopped_as_it_ends_is_deleted_once() -> None:
    running = Iterators(a=1, b=2)
    for _ in range(2):
        del running["a"]
    assert running == {"b": 2}


def completed(output: dict[str, Any]) -> bytes:
    """As Gradio writes it into a stream of events."""
    message = ProcessCompletedMessage(output=output, success=True, event_id="e")
    return b"data: " + orjson.dumps(message.model_dump()) + b"\n\n"


def sent(message: Message) -> Message:
    got: list[Message] = []

    async def send(message: Message) -> None:
        got.append(message)

    asyncio.run(without_errors(send)(message))
    (one,) = got
    return one


def said(body: bytes) -> Any:
    message = sent({"type": "http.response.body", "body": body, "more_body": True})
    assert message["more_body"]
    return json.loads(message["body"].removeprefix(b"data: "))


def test_a_stopped_event_changes_nothing() -> None:
    event = said(completed({}))
    assert event["output"] == {"data": []}
    assert event["success"]
    assert event["event_id"] == "e"


@pytest.mark.parametrize("output", [{"data": ['"output":{}']}, {"data": [], "error": "no"}])
def test_other_ends_pass_as_they_are(output: dict[str, Any]) -> None:
    assert said(completed(output))["output"] == output


def test_the_head_of_a_reply_passes() -> None:
    start = {"type": "http.response.start", "status": 200, "headers": []}
    assert sent(start) == start
