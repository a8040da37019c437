"""Boilerplate: the parts of a scraped text that are not the article.

Navigation, share buttons, picture credits, reading times, lone dates, cookie notices. They stay in
`Article.text`, but a passage breaks at them and nobody quotes them. The rules look at the form of a
line or of a fragment within one; they know German and English pages, and no single outlet. Facts set
as a table (two rows or more with equally many cells), addresses and links are content.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from qa.text.characters import STOPS
from qa.text.consent import notice_lines
from qa.text.dates import CLOCK_TIME, DATE_AND_TIME, WEEKDAY
from qa.text.table_rows import CELL, is_named_row
from qa.types import Span

MAX_LINE = 120  # characters; a longer line is always prose
MAX_LABEL_WORDS = 3  # a bare category or author's name next to boilerplate
PROSE_WORDS = 8  # a line with this many words and a full stop is body text

_UPDATED = (
    r"(?:(?:zuletzt |last )?(?:aktualisiert|veröffentlicht|erschienen|publiziert|erstellt|updated|published"
    r"|posted|publié)|(?:letzte )?aktualisierung|last update|stand"
    r"|(?:erscheinungs|veröffentlichungs|publikations)?datum|(?:publication )?date)"
)
_SPAN = (
    r"(?:(?:etwa |rund |about )?(?:\d+|einer?|an?) (?:sekunden?|minuten?|min\.?|stunden?|tag(?:en?)?|wochen?"
    r"|monat(?:en?)?|jahr(?:en?)?|seconds?|minutes?|hours?|days?|weeks?|months?|years?))"
)
_BUTTONS = (
    r"(?:artikel |beitrag |seite |link )?(?:teilen|drucken|merken|kopieren|speichern|vorlesen|versenden"
    r"|empfehlen|kommentieren|weiterlesen|folgen)",
    r"(?:(?:link |url )?kopiert)?\s?news folgen|(?:link |url )?kopiert|meine news|mehr (?:news|nachrichten)",
    r"(?:jetzt )?(?:anmelden|abonnieren|einloggen|registrieren|login|log in|sign (?:in|up)"
    r"|subscribe)(?: now)?",
    r"newsletter(?: (?:abonnieren|bestellen))?|abo(?:nnement)?|e-?paper|podcast|push-?nachrichten",
    r"facebook|twitter|whatsapp|instagram|telegram|threads|pinterest|linkedin|xing|flipboard|pocket|rss"
    r"|mail|e-mail",
    r"(?:zur )?startseite|home|zurück(?: zur (?:startseite|übersicht))?|nach oben|menü|menu|suche|search"
    r"|navigation",
    r"anzeige|werbung|advertisement|advertorial|sponsored|kommentare?(?: \(\d+\)| anzeigen)?"
    r"|\d+ kommentare?|comments?",
    r"(?:share|print|save|follow|tweet|copy link|read more|back to top"
    r"|skip to (?:main )?content)(?: (?:this )?article)?",
    r"quellen?|quellenangaben?|sources?|impressum|datenschutz(?:erklärung)?|agb|kontakt und impressum"
    r"|privacy policy",
    r"mehr (?:zum thema|lesen|anzeigen|laden)|zum thema|auch interessant"
    r"|das könnte sie(?: auch)? interessieren"
    r"|lesen sie auch|meistgelesen|top-?themen|related (?:articles|stories)|more on this story",
    r"schließen|close",
    r"(?:teilen )?(?:auf|via|per) (?:facebook|twitter|whatsapp|instagram|x|e-mail)(?: (?:teilen|folgen))?",
    r"(?:share|follow(?: us)?) (?:on|via) (?:facebook|twitter|whatsapp|instagram|x|e-?mail)",
)
_LINES = (
    # picture credits
    r"(?:(?:symbol|archiv|titel|auf\s?macher|vorschau)?(?:fotos?|bild(?:er|quelle|rechte|nachweis)?)"
    r"|grafik|quelle|photos?|image|picture|credits?|video)(?: by)?\s?[:©/|]\s?\S.{0,80}(?<![.!?])",
    r"(?:©|\(c\)|copyright\b).{0,100}|alle rechte vorbehalten\.?|all rights reserved\.?",
    r"\(?(?:foto|bild|quelle|photo|image|source)s?:[^()]{1,80}\)",
    r"!\[[^\]]*\]\([^)]*\)",  # a Markdown image alone
    r"(?:seite|page)\s\d{1,4}(?:\s?(?:von|of|/)\s?\d{1,4})?|[-–—]\s?\d{1,4}\s?[-–—]",  # page numbers
    # times
    rf"vor {_SPAN}|{_SPAN} (?:vor|her|zuvor|ago)",
    r"(?:lese(?:dauer|zeit)|reading time)\b.{0,25}|(?:ca\. )?\d+ ?[- ]?min(?:\.|uten"
    r"|utes?)? (?:lese(?:zeit|dauer)|read)",
    rf"(?:{_UPDATED}(?: am| vom| on| le)?:?\s?)?(?:{WEEKDAY},?\s)?(?:den |der |am )?{DATE_AND_TIME}"
    rf"(?:,?\s{WEEKDAY})?(?: \([^)]*\))?",
    rf"{_UPDATED}:?\s{CLOCK_TIME}",
    # cookie notices
    r"(?:alle )?cookies?(?:-| )?(?:akzeptieren|ablehnen|einstellungen|zulassen|richtlinien?|hinweis"
    r"|settings|policy)",
    r"(?:accept|reject|allow|manage)(?: all)? cookies",
    *_BUTTONS,
)
_BUTTON = re.compile("|".join(f"(?:{rule})" for rule in _BUTTONS), re.IGNORECASE)
_LINE = re.compile("|".join(f"(?:{rule})" for rule in _LINES), re.IGNORECASE)
_COOKIES = re.compile(
    r"(?:wir|diese (?:web)?seite|diese website|unsere (?:web)?seite|unsere website|we|this (?:web)?site"
    r"|our website)"
    r"\s(?:verwende[nt]|nutz(?:en|t)|setz(?:en|t)|benutz(?:en|t)|uses?)\b.{0,60}\bcookies\b.*",
    re.IGNORECASE,
)
_NAME = r"(?:[A-ZÄÖÜ][\w.'’-]*|von|van|de)"
_BYLINE = re.compile(
    rf"(?:Von|VON|By|BY|Text|Autor(?:in)?|Author):?\s{_NAME}(?:(?:,| und| and| &)?\s{_NAME}){{1,5}}"
)
# "Startseite > Politik > Ausland", "Facebook | X | WhatsApp": three short names or more
_TRAIL = re.compile(r"(?!\s*[|>])[^|›»>.!?]{1,30}(?:\s[|›»>]\s[^|›»>.!?]{1,30}){2,}")
_TABLE_RULE = re.compile(r"\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)+\|?|\|(?:\s*:?-{2,}:?\s*\|)+")
_NUMBER = re.compile(r"\s*\d{1,4}\s*")
_INLINE = re.compile(
    rf"(?:\b(?:Von|By)\s[^.!?:\n]{{1,60}}?\s)?\b{_UPDATED}(?:\sam|\svom|\son)?:?\s{DATE_AND_TIME}"
    r"|\b(?:Lesedauer|Lesezeit|Reading time):?\s(?:ca\.\s)?\d+\sMin(?:\.|uten|utes)?"
    r"|\((?:Foto|Bild|Quelle|Symbolbild|Archivbild|Grafik|Photo|Image|Source)s?:[^()\n]{1,80}\)"
    r"|\b(?:(?:Link\s)?Kopiert\s)?News folgen\b|\bLink kopiert\b"
    rf"|\bdate:?\s\d{{4}}-\d{{2}}(?:-\d{{2}})?\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def is_boilerplate(line: str) -> bool:
    """Whether a whole line is boilerplate."""
    bare = line.strip().strip("*_").strip()
    if not any(c.isalnum() for c in bare):
        return not _TABLE_RULE.fullmatch(bare)
    if _COOKIES.fullmatch(bare):
        return True
    if len(bare) > MAX_LINE:
        return False
    if _LINE.fullmatch(bare) or _BYLINE.fullmatch(bare):
        return True
    return bool(_TRAIL.fullmatch(bare)) and not is_named_row(bare)


def boilerplate_spans(text: str) -> list[Span]:
    """The boilerplate of a text as disjoint spans in order: whole lines, and fragments within lines."""
    lines = [match for match in re.finditer(r"[^\r\n\f]+", text) if match[0].strip()]
    marks = [is_boilerplate(line[0]) or _is_page_number(text, line) for line in lines]
    for at in _rows_of_tables(text, lines):
        marks[at] = False
    bare = [line[0].strip() for line in lines]
    notices = notice_lines(bare)
    spans = []
    for line, label, notice in zip(lines, _with_labels(bare, marks), notices, strict=True):
        marked = label or notice
        if marked:
            spans.append(Span(line.start(), line.end()))
        else:
            spans += _fragments(text, Span(line.start(), line.end()))
    return spans


def _rows_of_tables(text: str, lines: list[re.Match[str]]) -> Iterator[int]:
    """The lines that only look like navigation, but stand among rows with equally many cells."""
    below = 0  # the first line that may begin a table
    while below < len(lines):
        first, below = below, below + 1
        while (
            below < len(lines) and CELL in lines[below][0] and _is_next(text, *lines[below - 1 : below + 1])
        ):
            below += 1
        counts = [line[0].count(CELL) for line in lines[first:below]]
        if any(upper == lower >= 2 for upper, lower in pairwise(counts)):
            rows = range(first, below)
            yield from (at for at in rows if counts[at - first] and _is_row(lines[at][0]))


def _is_next(text: str, upper: re.Match[str], lower: re.Match[str]) -> bool:
    return lower.start() - upper.end() <= 2 and text.count("\n", upper.end(), lower.start()) < 2


def _is_row(line: str) -> bool:
    """Whether the cells of a line are not those of navigation, buttons for the most part."""
    cells = [cell.strip() for cell in line.strip("*_ |").split(CELL)]
    is_only_trail = _TRAIL.fullmatch(CELL.join(cells)) and not _LINE.fullmatch(line.strip())
    return bool(is_only_trail) and 2 * sum(bool(_BUTTON.fullmatch(cell)) for cell in cells) < len(cells)


def _is_page_number(text: str, line: re.Match[str]) -> bool:
    """Whether a line is a number alone at the beginning or end of a page."""
    if not _NUMBER.fullmatch(line[0]):
        return False
    return (
        text[line.end() : line.end() + 3].lstrip(" \n")[:1] == "\f"
        or (text[max(0, line.start() - 3) : line.start()].rstrip(" \n")[-1:]) == "\f"
    )


def _fragments(text: str, line: Span) -> Iterator[Span]:
    """The fragments of boilerplate in a line; the rest of it may be boilerplate, too."""
    fragments = [Span(m.start(), m.end()) for m in _INLINE.finditer(text, line.start, line.end)]
    last = line.start
    for span in [*fragments, Span(line.end, line.end)] if fragments else []:
        if text[last : span.start].strip() and is_boilerplate(text[last : span.start]):
            yield Span(last, span.start)
        if span.start < span.end:
            yield span
        last = span.end


def _with_labels(lines: list[str], marks: list[bool]) -> list[bool]:
    """Mark bare labels too: between boilerplate anywhere, next to it at the top of the page.

    The first line that is not boilerplate is never a label: it may be the headline.
    """
    out = marks.copy()
    body = next((i for i, line in enumerate(lines) if is_prose(line)), len(lines))
    first = out.index(False) if False in out else len(out)
    for i in range(first + 1, len(lines)):
        before, after = out[i - 1], i + 1 < len(lines) and out[i + 1]
        adjacent = before or after if i < body else before and after
        out[i] = out[i] or (adjacent and _is_label(lines[i]))
    return out


def _is_label(line: str) -> bool:
    words = line.split()
    return len(words) <= MAX_LABEL_WORDS and all(word.replace("-", "").isalpha() for word in words)


def is_prose(line: str) -> bool:
    """Whether a line is a sentence or more of running text."""
    return len(line.split()) >= PROSE_WORDS and line.rstrip('“”"»«)’').endswith(tuple(STOPS))
