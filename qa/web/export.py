"""A conversation as a file: an `Export` for the formats of `qa.exporting`, and JSON for programs.

Built from the messages in the browser and checked against the index: a quote that no longer matches is marked
stale instead of being included. Knows nothing of the page.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from qa import __version__
from qa.exporting.document import Exchange, Export
from qa.exporting.files import FORMATS, file_name
from qa.facts.rows import PLACE
from qa.i18n.wording import words
from qa.text.addresses import is_loopback, web_address
from qa.types import Citation, DatedSentence, Figure, Turn
from qa.web.conversation import missing_terms, phrased_part, plain_answer
from qa.web.exchanges import Reader, exchanges
from qa.web.sources import ArticleOf

MAX_TITLE = 300  # characters of the title of a conversation
MAX_ADDRESS = 500  # characters of the page's address
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


@dataclass(frozen=True, slots=True)
class About:
    """What an export says of its conversation; "" for what is not known."""

    title: str = ""  # as the reader or the first question named it
    time: str = ""  # of the last answer, ISO 8601
    address: str = ""  # of the page, if others can reach it
    timeline: bool = False  # whether the timelines of the answers are wanted

    def named(self, turns: Sequence[Turn]) -> About:
        """The same without a title that is only the first question of the conversation."""
        first = turns[0].content if turns and turns[0].role == "user" else ""
        return replace(self, title="") if first.startswith(self.title) else self


NOTHING = About()


def about(sent: object) -> About:
    """What the browser sent of a conversation, as JSON. The address of a page that only this machine can
    reach is left out: it would lead a colleague nowhere.
    """
    try:
        read = json.loads(sent) if isinstance(sent, str) else None
    except (ValueError, RecursionError):
        read = None
    told = (
        {name: value for name, value in read.items() if isinstance(value, str)}
        if isinstance(read, dict)
        else {}
    )
    time = told.get("time", "")
    return About(
        title=told.get("title", "")[:MAX_TITLE].strip(),
        time=time if _TIME.fullmatch(time) else "",
        address=_reachable(told.get("address", "")),
        timeline=bool(told.get("timeline")),
    )


def _reachable(address: str) -> str:
    """An address of the web that others can reach too, else ""."""
    known = web_address(address) if len(address) <= MAX_ADDRESS else ""
    return "" if is_loopback(urlsplit(known).hostname or "localhost") else known


def conversation_export(
    turns: Iterable[Turn], article_of: ArticleOf, language: str, told: About = NOTHING
) -> Export:
    """A conversation as it is exported."""
    return Export(
        title=told.title or words(language)["title"],
        exchanges=tuple(exchanges(turns, article_of, timelines=told.timeline)),
        language=language,
        time=told.time,
        address=told.address,
        kind="conversation",
    )


def name_of(turns: Sequence[Turn], told: About, language: str) -> str:
    """The name of a conversation's file, without its ending: its title or first question, and its day."""
    asked = next((turn.content for turn in turns if turn.role == "user"), "")
    return file_name(told.title or asked, told.time, words(language)["conversation"])


def last_answer(turns: Sequence[Turn]) -> list[Turn]:
    """The last answer of a conversation with its question."""
    at = next((n for n in range(len(turns) - 1, -1, -1) if turns[n].role == "assistant"), len(turns) - 1)
    return list(turns[max(0, at - 1) : at + 1])


def file_of(export: Export, ending: str, article_of: ArticleOf, name: str) -> str:
    """An export as the page's script saves it: see `packed`."""
    made = FORMATS[ending]
    return packed(made.write(export, article_of, __version__), f"{name}{ending}", made.media_type)


def packed(content: bytes, name: str, media_type: str) -> str:
    """A file for the page's script: JSON with media type, name and content (Base64)."""
    data = base64.b64encode(content).decode("ascii")
    return json.dumps({"kind": media_type, "name": name, "data": data})


def conversation_json(
    turns: Iterable[Turn], article_of: ArticleOf, generation: str, *, timelines: bool = False
) -> str:
    """A conversation as JSON; its quotes were checked against `generation`.

    Once what was looked up reaches the limit of `qa.web.exchanges`, that of later messages is left out.
    """
    reader = Reader(article_of, timelines=timelines)
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
    """The citations by label; one whose article has changed is stale and has no quote, one whose article is
    gone has the quote as it stands in the message.
    """
    stale = [{**_place(one), "label": one.label, "stale": True} for one in read.changed if one.label]
    gone = [{**_near(one), "label": one.label, "gone": True} for one in read.gone if one.label]
    return sorted([*map(asdict, read.citations), *stale, *gone], key=lambda one: int(one["label"]))


def _near(one: Citation) -> dict[str, Any]:
    return {**_place(one), "quote": one.quote}


def _place(one: Citation) -> dict[str, Any]:
    return {name: getattr(one, name) for name in PLACE}
