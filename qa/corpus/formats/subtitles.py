"""Subtitles and transcripts: SubRip (.srt), WebVTT (.vtt), and text files that are one of them.

A cue is a piece of a sentence, so cues are put together: the text has the sentences that were spoken, in
paragraphs, without numbers and times. WebVTT: https://www.w3.org/TR/webvtt1/.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from qa.corpus.decoding import decoded, settled
from qa.corpus.formats.draft import Draft
from qa.errors import CorpusError
from qa.text.characters import QUOTES

PAUSE = 2.0  # seconds without speech after which a sentence begins a new paragraph
PARAGRAPH = 600  # characters from which a paragraph ends with its sentence
LONGEST = 1_200  # and without one: captions made by machines have no full stops
_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[,.:](\d{1,3})"
_TIMES = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?")
# A time of a transcript: alone in its line, or in brackets before the words.
_STAMP = re.compile(
    r"(?P<open>[\[(])?(?:(?P<h>\d{1,2}):)?(?P<m>\d{1,2}):(?P<s>\d{2})(?:[.,]\d{1,3})?(?(open)[\])]\s*(?P<text>.*))"
)
_BLOCK = re.compile(r"(?:WEBVTT|NOTE|STYLE|REGION)(?:\s.*)?")
_VOICE = re.compile(r"<v(?:\.[\w.-]+)?\s+([^<>\n]{1,80})>")
_TAG = re.compile(r"</?[a-zA-Z][^<>\n]{0,80}>|<\d[\d:.]{4,15}>|\{\\[^{}\n]{1,40}\}")
_SPEAKER = re.compile(r"(?:[-–—]|>>)\s*\S|[A-ZÄÖÜ][\w.' -]{1,40}:\s")
_ENDS = re.compile(rf"[.!?…][{QUOTES})]*$")
STAMPS = 3  # times from which a text with them is a transcript
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

    It begins with the head of WebVTT, or with a cue of SubRip (its number, its times), or at least `STAMPS`
    lines begin with a time, alone or in brackets, that starts in the first minute and never goes back.
    """
    top = [line.strip() for line in text[:_HEAD].lstrip("\ufeff").split("\n") if line.strip()][:3]
    if top[:1] and _BLOCK.fullmatch(top[0]) and top[0].startswith("WEBVTT"):
        return True
    if not top or _STAMP.fullmatch(top[0]):
        return _is_stamped(text)
    if top[0].isdecimal():
        del top[0]
    return bool(top) and bool(_TIMES.fullmatch(top[0]))


def _is_stamped(text: str) -> bool:
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    times = [_stamp_seconds(match) for line in lines if (match := _STAMP.fullmatch(line))]
    rises = all(before <= after for before, after in pairwise(times))
    return len(times) >= STAMPS and 3 * len(times) >= len(lines) and times[0] < 60 and rises


def spoken(text: str) -> str:
    """The text of the cues, in paragraphs."""
    paragraphs: list[list[str]] = [[]]
    length, last_end, before = 0, 0.0, [""]
    for cue in _cues(text) if "-->" in text else _stamped_cues(text):
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
    return "\n\n".join(" ".join(lines) for lines in paragraphs if lines) + "\n"


def _cues(text: str) -> Iterator[_Cue]:
    """The cues in their order, without those that show nothing."""
    start = end = -1.0
    since: list[str] = []  # the lines since the last times
    for line in [*text.lstrip("\ufeff").split("\n"), "0:00:00,000 --> 0:00:00,000"]:
        times = _TIMES.fullmatch(line)
        if not times:
            since.append(line.strip())
            continue
        if start >= 0 and (lines := list(_payload(since))):
            yield _Cue(start, end, lines)
        start, end, since = _seconds(times.groups()[:4]), _seconds(times.groups()[4:]), []


def _stamped_cues(text: str) -> Iterator[_Cue]:
    """The lines behind each time of a transcript; a cue lasts until the next one."""
    start, lines = 0.0, list[str]()
    for line in [*text.split("\n"), "[99:59:59]"]:
        match = _STAMP.fullmatch(line.strip())
        if match:
            at = _stamp_seconds(match)
            if lines:
                yield _Cue(start, at, lines)
            start, lines = at, []
        if shown := _shown((match["text"] or "") if match else line.strip()):
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
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0) + float(f"0.{fraction}")


def _shown(line: str) -> str:
    """A line of a cue without markup; the speaker comes first, as in a transcript."""
    line = _VOICE.sub(lambda voice: f"{voice[1].strip()}: ", line)
    return " ".join(html.unescape(_TAG.sub("", line)).split())
