"""Running heads and page numbers of printed pages in plain text, where form feeds tell the pages apart.

Programs that turn a PDF into text keep them, in the middle of the sentences that run over two pages. Knows
nothing of files.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.text.characters import QUOTES, SENTENCE_ENDS, STOPS
from qa.text.line_breaks import Forms, opened
from qa.text.unwrapping import MAX_WIDTH, with_pages

PAGE = "\f"
EDGE = 2  # lines at the top and bottom of a page where running heads and page numbers may stand
WINDOW = 2  # pages before and behind on which a running head stands again
ROOMY = 30  # characters of a line that may end within a sentence

LETTERS = re.compile(r"[^\W\d_]{3}")
PAGE_NUMBER = re.compile(
    r"(?:(?:Seite|Page|S\.|p\.)\s?)?[-–—|]?\s?\d{1,4}\s?[-–—|]?(?:\s?(?:/|von|of)\s?\d{1,4})?", re.IGNORECASE
)
_NUMBER = re.compile(r"\d+|\b[IVXLC]{1,7}\b")


def without_numbers(line: str) -> str:
    """A line at the edge of a page as it is compared with those of other pages, Roman numbers as 0 too."""
    return " ".join(_NUMBER.sub("0", line).split())


def without_running_heads(text: str) -> str:
    """`text` without page numbers, and without the lines at the edges of pages that stand again near by.

    The first page keeps its head and the last its foot, which may name the outlet and the day. A sentence
    that goes on on the next page follows without a blank line.
    """
    if PAGE not in text:
        return text
    pages = [page.split("\n") for page in text.split(PAGE)]
    if not any(line.strip() for line in pages[-1]):
        pages.pop()
    tops = [_edge(page) for page in pages]
    bottoms = [_edge(page[::-1]) for page in pages]
    last = len(pages) - 1
    kept = []
    for at, page in enumerate(pages):
        near = [other for other in range(max(0, at - WINDOW), min(last, at + WINDOW) + 1) if other != at]
        top = _repeated(tops[at], [tops[other] for other in near], is_kept=at == 0)
        bottom = _repeated(bottoms[at], [bottoms[other] for other in near], is_kept=at == last)
        gone = top | {len(page) - 1 - line for line in bottom}
        kept.append([line for number, line in enumerate(page) if number not in gone])
    return _joined(kept) + (PAGE if text.rstrip(" \n").endswith(PAGE) else "")


def _edge(lines: Sequence[str]) -> list[tuple[int, str]]:
    """The first lines with text, each with its place and without its numbers."""
    shown = [(at, without_numbers(line)) for at, line in enumerate(lines) if line.strip()]
    return shown[:EDGE]


def _repeated(
    edge: list[tuple[int, str]], others: Sequence[list[tuple[int, str]]], *, is_kept: bool
) -> set[int]:
    """The places of the lines at an edge that are page numbers or stand at that of a page near by."""
    found = set()
    for at, line in edge:
        if PAGE_NUMBER.fullmatch(line):
            found.add(at)
        elif (
            LETTERS.search(line)
            and not line.endswith(tuple(STOPS))
            and any(line == other for one in others for _, other in one)
        ):
            found |= set() if is_kept else {at}
        else:
            break
    return found


def _joined(pages: Sequence[list[str]]) -> str:
    """The pages with a form feed between, those that end within a sentence without blank lines."""
    out = list(pages[0])
    forms = Forms("\n".join(line for page in pages for line in page))
    for page in pages[1:]:
        upper = next((line.strip() for line in reversed(out) if line.strip()), "")
        lower = next((line.strip() for line in page if line.strip()), "")
        if not _goes_on(upper, lower):
            out[-1:] = [f"{out[-1]}{PAGE}{page[0]}", *page[1:]] if page else [out[-1] + PAGE]
            continue
        while not out[-1].strip():
            out.pop()
        start = next(number for number, line in enumerate(page) if line.strip())
        if max(len(upper), len(lower)) > MAX_WIDTH:
            piece = opened(out[-1].rstrip(), lower, forms)
            out[-1:] = [with_pages(f"{piece}{lower}", [len(piece)]), *page[start + 1 :]]
        else:
            out += [f"{PAGE}{page[start]}", *page[start + 1 :]]
    return "\n".join(out)


def _goes_on(upper: str, lower: str) -> bool:
    """Whether a sentence goes on from the last line of a page to the first of the next."""
    if not upper or not lower or upper.rstrip(QUOTES + ")").endswith((*SENTENCE_ENDS, ";")):
        return False
    return lower[0].islower() or (len(upper) >= ROOMY and (lower[0].isalnum() or lower[0] in QUOTES + "("))
