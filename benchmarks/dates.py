"""Dates on KRAUTS: the share of annotated dates whose value is found.

`python -m benchmarks.dates FOLDER` reads the .tml files of a part of KRAUTS (Strötgen et al. 2018,
github.com/JannikStroetgen/KRAUTS). A date counts as found if one overlaps it, and as right if its value is
the same. Durations, sets and times of day are not resolved by the program and are not counted.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from benchmarks.annotated import main
from qa.facts.moments import moments
from qa.text.sentences import sentences
from qa.types import Span

_TIMEX = re.compile(r"<TIMEX3([^>]*?)(/>|>(.*?)</TIMEX3>)", re.DOTALL)


def measure(folder: Path, *, verbose: bool = False) -> dict[str, Any]:
    """The counts over all articles of a folder."""
    gold_all = overlapping = right = found_all = found_right = 0
    for path in sorted(folder.glob("*.tml")):
        text, written, gold = _article(path.read_text("utf-8"))
        found = [
            (Span(span.start + one.span.start, span.start + one.span.end), one.value)
            for span in sentences(text, "de")
            for one in moments(text[span.start : span.end], written)
        ]
        for span, value in gold:
            values = [v for s, v in found if s.start < span.end and span.start < s.end]
            gold_all += 1
            overlapping += bool(values)
            right += value in values
            if verbose and value not in values:
                around = text[max(0, span.start - 50) : span.end + 40].replace("\n", " ")
                print(f"{text[span.start : span.end]!r} {value} not {values} ({written}): …{around}…")
        for span, value in found:
            at = [v for s, v in gold if s.start < span.end and span.start < s.end]
            found_all += 1
            found_right += value in at
    return {
        "dates": gold_all,
        "overlapping": overlapping / max(1, gold_all),
        "value right": right / max(1, gold_all),
        "precision": found_right / max(1, found_all),
    }


def _article(markup: str) -> tuple[str, str, list[tuple[Span, str]]]:
    """The text of an article, its day, and its dates."""
    created = re.search(r"<DCT>.*?value=\"([\d-]+)\"", markup, re.DOTALL)
    body = markup[markup.index("<TEXT>") + 6 : markup.index("</TEXT>")]
    out, gold, at = "", [], 0
    for match in _TIMEX.finditer(body):
        out += _plain(body[at : match.start()])
        fields = dict(re.findall(r"(\w+)=\"([^\"]*)\"", match[1]))
        start = len(out)
        out += _plain(match[3] or "")
        at = match.end()
        if fields.get("type") == "DATE" and len(out) > start:
            gold.append((Span(start, len(out)), fields.get("value", "")))
    return out + _plain(body[at:]), created[1] if created else "", gold


def _plain(markup: str) -> str:
    text = re.sub(r"<[^>]*>", "", markup)
    for name, mark in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(name, mark)
    return text


if __name__ == "__main__":
    main(__doc__, measure)
