"""Windows that do not answer: passages that look alike, and questions or passages with one thing changed."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from benchmarks.reader.data import SEED, PassageText, Prepared, QuestionText, Window, overlapping
from benchmarks.reader.project import Span

NEIGHBOURS = 4  # passages kept for each question
CHUNK = 512  # questions compared at once
CHANGED_PASSAGES = 0.25  # of the questions with something to change
ECHOES = 0.05  # of the answered questions
_UNSPACED = frozenset({"ja", "zh", "th"})
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_WORD = re.compile(r"(?<![\w-])[^\W\d_]{4,}(?![\w-])|[ァ-ヴ][ァ-ヴー]{2,}")


def add_neighbours(prepared: Prepared) -> None:
    """Add for each question the passages most like it that lack its answer, by TF-IDF.

    Passages of the question's own fold only, so nothing held out is trained on.
    """
    for fold in sorted({passage.fold for passage in prepared.passages}):
        passages = [n for n, passage in enumerate(prepared.passages) if passage.fold == fold]
        asked = [
            w for w in prepared.windows if w.source == "answer" and prepared.passages[w.passage].fold == fold
        ]
        if asked and len(passages) > 1:
            prepared.windows += list(_neighbours(prepared, passages, asked))


def _neighbours(prepared: Prepared, passages: Sequence[int], asked: Sequence[Window]) -> Iterator[Window]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    unspaced = prepared.passages[passages[0]].language in _UNSPACED
    vectorizer = TfidfVectorizer(
        analyzer="char" if unspaced else "word",
        ngram_range=(2, 3) if unspaced else (1, 1),
        sublinear_tf=True,
        dtype=np.float32,
    )
    documents = vectorizer.fit_transform(prepared.passages[n].text for n in passages).T.tocsr()
    folded = [prepared.passages[n].text.casefold() for n in passages]
    for begin in range(0, len(asked), CHUNK):
        some = asked[begin : begin + CHUNK]
        wordings = (prepared.questions[w.question].text for w in some)
        scores = (vectorizer.transform(wordings) @ documents).toarray()
        for window, row in zip(some, scores, strict=True):
            answer = prepared.questions[window.question].answer.casefold()
            best = np.argsort(-row, kind="stable")[: 10 * NEIGHBOURS]
            like = [n for n in best.tolist() if passages[n] != window.passage and answer not in folded[n]]
            for n in like[:NEIGHBOURS]:
                yield Window(window.question, passages[n], "neighbour")


def add_changed(prepared: Prepared) -> None:
    """Add windows that no longer answer because one thing was changed, and echoes of the question."""
    rng = random.Random(f"{SEED}/{prepared.name}")  # noqa: S311
    names = sorted({name for question in prepared.questions for name in inner_names(question.text)})
    for window in [w for w in prepared.windows if w.source == "answer"]:
        question, passage = prepared.questions[window.question], prepared.passages[window.passage]
        if rng.random() < ECHOES:
            _add(prepared, window, "echo", question, echoed(question.text, passage))
        shared = shared_things(question, passage)
        if not shared:
            continue
        old = rng.choice(shared)
        new = other_thing(old, names, question.text + "\n" + passage.text, rng)
        if new is None:
            continue
        changed = replace(question, key=f"{question.key}/changed", text=replaced(question.text, old, new))
        prepared.questions.append(changed)
        prepared.windows.append(Window(len(prepared.questions) - 1, window.passage, "changed question"))
        if rng.random() < CHANGED_PASSAGES:
            _add(prepared, window, "changed passage", question, changed_passage(passage, old, new))


def _add(
    prepared: Prepared, window: Window, source: str, question: QuestionText, passage: PassageText
) -> None:
    prepared.passages.append(passage)
    at = len(prepared.passages) - 1
    if source == "changed passage":
        prepared.windows.append(Window(window.question, at, "changed passage"))
    elif window.span is not None:
        added = len(passage.text) - len(prepared.passages[window.passage].text)
        span = Span(window.span.start + added, window.span.end + added)
        gold = overlapping(passage.sentences, span)
        prepared.windows.append(Window(window.question, at, "echo", gold, span))


def inner_names(text: str) -> list[str]:
    """Names of a text by their form: capitalised words but for the first (in German nouns too), katakana."""
    found = [match[0] for match in _WORD.finditer(text) if match.start() > 0]
    return [word for word in found if word[0].isupper() or "ァ" <= word[0] <= "ヴ"]


def things(text: str) -> list[str]:
    """Numbers and names of a text."""
    found = [match[0] for match in _NUMBER.finditer(text)] + inner_names(text)
    return list(dict.fromkeys(found))


def shared_things(question: QuestionText, passage: PassageText) -> list[str]:
    """Numbers and names of the question that its passage names too, and the answer does not."""
    answer = question.answer.casefold()
    return [
        thing
        for thing in things(question.text)
        if _whole(thing).search(passage.text)
        and thing.casefold() not in answer
        and answer not in thing.casefold()
    ]


def other_thing(old: str, names: Sequence[str], avoid: str, rng: random.Random) -> str | None:
    """Another number of the same length or another name that `avoid` does not hold; None if none is found."""
    for _ in range(10):
        new = _other_number(old, rng) if old[0].isdigit() else rng.choice(names)
        if new.casefold() not in avoid.casefold() and old.casefold() not in new.casefold():
            return new
    return None


def _other_number(old: str, rng: random.Random) -> str:
    """A year becomes one within twenty years; of another number the digits change."""
    if len(old) == 4 and old.isdecimal() and old[:2] in ("17", "18", "19", "20"):
        return str(int(old) + rng.choice([d for d in range(-20, 21) if d]))
    digits = [rng.choice("123456789") if n == 0 else rng.choice("0123456789") for n in range(len(old))]
    return "".join(new if was.isdigit() else was for was, new in zip(old, digits, strict=True))


def replaced(text: str, old: str, new: str) -> str:
    """The text with every occurrence of `old` as a whole word replaced."""
    return _whole(old).sub(lambda _: new, text)


def changed_passage(passage: PassageText, old: str, new: str) -> PassageText:
    """The passage with one thing changed wherever it occurs; its sentences keep their bounds."""
    places = [match.start() for match in _whole(old).finditer(passage.text)]
    grown = len(new) - len(old)

    def moved(position: int) -> int:
        return position + grown * sum(place < position for place in places)

    spans = tuple(Span(moved(start), moved(end)) for start, end in passage.sentences)
    return replace(passage, text=replaced(passage.text, old, new), sentences=spans)


def echoed(question: str, passage: PassageText) -> PassageText:
    """The passage with the question before its first sentence, as an interviewer puts it."""
    put = f"{question} "
    spans = (Span(0, len(question)), *(Span(s + len(put), e + len(put)) for s, e in passage.sentences))
    return replace(passage, text=put + passage.text, sentences=spans)


def _whole(thing: str) -> re.Pattern[str]:
    """Finds the thing where it is no part of a longer number or word; katakana needs no such bounds."""
    if thing[0].isdigit():
        return re.compile(rf"(?<!\d)(?<!\d[.,]){re.escape(thing)}(?![.,]?\d)")
    bounded = not "ァ" <= thing[0] <= "ヴ"
    return re.compile(rf"(?<![^\W_]){re.escape(thing)}(?![^\W_])" if bounded else re.escape(thing))
