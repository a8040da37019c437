"""What Gradio gets wrong where a reader stops an answer. It imports nothing of Gradio."""

from __future__ import annotations

from typing import Any

from qa.server.asgi import Message, Send

# In JSON a quotation mark within a text is escaped: these bytes are keys with their values, never a text.
_COMPLETED, _EMPTY = b'"msg":"process_completed"', b'"output":{}'
_UNCHANGED = b'"output":{"data":[]}'


class Iterators(dict[str, Any]):
    """Gradio's running handlers by event. "Stop" and the end of a handler both delete it: the second time is
    no error, which Gradio would answer with 500 and log.
    """

    def __delitem__(self, key: str) -> None:
        self.pop(key, None)


def without_errors(send: Send) -> Send:
    """`send` for a stream of events, in which the end of a stopped event is no error.

    Gradio ends it with an empty output, in which its own script looks for data in vain. It would report a
    failure, and a second one when the stop itself is answered, perhaps after the next question.
    """

    async def sent(message: Message) -> None:
        body = message.get("body", b"")
        if _COMPLETED in body and _EMPTY in body:
            message = {**message, "body": body.replace(_EMPTY, _UNCHANGED)}
        await send(message)

    return sent
