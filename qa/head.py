"""What the text of an article itself tells of its title, date, source and language.

Nothing here is a guess: a date needs day, month and year, and must stand where pages put theirs; a
source needs a byline of an outlet; a language needs enough of its own common words or its own script.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date

from qa.furniture import furniture, is_prose
from qa.sentences import Unit, units

TITLE_CHARS = 150  # a first paragraph up to this length is the title as it is
HEAD_CHARS = 10_000
HEAD_LINES = 12  # lines with text in which a page tells its date
HEAD_PROSE = 2  # of them this many may be prose: a teaser, the lead
SAMPLE_CHARS = 20_000  # of the text, for its language
MIN_COMMON = 3  # common words that prove a language
MIN_SHARE = 0.08  # of all words …
MIN_LEAD = 1.25  # … and this many times as many as of the next language

_MONTHS = {
    name: number
    for number, names in enumerate(
        "jan januar jänner january|feb februar february|mär mrz märz mar march|apr april|mai may|jun juni"
        " june"
        "|jul juli july|aug august|sep sept september|okt oktober oct october|nov november|dez dezember"
        " dec december"
        .split("|"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_DATE = re.compile(
    r"(?<![\d./-])(?:"
    r"(?P<day1>\d{1,2})\.\s?(?P<month1>\d{1,2})\.\s?(?P<year1>\d{4})"
    r"|(?P<day2>\d{1,2})/(?P<month2>\d{1,2})/(?P<year2>\d{4})"
    r"|(?P<year3>\d{4})-(?P<month3>\d{2})-(?P<day3>\d{2})(?=T\d\d:|(?!\w))"
    r"|(?P<day4>\d{1,2})\.?\s(?P<month4>[A-Za-zä]{3,9})\.?\s(?P<year4>\d{4})"
    r")(?![\d/-])"
)
_SEPARATOR = re.compile(r"\s*[|·•]\s*|,\s|\s[-–—]\s")
_AGENCIES = "dpa|AFP|AP|APA|dts|epd|KNA|Reuters|SID|ANSA|TASS|Xinhua"
_OUTLET = re.compile(
    rf"(?:^|\s)(?:Von|By)\s(?P<name>{_AGENCIES}|[a-z][\w.-]*[\w]|[\w-]+\.(?:de|at|ch|com|net|org|info|news))"
    r"(?=\s*(?:$|[,|·/(]|\sAktualisiert|\sVeröffentlicht|\sStand))"
)

_SCRIPTS = {
    "el": "\u0370-\u03ff",
    "ru": "\u0400-\u04ff",
    "he": "\u0590-\u05ff",
    "ar": "\u0600-\u06ff",
    "hi": "\u0900-\u097f",
    "th": "\u0e00-\u0e7f",
    "ko": "\uac00-\ud7af",
    "ja": "\u3040-\u30ff",
    "zh": "\u4e00-\u9fff",
}
# letters that a script's other languages use or lack: Persian and Urdu; Ukrainian; Marathi is not told apart
_NOT_ARABIC = re.compile("[\u067e\u0686\u06af\u06cc\u06a9]")
_UKRAINIAN, _RUSSIAN = re.compile("[іїєґ]"), re.compile("[ыэё]")
# The commonest words of running text; words of several languages stand in each of them.
_COMMON = {
    language: frozenset(words.split())
    for language, words in {
        "de": "der die das und ist in den von zu mit sich auf für nicht im dem des ein eine als auch es"
        " an werden aus er hat dass sie nach wird bei einer um am sind noch wie einem über so zum"
        " haben nur oder aber vor zur bis",
        "en": "the of and to in a is that for it as was with on be by at from are this have has not"
        " which or an were their but its his he they had been more will would who also can",
        "fr": "le la les de des et est un une en du que qui dans pour par sur au pas plus ne se ce il"
        " elle avec sont aux ont été cette mais ou leur",
        "es": "el la los las de y en que es un una del se por con para su al como más pero sus no lo"
        " fue entre ha sobre también este está son",
        "it": "il la di e che è un una in per con del della dei le gli al non si da sono come più nel"
        " alla anche ha lo questo dal delle",
        "nl": "de het een van en in is dat op te zijn met voor niet aan er om ook als door bij naar uit"
        " maar die heeft wordt over werd tot worden",
        "pt": "o a os as de e em que um uma do da dos das no na por para com não se mais como foi ao ou"
        " é seu sua são pelo entre também",
        "ro": "și în de la a cu pe este că din o un pentru care au fost mai nu prin sau ale al ca se"
        " sunt lui fi dar acest după între",
        "tr": "ve bir bu için ile de da olarak en çok daha olan sonra gibi kadar ancak göre ise ne her"
        " veya tarafından değil olduğu",
        "vi": "và của là các trong có được một cho không với những đã người này để khi từ đến về như"
        " vào ở ra cũng năm",
        "pl": "i w na z się nie do że jest to o jak po przez od dla za są oraz był ale tym ich które"
        " może roku",
        "sv": "och i att det som en på är av för med till den har de inte om ett han var från men vid"
        " kan",
        "da": "og i at det er en til på som for af med de den har ikke der et han var fra men ved kan"
        " blev",
    }.items()
}  # fmt: skip


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
        places += [part for part in _SEPARATOR.split(line) if _DATE.fullmatch(part.strip())]
        for place in places:
            if found := date_of(place):
                return found
    return ""


def date_of(text: str) -> str:
    """The first whole and possible date in a text, ISO 8601, or "".

    `05.11.2024`, `24/10/2024` (the day first), `2024-11-05`, `16. Oktober 2024`, `16 October 2024`.
    """
    for match in _DATE.finditer(text):
        parts = {name.rstrip("1234"): value for name, value in match.groupdict().items() if value}
        month = _MONTHS.get(parts["month"].casefold()) if parts["month"].isalpha() else int(parts["month"])
        try:
            return date(int(parts["year"]), month or 0, int(parts["day"])).isoformat()
        except ValueError:  # no such day
            continue
    return ""


def source_of(text: str) -> str:
    """The outlet that a byline at the head names ("Von t-online"), or ""; authors are no sources."""
    found = (_OUTLET.search(line) for line in _head(text))
    return next((match["name"] for match in found if match), "")


def language_of(text: str) -> str:
    """ISO 639-1 code of the language of a text, or "" if it cannot be told."""
    sample = text[:SAMPLE_CHARS].casefold()
    letters = sum(c.isalpha() for c in sample)
    script = max(_SCRIPTS, key=lambda name: len(re.findall(f"[{_SCRIPTS[name]}]", sample)))
    counted = len(re.findall(f"[{_SCRIPTS[script]}]", sample))
    if script == "zh" and len(re.findall(f"[{_SCRIPTS['ja']}]", sample)) > counted / 10:
        script = "ja"
    if counted > letters / 2:
        return _within_script(script, sample)
    return _by_common_words(sample)


def _within_script(script: str, sample: str) -> str:
    if script == "ru":
        ukrainian, russian = (len(pattern.findall(sample)) for pattern in (_UKRAINIAN, _RUSSIAN))
        return "ru" if russian > ukrainian else "uk" if ukrainian else ""
    if script == "ar":
        return "" if _NOT_ARABIC.search(sample) else "ar"
    return script


def _by_common_words(sample: str) -> str:
    found = Counter(re.findall(r"[^\W\d_]+", sample))
    scores = {name: sum(found[word] for word in words) for name, words in _COMMON.items()}
    (best, most), (_, second) = Counter(scores).most_common(2)
    enough = most >= MIN_COMMON and most >= MIN_SHARE * found.total() and most >= MIN_LEAD * second
    return best if enough else ""


def _head(text: str) -> Iterator[str]:
    """The lines before the body: at most `HEAD_LINES`, among them at most `HEAD_PROSE` of prose."""
    prose = 0
    lines = [line.strip() for line in text[:HEAD_CHARS].split("\n") if line.strip()]
    for line in lines[:HEAD_LINES]:
        prose += is_prose(line) and not furniture(line)
        if prose > HEAD_PROSE:
            return
        yield line
