"""Title, date and source as found in an article's own text.

Nothing is guessed: a date counts only where pages put theirs, and a source needs a byline of an outlet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa.corpus.datelines import agency_date, line_date, line_source
from qa.text.agencies import AGENCIES
from qa.text.boilerplate import boilerplate_spans, is_prose
from qa.text.characters import LIST_MARKS
from qa.text.dates import date_of
from qa.text.sentences import Unit, units

TITLE_CHARS = 150  # a first paragraph up to this length is the title
TOP_CHARS = 10_000
TOP_LINES = 12  # lines with text in which a page may give its date
TOP_PROSE = 2  # of these, lines that may be prose: a teaser, the lead
END_CHARS = 400  # at the end, where an agency numbers its article
_ITEM = re.compile(rf"\n\s*(?:[{LIST_MARKS}]|\d{{1,3}}[.)]|[a-z]\))\s")
EDGE_CHARS = 1_500  # at the top and end, where articles name their authors
_BY = re.compile(r"(?:von|by)\s+", re.IGNORECASE)
_NAME_TURNED = re.compile(r"^([^\W\d_a-z][\w'’-]+), ([^\W\d_a-z][\w.'’-]+)$")  # "Lüders, Swantje"
_PERSON = r"[^\W\d_a-z][\w.'’-]+(?: (?:(?:von|van|de|der|den|zu|al) ){0,2}[^\W\d_a-z][\w.'’-]+){1,3}"
_AUTHORS = re.compile(rf"{_PERSON}(?:(?:, | und | and | & ){_PERSON}){{0,3}}")
_OUTLET = re.compile(
    rf"(?:^|\s)(?:Von|By)\s(?P<name>{AGENCIES}|[a-z][\w.-]*[\w]|[\w-]+\.(?:de|at|ch|com|net|org|info|news))"
    r"(?=\s*(?:$|[,|·/(]|\sAktualisiert|\sVeröffentlicht|\sStand))"
)


def title_of(text: str, language: str = "") -> str:
    """The first paragraph that is not boilerplate; the beginning of its first sentence if that is long."""
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
    if items := _ITEM.search(top, start, end):  # a heading is one with the list below it
        end = items.start()
    if end - start > TITLE_CHARS:
        end = min(end, first.sentence.end)
    title = " ".join(re.sub(r"[*_]{2}|`", "", top[start:end]).strip(" #*_").split())
    return title if len(title) <= TITLE_CHARS else f"{_words(title, TITLE_CHARS - 2)} …"


def _words(text: str, limit: int) -> str:
    """As many whole words as fit into `limit` characters."""
    cut = text[: limit + 1]
    cut = cut[: cut.rfind(" ")] if " " in cut else cut[:limit]
    return cut.rstrip(" ,;:–-")


def with_byline(text: str, author: str, language: str) -> str:
    """The text below the line that names its authors, who are known from a field, unless the text names them.

    "Swantje Lüders; Ole Timm" or "Lüders, Swantje"; what is no name of a person ("admin", "Redaktion") is
    passed over.
    """
    names = [
        _NAME_TURNED.sub(r"\2 \1", name) for name in re.split(r"\s*[;|/]\s*", _BY.sub("", author.strip()))
    ]
    edges = text[:EDGE_CHARS] + text[-EDGE_CHARS:]
    shown = ", ".join(dict.fromkeys(filter(None, names)))
    if not _AUTHORS.fullmatch(shown) or all(name in edges for name in names):
        return text
    return f"{'By' if language == 'en' else 'Von'} {shown}\n\n{text}"


def article_date(text: str) -> str:
    """The date that a page prints at its top, ISO 8601, or "".

    It is in a line or fragment of boilerplate ("Aktualisiert am …"), behind a label, an outlet or a place
    ("Datum: …", "Tagblatt vom …", "Berlin, 16. Oktober 2024 (dpa) –") or between separators, never within a
    headline or sentence, which mention other days. Articles of dpa have it in the number at their end.
    """
    for line in _top_lines(text):
        for fragment in (line[start:end] for start, end in boilerplate_spans(line)):
            if day := date_of(fragment):
                return day
        if day := line_date(line):
            return day
    return agency_date(text[-END_CHARS:])


def source_of(text: str) -> str:
    """The outlet that the top names, or ""; authors are no sources.

    In a byline ("Von t-online"), behind a label ("Quelle: …"), in front of its date ("Tagblatt vom …"), or
    as the agency of a dateline.
    """
    for line in _top_lines(text):
        if match := _OUTLET.search(line):
            return match["name"]
        if source := line_source(line):
            return source
    return ""


def _top_lines(text: str) -> Iterator[str]:
    """The lines before the body: at most `TOP_LINES`, among them at most `TOP_PROSE` of prose."""
    prose = 0
    lines = [line.strip() for line in text[:TOP_CHARS].split("\n") if line.strip()]
    for line in lines[:TOP_LINES]:
        prose += is_prose(line) and not boilerplate_spans(line)
        if prose > TOP_PROSE:
            return
        yield line
