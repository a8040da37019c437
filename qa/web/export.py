"""A conversation as a file: an `Export` for the formats of `qa.exporting`, and JSON for programs.

Built from the messages in the browser and checked against the index: a quote that no longer matches is marked
stale instead of being included. Knows nothing of the page.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from qa import __version__
from qa.exporting.document import Exchange, Export
from qa.exporting.files import FORMATS
from qa.facts.rows import PLACE
from qa.i18n.wording import words
from qa.text.addresses import web_address
from qa.types import Citation, DatedSentence, Figure, Turn
from qa.web.conversation import missing_terms, phrased_part, plain_answer
from qa.web.exchanges import Reader, exchanges
from qa.web.sources import ArticleOf

MAX_TITLE = 300  # characters of the title of a conversation
MAX_ADDRESS = 500  # characters of the page's address
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


def about(sent: object, language: str) -> dict[str, str]:
    """Title, time and address of a conversation as the browser sent them, as JSON; "" for what is none."""
    try:
        read = json.loads(sent) if isinstance(sent, str) else None
    except (ValueError, RecursionError):
        read = None
    told = (
        {name: value for name, value in read.items() if isinstance(value, str)}
        if isinstance(read, dict)
        else {}
    )
    time, address = told.get("time", ""), told.get("address", "")
    return {
        "title": told.get("title", "")[:MAX_TITLE].strip() or words(language)["title"],
        "time": time if _TIME.fullmatch(time) else "",
        "address": web_address(address) if len(address) <= MAX_ADDRESS else "",
    }


def conversation_export(
    turns: Iterable[Turn], article_of: ArticleOf, language: str, told: dict[str, str] | None = None
) -> Export:
    """A conversation as it is exported; `told` as `about` returns it."""
    known = told or about("", language)
    read = tuple(exchanges(turns, article_of))
    if read and read[0].question.startswith(known["title"]):  # its first question is no title of its own
        known = {**known, "title": words(language)["title"]}
    return Export(exchanges=read, language=language, kind="conversation", **known)


def last_answer(turns: Sequence[Turn]) -> list[Turn]:
    """The last answer of a conversation with its question."""
    at = next((n for n in range(len(turns) - 1, -1, -1) if turns[n].role == "assistant"), len(turns) - 1)
    return list(turns[max(0, at - 1) : at + 1])


def file_of(export: Export, ending: str, article_of: ArticleOf) -> str:
    """An export as the page's script saves it: JSON with media type, ending and content (Base64)."""
    made = FORMATS[ending]
    return packed(made.write(export, article_of, __version__), ending, made.media_type)


def packed(content: bytes, ending: str, media_type: str) -> str:
    """A file for the page's script."""
    data = base64.b64encode(content).decode("ascii")
    return json.dumps({"kind": media_type, "end": ending.removeprefix("."), "data": data})


def conversation_json(turns: Iterable[Turn], article_of: ArticleOf, generation: str) -> str:
    """A conversation as JSON; its quotes were checked against `generation`.

    Once what was looked up reaches the limit of `qa.web.exchanges`, that of later messages is left out.
    """
    reader = Reader(article_of)
    rows = [_turn(turn, reader) for turn in turns]
    return json.dumps({"generation": generation, "turns": rows}, ensure_ascii=False, indent=2) + "\n"


def _turn(turn: Turn, reader: Reader) -> dict[str, Any]:
    if turn.role == "user":
        return {"role": "user", "text": turn.content}
    read = reader.exchange("", turn.content)
    listed: dict[str, Sequence[Figure | DatedSentence]] = {"figures": read.figures, "timeline": read.dated}
    phrased, by = phrased_part(turn.content)
    return {
        "role": "assistant",
        "text": plain_answer(turn.content),
        **({"phrased": {"text": phrased, "model": by[0]}} if by else {}),
        "missing": missing_terms(turn.content),
        "citations": _cited(read),
        **({"nearest": [_near(one) for one in read.nearest]} if read.nearest else {}),
        **{name: [asdict(one) for one in items] for name, items in listed.items() if items},
    }


def citations(message: str, article_of: ArticleOf) -> list[dict[str, Any]]:
    """The citations of a message, with the field names of `qa ask --json`."""
    return _cited(Reader(article_of).exchange("", message))


def _cited(read: Exchange) -> list[dict[str, Any]]:
    """The citations by label; one whose article has changed is stale and has no quote."""
    stale = [{**_place(one), "label": one.label, "stale": True} for one in read.changed if one.label]
    return sorted([*map(asdict, read.citations), *stale], key=lambda one: int(one["label"]))


def _near(one: Citation) -> dict[str, Any]:
    return {**_place(one), "quote": one.quote}


def _place(one: Citation) -> dict[str, Any]:
    return {name: getattr(one, name) for name in PLACE}
