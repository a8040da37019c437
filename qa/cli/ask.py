"""The commands `search`, `ask` and `article`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa import __version__
from qa.api.fields import answer_fields, hit_fields
from qa.cli.common import (
    add_command,
    add_json_flag,
    add_question_flags,
    iso_date,
    one_line,
    positive,
    print_json,
    probability,
)
from qa.cli.language_model import add_llm_flags, client_of
from qa.cli.phrased import print_citations, print_phrased, print_summary, summary_fields
from qa.cli.questions import questions, turns
from qa.errors import QAError
from qa.types import Answer, DatedSentence, Filter

if TYPE_CHECKING:
    from qa.exporting.document import Exchange
    from qa.index.search import Index

BOLD, NORMAL = "\x1b[1m", "\x1b[22m"  # of a terminal (ECMA-48)


def add_search(commands: Any) -> None:
    parser = add_command(commands, "search", _search, "Find passages.")
    add_question_flags(parser, "query")
    parser.add_argument("-k", type=positive, default=10, help="number of passages (default: %(default)s)")
    parser.add_argument("--mode", choices=["hybrid", "dense", "lexical"], default="hybrid")
    add_json_flag(parser)


def _search(args: argparse.Namespace) -> None:
    index = _open(args.vectors)
    for row in questions(args.input, args.query):
        where = Filter(article_id=row.get("article_id", ""))
        hits = index.search(row["question"], k=args.k, mode=args.mode, where=where)
        if args.json:
            print_json(
                {"id": row.get("id"), "query": row["question"], "hits": [hit_fields(hit) for hit in hits]}
            )
        else:
            for hit in hits:
                print(f"{hit.rank:3}. {hit.score:.3f}  {hit.passage.passage_id}")
                print(f"     {one_line(hit.passage.text)}")


def add_ask(commands: Any) -> None:
    parser = add_command(
        commands,
        "ask",
        _ask,
        "Answer a question with verbatim quotes, or say that the articles do not answer it.",
    )
    add_question_flags(parser, "question")
    parser.add_argument("--article", default="", metavar="ID", help="search only this article")
    parser.add_argument("--source", default="", help="search only articles from this outlet")
    parser.add_argument(
        "--since",
        type=iso_date,
        metavar="DATE",
        help="search only articles published on or after DATE (YYYY-MM-DD)",
    )
    parser.add_argument(
        "--until",
        type=iso_date,
        metavar="DATE",
        help="search only articles published on or before DATE (YYYY-MM-DD)",
    )
    parser.add_argument(
        "--min-confidence", type=probability, metavar="P", help="do not answer below this confidence (0 to 1)"
    )
    parser.add_argument(
        "--explain",
        action="store_true",
        help="explain the confidence and show which words of the question were found",
    )
    parser.add_argument(
        "--timeline",
        action="store_true",
        help="also list the dated sentences of the cited articles in order",
    )
    parser.add_argument(
        "--export",
        metavar="FILE",
        type=export_file,
        help="also write the answers to FILE: to read (.md, .docx), or as rows that `qa check` can check "
        "(.jsonl, .csv)",
    )
    parser.add_argument(
        "--phrase",
        action="store_true",
        help="let a language model phrase the answer; only sentences that an article says are shown",
    )
    parser.add_argument(
        "--summary",
        action="store_true",
        help="let a language model sum up the cited articles, in the same way",
    )
    add_llm_flags(parser)
    add_json_flag(parser)


def export_file(name: str) -> Path:
    """A file name whose ending says how to write it."""
    from qa.exporting.files import FORMATS

    if Path(name).suffix.lower() not in FORMATS:
        raise argparse.ArgumentTypeError(f"use a name that ends with {', '.join(FORMATS)}")
    return Path(name)


def _ask(args: argparse.Namespace) -> None:
    from qa.answering.bot import Bot
    from qa.exporting.answers import cited_timeline, exchange

    client = client_of(args) if args.phrase or args.summary else None
    bot = Bot(_open(args.vectors), min_confidence=args.min_confidence)
    exported: list[Exchange] = []
    for row in questions(args.input, args.question):
        where = Filter(
            row.get("article_id", "") or args.article, args.source, args.since or "", args.until or ""
        )
        answer = bot.ask(row["question"], history=turns(row), where=where)
        dated = cited_timeline(answer, bot.index.article) if args.timeline else None
        cited = [citation.article_id for citation in answer.citations]
        summary = bot.summarise(cited, client) if client and args.summary and cited else None
        if args.json:
            if client and args.phrase:
                *_, end = bot.phrase(answer, client)
                answer = end.answer
            added: dict[str, Any] = {} if dated is None else {"timeline": [asdict(one) for one in dated]}
            if args.summary:
                added["summary"] = summary_fields(summary) if summary else None
            print_json({"id": row.get("id"), **answer_fields(answer), **added})
        else:
            _print_answer(answer, explain=args.explain)
            if client and args.phrase:
                answer = print_phrased(answer, bot.phrase(answer, client))
            if summary:
                print_summary(summary)
            _print_timeline(dated or [], answer)
        if args.export:
            exported.append(exchange(answer, bot.index.article, _language(answer), dated or ()))
    if args.export:
        _write(args.export, exported, bot.index)


def _language(answer: Answer) -> str:
    """The language of the question, in which the program speaks of its answer."""
    from qa.text import tokens

    return tokens.question_language(answer.question) or tokens.DEFAULT_LANGUAGE


def _print_timeline(dated: Sequence[DatedSentence], answer: Answer) -> None:
    from qa.i18n.wording import words

    text = words(_language(answer))
    if dated:
        print(f"  {text['timeline']}:")
    for one in dated:
        when = one.value if one.since else text["open_year"].format(wording=one.wording)
        print(f"    {when}  {one_line(one.quote)} ({one.article_id}, {one.start}–{one.end})")


def _write(path: Path, exchanges: Sequence[Exchange], index: Index) -> None:
    from qa.exporting.document import Export
    from qa.exporting.files import FORMATS
    from qa.i18n.wording import words
    from qa.text import tokens

    asked = " ".join(one.question for one in exchanges)
    language = tokens.question_language(asked) or tokens.DEFAULT_LANGUAGE
    time = datetime.now().astimezone().isoformat(timespec="seconds")
    export = Export(words(language)["title"], tuple(exchanges), language, time)
    content = FORMATS[path.suffix.lower()].write(export, index.article, __version__)
    try:
        path.write_bytes(content)
    except OSError as error:
        raise QAError(f"{path} cannot be written. Choose another file.") from error


def _open(vectors: str) -> Any:
    from qa.cluster import opening

    return opening.index(vectors)


def _print_answer(answer: Answer, *, explain: bool) -> None:
    from qa.i18n import explanations, figure_rows

    language = _language(answer)
    if reading := explanations.reading(answer, language):
        print(reading)
    if missing := explanations.missing(answer, language):
        print(missing)
    print(_with_bold_answers(answer) if sys.stdout.isatty() else answer.text)
    print_citations(answer.citations)
    if counted := explanations.sources(answer, language):
        print(f"  {counted}")
    for line in figure_rows.lines(answer.figures, language):
        print(f"  {line}")
    if answer.status == "no_answer":
        if lacking := explanations.not_found(answer, language):
            print(f"  {lacking}")
        for hit in answer.hits[:3]:
            print(f"  ~ {hit.passage.passage_id}: {one_line(hit.passage.text)}")
    for line in explanations.lines(answer, language) if explain else []:
        print(f"  {line}")
    print(f"  confidence {answer.confidence:.0%}, {answer.seconds['total']:.2f} s", file=sys.stderr)


def _with_bold_answers(answer: Answer) -> str:
    """The text with its answer spans in bold, for a terminal."""
    from qa.answering.answer_text import sentences

    text = answer.text
    for piece in reversed(sentences(answer)):  # from the end, so that earlier positions stay
        if piece.answer:
            start, end = piece.start + piece.answer.start, piece.start + piece.answer.end
            text = f"{text[:start]}{BOLD}{text[start:end]}{NORMAL}{text[end:]}"
    return text


def add_article(commands: Any) -> None:
    parser = add_command(commands, "article", _article, "Print an article as stored in the index.")
    parser.add_argument("article_id")
    parser.add_argument(
        "--summary",
        action="store_true",
        help="print what a language model sums up instead; only sentences that the article says are shown",
    )
    add_llm_flags(parser)
    add_json_flag(parser)


def _article(args: argparse.Namespace) -> None:
    if args.summary:
        _summary(args)
        return
    article = _open(args.vectors).article(args.article_id)
    if args.json:
        print_json(asdict(article))
    else:
        print(article.text)


def _summary(args: argparse.Namespace) -> None:
    from qa.answering.bot import Bot

    client = client_of(args)
    steps = Bot(_open(args.vectors)).summarise([args.article_id], client)
    if args.json:
        print_json(summary_fields(steps))
    else:
        print_summary(steps)
