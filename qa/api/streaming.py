"""An answer as server-sent events, over a connection that may end at any time."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator

from anyio import to_thread
from fastapi.responses import StreamingResponse

from qa.api.operations import Step
from qa.llm.deadlines import Stop

MEDIA_TYPE = "text/event-stream"
_ENDED = ("", None)


def streamed(steps: Iterator[Step], stop: Stop) -> StreamingResponse:
    """A response with one event for each step. `stop` is set when it ends, so that whatever the steps wait
    for ends too.
    """
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_events(steps, stop), media_type=MEDIA_TYPE, headers=headers)


async def _events(steps: Iterator[Step], stop: Stop) -> AsyncIterator[str]:
    following: Callable[[], Step | tuple[str, None]] = lambda: next(steps, _ENDED)  # noqa: E731
    try:
        while True:
            # abandoned when the client goes: the thread ends as soon as `stop` is set
            name, value = await to_thread.run_sync(following, abandon_on_cancel=True)
            if value is None:
                return
            yield f"event: {name}\ndata: {json.dumps(value, allow_nan=False)}\n\n"
    finally:
        stop.set()
