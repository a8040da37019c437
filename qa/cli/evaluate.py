"""The command `evaluate`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from qa.cli.common import add_json_flag, positive, print_json, probability, progress_bar


def add_evaluate(commands: Any) -> None:
    text = "Measure search and answers on judged questions."
    parser = commands.add_parser("evaluate", help=text, description=text)  # has an index of its own
    parser.set_defaults(run=_evaluate)
    parser.add_argument("dataset", metavar="DATASET", help="file or folder of judged questions")
    parser.add_argument(
        "--format", choices=["squad", "beir", "omos"], help="default: guessed from the name of DATASET"
    )
    parser.add_argument("--questions", metavar="FILE", help="ask in the words that FILE has for the same ids")
    parser.add_argument("--limit", type=positive, metavar="N", help="only the first N questions of each kind")
    parser.add_argument(
        "--model", default=os.environ.get("QA_MODEL"), help="sentence-transformers model, name or path"
    )
    parser.add_argument(
        "--min-confidence", type=probability, metavar="P", help="refuse below this confidence, 0 to 1"
    )
    parser.add_argument("--plots", metavar="FOLDER", help="draw risk–coverage and reliability there, as PNG")
    add_json_flag(parser)


def _evaluate(args: argparse.Namespace) -> None:
    from qa.embedding import sentence_transformer
    from qa.evaluation import datasets, plots, run

    dataset = datasets.read(args.dataset, args.format)
    if args.questions:
        dataset = datasets.reworded(dataset, datasets.read(args.questions, args.format))
    if args.limit:
        dataset = datasets.first_questions(dataset, args.limit)
    if args.plots:
        plots.check(Path(args.plots))  # before minutes of work
    with progress_bar() as show:
        report = run.evaluate(
            dataset,
            model=args.model or sentence_transformer.DEFAULT_MODEL,
            min_confidence=args.min_confidence,
            on_progress=show,
        )
    if args.plots:
        for picture in run.draw(report, Path(args.plots)):
            print(f"drew {picture}", file=sys.stderr)
    if args.json:
        print_json(report.fields())
    else:
        print(run.table(report))
