"""The head of an article in an export of a press database: headline, outlet, date, where the text begins."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from qa.corpus.datelines import is_outlet, issue_of, line_date, line_source
from qa.corpus.formats.draft import FIELDS, Draft
from qa.corpus.formats.export_labels import (
    AUTHORS,
    BODY,
    BYLINE,
    CAPTIONS,
    LEADS,
    RIGHTS,
    RULE,
    TITLES,
    is_trailing,
    meant_by,
    name_of,
    value_of,
)
from qa.text.boilerplate import is_prose
from qa.text.dates import CLOCK_TIME, DATE_AND_TIME, WEEKDAY, date_of, field_date

HEAD_LINES = 40  # lines with text that the head of an article has at most
MAX_TITLE = 300  # characters of a headline over several lines

_OWNER = re.compile(
    r"\W*(?:Copyright|©|\(c\))\W*(?:©|\(c\))?\s*(?:19|20)\d\d,?\s+(?P<name>[^.|]{3,80})", re.IGNORECASE
)
_NO_OWNER = re.compile(
    r"\s*(?:Alle Rechte|All Rights|GmbH|AG\b|Verlag|Ltd|Inc|LLC|Co\. KG|GBI|Dow Jones).*", re.IGNORECASE
)
DATE_LINE = re.compile(
    rf"(?:{WEEKDAY},?\s+)?(?:den\s|am\s)?(?P<date>{DATE_AND_TIME})(?:[\s,]+{WEEKDAY})?(?:[\s,]+{CLOCK_TIME})?"
    r"(?:\s+[A-Z]{2,4}(?:[+-]\d+)?)?(?:[\s,]+[\w .-]{1,40}(?:edition|ausgabe|final))?\W*",
    re.IGNORECASE,
)
_EDITION = re.compile(
    r".{0,60}\b(?:edition|ausgabe|final|online|print)\b.{0,30}|correction appended", re.IGNORECASE
)

# Factiva's fields, in its own codes: https://developer.dowjones.com/ ("display codes")
_CODES = (
    "HD|SE|BY|CR|WC|PD|ET|SN|SC|ED|PG|VOL|LA|CY|LP|TD|ART|CO|IN|NS|RE|IPC|IPD|PUB|AN|CLM|RF|CT|DLN|CX|RST|LTD"
)
_CODED = re.compile(rf"\s*(?P<code>{_CODES})(?:[ \t|]+(?P<value>\S.*)|\s*)")
_WORD_COUNT = re.compile(r"\s*[\d.,']{1,9}\s+(?:words|Wörter|mots)\s*", re.IGNORECASE)


def article_in(lines: list[str]) -> Draft | None:
    """The article in a part of an export; None if it has no text."""
    found = dict.fromkeys(FIELDS, "")
    body, trailer = _without_trailer(lines)
    if sum(bool(_CODED.fullmatch(line)) for line in body + trailer) >= 4 and any(
        line.lstrip().startswith("HD") for line in body
    ):
        body = _from_codes([*body, *trailer], found)
    else:
        for line in trailer:
            _keep(name_of(line), value_of(line), found)
        body = _from_factiva(body, found) or _from_head(body, found)
        owner = next((match for line in lines if (match := _OWNER.match(line[:MAX_TITLE]))), None)
        if owner and not found["source"]:
            found["source"] = _NO_OWNER.sub("", owner["name"]).strip(" ,;")
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(body)).strip("\n")
    if not any(map(str.isalnum, text)):
        return None
    found["language"] = found["language"].partition(";")[0]
    return Draft(f"{text}\n", found)


def _without_trailer(lines: list[str]) -> tuple[list[str], list[str]]:
    """The lines of a part without the database's own at its end, and those; captions among them stay."""
    end, captions = len(lines), list[str]()
    while end > 0:
        first = _first_of_block(lines, end - 1)
        if lines[end - 1].strip() and name_of(lines[first]) in CAPTIONS:
            captions = [*lines[first:end], "", *captions]
            end = first
        elif not lines[end - 1].strip() or _is_databases(lines, end - 1):
            end -= 1
        else:
            break
    return [*lines[:end], "", *captions], [line for line in lines[end:] if line.strip()]


def _is_databases(lines: Sequence[str], at: int) -> bool:
    """Whether a line at the end belongs to the database, on its own or by the first line of its block."""
    if is_trailing(lines[at]) or RULE.fullmatch(lines[at]):
        return True
    return is_trailing(lines[_first_of_block(lines, at)])


def _first_of_block(lines: Sequence[str], at: int) -> int:
    """The index of the line with which a block of a few lines begins; `at` itself in a longer one."""
    first = at
    while first > 0 and at - first < 4 and lines[first - 1].strip():
        first -= 1
    return first if at - first < 4 else at


def _keep(name: str, value: str, found: dict[str, str]) -> None:
    """Note the value of a label, the first of each field."""
    field = meant_by(name)
    if field == "source":
        value, day = issue_of(value.partition(";")[0])
        found["date"] = found["date"] or day
    elif field == "date":
        value = field_date(value)
    if field in found and not found[field]:
        found[field] = value


class _Head:
    """What the head of an article says, read line by line up to its text."""

    def __init__(self, found: dict[str, str]) -> None:
        self.found = found
        self.above: list[list[str]] = []  # blocks of lines without a label, in front of the date
        self.kept: list[str] = []  # what belongs to the text
        self.title = ""
        self._state = ""  # the label, or what it was, of the line before in the same block
        self._labelled = False  # whether a label stands somewhere above
        self._is_named_above = False  # whether the outlet is the line above the date
        self._seen = 0

    def ends(self, line: str, *, is_new: bool, is_above: bool) -> bool:
        """Read a line, the first of its block or another; returns whether the text begins with it.

        Above the date or other lines of a head, a sentence is a headline.
        """
        bare = " ".join(line.split())
        self._seen += 1
        if label := name_of(line):
            self._labelled, self._state = True, label
            self._read_label(label, value_of(line), bare)
        elif RIGHTS.fullmatch(bare):
            self._state = "rights"
        elif len(bare) > MAX_TITLE or self._seen > HEAD_LINES:
            return True
        elif self._state in LEADS and not is_new:
            self.kept.append(bare)
        elif self._state in TITLES and not is_new and not is_prose(bare):
            self.found["title"] = f"{self.found['title']} {bare}"[:MAX_TITLE]
        elif not self.title and (day := date_in_head(bare)) and self.found["date"] in ("", day):
            self._read_date(bare, day)
        elif is_prose(bare) and not is_above:
            return True
        else:
            return self._ends_unlabelled(bare, is_new=is_new)
        return False

    def awaits_title(self, following: Sequence[str]) -> bool:
        """Whether no title was found, and the head continues in the lines that follow."""
        return not self.title and not self.found["title"] and bool(self.found["date"]) and _goes_on(following)

    def _ends_unlabelled(self, bare: str, *, is_new: bool) -> bool:
        """The same for a line that is not a sentence."""
        if self._state == "an edition" and not is_new:
            pass
        elif self._state in ("a date", "an edition") and not self.title and not self.found["title"]:
            is_edition = bool(_EDITION.fullmatch(bare))
            self.title, self._state = ("", "an edition") if is_edition else (bare, "a title")
        elif self._state == "a title" and not is_new and not BYLINE.match(bare):
            self.title = f"{self.title} {bare}"[:MAX_TITLE]
        elif self._labelled or self.title or self.found["title"] or sum(map(len, self.above)) > 4:
            return True
        elif is_new or not self.above:
            self.above.append([bare])
        else:
            self.above[-1].append(bare)
        return False

    def _read_label(self, label: str, value: str, bare: str) -> None:
        if label in LEADS:
            self.kept += ["", value]
        elif label in AUTHORS:
            self.kept += ["", value if BYLINE.match(value) else bare, ""]
        else:
            _keep(label, value, self.found)

    def _read_date(self, bare: str, day: str) -> None:
        """A line with the date: above it stand the outlet, or the headline and then the outlet."""
        self._state = "a date"
        self.found["date"] = day
        if source := line_source(bare):
            self.found["source"] = self.found["source"] or source
        elif self.above and not self.found["source"]:
            self.found["source"] = self.above[-1].pop()
            self._is_named_above = True
        blocks = [block for block in self.above if block]
        self.above = []
        if blocks:
            self.title = " ".join(blocks.pop(0))[:MAX_TITLE]
            self.kept += [line for block in blocks for line in ["", *block]]

    def finish(self) -> None:
        """Settle what was open where the text begins."""
        found = self.found
        if self.above and not self.title and not found["title"]:
            self.title = " ".join(self.above.pop(0))[:MAX_TITLE]
        self.kept = [line for block in self.above for line in ["", *block]] + self.kept
        found["title"] = found["title"] or self.title
        if not found["title"] and self._is_named_above and not is_outlet(found["source"]):
            found["title"], found["source"] = found["source"], ""


def _from_head(lines: list[str], found: dict[str, str]) -> list[str]:
    """Read the head of an article into `found`; returns the lines of its text."""
    head = _Head(found)
    date_at = _date_at(lines)
    is_new, at = True, 0
    for at, line in enumerate(lines):
        name = name_of(line)
        if name in BODY or line.strip().casefold() in BODY:
            head.kept += ["", value_of(line)] if name else [""]
            at += 1
            break
        if not line.strip() or RULE.fullmatch(line):
            is_new = True
        elif not head.ends(
            line, is_new=is_new, is_above=at < date_at or head.awaits_title(lines[at + 1 : at + 8])
        ):
            is_new = False
        elif not is_prose(line) and _goes_on(lines[at + 1 : at + 8]):  # a subtitle
            head.kept += ["", line.strip()]
            is_new = False
        else:
            break
    else:
        at = len(lines)
    head.finish()
    return [*head.kept, "", *lines[at:]] if any(head.kept) else lines[at:]


def _date_at(lines: Sequence[str]) -> int:
    """The index of the line with the date, if it is near the top; 0 if not."""
    shown = [at for at, line in enumerate(lines[:40]) if line.strip()][:6]
    bare = {at: " ".join(lines[at].split()) for at in shown if len(lines[at]) <= MAX_TITLE}
    return next((at for at, line in bare.items() if date_in_head(line)), 0)


def _goes_on(lines: Sequence[str]) -> bool:
    """Whether the head continues below: the database says something about the article."""
    names = [name_of(line) for line in lines]
    return any(name and name not in LEADS | BODY | TITLES | CAPTIONS for name in names)


def date_in_head(line: str) -> str:
    """The date that a line of a head consists of, alone or with the outlet."""
    match = DATE_LINE.fullmatch(line)
    if match:
        return field_date(match["date"])
    return line_date(line) if line_source(line) else ""


def _from_factiva(lines: list[str], found: dict[str, str]) -> list[str]:
    """Read a head of Factiva without codes (headline, words, date, outlet, code, language, rights); returns
    the lines of the text, [] if it is not one.
    """
    shown = [at for at, line in enumerate(lines) if line.strip()][:HEAD_LINES]
    count = next((n for n, at in enumerate(shown) if _WORD_COUNT.fullmatch(lines[at])), None)
    if not count or count + 2 >= len(shown) or not (day := date_of(lines[shown[count + 1]])):
        return []
    names = shown[count + 2 :]
    if re.fullmatch(rf"\s*{CLOCK_TIME}(?:\s[A-Z]{{2,4}})?\s*", lines[names[0]], re.IGNORECASE):
        names = names[1:]
    if not names:
        return []
    rights = next((n for n, at in enumerate(names[:12]) if RIGHTS.fullmatch(lines[at].strip())), None)
    if rights is None:  # the lines below the outlet, as far as they are no sentences
        runs = takewhile(
            lambda n: names[n] == names[0] + n and not is_prose(lines[names[n]]), range(len(names))
        )
        rights = max(runs, default=0)
    found["date"], found["source"] = day, lines[names[0]].strip()
    head = [lines[at].strip() for at in shown[:count]]
    gap = next((n for n in range(1, count) if shown[n] > shown[n - 1] + 1), count)
    titled = min(gap, next((n for n, line in enumerate(head) if n and BYLINE.match(line)), count))
    found["title"] = " ".join(head[:titled])[:MAX_TITLE]
    return [*head[titled:], "", *lines[names[rights] + 1 :]]


def _from_codes(lines: Sequence[str], found: dict[str, str]) -> list[str]:
    """Read the fields of Factiva by their codes; returns the lines of the text."""
    values: dict[str, list[str]] = {}
    code = ""
    for line in lines:
        match = _CODED.fullmatch(line)
        if match:
            code = match["code"]
            values.setdefault(code, []).append(match["value"] or "")
        elif code:
            values[code].append(line)
    one = {code: " ".join(" ".join(parts).split()) for code, parts in values.items()}
    found["title"] = one.get("HD", "")[:MAX_TITLE]
    found["source"], found["date"] = one.get("SN", ""), field_date(one.get("PD", ""))
    found["language"] = one.get("LA", "")
    byline = one.get("BY", "")
    return [
        *([byline, ""] if byline else []),
        *values.get("LP", []),
        "",
        *values.get("TD", []),
        "",
        *values.get("ART", []),
    ]
