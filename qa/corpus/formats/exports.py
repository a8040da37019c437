"""Exports of press databases: many articles in one text, each with its own head.

Nexis, Factiva, GENIOS (wiso) and programs like them number the documents, end each with a line of their own
("End of Document", an accession number), or begin each with the same labels ("Titel: …"). Only such a
structure divides a text, and it must hold for the whole text: in doubt a file is one article. Knows nothing
of files.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from qa.corpus.datelines import line_source
from qa.corpus.formats import markup_text
from qa.corpus.formats.draft import Draft
from qa.corpus.formats.export_heads import DATE_LINE, article_in, date_in_head
from qa.corpus.formats.export_labels import END, RULE, is_trailing, meant_by, name_of, value_of
from qa.corpus.formats.fields import field_of
from qa.corpus.formats.tables import part_of
from qa.text.boilerplate import is_prose
from qa.text.dates import date_of

MAX_LINES = 200_000  # of an export; databases give some hundred documents at once
MAX_MARK = 200  # characters of a line that divides

_DOCUMENT_NUMBERS = ("dokumentnummer", "document number", "proquest document id")
# What divides the articles.
_NUMBERED = re.compile(
    r"\W*(?:FOCUS - )?(?P<before>(?:Dokument|Document|Artikel|Article|Treffer|Beitrag|Item)\s+)?"
    r"(?P<n>\d{1,6})\s*(?:von|of|de|/)\s*(?P<of>\d{1,6})(?P<after>\s+(?:DOCUMENTS?|DOKUMENTE?N?|ARTIKELN?|ARTICLES?))?\W*",
    re.IGNORECASE,
)
_SERIES = re.compile(
    r"\W*(?:Dokument|Document|Artikel|Article|Treffer|Beitrag|Item|Meldung|Text)\s+(?:Nr\.?\s*)?(?P<n>\d{1,5})\W*",
    re.IGNORECASE,
)
_ACCESSION = re.compile(
    r"(?:AN\W+)?(?:Document|Dokument)\s+(?=\S*\d{8})[A-Z][A-Z0-9]{2,15}\d{8}[a-z0-9]{6,16}\W*"
)
_COVER = re.compile(
    r"\W*(?:User Name|Benutzername|Date and Time|Datum und Uhrzeit|Job Number|Auftragsnummer|Documents? \("
    r"|Dokumente? \(|Client/Matter|Search Terms|Suchbegriffe|Print Request|Time of Request|Number of Lines"
    r"|Terms|Source|Combined Source|Project ID|Inhaltsverzeichnis|Table of Contents)\b.*",
    re.IGNORECASE,
)
# What divides articles holds one of these; most texts hold none.
_MARKS = (
    "dokument|document|artikel|article|beitrag|treffer|item|titel|title|headline|überschrift|schlagzeile"
    "|meldung|text 1|-----|=====|_____|*****|#####|~~~~~|+++++|- - - - -|* * * * *"
).split("|")
# What an export has in common with few other pages.
_MARKED_PAGE = re.compile(
    r"(?:Dokument|Document)\s+\d+\s+(?:von|of)\s+\d|\d\s+(?:von|of)\s+\d+\s+DO[CK]UMENT|End of Document"
    r"|Ende des Dokuments|Dokumentnummer|ProQuest document ID"
    r"|(?:Document|Dokument)\s+[A-Z][A-Z0-9]{2,15}\d{8}"
)


def articles(text: str) -> list[Draft]:
    """The articles of an export, with their parts if there are several; [] if the text is no export."""
    folded = text.casefold()
    if not any(mark in folded for mark in _MARKS):
        return []
    lines = [_unbarred(line) for line in re.split("[\n\f]", text)]
    if len(lines) > MAX_LINES:
        return []
    for divide in (_by_number, _by_end, _by_source, _by_labels, _by_rule, _by_series):
        drafts = [draft for part in divide(lines) if (draft := article_in(part))]
        if divide in _UNSURE and not all(draft.fields["date"] and draft.fields["source"] for draft in drafts):
            continue
        if len(drafts) > 1:
            return [draft._replace(part=part_of(number)) for number, draft in enumerate(drafts, start=1)]
        if drafts:
            return drafts
    return []


def _unbarred(line: str) -> str:
    """A line of a table of two columns as `label TAB value`."""
    if line.startswith("| ") and line.endswith(" |") and line.count(" | ") == 1:
        return line[2:-2].replace(" | ", "\t")
    return line.rstrip()


def _by_number(lines: Sequence[str]) -> list[list[str]]:
    """Parts behind "Dokument 1 von 2", "2 of 2 DOCUMENTS": the numbers must follow on each other."""
    starts, numbers = [], []
    for at, line in enumerate(lines):
        match = _NUMBERED.fullmatch(line) if len(line) < MAX_MARK and any(map(str.isdecimal, line)) else None
        if match and (match["before"] or match["after"]):
            starts.append(at)
            numbers.append((int(match["n"]), int(match["of"])))
    follows = all(m == n + 1 for (n, _), (m, _) in pairwise(numbers))
    if not starts or not follows or not _is_cover(lines[: starts[0]]):
        return []
    total, count = Counter(of for _, of in numbers).most_common(1)[0]
    if 2 * count <= len(numbers) or numbers[-1][0] > total:
        return []
    return [list(lines[start + 1 : end]) for start, end in pairwise([*starts, len(lines)])]


def _by_end(lines: Sequence[str]) -> list[list[str]]:
    """Parts in front of "End of Document" or of an accession number of Factiva."""
    for form in (END, _ACCESSION):
        ends = [at for at, line in enumerate(lines) if 8 < len(line) < 80 and form.fullmatch(line.strip())]
        if ends and _is_cover(lines[ends[-1] + 1 :]):
            parts = [list(lines[start + 1 : end]) for start, end in pairwise([-1, *ends])]
            parts[0] = _without_cover(parts[0])
            return parts
    return []


def _by_source(lines: Sequence[str]) -> list[list[str]]:
    """Parts that end with the source and the number of the document, as in exports of GENIOS."""
    labels = [name_of(line) for line in lines]
    numbers = [at for at, name in enumerate(labels) if name in _DOCUMENT_NUMBERS]
    ends: list[int] = []
    for at in numbers:
        if not ends or at >= ends[-1]:
            ends.append(_end_of_trailer(lines, at))
    parts = [list(lines[start:end]) for start, end in pairwise([0, *ends])]
    has_source = all(any(field_of(name_of(line)) == "source" for line in part) for part in parts)
    return parts if parts and has_source and not any(map(str.strip, lines[ends[-1] :])) else []


def _by_labels(lines: Sequence[str]) -> list[list[str]]:
    """Parts that begin with the same labels, a title and a date or outlet among them."""
    starts = []
    for at, line in enumerate(lines):
        above = lines[at - 1].strip() if at else ""
        if name_of(line) and (not above or RULE.fullmatch(above)) and _is_labelled_head(lines[at : at + 12]):
            starts.append(at)
    if not starts or len({name_of(lines[at]) for at in starts}) > 1:
        return []
    if any(line.strip() and not RULE.fullmatch(line) for line in lines[: starts[0]]):
        return []
    return [list(lines[start:end]) for start, end in pairwise([*starts, len(lines)])]


def _by_rule(lines: Sequence[str]) -> list[list[str]]:
    """Parts between rules (-----), if each has its outlet and date in one line at its top or end."""
    rules = [at for at, line in enumerate(lines) if RULE.fullmatch(line)]
    parts = [list(lines[start + 1 : end]) for start, end in pairwise([-1, *rules, len(lines)])]
    parts = [part for part in parts if any(map(str.strip, part))]
    return parts if len(parts) > 1 and all(map(_has_issue, parts)) else []


def _by_series(lines: Sequence[str]) -> list[list[str]]:
    """Parts behind "Artikel 1", "=== Dokument 2 ===", from 1 on."""
    starts: list[int] = []
    for at, line in enumerate(lines):
        match = _SERIES.fullmatch(line) if len(line) < MAX_MARK and any(map(str.isdecimal, line)) else None
        if match and int(match["n"]) == len(starts) + 1:
            starts.append(at)
    if len(starts) < 2 or not _is_cover(lines[: starts[0]]):
        return []
    return [list(lines[start + 1 : end]) for start, end in pairwise([*starts, len(lines)])]


def _has_issue(lines: Sequence[str]) -> bool:
    shown = [line.strip() for line in lines if line.strip()]
    shown = shown[:5] + shown[-5:]
    heads = [line for line in shown if len(line) < MAX_MARK and not is_prose(line)]
    return any(line_source(line) and (date_in_head(line) or date_of(value_of(line))) for line in heads)


def _is_labelled_head(lines: Sequence[str]) -> bool:
    """Whether lines begin with labels, one of a title and one of a date or outlet."""
    found = set()
    for line in lines:
        name = name_of(line)
        if not name:
            break
        found.add(meant_by(name))
    return "title" in found and bool(found & {"date", "source"})


def _end_of_trailer(lines: Sequence[str], at: int) -> int:
    """The index behind the labels, notices of rights and rules from `at` on."""
    while at < len(lines) and (not lines[at].strip() or is_trailing(lines[at]) or RULE.fullmatch(lines[at])):
        at += 1
    return at


def _is_cover(lines: Sequence[str]) -> bool:
    """Whether lines in front of the first article or behind the last are no text of an article."""
    shown = [line.strip() for line in lines if line.strip()]
    return any(_COVER.fullmatch(line) for line in shown) or not any(is_prose(line) for line in shown)


def _without_cover(lines: list[str]) -> list[str]:
    """The first part without the page that lists the documents of an export."""
    last = max((at for at, line in enumerate(lines) if _COVER.fullmatch(line)), default=-1)
    date = next(
        (at for at, line in enumerate(lines) if at > last and DATE_LINE.fullmatch(line.strip())), None
    )
    if last < 0 or date is None:
        return lines
    shown = [at for at in range(last + 1, date) if lines[at].strip()]
    return lines[shown[-2] :] if len(shown) > 1 else lines[last + 1 :]


def in_page(page: str) -> list[Draft]:
    """The articles of an export that is a web page; [] if the page is not one, as is nearly always so."""
    if not _MARKED_PAGE.search(page):
        return []
    found = articles(markup_text.text_of_html(page, tab_rows))
    return found if found and all(draft.fields["date"] and draft.fields["source"] for draft in found) else []


# Divisions that count only if every part then has its date and outlet.
_UNSURE = (_by_rule, _by_series)


def tab_rows(rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows of a table as exports are read: cells separated by tabs, without heads."""
    return ["\t".join(" ".join(cell.split()) for cell in row) for row in rows]


def drafts_in(text: str, fields: Mapping[str, str]) -> list[Draft]:
    """The articles of a text that is an export, or else the one article that it is, with these fields."""
    return articles(text) or [Draft(text, fields)]
