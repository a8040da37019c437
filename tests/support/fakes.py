"""A small corpus with a backend and a bot that need no model, for the tests of the page."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence

from qa.answering.checked_sentences import Client
from qa.answering.phrasing import Event, phrase
from qa.answering.summary import SummaryEvent, summarise
from qa.errors import BrokenIndex, CorpusError, ShrunkCorpus, StoreError, Unreachable
from qa.llm.deadlines import Stop
from qa.service.base import ALL, Served
from qa.types import (
    Added,
    Answer,
    Article,
    ArticleSummary,
    BuildReport,
    Citation,
    Explanation,
    Filter,
    Hit,
    Listed,
    Mode,
    Part,
    Passage,
    Pending,
    Progress,
    Removed,
    Skipped,
    Turn,
)

_YEAR = (
    "Im {n}. Jahr nach der Gründung fuhr die Reederei mit zwei Schiffen und beförderte mehr als {n}00.000 "
    "Menschen zwischen den Häfen, wie aus dem Bericht des Unternehmens hervorgeht."
)
FERRY = "\n\n".join(
    [
        "Neue Fähre verbindet Inseln",
        "Die Reederei Nordlicht hat am Montag eine neue Fähre in Dienst gestellt. Das Schiff fasst 412 "
        "Fahrgäste und 60 Fahrzeuge. Es verbindet die Inseln Amrum und Föhr viermal täglich mit dem "
        "Festland.",
        "Der Bau hat nach Angaben der Reederei 38,5 Millionen Euro gekostet. Ein Teil davon kam vom Land. "
        "Bürgermeisterin Wiebke Hansen sprach von einem guten Tag für die Inseln.",
        "Kritik kam von Fischern. Sie fürchten, dass das Schiff ihre Netze beschädigt. Die Reederei will "
        "darüber mit ihnen reden. Ein Gespräch ist für den 14. März angesetzt.",
        *(_YEAR.format(n=n) for n in range(2, 9)),
        "Die neue Fähre heißt Seestern.",
    ]
)
LIBRARY = (
    "Die Stadtbibliothek öffnet künftig auch am Sonntag. Das Schiff der Bücherei, ein umgebauter Kahn, "
    "bleibt im Winter geschlossen. Die Ausleihe kostet weiterhin nichts. "
    "Am 3. Mai 2025 beginnt der Umbau des Lesesaals."
)
HOSTILE = (
    '<script>window.broken=1</script><img src=x onerror="window.broken=2"> ${window.broken=3} {{window}} '
    "![Bild](https://example.org/pixel) [Link](javascript:alert) Das Seeungeheuer wurde gesichtet. "
    "<style>body{display:none}</style> " + "Donaudampfschifffahrtsgesellschaft" * 12
)

ARTICLES = (
    Article(
        article_id="faehre.md",
        title="Neue Fähre verbindet Inseln",
        text=FERRY,
        source="Küstenbote",
        url="https://example.org/faehre",
        date="2024-11-05",
        language="de",
    ),
    Article(
        article_id="bibliothek.txt",
        title="Bibliothek öffnet am Sonntag",
        text=LIBRARY,
        source="Stadtanzeiger",
        date="2024-10-24",
        language="de",
    ),
    Article(
        article_id='x"><b>.txt',
        title="<b>Ungeheuer</b> [gesehen](https://example.org)",
        text=HOSTILE,
        source="<i>Bote</i>",
        url="javascript:alert(1)",
        language="de",
    ),
)
ADDED = Article("neu.txt", "Leuchtturm wird gestrichen", "Der Leuchtturm wird im Mai rot gestrichen.")

_SENTENCE = re.compile(r"\S[^\n]*?(?<!\d)[.!?](?=\s|$)")


class FakeIndex:
    """Articles in memory."""

    def __init__(self, generation: str, articles: Sequence[Article]) -> None:
        self.generation = generation
        self._articles = {article.article_id: article for article in articles}

    def article(self, article_id: str) -> Article:
        if article_id not in self._articles:
            raise CorpusError(f"The index has no article {article_id!r}.")
        return self._articles[article_id]

    def articles(self) -> list[ArticleSummary]:
        return [
            ArticleSummary(a.article_id, a.title, a.source, a.url, a.date, a.language, 1 + len(a.text) // 700)
            for a in self._articles.values()
        ]

    def find_articles(
        self, query: str = "", *, offset: int = 0, limit: int = 50
    ) -> tuple[list[ArticleSummary], int]:
        wanted = query.casefold().split()
        found = [
            a
            for a in self.articles()
            if all(
                w in f"{a.title} {a.source} {a.date} {a.language} {a.article_id}".casefold() for w in wanted
            )
        ]
        return found[offset : offset + limit], len(found)

    def sources(self) -> list[tuple[str, int]]:
        return [(a.source, 1) for a in self.articles() if a.source]

    def search(self, query: str, *, k: int, mode: Mode, where: Filter) -> list[Hit]:
        """The beginnings of the articles that hold the longest word of the query; `mode` is for the model."""
        word = _longest(query)
        found = [
            Passage(article.article_id, 0, 0, len(article.text[:700]), article.text[:700])
            for article in self.seen(where)
            if word in article.text.casefold()
        ]
        return [Hit(passage, rank, 1 / rank) for rank, passage in enumerate(found[:k], start=1)]

    def seen(self, where: Filter) -> list[Article]:
        """The articles that a filter allows."""
        return [
            a
            for a in self._articles.values()
            if where.article_id in ("", a.article_id)
            and where.source.casefold() in ("", a.source.casefold())
            and (not (where.since or where.until) or bool(a.date))
            and where.since <= (a.date or "9") <= (where.until or "9")
        ]


def _longest(question: str) -> str:
    return max(re.findall(r"\w+", question), key=len, default="").casefold()


class FakeBot:
    """Quotes the first sentences that hold the longest word of the question; keeps the history.

    "Wie viele" is answered by the first number of each quote; a year that no quote holds is missing.
    """

    def __init__(self, index: FakeIndex) -> None:
        self._index = index
        self.history: Sequence[Turn] = ()

    def phrase(self, answer: Answer, client: Client, stop: Stop | None = None) -> Iterator[Event]:
        return phrase(answer, client, self._index.article, stop)

    def summarise(
        self, article_ids: Sequence[str], client: Client, stop: Stop | None = None
    ) -> Iterator[SummaryEvent]:
        return summarise([self._index.article(one) for one in article_ids], client, stop)

    def ask(self, question: str, *, history: Sequence[Turn] = (), where: Filter = ALL) -> Answer:
        self.history = history
        if where.article_id:
            self._index.article(where.article_id)
        if "Absturz" in question:
            raise RuntimeError("a defect")
        word = _longest(question)
        found = [
            (article, match.span())
            for article in self._index.seen(where)
            for match in _SENTENCE.finditer(article.text)
            if word in match[0].casefold()
        ][:3]
        quotes = " ".join(article.text[start:end] for article, (start, end) in found)
        missing = tuple(year for year in re.findall(r"\b(?:19|20)\d\d\b", question) if year not in quotes)
        if not found:
            article = self._index.article("faehre.md")
            passage = Passage(article.article_id, 0, 29, 101, article.text[29:101])
            text = "Dazu steht nichts in den Artikeln."
            return Answer(question, "no_answer", text, 0.08, hits=(Hit(passage, 1, 0.3),), missing=missing)
        citations = tuple(
            Citation(
                n,
                a.article_id,
                a.title,
                a.source,
                a.date,
                a.url,
                start,
                end,
                a.text[start:end],
                0.9 - n / 10,
                None,
                *_number(a.text, start, end, question),
            )
            for n, (a, (start, end)) in enumerate(found, start=1)
        )
        text = " ".join(f"{c.quote} [{c.label}]" for c in citations)
        why = Explanation((word,), (), (), (Part("words", 1.2), Part("base", 1.4)))
        return Answer(question, "answered", text, 0.93, citations, explanation=why, missing=missing)


def _number(text: str, start: int, end: int, question: str) -> tuple[int, int]:
    """The answer span of a sentence, if the question asks for a number."""
    found = re.compile(r"\d+").search(text, start, end)
    return found.span() if found and "wie viele" in question.casefold() else (-1, -1)


class FakeBackend:
    """Generations in memory; `fails`, `shrunk` and `broken` make a build or an opening go wrong."""

    def __init__(self, *, generations: int = 1, step: float = 0.0) -> None:
        self.newest = self.built = generations  # the one that is served, and how many there are
        self.step = step  # seconds a step of a build takes
        self.fails = False
        self.broken = False
        self.shrunk = False
        self.opened = 0
        self.held = threading.Event()  # while it is cleared, a build stands still half way
        self.held.set()
        self.state = "as built"  # of the corpus
        self.files: dict[str, bytes] = {a.article_id: a.text.encode() for a in ARTICLES}
        self.bin: dict[str, tuple[str, bytes]] = {}
        self.indexed = set(self.files)  # files that the newest generation was built of

    def generation(self) -> str:
        return f"g{self.newest}" if self.newest else ""

    def open(self) -> Served:
        self.opened += 1
        if self.broken:
            raise BrokenIndex("The index is damaged. Run `qa build --fresh`.")
        articles = ARTICLES if self.newest < 2 else (*ARTICLES, ADDED)
        index = FakeIndex(self.generation(), articles)
        return Served(index, FakeBot(index))

    def build(self, on_progress: Callable[[Progress], None], *, force: bool = False) -> BuildReport:
        if self.shrunk and not force:
            raise ShrunkCorpus(4, 5, 1)
        for stage, total in (("read", 5), ("embed", 40), ("write", 1)):
            for done in range(total):
                on_progress(Progress(stage, done + 1, total))  # type: ignore[arg-type]
                time.sleep(self.step)
                if (stage, done + 1) == ("embed", total // 2):
                    assert self.held.wait(300)
        if self.fails:
            raise StoreError("The folder vectors cannot be written; name another with --vectors.")
        self.newest = self.built = max(self.newest, self.built) + 1
        self.indexed = set(self.files)
        skipped = (Skipped("leer<b>.txt", "The file is empty."),)
        return BuildReport(self.generation(), 4, 40, 12, 28, skipped, 1.25, "fake")

    def corpus_state(self) -> str:
        return self.state

    def generations(self) -> list[Listed]:
        return [
            Listed(f"g{n}", f"2024-11-{n:02}T12:30:00+00:00", "fake", 3, 30, 1_500_000, n == self.newest)
            for n in range(max(self.newest, self.built), 0, -1)
        ]

    def switch(self, generation: str) -> None:
        if generation not in [listed.generation for listed in self.generations()]:
            raise StoreError("This version no longer exists or is damaged. Choose another one.")
        self.newest = int(generation[1:])

    def add(self, name: str, data: bytes) -> Added:
        if not name.endswith(".txt"):
            raise CorpusError("This file type is not supported. Save the article as one of .txt.")
        if name in self.files:
            raise CorpusError("The file has already been added. There is nothing to do.")
        self.files[name] = data
        return Added(name, 1)

    def remove(self, article_id: str) -> Removed:
        if article_id not in self.files:
            raise CorpusError(
                f"There is no file {article_id}. It may have been removed or renamed; reload the page."
            )
        token = f"t{len(self.bin)}"
        self.bin[token] = article_id, self.files.pop(article_id)
        return self._removed(token)

    def remove_all(self, article_ids: Sequence[str]) -> tuple[list[Removed], list[Skipped]]:
        done: list[Removed] = []
        refused: list[Skipped] = []
        for article_id in article_ids:
            try:
                done.append(self.remove(article_id))
            except CorpusError as error:
                refused.append(Skipped(article_id, str(error)))
        return done, refused

    def pending(self, article_ids: Sequence[str]) -> Pending:
        added = tuple(sorted(set(self.files) - self.indexed))
        return Pending(added, frozenset(), frozenset(self.indexed & set(article_ids) - set(self.files)))

    def _removed(self, token: str) -> Removed:
        return Removed(token, self.bin[token][0], "2024-11-05T12:30:00+00:00")

    def removed(self) -> list[Removed]:
        return [self._removed(token) for token in reversed(self.bin)]

    def restore(self, token: str) -> Removed:
        if token not in self.bin:
            raise CorpusError(
                "This file is not among the removed ones. It may have been restored already; reload the page."
            )
        found = self._removed(token)
        self.files[found.path] = self.bin.pop(token)[1]
        return found


class Remote(FakeBackend):
    """A backend on another machine, which does not answer `silent` times."""

    silent = 0

    def generation(self) -> str:
        if self.silent > 0:
            self.silent -= 1
            raise Unreachable("The database of the index does not answer.")
        return super().generation()
