"""The command `evaluate`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from qa.cli.common import add_json_flag, positive, print_json, probability, progress_bar


def add_evaluate(commands: Any) -> None:
    text = "Measure search and answers on questions with known answers."
    parser = commands.add_parser("evaluate", help=text, description=text)  # builds its own index
    parser.set_defaults(run=_evaluate)
    parser.add_argument(
        "dataset", metavar="DATASET", help="file or folder with the questions and their answers"
    )
    parser.add_argument(
        "--format", choices=["squad", "beir", "omos"], help="default: guessed from DATASET's name"
    )
    parser.add_argument(
        "--questions",
        metavar="FILE",
        help="take the wording of the questions (matched by id) from FILE, for example a translation",
    )
    parser.add_argument(
        "--limit",
        type=positive,
        metavar="N",
        help="use only the first N answerable and the first N unanswerable questions",
    )
    parser.add_argument(
        "--model", default=os.environ.get("QA_MODEL"), help="sentence-transformers model (name or path)"
    )
    parser.add_argument(
        "--min-confidence", type=probability, metavar="P", help="do not answer below this confidence (0 to 1)"
    )
    parser.add_argument(
        "--plots", metavar="FOLDER", help="write the risk–coverage and reliability plots to FOLDER as PNG"
    )
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
        plots.check(Path(args.plots))  # fail before minutes of work
    with progress_bar() as show:
        report = run.evaluate(
            dataset,
            model=args.model or sentence_transformer.DEFAULT_MODEL,
            min_confidence=args.min_confidence,
            on_progress=show,
        )
    if args.plots:
        for picture in run.draw(report, Path(args.plots)):
            print(f"wrote {picture}", file=sys.stderr)
    if args.json:
        print_json(report.fields())
    else:
        print(run.table(report))
