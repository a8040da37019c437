#!/usr/bin/env python3
"""Check an export of quotes, figures and dated sentences without the program that wrote it.

    python check_export.py EXPORT ARTICLES

EXPORT is a file as docs/export.md describes it, JSON lines or CSV. ARTICLES is a folder of plain text files
(the article_id is the path below it; front matter between two lines of --- is left out), or, for all formats,
a file with an article a line, {"article_id": …, "text": …}, as `qa article ID --json` prints it. Prints each
row that does not hold and why; exit status 1 if there are any. Needs Python 3.9 or newer and nothing else.
"""

import csv
import hashlib
import json
import re
import sys
import unicodedata
from pathlib import Path


def rows(path):
    """The rows of an export."""
    content = Path(path).read_text("utf-8-sig")
    if content.lstrip()[:1] == "{":
        yield from (json.loads(line) for line in content.splitlines() if line.strip())
        return
    for row in csv.DictReader(content.splitlines(keepends=True)):
        cells = {name: cell[1:] if re.match(r"'[=+\-@\t\r']", cell) else cell for name, cell in row.items()}
        for name in ("start", "end", "answer_start", "answer_end"):
            if cells.get(name):
                cells[name] = int(cells[name])
        yield cells


def articles(path):
    """A function that gives the text of an article, or None."""
    place = Path(path)
    if place.is_file():
        known = {}
        for line in place.read_text("utf-8-sig").splitlines():
            if line.strip():
                article = json.loads(line)
                known[article["article_id"]] = article["text"]
        return known.get

    def text_of(article_id):
        file = place / article_id
        if ".." in Path(article_id).parts or not file.is_file():
            return None
        text = unicodedata.normalize("NFC", re.sub(r"\r\n?", "\n", file.read_text("utf-8-sig")))
        return re.sub(r"\A---[ \t]*\n.*?^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", "", text, flags=re.S | re.M)

    return text_of


def fault(row, text):
    """Why a row does not hold, or ""."""
    if text is None:
        return f"there is no article {row['article_id']}"
    if text[row["start"] : row["end"]] != row["quote"]:
        return "the article does not say this there"
    if (
        row.get("sha256")
        and hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() != row["sha256"]
    ):
        return "the article has changed, though the quote is still there"
    if row.get("wording") and row["wording"] not in row["quote"]:
        return f"the quote does not hold {row['wording']}"
    start, end = row.get("answer_start"), row.get("answer_end")
    if isinstance(start, int) and start >= 0 and not row["start"] <= start < end <= row["end"]:
        return "the words that answer are not within the quote"
    for name in ("speaker", "medium"):
        if not all(part in text for part in (row.get(name) or "").split(" / ")):
            return f"the article names no {row[name]}"
    return ""


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    text_of = articles(sys.argv[2])
    count = failed = 0
    for count, row in enumerate(rows(sys.argv[1]), start=1):
        reason = fault(row, text_of(row["article_id"]))
        if reason:
            failed += 1
            print(f"row {count}: {reason}: {row['quote'][:80]!r}")
    print(f"{count - failed} of {count} rows hold")
    sys.exit(1 if failed or not count else 0)


if __name__ == "__main__":
    main()
