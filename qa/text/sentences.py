"""Sentences of running text, as exact spans.

The bounds come from `sentencex`; this module gives it the text line by line, leaves page furniture
out, and mends what it is known to get wrong in German (see `_mended`). It knows nothing of articles,
and nothing of passages but that one may begin and end with any sentence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import sentencex

from qa.text.boilerplate import furniture
from qa.text.tokens import DEFAULT_LANGUAGE
from qa.types import Span

SPLITTER = "sentencex"
MAX_SENTENCE = 1400  # characters; what is longer is a list or has no marks, and is cut at spaces
MAX_PARAGRAPH = 10_000  # characters; sentencex takes quadratic time, and no passage spans this bound
MAX_JOINED = 32  # characters that are one to a reader; more of them are noise, cut anywhere
LONG_QUOTE = 350  # characters; sentences within a longer quotation stand for themselves
WRAP_MIN, WRAP_MAX = 55, 100  # characters of the longest line of a text that was wrapped
WRAP_SHARE = 0.6  # of its lines that are as full as can be; the others end paragraphs
WRAP_FULL = 2  # full lines from which the last lines of paragraphs need not be full
HEADING_CHARS = 120
HEADING_WORDS = 16

_QUOTES = '"“”„»«‹›'
_QUOTE = re.compile(f"[{_QUOTES}]")
_ENDINGS = tuple(".!?:…。！？।؟")
_NO_MARKS = re.compile(r"[\w ,-]*")  # nothing that could end a sentence: no need to ask
_MARKUP = re.compile(r"\s*(?:(?:#{1,6}|[-*+•‣–>])\s+)*")
_LISTED = re.compile(r"\s*(?:[-*+•‣–>#|]|\d{1,3}[.)]\s|[a-z]\)\s)")
# a line break that no heading or entry of a list has before or behind it
_RUN_ON = re.compile(r"(?:,|\s[a-zäöü]{1,3}|[^\W\d_]-)\n|\n[a-zäöü]")
_NUMBER_ONLY = re.compile(r"(?:\d{1,3}|[a-zA-Z])\.")

# Words that begin a sentence and do not follow an ordinal or an abbreviation as its noun.
_STARTERS = frozenset(
    "Aber Alle Allerdings Als Am An Auch Auf Aus Bei Beide Bis Da Dabei Dadurch Dafür Dagegen Daher"
    " Damals Damit Danach Dann Daran Darauf Darüber Darum Das Dass Davon Davor Dazu Dem Den Denn Dennoch"
    " Der Deren Derzeit Des Deshalb Dessen Die Dies Diese Diesem Diesen Dieser Dieses Doch Dort Du Durch"
    " Ebenso Ein Eine Einem Einen Einer Eines Er Erst Es Etwa Falls Für Gegen Gibt Hier Hinter Ich Ihm Ihn"
    " Ihr Ihre Im In Ist Je Jede Jeder Jedes Jedoch Kein Keine Laut Man Mehr Mit Nach Nachdem Neben Nicht"
    " Nun Nur Ob Obwohl Ohne Seit Seitdem Sein Seine Sie Sind So Sobald Somit Sowohl Statt Trotz Über Um"
    " Und Unter Viele Vom Von Vor Während War Waren Warum Was Weder Weil Wenn Wer Wie Wir Wird Wo Zu Zudem"
    " Zuerst Zuletzt Zum Zur Zwar Zwischen".split()
)
_MONTHS = "Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
_ORDINAL = re.compile(r"(?:^|[\s(])(\d{1,3})\.$")
_ORDINAL_NOUN = re.compile(
    rf"(?:{_MONTHS}"
    r"|Jahrhundert|Jahrtausend|Jh\b|(?:Bundes|Kreis|Regional)?[Ll]iga|Weltkrieg|Spieltag|Spielminute"
    r"|Minute|Etage|Stock|Obergeschoss|OG\b|Geburtstag|Jahrestag|Todestag|Lebens(?:jahr|monat|woche)"
    r"|Auflage|Wahlperiode|Legislatur|Armee|Division|Brigade|Halbjahr|Quartal|Mal\b|Klasse|Semester"
    r"|Parteitag|(?:Mon|Diens|Donners|Frei|Sams|Sonn)tag|Mittwoch"
    r")"
)
# before an ordinal, not before a plain number that ends a sentence
_ORDINAL_HEAD = re.compile(
    r"(?:^|\s)(?:der|die|das|dem|den|des|im|am|vom|zum|zur|beim|ins|ein|eine|einen|einem|einer|eines|als"
    r"|frühen|späten|ihr\w*|sein\w*|dies\w*|jed\w*|\d{1,3}\.,?(?:\s(?:und|bis|oder|sowie))?)\s\(?\d{1,3}\.$",
    re.IGNORECASE,
)
# abbreviations that sentencex 1.0.32 takes for the end of a sentence
_ABBREVIATIONS = {
    "de": frozenset(
        "abb abs abschn abt abzgl adr allg anm aufl ausg bd bes betr bez bzgl dipl ebd einschl engl evtl"
        " exkl fa frl geb gegr gem hbf hptm hrn hrsg inkl insb insbes jahrg jh kap kard kath kfm led max"
        " mind nachm nördl nrn östl pfd pfr phil red röm sek stellv stk südl teilw tel tlw urspr verh verw"
        " vgl vorl vorm westl wg zit ziff zzgl".split()
    ),
    "en": frozenset({"approx", "ms"}),
}
# "Ende.Neuer Satz" lacks a space; "MAPS.ME" and "beispiel.de" do not
_GLUED = re.compile(r"[^\W\d_]{3}[.!?][A-ZÄÖÜ][a-zäöüß]$")
_NO_BEGINNING = re.compile(r"[A-Za-zÄÖÜäöüß\d\[(]")
_CUT = re.compile(r"[.!?…]\s+|[。！？]")
_TAIL = 80  # characters before a bound that are looked at
_LAST_WORD = re.compile(r"([^\W\d_]+)\.$")
# full stops that sentencex passes over; the group is the gap between two sentences
_INNER_STOP = re.compile(rf"\.[{_QUOTES})]*\s")
_STARTER = "|".join(sorted(_STARTERS))
_PASSED_OVER = (
    re.compile(
        rf"\b(?:usw|usf|etc|km/h|[nv]\. ?Chr|Mio|Mrd|Jh|[Ss]tr)\.[{_QUOTES})]*(\s+)(?=(?:{_STARTER})\b)"
    ),
    re.compile(rf"\b[^\W\d_]{{5,60}}(?<=[a-zäöüß]{{3}})(?<!str)\.[{_QUOTES})]*(\s+)(?=\d)"),
    re.compile(r"\s(?:1[5-9]|20)\d\d\.(\s+)(?=\d)"),
)


class Unit(NamedTuple):
    """The smallest piece that a passage is made of: one sentence with the markup before it."""

    start: int  # of the markup
    sentence: Span
    block: int  # pieces with the same number have no furniture between them
    paragraph: int


def sentences(text: str, language: str = "") -> tuple[Span, ...]:
    """The sentences, headings and list items of `text` that can be quoted, as spans in order.

    Furniture, markup at the beginning of a line and lines without a letter or digit are left out.
    `language` is an ISO 639-1 code; empty counts as German.
    """
    found = (unit.sentence for unit in units(text, language))
    return tuple(span for span in found if any(c.isalnum() for c in text[span.start : span.end]))


def is_heading(text: str) -> bool:
    """Whether a span that `sentences` returned looks like a heading or label: short, no final mark."""
    bare = text.strip().rstrip(_QUOTES + "*_)’'").rstrip()
    short = len(bare) <= HEADING_CHARS and len(bare.split()) <= HEADING_WORDS
    return bool(bare) and short and (not bare.endswith((*_ENDINGS, ";")) or bare.endswith((":", "…")))


def units(text: str, language: str = "") -> Iterator[Unit]:
    """All pieces of `text` in order; together they hold every character that is neither space nor"
    " furniture."""
    block = paragraph = 0
    for span in _blocks(text):
        for part in _paragraphs(text, span):
            for number, window in enumerate(_fitting(text, part, MAX_PARAGRAPH)):
                block += number > 0
                for piece in _segment(text[window.start : window.end], language):
                    start, end = window.start + piece.start, window.start + piece.end
                    match = _MARKUP.match(text, start, end)
                    yield Unit(start, Span(match.end() if match else start, end), block, paragraph)
                paragraph += 1
        block += 1


def _blocks(text: str) -> Iterator[Span]:
    """What lies between furniture."""
    start = 0
    for span in furniture(text):
        yield Span(start, span.start)
        start = span.end
    yield Span(start, len(text))


def _paragraphs(text: str, block: Span) -> Iterator[Span]:
    """The lines of a block without their outer spaces; lines that were wrapped are put together."""
    for group in _line_groups(text, block):
        wrapped = _wraps([text[start:end] for start, end in group])
        start = group[0].start
        for line, goes_on, after in zip(group, [*wrapped, False], [*group[1:], group[-1]], strict=True):
            if not goes_on:
                yield Span(start, line.end)
                start = after.start


def _line_groups(text: str, block: Span) -> Iterator[list[Span]]:
    """The lines of a block without their outer spaces, in groups between blank lines."""
    group: list[Span] = []
    for match in re.finditer(r"([^\r\n\f]*)(\r\n|[\n\r\f]|\Z)", text[block.start : block.end]):
        line = _stripped(text, Span(block.start + match.start(1), block.start + match.end(1)))
        if line.start < line.end:
            group.append(line)
        elif group:
            yield group
            group = []
    if group:
        yield group


def _wraps(lines: list[str]) -> list[bool]:
    """For each line but the last: whether it was broken only to fit the width of a page.

    Then the first word of the next line would not have fitted. Lines of a list or table may be like
    that by chance, so most lines of the group must be. The first line may itself begin within a line,
    as a passage does: it is judged by the words at the break.
    """
    width = max(map(len, lines))
    if not WRAP_MIN <= width <= WRAP_MAX:
        return [False] * (len(lines) - 1)
    pairs = list(pairwise(lines))
    full = [len(upper) + 1 + len(lower.split(maxsplit=1)[0]) > width for upper, lower in pairs]
    # the last lines of paragraphs say nothing against it, where others are full
    telling = [
        fits for fits, (upper, _) in zip(full[1:], pairs[1:], strict=True) if fits or not _is_ended(upper)
    ]
    judged = telling if sum(telling) >= WRAP_FULL else full[1:]
    if sum(judged) < WRAP_SHARE * len(judged):
        return [False] * len(full)
    full[:1] = [
        (len(full) > 1 and full[0]) or bool(_RUN_ON.search(f"{u[-20:]}\n{v[:1]}")) for u, v in pairs[:1]
    ]
    return [
        fits and not (_is_ended(upper) or upper[0] in "#|" or _LISTED.match(lower))
        for fits, (upper, lower) in zip(full, pairs, strict=True)
    ]


def _is_ended(line: str) -> bool:
    return line.rstrip(_QUOTES).endswith(_ENDINGS)


def _segment(text: str, language: str) -> list[Span]:
    """Sentences of one paragraph."""
    if _NO_MARKS.fullmatch(text):
        return list(_fitting(text, Span(0, len(text)), MAX_SENTENCE))
    found = _mended(text, _bounds(text, language), language or DEFAULT_LANGUAGE)
    out: list[Span] = []
    for span in found:
        part = text[span.start : span.end]
        if len(part) > LONG_QUOTE and _QUOTE.search(part):
            inner = _mended(part, _bounds(_without_quotes(part), language), language or DEFAULT_LANGUAGE)
            out += [Span(span.start + s.start, span.start + s.end) for s in inner]
        else:
            out.append(span)
    return [piece for span in out for piece in _fitting(text, span, MAX_SENTENCE)]


def _bounds(text: str, language: str) -> list[Span]:
    """What sentencex says, as spans without outer spaces. It counts code points, as Python does."""
    flat = re.sub(r"[\r\n\f]", " ", text)
    ends = {
        int(bound["end_index"])
        for bound in sentencex.get_sentence_boundaries(language or DEFAULT_LANGUAGE, flat)
    }
    cuts = [0, *sorted(end for end in ends if 0 < end < len(text)), len(text)]
    return _solid(text, cuts)


def _solid(text: str, cuts: list[int]) -> list[Span]:
    spans = (_stripped(text, Span(a, b)) for a, b in pairwise(cuts))
    return [span for span in spans if span.start < span.end]


def _stripped(text: str, span: Span) -> Span:
    part = text[span.start : span.end]
    start = span.start + len(part) - len(part.lstrip())
    return Span(start, max(start, span.start + len(part.rstrip())))


def _without_quotes(text: str) -> str:
    """The text, as long as before, with quotation marks that end no sentence."""
    text = re.sub(rf"(?<=[.!?…])[{_QUOTES}]", ".", text)
    return re.sub(rf"[{_QUOTES}]", " ", text)


def _mended(text: str, spans: list[Span], language: str) -> list[Span]:
    """The bounds without the known wrong ones, with the known missing ones."""
    out: list[Span] = []
    for span in spans:
        if out and _belongs(text, out[-1], span, language):
            out[-1] = Span(out[-1].start, span.end)
        else:
            out.append(span)
    return [piece for span in out for piece in _parted(text, span)] if language == "de" else out


def _belongs(text: str, one: Span, two: Span, language: str) -> bool:
    """Whether the bound between two pieces is wrong."""
    before, after = text[max(one.start, one.end - _TAIL) : one.end], text[two.start : two.end]
    if _NUMBER_ONLY.fullmatch(before) or not any(c.isalnum() for c in after):
        return True
    if before.rstrip(_QUOTES + ")]")[-1:].isalnum():  # no mark at all: "Section 60 (5)"
        return True
    if (
        one.end == two.start
        and _NO_BEGINNING.match(after)
        and not _GLUED.search(text[: two.start + 2], one.start)
    ):
        return True
    word = re.match(r"\w+", after)
    if word is None or word[0] in _STARTERS:
        return False
    last = _LAST_WORD.search(before)
    if last and last[1].casefold() in _ABBREVIATIONS.get(language, ()):
        return True
    if language == "de" and _ORDINAL.search(before):
        return bool(_ORDINAL_NOUN.match(after) or _ORDINAL_HEAD.search(before))
    return False


def _parted(text: str, span: Span) -> list[Span]:
    """A span at the full stops that sentencex passes over."""
    if not _INNER_STOP.search(text, span.start, span.end):
        return [span]
    cuts = {span.start, span.end}
    for rule in _PASSED_OVER:
        for match in rule.finditer(text, span.start, span.end):
            last = _LAST_WORD.search(text, match.start(), match.start(1))
            if not (last and rule is _PASSED_OVER[1] and last[1].casefold() in _ABBREVIATIONS["de"]):
                cuts.add(match.end(1))
    return _solid(text, sorted(cuts))


def _fitting(text: str, span: Span, size: int) -> Iterator[Span]:
    """A span in pieces of at most `size`, cut behind a full stop, else at a space, where there are any."""
    start = span.start
    while span.end - start > size:
        cut = start + size
        ends = [m.end() for m in _CUT.finditer(text, start + size // 2, cut)]
        spaces = [m.end() for m in re.finditer(r"\s+", text[start:cut])]
        if ends or spaces:
            cut = ends[-1] if ends else start + spaces[-1]
        else:
            joined = cut
            while joined > cut - MAX_JOINED and _is_joined(text, joined):
                joined -= 1
            cut = joined if joined > cut - MAX_JOINED else cut
        piece = _stripped(text, Span(start, cut))
        if piece.start < piece.end:
            yield piece
        start = cut
    piece = _stripped(text, Span(start, span.end))
    if piece.start < piece.end:
        yield piece


def _is_joined(text: str, cut: int) -> bool:
    """Whether the characters around `cut` are one to a reader (accents, emoji joined into one)."""
    after = text[cut]
    return (
        unicodedata.category(after)[0] == "M" or "\u200d" in (after, text[cut - 1]) or "🏻" <= after <= "🏿"
    )
