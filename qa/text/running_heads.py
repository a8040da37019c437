"""Running heads and page numbers of printed pages in plain text, where form feeds tell the pages apart.

Programs that turn a PDF into text keep them, in the middle of the sentences that run over two pages. Knows
nothing of files.
"""

from __future__ import annotations

from collections.abc import Sequence

from qa.text.characters import QUOTES, SENTENCE_ENDS
from qa.text.edge_lines import (
    EDGE,
    PAGE_NUMBER,
    WINDOW,
    Around,
    EdgeLine,
    edge_line,
    is_running,
    opening_names,
)
from qa.text.line_breaks import Forms, opened
from qa.text.unwrapping import MAX_WIDTH, with_pages

PAGE = "\f"
ROOMY = 30  # characters of a line that may end within a sentence


def without_running_heads(text: str) -> str:
    """`text` without page numbers, and without the lines at the edges of pages that stand again near by.

    The first page keeps its head and the last its foot, which may name the outlet and the day; the first of
    other words with a year is put at the end. A sentence that goes on on the next page follows without a
    blank line.
    """
    if PAGE not in text:
        return text
    pages = [page.split("\n") for page in text.split(PAGE)]
    if not any(line.strip() for line in pages[-1]):
        pages.pop()
    tops = [_edge(page) for page in pages]
    bottoms = [_edge(page[::-1]) for page in pages]
    opening = opening_names([line for line in pages[0] if line.strip()])
    last = len(pages) - 1
    kept, dated = [], []
    for at, page in enumerate(pages):
        near = [other for other in range(max(0, at - WINDOW), min(last, at + WINDOW) + 1) if other != at]
        above = [[line for _, line in tops[other]] for other in near]
        below = [[line for _, line in bottoms[other]] for other in near]
        names = opening if at else ()
        top = _running(tops[at], Around(above, below, names, is_kept=at == 0))
        bottom = _running(bottoms[at], Around(below, above, names, is_kept=at == last), is_foot=True)
        gone = top | {len(page) - 1 - line for line in bottom}
        kept.append([line for number, line in enumerate(page) if number not in gone])
        dated += [page[number] for number in sorted(gone) if edge_line(page[number]).has_year]
    shown = {line.text for _, line in (*_edge(kept[0]), *_edge(kept[-1][::-1]))}
    other = [line for line in dated if edge_line(line).text not in shown]
    kept[-1] += ["", *other[:1]] if other else []
    return _joined(kept) + (PAGE if text.rstrip(" \n").endswith(PAGE) else "")


def _edge(lines: Sequence[str]) -> list[tuple[int, EdgeLine]]:
    """The first lines with text, each with its place."""
    shown = [(at, edge_line(line)) for at, line in enumerate(lines) if line.strip()]
    return shown[:EDGE]


def _running(edge: list[tuple[int, EdgeLine]], around: Around, *, is_foot: bool = False) -> set[int]:
    """The places of the lines at an edge that are page numbers or running heads."""
    found = set()
    for at, line in edge:
        if PAGE_NUMBER.fullmatch(line.text):
            found.add(at)
        elif is_running(line, around, is_foot=is_foot, is_alone=len(edge) == 1):
            found |= set() if around.is_kept else {at}
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
