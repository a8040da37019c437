"""What the text of an article itself tells of its title, date and source.

Nothing here is a guess: a date must stand where pages put theirs; a source needs a byline of an outlet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa.text.boilerplate import furniture, is_prose
from qa.text.dates import DATE, date_of
from qa.text.sentences import Unit, units

TITLE_CHARS = 150  # a first paragraph up to this length is the title as it is
HEAD_CHARS = 10_000
HEAD_LINES = 12  # lines with text in which a page tells its date
HEAD_PROSE = 2  # of them this many may be prose: a teaser, the lead
_SEPARATOR = re.compile(r"\s*[|·•]\s*|,\s|\s[-–—]\s")
_AGENCIES = "dpa|AFP|AP|APA|dts|epd|KNA|Reuters|SID|ANSA|TASS|Xinhua"
_OUTLET = re.compile(
    rf"(?:^|\s)(?:Von|By)\s(?P<name>{_AGENCIES}|[a-z][\w.-]*[\w]|[\w-]+\.(?:de|at|ch|com|net|org|info|news))"
    r"(?=\s*(?:$|[,|·/(]|\sAktualisiert|\sVeröffentlicht|\sStand))"
)


def title_of(text: str, language: str = "") -> str:
    """The first paragraph that is no furniture; the beginning of its first sentence if that is long."""
    head = text[: 20 * TITLE_CHARS]
    first: Unit | None = None
    end = 0
    for unit in units(head, language):
        first = first or (unit if any(c.isalnum() for c in head[slice(*unit.sentence)]) else None)
        if first and unit.paragraph == first.paragraph:
            end = unit.sentence.end
    if first is None:
        return ""
    start = first.sentence.start
    if end - start > TITLE_CHARS:
        end = first.sentence.end
    title = " ".join(re.sub(r"[*_]{2}|`", "", head[start:end]).strip(" #*_").split())
    return title if len(title) <= TITLE_CHARS else f"{_words(title, TITLE_CHARS - 2)} …"


def _words(text: str, limit: int) -> str:
    """As many whole words of a text as fit into `limit` characters."""
    cut = text[: limit + 1]
    cut = cut[: cut.rfind(" ")] if " " in cut else cut[:limit]
    return cut.rstrip(" ,;:–-")


def article_date(text: str) -> str:
    """The date that a page prints at its head, ISO 8601, or "".

    It stands in a line or fragment of furniture ("Aktualisiert am …") or between separators ("Berlin |
    16. Oktober 2024"), never within a headline or sentence, which speak of other days.
    """
    for line in _head(text):
        places = [line[start:end] for start, end in furniture(line)]
        places += [part for part in _SEPARATOR.split(line) if DATE.fullmatch(part.strip())]
        for place in places:
            if found := date_of(place):
                return found
    return ""


def source_of(text: str) -> str:
    """The outlet that a byline at the head names ("Von t-online"), or ""; authors are no sources."""
    found = (_OUTLET.search(line) for line in _head(text))
    return next((match["name"] for match in found if match), "")


def _head(text: str) -> Iterator[str]:
    """The lines before the body: at most `HEAD_LINES`, among them at most `HEAD_PROSE` of prose."""
    prose = 0
    lines = [line.strip() for line in text[:HEAD_CHARS].split("\n") if line.strip()]
    for line in lines[:HEAD_LINES]:
        prose += is_prose(line) and not furniture(line)
        if prose > HEAD_PROSE:
            return
        yield line
