"""The command `build`."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

from qa.cli.common import add_command, add_corpus_flag, add_json_flag, print_json, progress_bar
from qa.errors import QAError, ShrunkCorpus
from qa.types import BuildReport, Skipped


def add_build(commands: Any) -> None:
    parser = add_command(commands, "build", _build, "Build or update the index of an article folder.")
    add_corpus_flag(parser)
    parser.add_argument(
        "--model", default=os.environ.get("QA_MODEL"), help="sentence-transformers model (name or path)"
    )
    parser.add_argument(
        "--fresh", action="store_true", help="rebuild from scratch instead of reusing unchanged articles"
    )
    parser.add_argument(
        "--force",
        action="store_true",
        help="build even if most articles of the index are missing from the folder",
    )
    parser.add_argument(
        "--watch",
        action="store_true",
        help="keep running, and build again whenever the folder has changed and settled",
    )
    parser.add_argument(
        "--ocr",
        action="store_true",
        help="first recognise the text of scanned PDFs with ocrmypdf; writes searchable copies beside them",
    )
    parser.add_argument(
        "--ray",
        metavar="ADDRESS",
        help="embed on the workers of this Ray cluster, HOST:PORT, or `local` for one on this machine",
    )
    add_json_flag(parser)


def _build(args: argparse.Namespace) -> None:
    if args.watch:
        _watch(args)
    else:
        _build_once(args)


def _watch(args: argparse.Namespace) -> None:
    """Build now, and again whenever the folder has changed and settled, until interrupted."""
    from qa.corpus import stamps
    from qa.service.watching import RETRY, Watcher

    def build() -> bool:
        try:
            _build_once(args)
        except ShrunkCorpus as error:
            print(f"qa: {error}", file=sys.stderr, flush=True)
        except QAError as error:
            print(f"qa: {error} The next try is in {RETRY:.0f} s.", file=sys.stderr, flush=True)
            return False
        args.fresh = args.force = False  # of the first build alone
        return True

    Watcher(lambda: stamps.state_of(Path(args.corpus)), build).run(at_once=True)


def _build_once(args: argparse.Namespace) -> None:
    from qa.cluster import opening, ray_embedding
    from qa.embedding import sentence_transformer
    from qa.index import build, embed

    unread = _recognise(Path(args.corpus)) if args.ocr else []
    with progress_bar() as show:
        report = build.build(
            args.corpus,
            opening.store(args.vectors),
            model=args.model or sentence_transformer.DEFAULT_MODEL,
            fresh=args.fresh,
            force=args.force,
            on_progress=show,
            readers=partial(ray_embedding.ray_readers, args.ray) if args.ray else embed.local_readers,
        )
    report = replace(report, skipped=_with_reasons(report.skipped, unread))
    if args.json:
        print_json(asdict(report))
    else:
        _print_report(report)


def _recognise(corpus: Path) -> list[Skipped]:
    from qa.corpus import ocr

    def show(done: int, total: int) -> None:
        if sys.stderr.isatty():
            print(f"Recognised {done} of {total} scans", file=sys.stderr)

    return ocr.recognise(corpus, show)


def _with_reasons(skipped: tuple[Skipped, ...], better: list[Skipped]) -> tuple[Skipped, ...]:
    """The skipped files with the reasons that recognition gave, where it failed."""
    reasons = {item.path: item for item in better}
    return tuple(reasons.get(item.path, item) for item in skipped)


def _print_report(report: BuildReport) -> None:
    for skipped in report.skipped:
        print(f"skipped {skipped.path}: {skipped.reason}", file=sys.stderr)
    for noted in report.notes:
        print(f"note {noted.path}: {noted.note}", file=sys.stderr)
    print(
        f"{report.articles} articles, {report.passages} passages"
        f" ({report.embedded} embedded, {report.reused} reused) in {report.seconds:.1f} s;"
        f" generation {report.generation}, model {report.model}"
    )
