"""What an endpoint answers, read: server-sent events or one JSON object.

Everything in it is foreign: sizes are bounded, shapes checked, and no message repeats what came.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from qa.errors import LLMError

MAX_LINE = 200_000  # bytes of one event
MAX_REPLY = 2_000_000  # bytes of all
NOT_JSON = "The language model sent something that is not JSON. Check QA_LLM_URL."
TOO_LONG = "The language model sent far too much. The rest was not read."
REPORTED = "The language model reported an error. Its own log says which."
CUT_OFF = "The language model broke off in the middle of its answer. Ask again."
TOO_MANY_WORDS = "The language model reached its length limit before it had finished. Ask again."
PROMPT_CUT = "The language model did not read all of the passages. Give it a context of 4,096 tokens or more."


class Piece(NamedTuple):
    """A piece of text, which may be empty, and why the text ends with it ("" if it does not)."""

    text: str
    finish: str = ""
    read: int = 0  # tokens of the prompt that the model read, 0 where the server does not say


def events(chunks: Iterable[bytes]) -> Iterator[Piece]:
    """The pieces of a stream of server-sent events. Raises LLMError.

    Ends behind "[DONE]" or with the last chunk; whether the text was complete, `finish` tells.
    """
    for line in _lines(chunks):
        field, _, value = line.partition(":")
        if field != "data":
            if line.startswith("{"):  # an error that was not wrapped in an event
                yield _piece(_object(line))
            continue
        data = value.strip()
        if data == "[DONE]":
            return
        if data:
            yield _piece(_object(data))


def whole(chunks: Iterable[bytes]) -> Iterator[Piece]:
    """The one piece of a reply that is not streamed. Raises LLMError."""
    body, size = [], 0
    for chunk in chunks:
        size += len(chunk)
        if size > MAX_REPLY:
            raise LLMError(TOO_LONG)
        body.append(chunk)
    yield _piece(_object(b"".join(body).decode("utf-8", "replace")))


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    rest, size = "", 0
    for chunk in chunks:
        size += len(chunk)
        rest += decoder.decode(chunk)
        if size > MAX_REPLY or len(rest) > MAX_LINE + len(chunk):
            raise LLMError(TOO_LONG)
        *whole_lines, rest = rest.split("\n")
        yield from (line.rstrip("\r") for line in whole_lines)
    if rest:
        yield rest


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise LLMError(NOT_JSON) from error
    if not isinstance(value, dict):
        raise LLMError(NOT_JSON)
    if value.get("error"):
        raise LLMError(REPORTED)
    return value


def _piece(value: dict[str, Any]) -> Piece:
    choices, read = value.get("choices"), _tokens_read(value.get("usage"))
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        return Piece("", read=read)  # the event with the usage has none
    choice = choices[0]
    said = choice.get("delta") or choice.get("message") or {}
    text = said.get("content") if isinstance(said, dict) else ""  # not `reasoning_content`
    finish = choice.get("finish_reason")
    return Piece(text if isinstance(text, str) else "", finish if isinstance(finish, str) else "", read)


def _tokens_read(usage: object) -> int:
    read = usage.get("prompt_tokens") if isinstance(usage, dict) else 0
    return read if type(read) is int and read > 0 else 0
