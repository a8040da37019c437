"""What is asked, out of what was typed: without greeting, request, prompt and background.

"Ich schreibe über Altmoor. Können Sie mir sagen, wer dort regiert?" asks "Wer dort regiert?", and "dort"
leans on "Altmoor". Decided by forms alone, German and English; no index and no model. A bare question is
left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.answering import wording_forms as forms
from qa.answering.joined_questions import MOST_QUESTIONS, parted
from qa.answering.leaning import content_words, language_of, leans
from qa.text import tokens
from qa.text.characters import QUOTES
from qa.text.sentences import sentences
from qa.text.tokens import Word

MAX_TYPED = 4_000  # characters; a longer text is no question that people type, and is left as it is
MOST_WORDS = 6  # added from the background; more would outweigh the question itself
MAX_SENTENCE = 600  # characters of a sentence in which forms are looked for
_LAYERS = 6  # forms around a question, one inside the other
_MARKS = " \t\n" + QUOTES + "’')]}*_"
_QUOTED = re.compile(rf"[{QUOTES}']([^{QUOTES}]+)[{QUOTES}']\s?")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a text."""

    question: str  # bare
    background: tuple[str, ...] = ()  # words of the sentences around it that it leans on

    @property
    def text(self) -> str:
        """The question with the words that complete it."""
        return " ".join((self.question, *self.background))


def asked(typed: str) -> tuple[Asked, ...]:
    """The questions of a text in their order, at least one: the text itself if nothing can be taken off."""
    if len(typed) > MAX_TYPED:
        return (Asked(typed),)
    pieces = list(_pieces(typed))
    at = [number for number, piece in enumerate(pieces) if _is_question(piece)]
    if not at:
        at = [number for number, piece in enumerate(pieces) if forms.ASKING.match(bare(piece))]
    if not at:
        pieces = [_indirect(piece) or piece for piece in pieces]
        at = [number for number, piece in enumerate(pieces) if _is_question(piece)]
    if not at:
        whole = bare(typed.strip())
        return (Asked(typed if whole == typed.strip() else whole),)
    around = [piece for number, piece in enumerate(pieces) if number not in at and not _is_prompt(piece)]
    before = [piece for number, piece in enumerate(pieces) if number < at[0] and piece in around]
    around = [*(piece for piece in around if piece not in before), *before]  # the nearest comes last
    apart = [parted(bare(pieces[number])) for number in at]
    questions = [question for several in apart for question in several]
    subject = forms.SUBJECT.match(pieces[at[0]])
    if subject:
        around.append(subject[1])
    if questions == [typed.strip()]:
        return (Asked(typed),)
    found = [Asked(questions[0], _background(questions[0], around))]
    joined = {question for several in apart for question in several[1:]}
    for question in questions[1:MOST_QUESTIONS]:
        leaning = leans(question) or (question in joined and not _names(question))
        found.append(Asked(question, _subject(found[-1].text, question) if leaning else ()))
    return tuple(found)


def plain(typed: str) -> str:
    """A text as one line of its questions, as an earlier turn of a conversation is read."""
    return " ".join(question.text for question in asked(typed))


def bare(sentence: str) -> str:
    """A question without the forms around it; the sentence itself where it has none."""
    rest = sentence
    if len(sentence) > MAX_SENTENCE:
        return sentence
    for _ in range(_LAYERS):
        shorter = _without_ending(_without_opening(rest))
        if shorter == rest or not _says_something(shorter):
            break
        rest = shorter
    if rest == sentence:
        return sentence
    rest = rest.strip()
    if forms.ASKING.match(rest) or re.match(r"(?:ob|if|whether)\b", rest, re.IGNORECASE):
        rest = rest.rstrip(" .!?…") + "?"
    else:
        rest = rest.rstrip(" .!")
    return rest[:1].upper() + rest[1:]


def _without_opening(text: str) -> str:
    """The text without one form at its beginning."""
    if (quoted := _QUOTED.fullmatch(text)) and _is_question(quoted[1]):
        return quoted[1].strip()
    if (match := forms.INSTRUCTION.match(text)) and not forms.ASKING.match(text):
        return text[match.end() :]
    if match := forms.SUBJECT.match(text):
        return text[match.end() :]
    for form in (*forms.OPENINGS, *forms.REQUESTS):
        if match := form.match(text):
            return text[match.end() :]
    if (match := forms.FRAME.match(text)) and _is_empty(match[0]) and not forms.ASKING.match(text):
        return text[match.end() :]
    for form in forms.NOUN_REQUESTS:
        if match := form.match(text):
            return match[1]
    return text


def _is_empty(frame: str) -> bool:
    """Whether the words before a clause name nothing that the question could be about."""
    return not _names(frame) and not any(map(str.isdigit, frame))


def _without_ending(text: str) -> str:
    """The text without one form at its end; only a question, or a request, has any."""
    for form in forms.ENDINGS:
        if match := form.search(text):
            return text[: match.start()] + text[match.end() :]
    if text != text.lower() and text.rstrip(_MARKS).endswith("?"):
        return forms.INNER_BITTE.sub("", text)
    return text


def _says_something(text: str) -> bool:
    return any(True for _ in tokens.words(text))


def _pieces(typed: str) -> Iterator[str]:
    """The sentences of a text; a line and a question mark end one, too."""
    for line in typed.split("\n"):
        for start, end in sentences(line, language_of(typed)):
            for piece in re.split(r"(?<=\?)\s+", line[start:end]):
                yield from (part.strip() for part in _led(piece) if _says_something(part))


def _led(piece: str) -> list[str]:
    """A question apart from what leads to it: "Was mir noch fehlt: Womit …?"."""
    if len(piece) > MAX_SENTENCE or _unopened(piece) != piece or forms.SUBJECT.match(piece):
        return [piece]
    found = forms.LEADS.fullmatch(piece)
    if not found:
        return [piece]
    question = found["question"]
    return [piece[: found.start("question")].rstrip(" :–—"), question[:1].upper() + question[1:]]


def _indirect(piece: str) -> str:
    """What somebody wants to know, as a question: "Sie soll erklären, worauf …"; "" where nobody does."""
    found = forms.INDIRECT.fullmatch(piece.rstrip(" .!…")) if len(piece) <= MAX_SENTENCE else None
    return f"{found['clause'][:1].upper()}{found['clause'][1:]}?" if found else ""


def _is_question(piece: str) -> bool:
    if forms.FOR_HELP.fullmatch(piece):
        return False
    if piece.rstrip(_MARKS).endswith(("?", "?!", "?.", "??!")):
        return True
    if len(piece) > MAX_SENTENCE:
        return False
    return any(form.match(_unopened(piece)) for form in (*forms.REQUESTS, *forms.NOUN_REQUESTS))


def _unopened(piece: str) -> str:
    """A piece without greeting and the like, so that a request begins it."""
    for _ in range(_LAYERS):
        match = forms.INSTRUCTION.match(piece) or next(
            filter(None, (f.match(piece) for f in forms.OPENINGS)), None
        )
        if match is None or match.end() == len(piece):
            break
        piece = piece[match.end() :]
    return piece


def _is_prompt(piece: str) -> bool:
    """Whether a sentence only tells how to answer, or greets, or thanks."""
    return bool(forms.PROMPT.match(piece.lstrip('(["„“ ')) or forms.FOR_HELP.fullmatch(piece))


# -- what a question leans on


def _background(question: str, around: Sequence[str]) -> tuple[str, ...]:
    """Words of the nearest sentence that names something, if the question leans or names nothing itself."""
    leaning = leans(question)
    if not around or not (leaning or not _names(question)):
        return ()
    nearest = next((piece for piece in reversed(around) if _names(piece)), "")
    if not nearest and leaning:
        nearest = next((piece for piece in reversed(around) if _nouns(piece)), "")
    words = _nouns(nearest) if leaning else _names(nearest)
    known = {tokens.fold(word.text) for word in tokens.words(question)}
    added = dict.fromkeys(word.text for word in words if tokens.fold(word.text) not in known)
    return tuple(added)[:MOST_WORDS]


def _subject(earlier: str, question: str) -> tuple[str, ...]:
    """The words of the question before that one leans on."""
    known = {tokens.fold(word.text) for word in tokens.words(question)}
    words = content_words(earlier, language_of(earlier))
    return tuple(dict.fromkeys(w.text for w in words if tokens.fold(w.text) not in known))[:MOST_WORDS]


def _nouns(text: str) -> list[Word]:
    """The nouns of a text, names included; in English its names, or else its words of content."""
    language = language_of(text)
    content = [word for word in content_words(text, language) if _tells(word)]
    capital = [word for word in content if word.text[:1].isupper() and not _adverb_first(word)]
    return capital if capital and (language == "de" or _names(text)) else [] if language == "de" else content


def _names(text: str) -> list[Word]:
    """What are probably names: capitals behind another capital or a bare preposition, or before a verb."""
    words = list(tokens.words(text))
    content = {word.start for word in content_words(text, language_of(text))}
    english = language_of(text) == "en"
    found: list[Word] = []
    for number, word in enumerate(words):
        if word.start not in content or not word.text[:1].isupper() or not _tells(word):
            continue
        before = words[number - 1] if number else None
        adjacent = before is not None and not text[before.end : word.start].strip(" -")
        if before is None:
            following = words[number + 1].text if number + 1 < len(words) else ""
            named = not _adverb_first(word) and (len(words) == 1 or (bool(following) and not english))
        else:
            behind_name = before.text[:1].isupper() and number > 1
            named = english or (adjacent and (behind_name or tokens.fold(before.text) in forms.BEFORE_NAMES))
        if named:
            found.append(word)
    return found


def _tells(word: Word) -> bool:
    return tokens.fold(word.text) not in forms.GENERIC


def _adverb_first(word: Word) -> bool:
    return word.start == 0 and tokens.fold(word.text) in forms.ADVERBS
