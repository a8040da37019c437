"""The command line: parse, call, print. Nothing is decided here about articles or answers.

Exit status: 0 done, 1 a `QAError` (one line on stderr), 2 wrong usage, 130 interrupted. A server that stops
because of SIGINT or SIGTERM is done.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from qa import __version__
from qa.errors import QAError
from qa.jsonlines import Row, answer_fields, hit_fields, questions, turns
from qa.types import Answer, BuildReport, Filter, Progress

FEEDBACK = "feedback.jsonl"  # in the folder where the server was started


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    args = _parser().parse_args(argv)
    try:
        args.run(args)
    except QAError as error:
        print(f"qa: {' '.join(str(error).split())}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("qa: interrupted; the index is as it was", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of our output has gone, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="qa", description="Answers from a folder of articles, in their own words."
    )
    parser.add_argument("--version", action="version", version=f"qa {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for add in (_add_build, _add_search, _add_ask, _add_article, _add_status, _add_verify, _add_rollback):
        add(commands)
    _add_evaluate(commands)
    _add_serve(commands)
    _add_password(commands)
    return parser


def _command(
    commands: Any, name: str, run: Callable[[argparse.Namespace], None], text: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(run=run)
    parser.add_argument(
        "--vectors",
        default=os.environ.get("QA_VECTORS", "vectors"),
        help="folder of the index (default: %(default)s)",
    )
    return parser


def _json_flag(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON, one object a line")


def _corpus_flag(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--corpus",
        default=os.environ.get("QA_CORPUS", "seeds"),
        help="folder of articles (default: %(default)s)",
    )


def _question_flags(parser: argparse.ArgumentParser, name: str) -> None:
    given = parser.add_mutually_exclusive_group(required=True)
    given.add_argument(name, nargs="?", help="the question")
    given.add_argument(
        "--input", metavar="FILE", help='JSON lines {"id", "question", …}; - reads standard input'
    )


def _iso_date(value: str) -> str:
    return date.fromisoformat(value).isoformat()


def _positive(value: str) -> int:
    number = int(value)
    if number < 1:
        raise ValueError
    return number


def _probability(value: str) -> float:
    number = float(value)
    if not 0 <= number <= 1:
        raise ValueError
    return number


# -- build ---------------------------------------------------------------------------------------


def _add_build(commands: Any) -> None:
    parser = _command(commands, "build", _build, "Build or renew the index of a corpus.")
    _corpus_flag(parser)
    parser.add_argument(
        "--model", default=os.environ.get("QA_MODEL"), help="sentence-transformers model, name or path"
    )
    parser.add_argument("--fresh", action="store_true", help="embed everything anew")
    parser.add_argument(
        "--force", action="store_true", help="build even if most articles of the index are lost"
    )
    _json_flag(parser)


def _build(args: argparse.Namespace) -> None:
    from qa import builder, encoder

    with _progress_bar() as show:
        report = builder.build(
            args.corpus,
            args.vectors,
            model=args.model or encoder.DEFAULT_MODEL,
            fresh=args.fresh,
            force=args.force,
            on_progress=show,
        )
    if args.json:
        _print_json(asdict(report))
    else:
        _print_report(report)


@contextmanager
def _progress_bar() -> Iterator[Callable[[Progress], None]]:
    """A bar for each stage of a build on a terminal; silent in a pipe."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from tqdm import tqdm

    names = {"read": ("Reading", "files"), "embed": ("Embedding", "passages"), "write": ("Writing", "parts")}
    bars: dict[str, tqdm[Any]] = {}

    def show(progress: Progress) -> None:
        if progress.stage not in bars:
            label, unit = names[progress.stage]
            bars[progress.stage] = tqdm(desc=label, unit=f" {unit}", total=progress.total)
        bar = bars[progress.stage]
        bar.total = progress.total
        bar.update(progress.done - bar.n)

    try:
        yield show
    finally:
        for bar in bars.values():
            bar.close()


def _print_report(report: BuildReport) -> None:
    for skipped in report.skipped:
        print(f"skipped {skipped.path}: {skipped.reason}", file=sys.stderr)
    print(
        f"{report.articles} articles, {report.passages} passages"
        f" ({report.embedded} embedded, {report.reused} reused) in {report.seconds:.1f} s;"
        f" generation {report.generation}, model {report.model}"
    )


# -- search and ask ------------------------------------------------------------------------------


def _add_search(commands: Any) -> None:
    parser = _command(commands, "search", _search, "Find passages.")
    _question_flags(parser, "query")
    parser.add_argument("-k", type=_positive, default=10, help="how many passages (default: %(default)s)")
    parser.add_argument("--mode", choices=["hybrid", "dense", "lexical"], default="hybrid")
    _json_flag(parser)


def _search(args: argparse.Namespace) -> None:
    index = _open(args.vectors)
    for row in questions(args.input, args.query):
        where = Filter(article_id=row.get("article_id", ""))
        hits = index.search(row["question"], k=args.k, mode=args.mode, where=where)
        if args.json:
            _print_json(
                {"id": row.get("id"), "query": row["question"], "hits": [hit_fields(hit) for hit in hits]}
            )
        else:
            for hit in hits:
                print(f"{hit.rank:3}. {hit.score:.3f}  {hit.passage.passage_id}")
                print(f"     {_one_line(hit.passage.text)}")


def _add_ask(commands: Any) -> None:
    parser = _command(
        commands, "ask", _ask, "Answer a question with quotes, or say that the corpus does not."
    )
    _question_flags(parser, "question")
    parser.add_argument("--article", default="", metavar="ID", help="ask only this article")
    parser.add_argument("--source", default="", help="ask only articles of this outlet")
    parser.add_argument("--since", type=_iso_date, metavar="DATE", help="ask only articles from this day on")
    parser.add_argument("--until", type=_iso_date, metavar="DATE", help="ask only articles up to this day")
    parser.add_argument(
        "--min-confidence", type=_probability, metavar="P", help="refuse below this confidence, 0 to 1"
    )
    parser.add_argument("--explain", action="store_true", help="print why it was answered or refused")
    _json_flag(parser)


def _ask(args: argparse.Namespace) -> None:
    from qa.bot import Bot

    bot = Bot(_open(args.vectors), min_confidence=args.min_confidence)
    for row in questions(args.input, args.question):
        where = Filter(
            row.get("article_id", "") or args.article, args.source, args.since or "", args.until or ""
        )
        answer = bot.ask(row["question"], history=turns(row), where=where)
        if args.json:
            _print_json({"id": row.get("id"), **answer_fields(answer)})
        else:
            _print_answer(answer, explain=args.explain)


def _open(vectors: str) -> Any:
    from qa.index import Index

    return Index.open(vectors)


def _print_answer(answer: Answer, *, explain: bool) -> None:
    from qa import text, why

    language = text.question_language(answer.question) or text.DEFAULT_LANGUAGE
    if searched := why.searched(answer, language):
        print(searched)
    print(answer.text)
    for citation in answer.citations:
        about = ", ".join(part for part in (citation.source, citation.date, citation.article_id) if part)
        print(f"  [{citation.label}] {citation.title} ({about}), {citation.start}–{citation.end}")
    if answer.status == "no_answer":
        if lacking := why.not_found(answer, language):
            print(f"  {lacking}")
        for hit in answer.hits[:3]:
            print(f"  ~ {hit.passage.passage_id}: {_one_line(hit.passage.text)}")
    for line in why.lines(answer, language) if explain else []:
        print(f"  {line}")
    print(f"  {answer.confidence:.0%}, {answer.seconds['total']:.2f} s", file=sys.stderr)


def _one_line(text: str, width: int = 160) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= width else flat[: width - 1] + "…"


def _print_json(fields: Row) -> None:
    print(json.dumps(fields, ensure_ascii=False), flush=True)


# -- article, status, evaluate, serve ----------------------------------------------------------------------


def _add_article(commands: Any) -> None:
    parser = _command(commands, "article", _article, "Print an article as the index has it.")
    parser.add_argument("article_id")
    _json_flag(parser)


def _article(args: argparse.Namespace) -> None:
    article = _open(args.vectors).article(args.article_id)
    if args.json:
        _print_json(asdict(article))
    else:
        print(article.text)


def _add_status(commands: Any) -> None:
    parser = _command(commands, "status", _status, "Say what the index holds, and list its generations.")
    _json_flag(parser)


def _status(args: argparse.Namespace) -> None:
    from pathlib import Path

    from qa import generations

    manifest = generations.served(Path(args.vectors))
    listed = generations.listing(Path(args.vectors))
    if args.json:
        fields = asdict(manifest)
        del fields["parts"]
        about = {"current": manifest.generation, "generations": [asdict(row) for row in listed]}
        _print_json({**fields, "bytes": manifest.bytes, **about})
        return
    for row in listed:
        print(
            f"{'*' if row.current else ' '} generation {row.generation}, built {row.built} with {row.model}:"
            f" {row.articles} articles, {row.passages} passages, {row.bytes:,} bytes"
        )


def _add_verify(commands: Any) -> None:
    parser = _command(commands, "verify", _verify, "Check every checksum, range and vector of the index.")
    _json_flag(parser)


def _verify(args: argparse.Namespace) -> None:
    from qa import verify
    from qa.errors import BrokenIndex

    generation, faults = verify.verify(args.vectors)
    if args.json:
        _print_json({"generation": generation, "whole": not faults, "faults": faults})
    else:
        for fault in faults:
            print(fault)
    if faults:
        raise BrokenIndex(
            f"The generation {generation} is damaged, {len(faults)} faults were found;"
            " run `qa rollback` or `qa build --fresh`."
        )
    if not args.json:
        print(f"generation {generation} is whole")


def _add_rollback(commands: Any) -> None:
    parser = _command(commands, "rollback", _rollback, "Serve the generation before the served one.")
    _json_flag(parser)


def _rollback(args: argparse.Namespace) -> None:
    from pathlib import Path

    from qa import generations

    manifest = generations.rollback(Path(args.vectors))
    if args.json:
        fields = ("generation", "built", "model", "articles", "passages")
        _print_json({name: getattr(manifest, name) for name in fields})
    else:
        print(f"serving generation {manifest.generation}, built {manifest.built}")


def _add_evaluate(commands: Any) -> None:
    text = "Measure search and answers on judged questions."
    parser = commands.add_parser("evaluate", help=text, description=text)  # has an index of its own
    parser.set_defaults(run=_evaluate)
    parser.add_argument("dataset", metavar="DATASET", help="file or folder of judged questions")
    parser.add_argument(
        "--format", choices=["squad", "beir", "omos"], help="default: guessed from the name of DATASET"
    )
    parser.add_argument("--questions", metavar="FILE", help="ask in the words that FILE has for the same ids")
    parser.add_argument(
        "--limit", type=_positive, metavar="N", help="only the first N questions of each kind"
    )
    parser.add_argument(
        "--model", default=os.environ.get("QA_MODEL"), help="sentence-transformers model, name or path"
    )
    parser.add_argument(
        "--min-confidence", type=_probability, metavar="P", help="refuse below this confidence, 0 to 1"
    )
    parser.add_argument("--plots", metavar="FOLDER", help="draw risk–coverage and reliability there, as PNG")
    _json_flag(parser)


def _evaluate(args: argparse.Namespace) -> None:
    from pathlib import Path

    from qa import curves, encoder, evaluate, judged

    dataset = judged.read(args.dataset, args.format)
    if args.questions:
        dataset = judged.reworded(dataset, judged.read(args.questions, args.format))
    if args.limit:
        dataset = judged.limited(dataset, args.limit)
    if args.plots:
        curves.check(Path(args.plots))  # before minutes of work
    with _progress_bar() as show:
        report = evaluate.evaluate(
            dataset,
            model=args.model or encoder.DEFAULT_MODEL,
            min_confidence=args.min_confidence,
            on_progress=show,
        )
    if args.plots:
        for picture in evaluate.draw(report, Path(args.plots)):
            print(f"drew {picture}", file=sys.stderr)
    if args.json:
        _print_json(report.fields())
    else:
        print(evaluate.table(report))


def _add_serve(commands: Any) -> None:
    parser = _command(commands, "serve", _serve, "Open the chat page.")
    _corpus_flag(parser)
    parser.add_argument("--host", default=os.environ.get("QA_HOST", "127.0.0.1"), help="default: %(default)s")
    parser.add_argument(
        "--port", type=_positive, default=os.environ.get("QA_PORT", "7860"), help="default: %(default)s"
    )
    parser.add_argument(
        "--root-path", default="", metavar="PATH", help="what a proxy strips from the addresses, as /qa"
    )
    parser.add_argument(
        "--name",
        action="append",
        default=[],
        help="a host name that it answers to, as behind a proxy; repeatable",
    )
    parser.add_argument(
        "--proxy",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="the IP address or network of a proxy whose X-Forwarded-For and -Proto count; repeatable",
    )
    parser.add_argument(
        "--auth",
        default=os.environ.get("QA_AUTH", ""),
        metavar="FILE",
        help="let in only who is named in FILE (see `qa password`)",
    )
    parser.add_argument("--read-only", action="store_true", help="nobody changes the corpus through the page")
    parser.add_argument("--mcp", action="store_true", help="serve tools for language models at /mcp")
    parser.add_argument(
        "--feedback",
        default=FEEDBACK,
        metavar="FILE",
        help='append readers\' verdicts on answers to FILE ("" asks for none)',
    )
    parser.add_argument("--log", action="store_true", help="write a JSON line for each request to stderr")
    parser.add_argument("--log-questions", action="store_true", help="log the questions' texts too")


def _serve(args: argparse.Namespace) -> None:
    from qa import passwords, proxies, serving
    from qa.accesslog import AccessLog
    from qa.backend import Folders
    from qa.guard import hosts_for
    from qa.service import Service
    from qa.waiting import Waiting

    if args.root_path and not re.fullmatch(r"(/[\w.~-]+)+", args.root_path):
        raise QAError("The --root-path must be a path like /qa.")
    trusted = proxies.networks(args.proxy)
    known = passwords.Passwords(passwords.read(args.auth)) if args.auth else None
    proxied = bool(args.root_path or args.name or args.proxy)
    changes = serving.may_change(
        args.host, proxied=proxied, passwords=known is not None, read_only=args.read_only
    )
    if not changes and not args.read_only:
        print(
            "Others can reach this address, so the corpus cannot be changed here; --auth allows it.",
            flush=True,
        )
    with serving.listening(args.host, args.port) as listening:
        with Waiting(listening) as waiting:
            print("Loading the page …", flush=True)
            import ui

            log = (
                AccessLog(sys.stderr, questions=args.log_questions)
                if args.log or args.log_questions
                else None
            )
            service = Service(
                Folders(args.corpus, args.vectors, os.environ.get("QA_MODEL", "")),
                changes=changes,
                on_answer=log.answered if log else None,
            )
            app = ui.make_app(
                service,
                hosts=hosts_for(args.host, args.name),
                root_path=args.root_path,
                proxies=trusted,
                passwords=known,
                mcp=args.mcp,
                feedback_file=Path(args.feedback) if args.feedback else None,
            )
            waiting.step("loading_index")
            _open_first(service)
        print(f"The page is at {serving.address(args.host, args.port)} (Ctrl-C stops it).", flush=True)
        ui.serve(log.around(app) if log else app, listening, service)


def _open_first(service: Any) -> None:
    """Open the index before the first question, and say so."""
    print("Opening the index …", flush=True)
    try:
        served = service.served()
    except QAError as error:
        print(f"qa: {error}", file=sys.stderr, flush=True)
        return
    print(
        f"The index is open, generation {served.index.generation}."
        if served
        else "There is no index yet; build it.",
        flush=True,
    )


def _add_password(commands: Any) -> None:
    text = "Print a line for the file of `qa serve --auth`; the password is read from the terminal or stdin."
    parser = commands.add_parser("password", help=text, description=text)
    parser.set_defaults(run=_password)
    parser.add_argument("name", metavar="NAME")


def _password(args: argparse.Namespace) -> None:
    from getpass import getpass

    from qa import passwords

    if not sys.stdin.isatty():
        print(passwords.line(args.name, sys.stdin.readline().rstrip("\r\n")))
        return
    password = getpass("Password: ")
    if getpass("Once more: ") != password:
        raise QAError("The two are not the same; try again.")
    print(passwords.line(args.name, password))


if __name__ == "__main__":
    sys.exit(main())
