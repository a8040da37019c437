"""Question sets with answer spans, made into passages, questions and windows.

The project's own splitter and segmenter cut the contexts, so a reader is trained on what an index
holds. A window is a question and one passage, with the sentences and the span that answer, or none.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from benchmarks.reader.project import Article, Span, sentences, split, title_above, title_of, whole_file

SEED = 7
FORMAT = 1  # raise it whenever the same data would be prepared in another way
HELD_QUESTIONS = 200  # of each set, about, by whole articles
HELD_SHARE = 0.1  # of a set's questions at most
FOLDS = 3  # of XQuAD's articles
LANGUAGES = ("de", "en", "ar", "el", "es", "hi", "ro", "ru", "th", "tr", "vi", "zh")  # of XQuAD
# Sets whose titles name an article; the titles of the others say nothing.
TITLED = frozenset({"afriqa", "afriqa_fr", "heq", "jaquad", "squadshifts_wikipedia"})

Source = Literal["answer", "neighbour", "unanswerable", "changed question", "changed passage", "echo"]
AnswerKind = Literal["number", "year", "name", "other"]
ANSWER_KINDS: tuple[AnswerKind, ...] = ("number", "year", "name", "other")
_YEAR = re.compile(r"(?<!\d)(?:1[0-9]|20)\d\d(?!\d)")


@dataclass(frozen=True, slots=True)
class PassageText:
    """A passage as an index would hold it."""

    article: str
    language: str
    title: str  # above the passage where it is embedded, "" where it begins with it
    text: str
    sentences: tuple[Span, ...]
    fold: int  # -1: of the articles that are always trained on


@dataclass(frozen=True, slots=True)
class QuestionText:
    """A question in one language; translations share a `key`."""

    key: str
    article: str
    language: str
    text: str
    answer: str  # "" where there is none
    kind: AnswerKind
    fold: int


@dataclass(frozen=True, slots=True)
class Window:
    """A question and a passage, by their numbers, and what of the passage answers."""

    question: int
    passage: int
    source: Source
    gold: tuple[int, ...] = ()  # numbers of the sentences that answer
    span: Span | None = None  # characters of the passage that answer


@dataclass(slots=True)
class Prepared:
    """One set of questions, ready for training."""

    name: str
    passages: list[PassageText] = field(default_factory=list)
    questions: list[QuestionText] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Context:
    """A text with questions on it, as the sets have them."""

    article: str
    title: str
    language: str
    text: str
    asked: tuple[tuple[str, str, str, int], ...]  # key, question, answer, start (-1: none)
    fold: int


def read_set(path: Path) -> list[Context]:
    """The contexts of a file of ../data/reader (JSON lines)."""
    found = []
    for number, line in enumerate(path.read_text("utf-8").splitlines()):
        row = json.loads(line)
        given = row["title"] or ""
        title = given.replace("_", " ") if path.stem in TITLED else ""
        article = given if given and path.stem != "squadshifts_reddit" else _digest(row["context"])
        asked = tuple(
            (f"{path.stem}/{number}/{n}", q["question"], q["answer"], int(q["start"]))
            for n, q in enumerate(row["questions"])
        )
        found.append(Context(article, title, row["language"], row["context"], asked, -1))
    return _held_out(found)


def _held_out(contexts: Sequence[Context]) -> list[Context]:
    """The same contexts; some articles with about HELD_QUESTIONS questions are fold 0."""
    sizes: dict[str, int] = {}
    for context in contexts:
        sizes[context.article] = sizes.get(context.article, 0) + len(context.asked)
    articles = sorted(sizes)
    random.Random(SEED).shuffle(articles)  # noqa: S311
    wanted = min(HELD_QUESTIONS, HELD_SHARE * sum(sizes.values()))
    held: set[str] = set()
    for article in articles:
        if sum(sizes[one] for one in held) >= wanted:
            break
        held.add(article)
    return [replace(context, fold=0) if context.article in held else context for context in contexts]


def read_xquad(folder: Path, language: str) -> list[Context]:
    """XQuAD's dev articles in one language; every article belongs to one of FOLDS folds."""
    articles = json.loads((folder / f"xquad.{language}.dev.json").read_text("utf-8"))["data"]
    fold = xquad_folds(len(articles))
    return [
        Context(
            f"xquad/{a}",
            "",
            language,
            paragraph["context"],
            tuple(
                (
                    f"xquad/{q['id']}",
                    q["question"],
                    q["answers"][0]["text"],
                    int(q["answers"][0]["answer_start"]),
                )
                for q in paragraph["qas"]
            ),
            fold[a],
        )
        for a, article in enumerate(articles)
        for paragraph in article["paragraphs"]
    ]


def xquad_folds(articles: int) -> list[int]:
    """The fold of each of XQuAD's articles, by their order in the file."""
    order = list(range(articles))
    random.Random(SEED).shuffle(order)  # noqa: S311
    fold = [0] * articles
    for place, article in enumerate(order):
        fold[article] = place % FOLDS
    return fold


def prepare(name: str, contexts: Sequence[Context]) -> Prepared:
    """Passages and questions of the contexts, and the windows whose passage holds the answer.

    A question whose answer lies in two passages, or in no sentence, is left out.
    """
    done = Prepared(name)
    for context in contexts:
        text = unicodedata.normalize("NFC", context.text)
        title = context.title or title_of(text, context.language)
        first = len(done.passages)
        parts = split(Article("", title, text, language=context.language))
        done.passages += [
            PassageText(
                context.article,
                context.language,
                title_above(title, part),
                part.text,
                sentences(part.text, context.language),
                context.fold,
            )
            for part in parts
        ]
        bounds = [Span(part.start, part.end) for part in parts]
        for key, wording, given, at in context.asked:
            answer = unicodedata.normalize("NFC", given)
            start = len(unicodedata.normalize("NFC", context.text[:at])) if at >= 0 else -1
            question = QuestionText(
                key, context.article, context.language, wording, answer, answer_kind(answer), context.fold
            )
            if not answer:
                window = Window(len(done.questions), first, "unanswerable") if parts else None
            elif text[start : start + len(answer)] == answer:
                window = _answered(
                    Span(start, start + len(answer)), bounds, done.passages, first, len(done.questions)
                )
            else:
                window = None
            if window is not None:
                done.questions.append(question)
                done.windows.append(window)
    return done


def _answered(
    answer: Span, bounds: Sequence[Span], passages: Sequence[PassageText], first: int, question: int
) -> Window | None:
    """The window of the passage that holds the whole answer."""
    for number, (start, end) in enumerate(bounds):
        if start <= answer.start and answer.end <= end:
            span = Span(answer.start - start, answer.end - start)
            gold = overlapping(passages[first + number].sentences, span)
            return Window(question, first + number, "answer", gold, span) if gold else None
    return None


def overlapping(spans: Sequence[Span], span: Span) -> tuple[int, ...]:
    """Numbers of the spans that share a character with `span`."""
    return tuple(n for n, (start, end) in enumerate(spans) if start < span.end and span.start < end)


def answer_kind(answer: str) -> AnswerKind:
    """What the answer is, by its form alone: the auxiliary target."""
    if _YEAR.search(answer):
        return "year"
    if any(c.isdigit() for c in answer):
        return "number"
    words = answer.split()
    if words and len(words) <= 4 and all(word[:1].isupper() for word in (words[0], words[-1])):
        return "name"
    return "other"


def write(prepared: Prepared, path: Path) -> None:
    """Write the set as one JSON file, whole or not at all."""
    fields = {"format": FORMAT, **asdict(prepared)}
    with whole_file(path) as draft:
        draft.write_text(json.dumps(fields, ensure_ascii=False), encoding="utf-8")


def load(path: Path) -> Prepared:
    """What `write` wrote. Raises ValueError where another format was written."""
    fields = json.loads(path.read_text("utf-8"))
    if fields["format"] != FORMAT:
        raise ValueError(f"{path} was prepared in another way; run benchmarks.reader.prepare again.")
    return Prepared(
        fields["name"],
        [PassageText(**{**row, "sentences": _spans(row["sentences"])}) for row in fields["passages"]],
        [QuestionText(**row) for row in fields["questions"]],
        [_window(row) for row in fields["windows"]],
    )


def _window(row: dict[str, Any]) -> Window:
    span = Span(*row["span"]) if row["span"] else None
    return Window(row["question"], row["passage"], row["source"], tuple(row["gold"]), span)


def _spans(rows: Sequence[Sequence[int]]) -> tuple[Span, ...]:
    return tuple(Span(start, end) for start, end in rows)


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def sets(data: Path) -> Iterator[tuple[str, list[Context]]]:
    """Name and contexts of every set below the data folder, the small ones for news first."""
    for language in LANGUAGES:
        yield f"xquad_{language}", read_xquad(data / "xquad-dev", language)
    for path in sorted((data / "reader").glob("*.jsonl"), key=lambda path: path.stat().st_size):
        yield path.stem, read_set(path)
