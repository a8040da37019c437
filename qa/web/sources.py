"""The sources of an answer, and the references by which a click finds them again.

Articles are looked up through a function passed in. Knows neither the page nor the index.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from qa.errors import CorpusError
from qa.i18n.wording import long_date, words
from qa.text.addresses import web_address
from qa.types import Answer, Article, Citation, Span

MAX_LABEL = 99
NEAREST = 3  # passages shown with a refusal
MAX_SOURCES = 20  # sources taken from one message; an answer has one to three
# Characters of a cited span that comes back. A quote lies within a passage, which has 10,000 and one piece
# more at most (`qa.index.passages.MAX_OPEN`), in ordinary articles some 1,000.
MAX_QUOTE = 12_000
HASH_DIGITS = 8  # hexadecimal: 32 bits tell a changed sentence from the cited one

ArticleOf = Callable[[str], Article]  # raises CorpusError for an unknown article
_REF = re.compile(
    r"(?P<article>[A-Za-z0-9_-]{1,2000})\.(?P<start>[0-9]{1,9})-(?P<end>[0-9]{1,9})"
    r"\.(?P<percent>[0-9]{1,3})\.(?P<hash>[0-9a-f]{8})"
    r"(?:\.(?P<answer_start>[0-9]{1,9})-(?P<answer_end>[0-9]{1,9}))?"
)


def origin(article: Article, language: str) -> str:
    """Outlet and date, as far as known."""
    return " · ".join(_origin_parts(article, language))


def _origin_parts(article: Article, language: str) -> list[str]:
    return [part for part in (article.source, long_date(article.date, language)) if part]


@dataclass(frozen=True, slots=True)
class Source:
    """A passage of an article as shown on the page.

    `label` is the n of [n]; 0 marks a close passage of a refusal, which is not a citation. `start` and `end`
    are offsets in `article.text`, and so is `answer`, the part of the quote that answers; `stale` means that
    the article has changed since the answer, so that they no longer mark the cited sentence.
    """

    label: int
    article: Article
    start: int
    end: int
    score: float  # 0..1
    ref: str
    stale: bool = False
    answer: Span | None = None

    @property
    def quote(self) -> str:
        return self.article.text[self.start : self.end]

    @property
    def answer_in_quote(self) -> Span | None:
        """The answer span within the quote; None if there is none."""
        if self.answer is None or self.stale:
            return None
        return Span(self.answer.start - self.start, self.answer.end - self.start)

    def place_parts(self, language: str) -> list[str]:
        """Outlet, date and page number, as far as known."""
        page = None if self.stale else self.article.page(self.start)
        numbered = [words(language)["page"].format(page=page)] if page else []
        return [*_origin_parts(self.article, language), *numbered]

    def place(self, language: str) -> str:
        """The same on one line."""
        return " · ".join(self.place_parts(language))

    def reference(self, language: str) -> str:
        """Title, outlet, date, page and address, as they follow a quote that was copied."""
        article = self.article
        known = [article.title or article.article_id, *self.place_parts(language), web_address(article.url)]
        return ", ".join(part for part in known if part)

    def place_in_article(self, language: str) -> str:
        """The same with the file and the characters, as the place is named where a link would not do."""
        file = self.article.article_id if self.article.title else ""
        characters = words(language)["characters"].format(start=self.start, end=self.end)
        return ", ".join(part for part in (self.reference(language), file, characters) if part)


@dataclass(frozen=True, slots=True)
class Gone:
    """The place of a passage whose article the index does not have any more; the label is as in `Source`."""

    label: int
    article_id: str
    start: int
    end: int
    _hash: str

    def quoted(self, text: str) -> str:
        """`text` if it is what was cited, as far as the reference tells; else ""."""
        return text if len(text) <= MAX_QUOTE and _hash(text) == self._hash else ""


class NotLookedUp(CorpusError):
    """Nobody looked whether the index has an article."""


def sources_of(answer: Answer, article_of: ArticleOf) -> tuple[Source, ...]:
    """The sources that are shown with an answer: its citations, or the nearest passages of a refusal.

    Raises CorpusError if the index does not know an article of its own answer.
    """
    if answer.status == "no_answer":
        # a hit's score only ranks; shown as a relevance it would promise too much
        passages = [hit.passage for hit in answer.hits[:NEAREST]]
        return tuple(_source(0, article_of(p.article_id), p.start, p.end, 0.0) for p in passages)
    return cited_sources(answer.citations, article_of)


def cited_sources(citations: Sequence[Citation], article_of: ArticleOf) -> tuple[Source, ...]:
    """The sources of citations. Raises CorpusError if the index does not know one of their articles."""
    return tuple(
        _source(c.label, article_of(c.article_id), c.start, c.end, c.score, c.answer_span)
        for c in citations[:MAX_SOURCES]
    )


def _source(
    label: int, article: Article, start: int, end: int, score: float, answer: Span | None = None
) -> Source:
    ref = make_ref(article, start, end, score, answer)
    return Source(label, article, start, end, score, ref, answer=answer)


def make_ref(article: Article, start: int, end: int, score: float, answer: Span | None = None) -> str:
    """Encode a source for a link: article, span, score in percent, a hash of the quote and the answer span.

    It survives reloads and restarts but proves nothing: `read_refs` checks it against the index.
    """
    quote = article.text[start:end]
    ref = f"{_encode(article.article_id)}.{start}-{end}.{_percent(score)}.{_hash(quote)}"
    return f"{ref}.{answer.start}-{answer.end}" if answer else ref


def read_refs(pairs: Iterable[tuple[int, str]], article_of: ArticleOf) -> tuple[Source, ...]:
    """Sources from (label, ref) pairs that came back from a browser.

    At most MAX_SOURCES are read; what is malformed, longer than any quote or not in the index is left out,
    and of several sources for one span all but the last.
    """
    return tuple(one for one in read_places(pairs, article_of) if isinstance(one, Source))


def read_places(pairs: Iterable[tuple[int, str]], article_of: ArticleOf) -> tuple[Source | Gone, ...]:
    """The same with the places in articles that the index does not have any more."""
    found = (read_place(label, ref, article_of) for label, ref in islice(pairs, MAX_SOURCES))
    return tuple({(_article_id(one), one.start, one.end): one for one in found if one}.values())


def _article_id(one: Source | Gone) -> str:
    return one.article.article_id if isinstance(one, Source) else one.article_id


def read_place(label: int, ref: str, article_of: ArticleOf) -> Source | Gone | None:
    """One source, or its place if its article is gone; None if it is malformed, longer than any quote, or not
    looked up.
    """
    match = _REF.fullmatch(ref)
    if match is None or not 0 <= label <= MAX_LABEL:
        return None
    start, end = int(match["start"]), int(match["end"])
    if not start < end <= start + MAX_QUOTE:
        return None
    answer = Span(int(match["answer_start"]), int(match["answer_end"])) if match["answer_end"] else None
    if answer and not start <= answer.start < answer.end <= end:
        return None
    try:
        article_id = _decode(match["article"])
        article = article_of(article_id)
    except (ValueError, NotLookedUp):
        return None
    except CorpusError:
        return Gone(label, article_id, start, end, match["hash"])
    stale = end > len(article.text) or _hash(article.text[start:end]) != match["hash"]
    score = min(100, int(match["percent"])) / 100
    return Source(label, article, start, end, score, ref, stale, answer)


def _encode(article_id: str) -> str:
    return base64.urlsafe_b64encode(article_id.encode("utf-8", "surrogatepass")).decode().rstrip("=")


def _decode(name: str) -> str:
    return base64.urlsafe_b64decode(name + "=" * (-len(name) % 4)).decode("utf-8", "surrogatepass")


def _percent(score: float) -> int:
    return round(100 * min(1.0, max(0.0, score)))


def _hash(quote: str) -> str:
    return hashlib.sha256(quote.encode("utf-8", "surrogatepass")).hexdigest()[:HASH_DIGITS]
