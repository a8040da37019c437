"""A conversation as a browser sends it back: turns, plain text, and the sources its messages link to.

Everything here may be forged, so it is read piece by piece, and what is malformed is left out. This module
knows nothing of the page; what it reads was written by `qa.web.chat`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from qa.types import Turn
from qa.web.escape import unescaped
from qa.web.figures_card import CARD
from qa.web.small_talk import reply_key

THUMBS = {"up": "Like", "down": "Dislike"}  # Gradio's names
MAX_MESSAGE = 50_000  # characters of one message
KEPT_MESSAGES = 200  # messages of a conversation
MAX_TOLD = 60_000  # characters of the questions and citations that come back after an answer
MAX_ASKED = 30  # questions of them
MAX_CONVERSATION = 200_000  # characters of the messages that are kept; some 100 long answers

# A message may be forged. No repetition in these patterns accepts the character that the pattern starts
# with; otherwise each occurrence of that character would start another scan to the end: quadratic time.
CITE_LINK = re.compile(r"\[(\d{1,2})\]\(#cite-([\w.-]+)\)")
NEAR_LINK = re.compile(r"\[[^\[\]]*\]\(#near-([\w.,-]+)\)")
ALL_LINK = re.compile(r"\[[^\[\]]*\]\(#all\)")
_ASIDE = re.compile(
    r'<span class="(?:origin|confidence|searched|counted|not-found|maybe|near)">[^<\n]*</span>'
)
_MISSING = re.compile(r'<span class="missing">[^<\n]*(?:</?b>[^<\n]*)*</span>')
# The line between what a language model wrote and the quotes, as `qa.web.phrased` writes it.
PHRASED_BY = re.compile(r'<span class="phrased">[^<\n]*(?:</?b>[^<\n]*)*</span>')
_TERM = re.compile(r"<b>([^<\n]*)</b>")
ADDED = re.compile(  # the list of sources, the reasons and the closed timeline, as they are written
    r'<details class="why"><summary>(?:<span class="[^"<>\n]*"(?: title="[^"<>\n]*")?>)?[^<\n]*(?:</span>)?'
    r"</summary>"
    r"<ul>(?:<li>(?:<s>[^<\n]*</s>)?[^<\n]*</li>)*</ul></details>"
    r'|<details class="timeline"><summary>[^<\n]*</summary></details>'
    r'|<ol class="refs">(?:<li value="\d{1,2}"><b>[^<\n]*</b>[^<\n]*'
    r'(?:<a href="[^"<>\n]*">[^<\n]*</a>)?</li>)*</ol>'
)
TAG = re.compile(r"</?(?:span[^<>]*|b)>")
_STRONG_TAG = re.compile(r"</?strong>")


def message_refs(message: str) -> list[tuple[int, str]]:
    """The (label, ref) pairs of a chat message; label 0 for the closest passages of a refusal."""
    cited = [(int(label), ref) for label, ref in CITE_LINK.findall(message)]
    near = [(0, ref) for refs in NEAR_LINK.findall(message) for ref in refs.split(",")]
    return list(dict.fromkeys([*cited, *near]))


def missing_terms(message: str) -> list[str]:
    """What a chat message says to be missing, as `Answer.missing`."""
    return [unescaped(term) for part in _MISSING.findall(message) for term in _TERM.findall(part)]


def phrased_part(message: str) -> tuple[str, list[str]]:
    """What a language model wrote in a chat message, as plain text with [n], and its name and host; "" and
    none where nothing was phrased.
    """
    by = PHRASED_BY.search(message)
    if by is None:
        return "", []
    return _plain(message[: by.start()]), [unescaped(name) for name in _TERM.findall(by[0])]


def plain_answer(message: str) -> str:
    """The quotes of a chat message as plain text with [n], without what the page added to them.

    What a language model wrote is left out: a follow-up must not depend on it.
    """
    by = PHRASED_BY.search(message)
    return _plain(message[by.end() :] if by else message)


def _plain(message: str) -> str:
    text = CARD.sub("", ALL_LINK.sub("", message))
    text = NEAR_LINK.sub("", _ASIDE.sub("", _MISSING.sub("", ADDED.sub("", CITE_LINK.sub(r"[\1]", text)))))
    lines = [line.removeprefix(">").strip() for line in _STRONG_TAG.sub("", TAG.sub("", text)).splitlines()]
    return unescaped("\n".join(line for line in lines if line))


def plain_turns(turns: Iterable[Turn]) -> list[Turn]:
    """A conversation as plain text, for the bot; without greetings and thanks, to which nothing refers."""
    kept: list[Turn] = []
    idle = False  # whether the last message of the reader was no question
    for turn in turns:
        if turn.role == "user":
            idle = bool(reply_key(turn.content))
        if not idle:
            answer = turn.role == "assistant"
            kept.append(Turn(turn.role, plain_answer(turn.content)) if answer else turn)
    return kept


def turns_of(chat: object) -> list[Turn]:
    """Sanitise a conversation from the browser: well-formed text messages, only the last ones.

    Questions are as typed; answers are their Markdown.
    """
    messages = chat if isinstance(chat, list) else []
    turns: list[Turn] = []
    left = MAX_CONVERSATION
    for item in reversed(messages[-KEPT_MESSAGES:]):
        role = item.get("role") if isinstance(item, dict) else None
        if role in ("user", "assistant") and (content := message_text(item)[:MAX_MESSAGE]):
            left -= len(content)
            if left < 0:
                break
            turns.append(Turn(role, unescaped(content) if role == "user" else content))
    return turns[::-1]


def stored_turns(stored: str | None) -> list[Turn]:
    """The conversation that a browser kept, as JSON; empty where it is none."""
    try:
        return turns_of(json.loads(stored or "[]"))
    except (ValueError, RecursionError):
        return []


def stored_verdicts(stored: str | None, turns: Sequence[Turn]) -> list[str | None]:
    """The thumbs that a browser kept with the answers of `turns`, as Gradio's chat takes them."""
    try:
        read = json.loads(stored or "[]")
    except (ValueError, RecursionError):
        read = []
    answers = [
        item
        for item in (read if isinstance(read, list) else [])
        if isinstance(item, dict) and item.get("role") == "assistant"
    ]
    count = sum(turn.role == "assistant" for turn in turns)  # of a long conversation the last ones are shown
    thumbs = [THUMBS.get(str(item.get("verdict"))) for item in answers[max(0, len(answers) - count) :]]
    return thumbs if any(thumbs) else []


class Told(NamedTuple):
    """The questions of a conversation and the citations of its last answer."""

    asked: list[str]
    pairs: list[tuple[int, str]]


def told(sent: str | None) -> Told:
    """What the page's script sent, as JSON; empty where it is malformed."""
    try:
        read = json.loads((sent or "")[:MAX_TOLD])
    except (ValueError, RecursionError):
        read = None
    asked = read.get("asked") if isinstance(read, dict) else None
    texts = [text for text in asked if isinstance(text, str)] if isinstance(asked, list) else []
    return Told(texts[-MAX_ASKED:], pairs_of(read))


def question_text(item: Mapping[str, Any]) -> str:
    """The question of a chat message as it was typed, on one line."""
    return unescaped(message_text(item))


def message_text(item: Mapping[str, Any]) -> str:
    """The text of a chat message; Gradio's own format is a list of parts."""
    content = item.get("content", "")
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    texts = [
        part if isinstance(part, str) else part.get("text", "")
        for part in parts
        if isinstance(part, str | dict)
    ]
    return "".join(text for text in texts if isinstance(text, str))


def pairs_of(payload: object) -> list[tuple[int, str]]:
    """The (label, ref) pairs of a click; anything else is dropped."""
    pairs = payload.get("pairs") if isinstance(payload, dict) else None
    return [
        (pair[0], pair[1])
        for pair in (pairs if isinstance(pairs, list) else [])
        if isinstance(pair, list) and len(pair) == 2 and type(pair[0]) is int and isinstance(pair[1], str)
    ]
