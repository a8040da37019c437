"""What an index keeps of a passage and makes of a question, and what a store of them must offer.

`qa.index.search` and `qa.index.build` work on these protocols; `qa.index.snapshot` and `qa.index.target`
fulfil them with files on this machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from qa.storage.manifest import Manifest
from qa.types import Article, ArticleSummary, Filter, Listed, Passage, Rows, Run, Span, Vectors


class PassageStates(NamedTuple):
    """Stored encoder output of a passage; offsets are relative to the passage."""

    tokens: Vectors  # [tokens, d], unit length, comparable to those of `QueryStates`
    token_spans: NDArray[np.int64]  # [tokens, 2], ascending
    sentences: tuple[Span, ...]
    sentence_vectors: Vectors  # [sentences, dimension], unit length


class QueryStates(NamedTuple):
    """Encoder output of a question, as compared with passages."""

    vector: NDArray[np.float32]  # [dimension], unit length
    tokens: Vectors  # [tokens, d], unit length
    token_spans: NDArray[np.int64]  # [tokens, 2], ascending


class TermGroup(NamedTuple):
    """Terms that a word of a search means; a row that holds any of them holds the word."""

    terms: dict[str, float]  # with their weights, at most 1
    required: bool = False


class Sought(NamedTuple):
    """One word or phrase of a search for articles."""

    parts: tuple[str, ...]  # each must be in the metadata
    rows: Rows = np.empty(0, np.int64)  # … or one of these passages in the article


class Retrieval(Protocol):
    """Search over the passages of a generation; every method raises BrokenIndex where it is damaged.

    Runs hold the rows that a filter allows, filtered before ranking; equal scores are ordered by row.
    """

    def nearest(self, vector: NDArray[np.float32], k: int, filter_: Filter) -> Run:
        """The `k` rows with the highest cosine to `vector` [dimension]."""

    def matching(self, terms: Sequence[str], k: int, filter_: Filter) -> Run:
        """The `k` rows with the highest BM25 score, only rows that hold one of `terms`."""

    def cosines(self, vector: NDArray[np.float32], rows: Rows) -> NDArray[np.float32]:
        """The cosine of `vector` [dimension] and each row, [len(rows)]."""

    def bm25(self, terms: Sequence[str], rows: Rows) -> NDArray[np.float32]:
        """The BM25 score of each row, [len(rows)], at most the sum of the terms' idf."""

    def idf(self, terms: Sequence[str]) -> dict[str, float]:
        """The inverse document frequency of each term (formula: `qa.index.bm25`), in one call a question."""

    def near(self, terms: Sequence[str]) -> dict[str, list[str]]:
        """For each term, terms that the passages hold and that a slip of a key could have made it of, nearest
        first.
        """

    def containing(self, part: str) -> list[str]:
        """The terms of the passages that contain `part`, which is not empty."""

    def grouped(self, groups: Sequence[TermGroup], filter_: Filter) -> Run:
        """All rows that hold a term of each required group, or of any group if none is required; the score is
        the share of the BM25 score that the groups could give.
        """


class Documents(Protocol):
    """Articles and passages of a generation; every method raises BrokenIndex where it is damaged."""

    def article(self, article_id: str) -> Article:
        """The whole article; CorpusError where there is none of this id."""

    def articles(self) -> list[ArticleSummary]:
        """All articles without their texts, sorted by id."""

    def find(self, sought: Sequence[Sought], offset: int, limit: int) -> tuple[list[ArticleSummary], int]:
        """`limit` articles, from `offset` on, that hold everything that is sought, and the number of
        matches.
        """

    def sources(self) -> list[tuple[str, int]]:
        """The outlets with their number of articles, largest first."""

    def languages(self) -> frozenset[str]:
        """The languages of the articles, including "" if an article has none."""

    def passages(self, rows: Sequence[int] | Rows) -> list[Passage]:
        """The passages of the given rows, in their order."""

    def states(self, passages: Sequence[Passage]) -> list[PassageStates]:
        """What the model made of some passages, in their order."""


class OpenGeneration(Protocol):
    """An opened generation, wherever it is stored."""

    @property
    def manifest(self) -> Manifest: ...

    @property
    def retrieval(self) -> Retrieval: ...

    @property
    def documents(self) -> Documents: ...

    def close(self) -> None:
        """Release it; from then on a build may remove it."""


class StoredArticle(NamedTuple):
    """What a build needs of an article that it may have met before."""

    digest: str
    first: int  # row of its first passage
    passages: int


class StoredArticles(Protocol):
    """The articles of a generation, as a build compares them with others."""

    def stored(self) -> dict[str, StoredArticle]:
        """All articles, by id."""

    def article(self, article_id: str) -> Article:
        """The whole article; CorpusError where there is none of this id."""


class Computed(NamedTuple):
    """What the model made of a passage, as it is stored."""

    vector: Vectors  # [1, dimension], unit length
    record: bytes | memoryview  # the token states (`qa.index.token_states`)


class Earlier(StoredArticles, Protocol):
    """A whole generation, as far as another one can take over from it; every method raises BrokenIndex."""

    @property
    def manifest(self) -> Manifest: ...

    def unchanged(self, article_id: str, digest: str) -> StoredArticle | None:
        """The article of this id, if it has this digest."""

    def spans(self, article: StoredArticle) -> list[Span]:
        """The positions of an article's passages."""

    def rows(self) -> dict[bytes, int]:
        """The row of each passage by its `qa.index.reuse.key`."""

    def computed(self, rows: Sequence[int] | Rows) -> Iterator[Computed]:
        """What the model made of some passages, in their order."""

    def close(self) -> None:
        """Release it; from then on a build may remove it."""


class Target(StoredArticles, Protocol):
    """What a build writes a new generation to; nobody sees it before `publish`.

    First all articles are added, then what the model made of each row is put. Raises StoreError or OSError
    where it cannot be written.
    """

    @property
    def generation(self) -> str:
        """Name of the new generation."""

    def add(self, article: Article, digest: str, spans: Sequence[Span]) -> None:
        """Append an article, its digest, and where its passages lie; these are the next rows."""

    def complete_articles(self) -> None:
        """All articles were added: they can be read from now on."""

    def with_articles(self, rows: Sequence[int] | Rows) -> Iterator[tuple[Article, Passage]]:
        """The passages of the given rows, each with its article, in their order."""

    def known(self, rows: Rows) -> Rows:
        """Those of some rows that need not be put, because a build that was interrupted did so."""

    def put(self, computed: Mapping[int, Computed]) -> None:
        """Store what the model made of some rows. Putting a row again changes nothing."""

    def take_over(self, old: Mapping[int, int]) -> None:
        """Give each of these rows what the served generation has for another: `{row: old row}`."""

    def publish(self, manifest: Manifest, old_rows: Rows) -> Manifest:
        """Complete the generation and serve it; its manifest with all parts.

        `old_rows` tells for each row which one of the served generation it takes over, or
        `qa.index.reuse.NEW`.
        """

    def abandon(self) -> None:
        """Remove what was written, unless it was published."""


Settings = dict[str, str | int]  # of everything that turns articles into rows


class Model(Protocol):
    """What a store must know of a model; `qa.embedding.base.Encoder` has it."""

    @property
    def fingerprint(self) -> str: ...

    @property
    def dimension(self) -> int: ...


class IndexStore(Protocol):
    """Where the generations of an index are: a folder, or servers on other machines.

    Methods that read raise BrokenIndex where the index is damaged, NoIndex where nothing was built yet, and
    StoreError where a server does not answer; methods that write raise StoreError or OSError.
    """

    def __str__(self) -> str:
        """The place, for messages; without secrets."""

    def current(self) -> str:
        """Name of the served generation; "" if nothing was built yet. Cheap to call."""

    def served(self) -> Manifest:
        """The manifest of the served generation. Reads nothing else."""

    def is_empty(self) -> bool:
        """Whether nothing was ever built, not even what is damaged by now."""

    def listing(self) -> list[Listed]:
        """All generations with a readable manifest, newest first."""

    def open(self) -> OpenGeneration:
        """Open the served generation. No build removes it until it is closed."""

    def check(self) -> None:
        """Raise BrokenIndex where the served generation is damaged, as far as that shows at once."""

    def verify(self) -> tuple[str, list[str]]:
        """Read the whole served generation: its name and its faults, one line each."""

    def writing(self) -> AbstractContextManager[None]:
        """Keep every other build away for the block. Raises StoreError where another one is running."""

    def earlier(self) -> Earlier:
        """The served generation, for a build to take over from."""

    def served_articles(self) -> AbstractContextManager[StoredArticles]:
        """The articles of the served generation, whatever model it is of and even if the rest is damaged."""

    def target(self, model: Model, settings: Settings, earlier: Earlier | None, *, fresh: bool) -> Target:
        """Begin a new generation; call it only while `writing`.

        `model` reads its passages, and `settings` say how they are cut and stored. `earlier` is what
        `take_over` refers to. If it is `fresh`, nothing is known, and what was stored before is replaced.
        """

    def prune(self) -> None:
        """Remove old generations that nobody has open; call it only while `writing`."""

    def switch(self, generation: str) -> Manifest:
        """Serve another generation, older or newer; StoreError if it is missing or damaged."""

    def rollback(self) -> Manifest:
        """Serve the newest whole generation older than the served one; StoreError if there is none."""

    def read_note(self, name: str) -> bytes | None:
        """A small file that a build keeps next to the generations; None if it cannot be read."""

    def write_note(self, name: str, content: bytes) -> None:
        """Keep such a file, in place of the one before. It only saves time, so failures are ignored."""
