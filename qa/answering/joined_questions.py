"""Questions that "und" joins: "Wer baut die Brücke und was kostet sie?" are two if each can stand alone."""

from __future__ import annotations

import re

from qa.answering import wording_forms as forms
from qa.answering.leaning import content_words, language_of
from qa.answering.leaning_words import CLAUSE, EMPTY, HELPING
from qa.text import tokens

MOST_QUESTIONS = 4  # asked one by one; each takes the time of a question
_AND = re.compile(rf",?\s(?:und|sowie|and)\s(?=(?:{forms.ASKS['de']}|{forms.ASKS['en']}))", re.IGNORECASE)
_RELATIVE = re.compile(rf"\b(?:{forms.INTERROGATIVES['en']}|that)\b", re.IGNORECASE)


def parted(question: str) -> list[str]:
    """The questions that "und" joins; the question alone unless each side can stand as a question."""
    cuts = list(_AND.finditer(question))
    if not 0 < len(cuts) < MOST_QUESTIONS:
        return [question]
    for chosen in (cuts, *([cut] for cut in cuts)):
        starts, ends = [0, *(cut.end() for cut in chosen)], [*(cut.start() for cut in chosen), len(question)]
        parts = [question[start:end] for start, end in zip(starts, ends, strict=True)]
        if all(map(_whole, parts)):
            parts = [part[:1].upper() + part[1:] for part in parts]
            return [*(f"{part}?" for part in parts[:-1]), parts[-1]]
    return [question]


def _whole(question: str) -> bool:
    """Whether a text has a question word and a verb, and no clause that what follows could belong to."""
    begins = forms.ASKING.match(question)
    if not begins or CLAUSE.search(question) or "," in question:
        return False
    if language_of(question) == "en":
        return _whole_in_english(question, begins.end())
    words = list(tokens.words(question[begins.end() :]))
    folded = [tokens.fold(word.text) for word in words]
    content = {word.start for word in content_words(question[begins.end() :], "de")}
    alone = tokens.fold(begins[0].split()[-1]) not in ("wie", "wessen") and not begins[0].lower().startswith(
        "welch"
    )
    for number, word in enumerate(words):
        if folded[number] in HELPING["de"] | (EMPTY["de"] - {"zahl", "grund", "ort"}) and len(words) > 1:
            return True
        following = words[number + 1].text if number + 1 < len(words) else ""
        is_verb = (alone and number == 0 and len(words) > 1) or (number > 0 and not following[:1].isupper())
        if is_verb and word.start in content and word.text == word.text.lower() and word.text.isalpha():
            return True
    return False


def _whole_in_english(question: str, begins: int) -> bool:
    rest = question[begins:]
    folded = [tokens.fold(word.text) for word in tokens.words(rest)]
    if len(folded) < 2 or _RELATIVE.search(rest):
        return False
    return question.lower().startswith("who ") or any(word in HELPING["en"] for word in folded[:4])
