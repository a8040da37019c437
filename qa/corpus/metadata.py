"""Title, date and source as found in an article's own text.

Nothing is guessed: a date counts only where pages put theirs, and a source needs a byline of an outlet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa.text.boilerplate import boilerplate_spans, is_prose
from qa.text.dates import DATE, date_of
from qa.text.sentences import Unit, units

TITLE_CHARS = 150  # a first paragraph up to this length is the title
TOP_CHARS = 10_000
TOP_LINES = 12  # lines with text in which a page may give its date
TOP_PROSE = 2  # of these, lines that may be prose: a teaser, the lead
_SEPARATOR = re.compile(r"\s*[|·•]\s*|,\s|\s[-–—]\s")
_AGENCIES = "dpa|AFP|AP|APA|dts|epd|KNA|Reuters|SID|ANSA|TASS|Xinhua"
_OUTLET = re.compile(
    rf"(?:^|\s)(?:Von|By)\s(?P<name>{_AGENCIES}|[a-z][\w.-]*[\w]|[\w-]+\.(?:de|at|ch|com|net|org|info|news))"
    r"(?=\s*(?:$|[,|·/(]|\sAktualisiert|\sVeröffentlicht|\sStand))"
)


def title_of(text: str, language: str = "") -> str:
    """The first paragraph that is no boilerplate; the beginning of its first sentence if that is long."""
    top = text[: 20 * TITLE_CHARS]
    first: Unit | None = None
    end = 0
    for unit in units(top, language):
        first = first or (unit if any(c.isalnum() for c in top[slice(*unit.sentence)]) else None)
        if first and unit.paragraph == first.paragraph:
            end = unit.sentence.end
    if first is None:
        return ""
    start = first.sentence.start
    if end - start > TITLE_CHARS:
        end = first.sentence.end
    title = " ".join(re.sub(r"[*_]{2}|`", "", top[start:end]).strip(" #*_").split())
    return title if len(title) <= TITLE_CHARS else f"{_words(title, TITLE_CHARS - 2)} …"


def _words(text: str, limit: int) -> str:
    """As many whole words as fit into `limit` characters."""
    cut = text[: limit + 1]
    cut = cut[: cut.rfind(" ")] if " " in cut else cut[:limit]
    return cut.rstrip(" ,;:–-")


def article_date(text: str) -> str:
    """The date that a page prints at its top, ISO 8601, or "".

    It stands in a line or fragment of boilerplate ("Aktualisiert am …") or between separators ("Berlin |
    16. Oktober 2024"), never within a headline or sentence, which mention other days.
    """
    for line in _top_lines(text):
        fragments = [line[start:end] for start, end in boilerplate_spans(line)]
        fragments += [part for part in _SEPARATOR.split(line) if DATE.fullmatch(part.strip())]
        for fragment in fragments:
            if day := date_of(fragment):
                return day
    return ""


def source_of(text: str) -> str:
    """The outlet that a byline at the top names ("Von t-online"), or ""; authors are no sources."""
    matches = (_OUTLET.search(line) for line in _top_lines(text))
    return next((match["name"] for match in matches if match), "")


def _top_lines(text: str) -> Iterator[str]:
    """The lines before the body: at most `TOP_LINES`, among them at most `TOP_PROSE` of prose."""
    prose = 0
    lines = [line.strip() for line in text[:TOP_CHARS].split("\n") if line.strip()]
    for line in lines[:TOP_LINES]:
        prose += is_prose(line) and not boilerplate_spans(line)
        if prose > TOP_PROSE:
            return
        yield line
