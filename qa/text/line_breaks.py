"""The end of a line and the line after it: whether they are one, and how they are joined.

By the words at the break and the width of the lines. `qa.text.unwrapping` joins the lines of whole texts.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from typing import NamedTuple

from qa.text.abbreviations import ABBREVIATIONS, STARTERS
from qa.text.boilerplate import is_boilerplate
from qa.text.characters import LIST_MARKS, QUOTES, SENTENCE_ENDS
from qa.text.corrections import BEFORE_ORDINAL, ORDINAL_NOUN
from qa.text.languages import language_of
from qa.text.sentences import sentences

NARROW = 55  # characters; lines below that are wrapped only if their words say so
NEARLY = 0.8  # share of the width that a line of a ragged margin reaches with the next word
MAX_WORD = 80  # characters looked at before a break
# Words of a line from which the sentence splitter is asked, so that no names of a list are joined.
IN_TEXT = 4
ROOMY = 0.6  # share of the width from which a line that ends in an abbreviation continues

_FORM = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LISTED = re.compile(rf"(?:[{LIST_MARKS}>]\s|[#|]|\d{{1,3}}[.)]\s|[a-z]\)\s)")
_IN_SENTENCE = re.compile(r"\d|[–-]\s[a-zäöü]")
_CELLS = re.compile(r"\S(?:\s{3,}|\t| \| )\S")
_HYPHEN = re.compile(r"([^\W\d_]+)[-\u2010\u00ad]$")
_HYPHENATED_NUMBER = re.compile(r"\d[-\u2010]$")
_WORD = re.compile(r"[^\W\d_]+")
# what may follow a hyphen in place of the rest of a word: "Ein- und Ausgang"
CONJUNCTIONS = frozenset("und oder bzw sowie bis noch als wie statt and or to nor".split())
# In English text these keep their hyphen: "non-profit". Those that also begin plain words ("pro-ject",
# "so-cial", "all-owed") do not, nor does any in German ("Pro-zent").
_ENGLISH_HEADS = frozenset("cross high long low non self well".split())
# "twenty-three", "year-old", "state-owned", "two-thirds", "son-in-law"; not "thresh-old", "out-law"
_ENGLISH_COMPOUND = re.compile(
    r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)-(?:one|two|three|four|five|six|seven|eight|nine)"
    r"|(?:year|month|week|day|hour)s?-old|\w+-(?:owned|thirds)|in-law",
    re.IGNORECASE,
)
_INNER_END = re.compile(r"(?:,|;|\s(?:[a-zäöü]{1,3}|eine[mnrs]?|dies\w*|sein\w*|with|from|that|they|their))$")
_SHORT_END = re.compile(r"(?:^|[\s(])(?:\d{1,3}|[A-Za-zÄÖÜ]|([^\W\d_]{2,12}))\.$")
_SHORT_FORMS = (
    ABBREVIATIONS["de"]
    | ABBREVIATIONS["en"]
    | set("dr prof nr st ca bzw mio mrd tsd rd str art hl jun sen gez dipl mr mrs inc".split())
    | set("jan febr feb apr aug okt oct nov dez dec sgt capt lt rev gov rep vs".split())
)
_WORDS_TOO = frozenset("art fa jun led max red rep str".split())  # these may end a sentence as words
# more of them, which the splitter of one of the languages takes for abbreviations
_WORDS_OF_EITHER = _WORDS_TOO | frozenset(
    "arc ave cal del dist fig fit ill jan mar mark mass may me mich no ore phil pt sat so sun tim us".split()
)
_DOTTED = re.compile(r"(?:^|[\s(])(?:[^\W\d_]\.){2,}$")  # "p.m."
_ENCLOSING = re.compile(rf"[{QUOTES}‘’()\[\]]")
_LAST_WORD = re.compile(r"([^\W\d_]+)\.$")
_BEGINNINGS = STARTERS | frozenset(
    "The This That These Those It He She They We There A But And In On At".split()
)
_BEFORE_NUMBER = frozenset("fig no nos pp vol".split())
_LETTERS = re.compile(r"[^\W\d_]\.")  # "z. B."
# a full stop within a sentence where a small letter follows: "Johann II. von", "usw. auf"
_INNER_STOP = re.compile(r"\b(?:[IVXL]+|usw|etc|ff|e\. ?V)\.$")


class Break(NamedTuple):
    """The end of a line and the line after it."""

    upper: str
    lower: str
    width: int  # of the longest line of the group, in characters
    reach: float | None = None  # right end of the upper line with the next word, as a share of the width, …
    # … where positions tell; above 1 it would not have fitted

    @property
    def hyphenated(self) -> bool:
        """Whether a word continues in the next line."""
        if self.upper.endswith("\u00ad"):
            return True
        lower = _WORD.match(self.lower)
        if not lower or not _HYPHEN.search(self.upper) or not lower[0][0].islower():
            return False
        return lower[0] not in CONJUNCTIONS

    @property
    def _reached(self) -> float:
        if self.reach is not None:
            return self.reach
        return (len(self.upper) + 1 + len(self.lower.split(maxsplit=1)[0])) / self.width

    @property
    def full(self) -> bool:
        """Whether the next word would not have fitted."""
        return self._reached > 1 or self.hyphenated

    @property
    def runs_on(self) -> bool:
        """Whether a sentence continues, judging by the words at the break."""
        if self.lower[0].islower() or self.stops_in_short_form:
            return True
        return bool(_HYPHEN.search(self.upper) or _INNER_END.search(self.upper))

    @property
    def ended(self) -> bool:
        return self.upper.rstrip(QUOTES).endswith(tuple(SENTENCE_ENDS)) and not self.stops_in_short_form

    @property
    def stops_in_short_form(self) -> bool:
        """Whether the full stop is certainly that of an ordinal or abbreviation."""
        if self.lower[0].islower() and _INNER_STOP.search(self.upper):
            return True
        in_text = self.upper.endswith(".") and len(self.upper.split()) >= IN_TEXT
        if in_text and _is_one_sentence(self.upper[-MAX_WORD:], self.lower[:MAX_WORD]):
            return True
        found = _SHORT_END.search(self.upper)
        if not found:
            return False
        if word := (found[1] or "").casefold():
            if word in _BEFORE_NUMBER:
                return self.lower[0].isdigit()
            return word in _SHORT_FORMS and word not in _WORDS_TOO
        if self.upper[-2].isdigit():
            return bool(BEFORE_ORDINAL.search(self.upper) or ORDINAL_NOUN.match(self.lower))
        return bool(_LETTERS.match(self.lower))

    @property
    def apart(self) -> bool:
        """Whether one of the lines is a paragraph of its own, whatever their lengths."""
        if self.upper[0] in "#|" or _CELLS.search(self.upper) or _CELLS.search(self.lower):
            return True
        if self._lists:
            return True
        return is_boilerplate(self.upper) or is_boilerplate(self.lower)

    @property
    def _lists(self) -> bool:
        """Whether the lower line is an item of a list, not a date or dash within a sentence."""
        if not _LISTED.match(self.lower):
            return False
        within = self.full and not self.ended and not _LISTED.match(self.upper)
        return not (within and _IN_SENTENCE.match(self.lower))

    @property
    def nearly_full(self) -> bool:
        """Whether the next word would have come close to the margin."""
        return self._reached > NEARLY

    @property
    def certainly_goes_on(self) -> bool:
        """Whether the lines are one whatever the widths of the lines around them."""
        if self.hyphenated or self.stops_in_short_form:
            return True
        return len(self.upper) >= NARROW and self.lower[0].islower() and not self.ended

    def goes_on(self, *, first: bool) -> bool:
        """Whether the lines are one, in text that was wrapped; the first line may be a headline."""
        if self.apart:
            return False
        if self.full or self.runs_on:
            return self.full or not self.ended or self._may_end_in_short_form
        if self.ended:
            return self._may_end_in_short_form
        return self.nearly_full and not first

    @property
    def _may_end_in_short_form(self) -> bool:
        """Whether the full stop may be that of an ordinal or abbreviation."""
        found = _SHORT_END.search(self.upper) if len(self.upper) >= ROOMY * self.width else None
        return bool(found and (not found[1] or found[1].casefold() in _SHORT_FORMS))


@lru_cache(maxsize=1024)  # a break is looked at several times
def _is_one_sentence(upper: str, lower: str) -> bool:
    """Whether a full stop is that of an abbreviation, by the splitter of sentences.

    Only words that end no sentence count, because a wrong join costs more than one that is missed.
    """
    last, first = _LAST_WORD.search(upper), _WORD.match(lower)
    if (last and last[1].casefold() in _WORDS_OF_EITHER) or (first and first[0] in _BEGINNINGS):
        return False
    if not lower[0].isalnum():
        return False
    if lower[0].islower():  # the splitter would take that for one sentence behind any word
        if _DOTTED.search(upper):
            return True
        lower = lower[0].upper() + lower[1:]
    # the splitter leaves a quotation, bracket or item of a list whole, which may hold several sentences
    upper, lower = (_ENCLOSING.sub("", line).lstrip(f"{LIST_MARKS} ") for line in (upper, lower))
    text = f"{upper} {lower}"
    return any(
        not any(len(upper) - 1 <= span.end <= len(upper) + 1 for span in sentences(text, language))
        for language in ("de", "en")
    )


class Forms:
    """The words and language of a text, to learn whether a hyphen at a line end belongs to its word."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def is_english(self) -> bool:
        return language_of(self._text) == "en"

    @cached_property  # few texts are wrapped
    def _found(self) -> frozenset[str]:
        return frozenset(_FORM.findall(self._text))

    def has(self, word: str) -> bool:
        return word in self._found


def opened(upper: str, lower: str, forms: Forms) -> str:
    """A line as `lower` is to be put behind it: with a space, or without its hyphen."""
    if upper.endswith("\u00ad"):
        return upper[:-1]
    head, word = _HYPHEN.search(upper[-MAX_WORD:]), _WORD.match(lower)
    if head and word:
        if word[0] in CONJUNCTIONS:
            return f"{upper} "
        if not word[0][0].islower() or head[1].isupper():  # "Baden-Württemberg", "SPD-geführt", "E-mail"
            return upper
        if len(head[1]) == 1 or (forms.is_english and _is_english_compound(head[1], word[0])):
            return upper
        kept = forms.has(f"{head[1]}-{word[0]}") and not forms.has(f"{head[1]}{word[0]}")
        return upper if kept else upper[:-1]
    if _HYPHENATED_NUMBER.search(upper[-2:]) and lower[:1].isalnum():
        return upper
    return f"{upper} "


def _is_english_compound(head: str, word: str) -> bool:
    return head.casefold() in _ENGLISH_HEADS or bool(_ENGLISH_COMPOUND.fullmatch(f"{head}-{word}"))
