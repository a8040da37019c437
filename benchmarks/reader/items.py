"""Questions with the passages an index finds for them: `python -m benchmarks.reader.items DATA`.

News-dev (never trained on) and XQuAD dev: German on German, English on German, English on English. Each
item also holds what today's evidence model says of it; on XQuAD from folds cut by article.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.reader.data import PassageText, xquad_folds
from benchmarks.reader.project import Span, cache_folder, whole_file
from benchmarks.reader.states import LowerLayers, pack, passage_key
from benchmarks.reader.today import Judged, Today, ask_today, xquad_today

ARTICLES = 24  # of XQuAD dev
NEWS = "news-dev"


@dataclass(frozen=True, slots=True)
class Item:
    """A judged question with the first five passages."""

    name: str  # of its set
    fold: int  # of XQuAD; -1: nothing trains on it
    question: str
    language: str
    answers: tuple[str, ...]  # strings one of which a right sentence holds; none: nothing answers
    passages: tuple[PassageText, ...]
    today: Today  # what the evidence model says

    def right(self, passage: int) -> tuple[int, ...]:
        """Numbers of the sentences of a passage that hold a right string."""
        one = self.passages[passage]
        return tuple(n for n, span in enumerate(one.sentences) if self.holds(one.text[span.start : span.end]))

    def holds(self, words: str) -> bool:
        return any(answer.casefold() in words.casefold() for answer in self.answers)


def xquad_items(found: Sequence[Judged]) -> Iterator[Item]:
    fold = xquad_folds(ARTICLES)
    for one in found:
        article = int(one.group.removeprefix("x"))
        language = one.name.split()[0]
        yield Item(one.name, fold[article], one.question, language, one.answers, one.passages, one.today)


def load(cache: Path) -> list[Item]:
    """All items below the cache folder."""
    paths = sorted((cache / "items").glob("*.json"))
    return [_item(row) for path in paths for row in json.loads(path.read_text("utf-8"))]


def _item(row: dict[str, Any]) -> Item:
    passages = tuple(
        PassageText(**{**one, "sentences": tuple(Span(*span) for span in one["sentences"])})
        for one in row["passages"]
    )
    return Item(
        **{
            **row,
            "passages": passages,
            "answers": tuple(row["answers"]),
            "today": Today(**row["today"]),
        }
    )


def news_items(data: Path, seeds: Path) -> Iterator[Item]:
    """News-dev's questions without those that follow on others."""
    rows = [json.loads(line) for line in (data / NEWS / "questions.jsonl").read_text("utf-8").splitlines()]
    for corpus, folder in (("seeds", seeds), ("gnad", data / NEWS / "gnad")):
        asked = [row for row in rows if row["corpus"] == corpus and not row.get("history")]
        said = ask_today(folder, [row["question"] for row in asked])
        for row, (passages, today) in zip(asked, said, strict=True):
            yield Item(NEWS, -1, row["question"], "de", tuple(row["any"]), passages, today)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", type=Path)
    parser.add_argument(
        "--seeds", type=Path, help="the articles that news-dev asks about; DATA/../seeds without"
    )
    parser.add_argument("--cache", type=Path, default=cache_folder())
    args = parser.parse_args()
    torch.set_num_threads(1)
    seeds = args.seeds or args.data.parent / "seeds"
    _write(args.cache, NEWS, lambda: news_items(args.data, seeds))
    _write(args.cache, "xquad", lambda: xquad_items(xquad_today(args.data)))


def _write(cache: Path, name: str, make: Callable[[], Iterable[Item]]) -> None:
    """Write the items and the states of their texts, unless they are there."""
    target, stored = cache / "items" / f"{name}.json", cache / "states" / f"items-{name}.npz"
    if not target.exists():
        rows = [asdict(item) for item in make()]
        with whole_file(target) as draft:
            draft.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
        print(f"{name}: {len(rows)} questions", flush=True)
    if not stored.exists():
        found = [_item(row) for row in json.loads(target.read_text("utf-8"))]
        questions = list(dict.fromkeys(item.question for item in found))
        passages = list({passage_key(one): one for item in found for one in item.passages}.values())
        fields = pack(questions, passages, LowerLayers())
        with whole_file(stored) as draft, draft.open("wb") as stream:
            np.savez(stream, allow_pickle=False, **fields)


if __name__ == "__main__":
    main()
