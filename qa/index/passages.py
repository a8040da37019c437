"""Articles cut into passages, the units of retrieval.

langchain-text-splitters packs whole sentences, along paragraphs first, into passages of about `size`
characters; the offsets are counted here, because those of the library are searched in the text and
can be wrong where it repeats itself. Boilerplate ends a passage and is in none. Knows nothing of
files or models.
"""

from __future__ import annotations

from importlib.metadata import version
from itertools import groupby
from operator import attrgetter

from qa.text.sentences import SPLITTER, Unit, is_heading, units
from qa.types import Article, Passage, Span

PASSAGE_CHARS = 700  # about 150 tokens of German; the encoder takes 512
FORMAT = 4
SHORT = 0.3  # share of the size; shorter pieces join a neighbour …
STRETCH = 1.5  # … unless that became longer than this many sizes
MAX_OPEN = (
    # characters; limits how far a passage grows when it reads differently on its own, which would take
    # quadratic time
    10_000
)

_SENTENCE_END, _PARAGRAPH_END = " ", "\n"


def split(article: Article, *, size: int = PASSAGE_CHARS) -> list[Passage]:
    """The passages of an article in reading order, disjoint, `article.text[p.start:p.end] == p.text`.

    `size` is in characters; a passage may be longer to hold a long sentence, or up to `STRETCH` times to
    avoid a tiny rest. `sentences(p.text)` are the article's sentences within the passage, except in texts
    whose lines can only be interpreted together with others more than `MAX_OPEN` characters away.
    """
    text, language = article.text, article.language
    spans: list[Span] = []
    for _, block in groupby(units(text, language), key=attrgetter("block")):
        pieces = _without_scraps(_packed(_with_headings(text, list(block)), size), size)
        spans += _settled(text, language, pieces)
    return [
        Passage(article.article_id, ordinal, start, end, text[start:end])
        for ordinal, (start, end) in enumerate(spans)
    ]


def embedding_text(title: str, passage: Passage) -> str:
    """The text to embed for a passage: its text below the article's title, unless it begins with that."""
    head = title.rstrip("…").rstrip()
    if not head or passage.text.lstrip("#*_ ").startswith(head):
        return passage.text
    return f"{title}\n{passage.text}"


def settings() -> dict[str, str | int]:
    """Fingerprint of everything that would change the passages of an unchanged article."""
    return {"format": FORMAT, "size": PASSAGE_CHARS, "splitter": f"{SPLITTER} {version(SPLITTER)}"}


def _with_headings(text: str, block: list[Unit]) -> list[list[Unit]]:
    """The units of a block, each heading, and each question, together with what follows it."""
    groups: list[list[Unit]] = []
    for unit in block:
        above = groups[-1][-1] if groups else None
        if above is not None and above.paragraph != unit.paragraph and _stands_above(text, groups[-1]):
            groups[-1].append(unit)
        else:
            groups.append([unit])
    return groups


def _stands_above(text: str, group: list[Unit]) -> bool:
    last = group[-1].sentence
    alone = len(group) == 1 or group[-1].paragraph != group[-2].paragraph
    words = text[last.start : last.end]
    return alone and len(group) <= 2 and (is_heading(words) or words.endswith("?"))


def _packed(groups: list[list[Unit]], size: int) -> list[list[Unit]]:
    """The groups packed into passages.

    The splitter only sees an outline of the text: a run of letters as long as each group, and a mark at the
    end of a sentence or paragraph. Nothing in the text can be mistaken for a mark, and the number of marks in
    a piece identifies its groups.
    """
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    outline = []
    for i, group in enumerate(groups):
        last = group[-1]
        same = i + 1 < len(groups) and groups[i + 1][0].paragraph == last.paragraph
        outline.append(
            "x" * (last.sentence.end - group[0].start) + (_SENTENCE_END if same else _PARAGRAPH_END)
        )
    splitter = RecursiveCharacterTextSplitter(
        separators=[_PARAGRAPH_END, _SENTENCE_END],
        keep_separator="end",
        chunk_size=size,
        chunk_overlap=0,
        strip_whitespace=False,
    )
    pieces, first = [], 0
    for piece in splitter.split_text("".join(outline)):
        count = piece.count(_SENTENCE_END) + piece.count(_PARAGRAPH_END)
        pieces.append([unit for group in groups[first : first + count] for unit in group])
        first += count
    return pieces


def _without_scraps(pieces: list[list[Unit]], size: int) -> list[list[Unit]]:
    """The pieces of a block, very short ones joined to the shorter neighbour."""
    out = list(pieces)
    i = 0
    while i < len(out):
        fits = [
            j for j in (i - 1, i) if 0 <= j < len(out) - 1 and _length(out[j] + out[j + 1]) <= STRETCH * size
        ]
        if _length(out[i]) >= SHORT * size or not fits:
            i += 1
            continue
        j = min(fits, key=lambda j: _length(out[j] + out[j + 1]))
        out[j : j + 2] = [out[j] + out[j + 1]]
        i = j
    return out


def _length(piece: list[Unit]) -> int:
    return piece[-1].sentence.end - piece[0].start


def _settled(text: str, language: str, pieces: list[list[Unit]]) -> list[Span]:
    """The spans of the pieces; one that would be split differently on its own stays with a neighbour."""
    out: list[list[Unit]] = []
    open_ended = False
    for piece in pieces:
        if open_ended:
            out[-1] = out[-1] + piece
        else:
            out.append(piece)
        open_ended = _may_grow(out[-1]) and not _reads_alike(text, language, out[-1])
        if (
            open_ended
            and len(out) > 1
            and _may_grow(out[-2])
            and _reads_alike(text, language, out[-2] + out[-1])
        ):
            out[-2:] = [out[-2] + out[-1]]
            open_ended = False
    while open_ended and len(out) > 1 and _may_grow(out[-2]):
        out[-2:] = [out[-2] + out[-1]]
        open_ended = _may_grow(out[-1]) and not _reads_alike(text, language, out[-1])
    return [Span(piece[0].start, piece[-1].sentence.end) for piece in out]


def _may_grow(piece: list[Unit]) -> bool:
    return _length(piece) < MAX_OPEN


def _reads_alike(text: str, language: str, piece: list[Unit]) -> bool:
    start = piece[0].start
    alone = [unit.sentence for unit in units(text[start : piece[-1].sentence.end], language)]
    return alone == [Span(unit.sentence.start - start, unit.sentence.end - start) for unit in piece]
