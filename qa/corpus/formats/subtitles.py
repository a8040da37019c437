"""Subtitles and transcripts: SubRip (.srt), WebVTT (.vtt), SubViewer (.sbv), and text files that are one.

A cue is a piece of a sentence, so cues are put together: the text has the sentences that were spoken, in
paragraphs, without numbers and times. WebVTT: https://www.w3.org/TR/webvtt1/.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from qa.corpus.decoding import decoded, settled
from qa.corpus.formats.draft import Draft
from qa.errors import CorpusError
from qa.text.characters import QUOTES
from qa.text.line_breaks import Forms, opened

PAUSE = 2.0  # seconds without speech after which a sentence begins a new paragraph
PARAGRAPH = 600  # characters from which a paragraph ends with its sentence
LONGEST = 1_200  # and without one: captions made by machines have no full stops
_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})(?:[,.:](\d{1,3}))?"
_TIMES = re.compile(rf"\s*{_TIME}\s*(?:-->|(?<=\.\d{{3}}),)\s*{_TIME}(?:\s.*)?")
_WHO = r"(?!Uhr\b)[A-ZÄÖÜ][\w.' -]{1,40}?"
# A time of a transcript: alone in its line, behind or before a speaker, or in brackets before what is said.
_STAMP = re.compile(
    rf"(?P<who>{_WHO}\s?)?(?P<open>[\[(])?(?:(?P<h>\d{{1,2}}):)?(?P<m>\d{{1,2}}):(?P<s>\d{{2}})(?:[.,]\d{{1,3}})?"
    rf"(?(open)[\])](?(who):?$|\s*(?P<text>.*))|(?(who):?$|(?:\s(?P<said>{_WHO}:\s.*))?))"
)
# A time before what is said, without brackets: "00:01 Der Rat", "0:00:01 - 0:00:04 Der Rat"
_LINE_STAMP = re.compile(
    r"(?:(?P<h>\d{1,2}):)?(?P<m>\d{1,2}):(?P<s>\d{2})(?:[.,]\d{1,3})?(?:\s?[-–]\s?(?:\d{1,2}:)?\d{1,2}:\d{2})?"
    r"\s+(?:[-–|]\s)?(?!Uhr\b)(?P<text>\S.*)(?P<who>)(?P<said>)"
)
# What WebVTT has at its top
_HEADER = re.compile(r"(?:Kind|Language):\s?[\w-]{1,20}|X-TIMESTAMP-MAP=.*")
_BLOCK = re.compile(r"(?:WEBVTT|NOTE|STYLE|REGION)(?:\s.*)?")
_VOICE = re.compile(r"<v(?:\.[\w.-]+)?\s+([^<>\n]{1,80})>")
_TAG = re.compile(r"</?[a-zA-Z][^<>\n]{0,80}>|<\d[\d:.]{4,15}>|\{\\[^{}\n]{1,40}\}")
_SPEAKER = re.compile(r"(?:[-–—]|>>)\s*\S|[A-ZÄÖÜ][\w.' -]{1,40}:\s")
_LABEL = re.compile(rf"{_WHO}:\s")
# What is heard besides speech: signs of music, sounds in brackets
_SOUND = (
    r"(?:\w+ ){0,2}(?:\w*musik|music|applaus|applause|beifall|gelächter|lachen|laughter|jubel|cheering|gesang"
    r"|singing|trommeln|geräusche?|stille|silence)(?: \w+){0,2}"
)
_HEARD = re.compile(rf"\[\s?{_SOUND}\s?\]|^(?:\({_SOUND}\)|\* ?{_SOUND} ?\*)$", re.IGNORECASE)
_NOTES = re.compile("[♪♫♬]+")
_NEXT_SPEAKER = re.compile(rf">>+\s*(?P<named>(?={_WHO}:))?")
_ENDS = re.compile(rf"[.!?…][{QUOTES})]*$")
ABOVE = 3  # lines above the first cue, such as the title
STAMPS = 3  # times from which a text with them is a transcript
# Seconds from one line to the next, on average, where no bracket tells times from those of a day.
MAX_STEP = 20
_HEAD = 2_000  # characters within which the first cue must begin


class _Cue(NamedTuple):
    start: float  # seconds
    end: float
    lines: list[str]


def read(data: bytes) -> Iterator[Draft]:
    """The spoken text of a file of subtitles. Raises CorpusError if it has none."""
    text = settled(decoded(data))
    if not is_subtitles(text):
        raise CorpusError("The file contains no subtitles with times. Save the transcript as .txt.")
    yield Draft(spoken(text), {})


def is_subtitles(text: str) -> bool:
    """Whether a text is subtitles or a transcript with times.

    It begins with the head of WebVTT, or with a cue of SubRip (its number, its times), which a title may
    precede, or at least `STAMPS` lines begin with a time, alone, in brackets or beside a speaker, that starts
    in the first minute and never goes back.
    """
    top = [line.strip() for line in text[:_HEAD].lstrip("\ufeff").split("\n") if line.strip()]
    top = [line for line in top if not _HEADER.fullmatch(line)]
    if top[:1] and _BLOCK.fullmatch(top[0]) and top[0].startswith("WEBVTT"):
        return True
    times = [at for at, line in enumerate(top) if _TIMES.fullmatch(line)]
    if times and times[0] <= ABOVE + 1:
        return times[0] == 0 or (times[0] == 1 and top[0].isdecimal()) or len(times) > 1
    return _is_stamped(text)


def _is_stamped(text: str) -> bool:
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return _rises([match for line in lines if (match := _STAMP.fullmatch(line))], lines) or _has_line_stamps(
        lines
    )


def _has_line_stamps(lines: list[str]) -> bool:
    """Whether lines begin with times whose sentences run on from one to the next, unlike those of a day."""
    found = [match for line in lines if (match := _LINE_STAMP.fullmatch(line))]
    if not _rises(found, lines) or _stamp_seconds(found[-1]) > MAX_STEP * len(found):
        return False
    runs_on = any(
        not _ENDS.search(upper["text"]) and lower["text"][:1].islower() for upper, lower in pairwise(found)
    )
    return runs_on or all(match["h"] for match in found)


def _rises(stamps: Sequence[re.Match[str]], lines: list[str]) -> bool:
    """Whether there are times enough, which start in the first minute and never go back."""
    times = [_stamp_seconds(match) for match in stamps]
    rises = all(before <= after for before, after in pairwise(times))
    return len(times) >= STAMPS and 3 * len(times) >= len(lines) and times[0] < 60 and rises


def spoken(text: str) -> str:
    """The text of the cues, in paragraphs."""
    is_cued = "-->" in text or any(_TIMES.fullmatch(line) for line in text.split("\n"))
    title = _above(text) if is_cued else _above_stamps(text)
    paragraphs: list[list[str]] = [*([line] for line in title), []]
    length, last_end, before = 0, 0.0, [""]
    for cue in _cues(text) if is_cued else _stamped_cues(text):
        for line in cue.lines:
            if line in before:  # captions that scroll repeat the line above
                continue
            ended = bool(paragraphs[-1]) and bool(_ENDS.search(paragraphs[-1][-1]))
            if (
                ended and (cue.start - last_end >= PAUSE or length >= PARAGRAPH or _SPEAKER.match(line))
            ) or length >= LONGEST:
                paragraphs.append([])
                length = 0
            paragraphs[-1].append(line)
            length += len(line) + 1
            last_end = cue.end
        before = cue.lines
        last_end = cue.end
    forms = Forms(text)
    return "\n\n".join(_joined(lines, forms) for lines in paragraphs if lines) + "\n"


def _joined(lines: list[str], forms: Forms) -> str:
    """Lines of one paragraph, words whole."""
    pieces = [_opened(upper, lower, forms) for upper, lower in pairwise(lines)]
    return "".join([*pieces, lines[-1]])


def _opened(upper: str, lower: str, forms: Forms) -> str:
    """A line as the next is to be put behind it; a dash in front of that is a speaker's."""
    return f"{upper} " if _SPEAKER.match(lower) else opened(upper, lower, forms)


def _above(text: str) -> list[str]:
    """The lines above the first cue of SubRip, such as a title."""
    lines: list[str] = []
    for line in (line.strip() for line in text[:_HEAD].lstrip("\ufeff").split("\n")):
        if _TIMES.fullmatch(line):
            return lines[:-1] if lines[-1:] and lines[-1].isdecimal() else lines
        if _BLOCK.fullmatch(line):
            return []
        lines += [line] if line and not _HEADER.fullmatch(line) else []
    return []


def _above_stamps(text: str) -> list[str]:
    """The lines above the first time of a transcript, such as a title."""
    lines = [line.strip() for line in text[:_HEAD].split("\n") if line.strip()]
    stamped = (at for at, line in enumerate(lines) if _STAMP.fullmatch(line) or _LINE_STAMP.fullmatch(line))
    return lines[: next(stamped, 0)]


def _cues(text: str) -> Iterator[_Cue]:
    """The cues in their order, without those that show nothing."""
    start = end = -1.0
    speaker = ""
    since: list[str] = []  # the lines since the last times
    for line in [*text.lstrip("\ufeff").split("\n"), "0:00:00,000 --> 0:00:00,000"]:
        times = _TIMES.fullmatch(line)
        if not times:
            voice = _VOICE.search(line)
            if voice and voice[1] == speaker:  # who goes on speaking is named once
                line = line.replace(voice[0], "")
            speaker = voice[1] if voice else speaker
            since.append(line.strip())
            continue
        if start >= 0 and (lines := list(_payload(since))):
            yield _Cue(start, end, lines)
        start, end, since = _seconds(times.groups()[:4]), _seconds(times.groups()[4:]), []


def _stamped_cues(text: str) -> Iterator[_Cue]:
    """The lines behind each time of a transcript; a cue lasts until the next one."""
    start, lines, speaker = 0.0, list[str](), ""
    written = [line.strip() for line in text.split("\n") if line.strip()]
    in_lines = _has_line_stamps(written)
    for line in [*written[len(_above_stamps(text)) :], "[99:59:59]"]:
        match = _STAMP.fullmatch(line) or (_LINE_STAMP.fullmatch(line) if in_lines else None)
        label = ""
        if match:
            at = _stamp_seconds(match)
            if lines:
                yield _Cue(start, at, lines)
            start, lines = at, []
            label = f"{match['who'].strip(' :')}: " if match["who"] else ""
        words = (match["text"] or match["said"] or "") if match else line
        told = _LABEL.match(words)
        label = told[0] if told else label
        if label and label == speaker:
            words = words[told.end() :] if told else words
        elif label:
            speaker, words = label, words if told else f"{label}{words}"
        if shown := _shown(words):
            lines.append(shown)


def _stamp_seconds(match: re.Match[str]) -> float:
    return int(match["h"] or 0) * 3600 + int(match["m"]) * 60 + int(match["s"])


def _payload(lines: list[str]) -> Iterator[str]:
    """What is shown of the lines between two times: no comments, no number of the cue that follows."""
    if lines and (lines[-1].isdecimal() or (len(lines) > 1 and not lines[-2])):
        lines = lines[:-1]
    is_comment = False
    for above, line in pairwise(["", *lines]):
        is_comment = bool(line) and (is_comment or (not above and bool(_BLOCK.fullmatch(line))))
        if not is_comment and (shown := _shown(line)):
            yield shown


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = parts
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0) + float(f"0.{fraction or 0}")


def _shown(line: str) -> str:
    """A line of a cue without markup; the speaker comes first, as in a transcript."""
    line = _VOICE.sub(lambda voice: f"{voice[1].strip()}: ", line)
    line = _NOTES.sub("", html.unescape(_TAG.sub("", line.replace("[br]", " "))))
    line = _HEARD.sub("", line.strip())
    line = _NEXT_SPEAKER.sub(lambda mark: "" if mark["named"] is not None else "- ", line)
    return " ".join(line.split())
