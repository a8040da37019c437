"""The lines in which articles give their date and outlet: datelines, labels, the issue of a newspaper.

Each says so by its form. Headlines and sentences mention other days, so their dates never count.
"""

from __future__ import annotations

import re

from qa.text.agencies import AGENCIES
from qa.text.boilerplate import is_prose
from qa.text.dates import CLOCK_TIME, DATE, DATE_AND_TIME, WEEKDAY, date_of, field_date

_DAY = rf"(?i:(?:{WEEKDAY},?\s)?(?:den\s|am\s|le\s|vom\s)?)"
_AGENCY = rf"(?:{AGENCIES})(?:[/-][\w/-]{{1,20}})?"
_WORD = r"[A-ZÄÖÜÉ][\w.'’-]*"

# "Datum: 06.03.2024", "Erschienen am 6. März 2024"; the label says that the rest is a date
_LABELLED = re.compile(
    r"\W{0,4}(?i:(?:(?:erscheinungs|veröffentlichungs|publikations|ausgabe)?(?:datum|tag)"
    r"(?:\sder\s(?:veröffentlichung|ausgabe))?|(?:(?:publication|pub|published|issue|release)[ _]?)?date"
    r"|date de publication)(?:\W{0,3}:\W{0,3}|\s(?=\d))"
    r"|(?:erschienen|veröffentlicht|publiziert|gepostet|erstellt|eingestellt|stand|ausgabe|published|posted"
    r"|publié|mis à jour|modifié|online|(?:letzte|zuletzt)\s(?:ge)?änder(?:t|ung)"
    r"|last\s(?:modified|changed|updated?)|(?:letzte\s)?aktualisierung)"
    r"(?:\s(?:am|vom|on|seit|le|in\s[^:\n]{1,60}?\sam))?(?::\s?|\s(?=\S{0,12}\d)))\s*"
    rf"(?:{WEEKDAY},?\s)?(?P<date>.{{1,80}})$"
)
# "Quelle: Lornfurter Bote, 06.03.2024"
_SOURCE_LABEL = re.compile(
    r"\W{0,4}(?i:quelle|medium|zeitung|publikation|erschienen in|source|outlet|publication|newspaper"
    r"|publisher)\W{0,3}:\W{0,3}\s*(?P<name>[^:/@|]{2,120})$"
)
_PAPER_WORD = (
    r"(?:(?i:[\w-]*(?:zeitung|anzeiger|blatt|bote|kurier|nachrichten|rundschau|post|presse|echo|merkur|stimme"
    r"|journal|magazin|spiegel|tribüne|courier|chronik|report|express))"
    r"|Zeitung|Anzeiger|Blatt|Bote|Kurier|Nachrichten|Rundschau|Post|Presse|Echo|Merkur|Stimme|Journal"
    r"|Magazin|Spiegel|Tribüne|Courier|Chronik|Woche|Allgemeine|Welt|Zeit|Stern|Standard|Times|Herald"
    r"|Tribune|Gazette|Guardian|News|Chronicle|Observer|Telegraph|Mirror|Monde|Figaro)(?!\w)"
)
# A newspaper by its name: a word for one, with up to five names or small words before it
_PAPER = rf"(?:{_WORD}\s(?:(?:{_WORD}|am|der|von|an|für|und|of)\s){{0,4}})?{_PAPER_WORD}(?:\s{_WORD}){{0,2}}?"
_ISSUE_NUMBER = r"(?:[,;]?\s(?:Nr\.?|No\.?|Ausgabe|Heft)\s?[\w/]{1,12})?"
# "Lornfurter Bote vom …", "Lornfurter Bote, Nr. 55, …"; a date follows
_ISSUE = re.compile(
    rf"(?:(?:Aus|Quelle|Source)?:?\s?(?:de[rm]\s)?)(?P<name>{_PAPER}){_ISSUE_NUMBER}"
    rf"(?:,?\s|\s?[,;|(–—-]\s?){_DAY}$"
)
# "Pressemitteilung Nr. 12 vom …", "Ausgabe 55/2024 vom …"; a date follows
_NOTICE = re.compile(
    r"(?:[A-ZÄÖÜ][\w-]*(?:mitteilung|meldung|information)|Mitteilung|Meldung|Artikel|Bericht|Beitrag|Ausgabe"
    rf"|Newsletter|Heft|Nr\.?)(?:\s(?:Nr\.?\s?)?[\w/]{{1,12}})?{_ISSUE_NUMBER},?\s[Vv]om\s{_DAY}$"
)
# Between separators: nothing but a date, its time and day of the week, or an agency
_BEFORE = re.compile(
    rf"(?:^\W*|[|·•]\s*|[,;]\s|\s[-–—]\s|[(\[]|\s{{2,}}){_DAY}$|^(?i:von|by)\s[^,.]{{3,50}}\s(?:am|on)\s$"
)
# "Redaktion 06.03.2024", "Online-Redaktion Auental, 6. März 2024"
_NEWSROOM = re.compile(
    rf"(?:(?:Von|von|By|by)\s(?:der\s|the\s)?)?(?:[\w-]{{0,20}}[Rr]edaktion|[Rr]ed\.|[Nn]ewsroom)"
    rf"(?:\s{_WORD})?\s?[,|:–-]?\s{_DAY}$"
)
_AFTER = re.compile(
    rf"(?:\s?[,T|–-]?\s?(?:um\s|at\s|à\s)?(?i:{CLOCK_TIME}))?(?:,?\s(?i:{WEEKDAY}))?"
    rf"(?:\s?\({_AGENCY}\))?(?:\W*$|\s(?i:von|by)(?:\s{_WORD}){{1,4}}$|\s*[|·•]|[,;]\s|\s[-–—]\s|\)\s?[-–—]|\s{{2,}})"
)
_PLACE = (
    r"(?!(?:Am|Seit|Bis|Ab|Vom|Der|Die|Das|Den|Dem|Im|In|Nach|Vor|Zum|Wie|Was|On|Since|The|Until)\s)"
    rf"{_WORD}(?:[\s/](?:{_WORD}|am|an|der|im|bei|ob|in|of|de|la|le|sur|upon)){{0,5}}"
)
# "Ort, 6. März 2024 (dpa) –", "ORT (dpa), 06.03.2024 –"
_DATELINE = re.compile(
    rf"(?:\((?:{_AGENCY})\)\s|(?:{_AGENCY}|ots)\s[-–—]\s)?{_PLACE}"
    rf"(?:\s?[(/](?P<agency>{AGENCIES})[^()\n]{{0,20}}\)?(?:,\s|\s\(|\s(?=\d))|,\s|\s\(){_DAY}"
    rf"(?P<date>(?i:{DATE_AND_TIME}))\)?\s?(?:[(/](?P<agency2>{AGENCIES})[^()\n]{{0,20}}\)?)?"
    r"(?:\s?[-–—]+(?!\w)|[:.](?=\s)|\s?[|/]\s|\s*$)"
)
# "Mi., 06.03.24", "06.03.24, 14:05 Uhr": the day of the week or the time says that it is a date
_SHORT_YEAR_LINE = re.compile(
    rf"(?i:(?:{WEEKDAY},?\s(?=\d)(?P<day>))?(?:den\s)?(?P<date>\d{{1,2}}\.\d{{1,2}}\.\d{{2}})"
    rf"(?(day)(?:\W{{1,3}}(?:um\s)?{CLOCK_TIME})?|\W{{1,3}}(?:um\s)?{CLOCK_TIME}))"
)
# An agency's number of an article, in its last line
_DPA_NUMBER = re.compile(r"\bdpa:(\d{6})-\d{1,4}-\d+/\d+")


def line_date(line: str) -> str:
    """The date of the article that a line at its top gives, ISO 8601, or ""."""
    if labelled := _LABELLED.match(line):
        return field_date(labelled["date"])
    if dateline := _DATELINE.match(line):
        return field_date(dateline["date"])
    if short := _SHORT_YEAR_LINE.fullmatch(line.strip("()[] ")):
        return field_date(short["date"])
    for match in DATE.finditer(line):
        before, after = line[: match.start()], line[match.end() :]
        if _ISSUE.fullmatch(before) or _NOTICE.fullmatch(before):
            return date_of(match[0])
        if (
            (_BEFORE.search(before) or _NEWSROOM.fullmatch(before))
            and _AFTER.match(after)
            and (not is_prose(line) or _is_barred(before, after))
        ):
            return date_of(match[0])
    return ""


def _is_barred(before: str, after: str) -> bool:
    """Whether bars separate a date from a text."""
    return before.rstrip().endswith(("|", "·", "•")) or after.lstrip().startswith(("|", "·", "•"))


def line_source(line: str) -> str:
    """The outlet or agency that a line at the top of an article gives, or ""."""
    if labelled := _SOURCE_LABEL.match(line):
        return issue_of(labelled["name"])[0]
    if (dateline := _DATELINE.match(line)) and (agency := dateline["agency"] or dateline["agency2"]):
        return agency
    date = DATE.search(line)
    issue = _ISSUE.fullmatch(line[: date.start()]) if date else None
    return issue["name"] if issue else ""


def issue_of(text: str) -> tuple[str, str]:
    """The outlet and the date, ISO 8601 or "", of an issue as a field names it: "Tagblatt vom 6.3.2024"."""
    found = DATE.search(text)
    if not found:
        return text.strip(), ""
    name = re.sub(rf"{_ISSUE_NUMBER}[\s,;|(–—-]*{_DAY}$", "", text[: found.start()])
    return name.strip(" ,;|(–—-"), date_of(found[0])


def is_outlet(name: str) -> bool:
    """Whether a name holds a word for a newspaper ("Uferpost", "The Lake Gazette")."""
    return bool(re.fullmatch(_PAPER, name))


def agency_date(end: str) -> str:
    """The day in the number that dpa gives an article in its last line, ISO 8601, or ""."""
    number = _DPA_NUMBER.search(end)
    return field_date(f"20{number[1]}") if number else ""
