"""Ask the bot questions with known answers, and measure retrieval, answers and refusals.

The index is built in a temporary folder, searched in each mode, and asked through `Bot.ask`.
`qa.evaluation.datasets` reads datasets, `qa.evaluation.outcomes` judges answers, `qa.evaluation.metrics` has
the formulas.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

from qa.answering import verdict
from qa.answering.bot import Bot
from qa.embedding import sentence_transformer
from qa.embedding.base import Encoder
from qa.errors import CorpusError
from qa.evaluation import metrics, outcomes, plots
from qa.evaluation.judged import Dataset, JudgedQuestion
from qa.evaluation.metrics import DEPTH, Figure
from qa.evaluation.outcomes import Outcome
from qa.index import build
from qa.index.search import Index
from qa.types import Answer, BuildReport, Filter, Mode, OnProgress, silent

MODES: tuple[Mode, ...] = get_args(Mode)
PASSAGES = 100  # passages retrieved at first for a run; four times as many while they yield too few articles


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of an evaluation; kinds that the dataset does not judge are absent."""

    dataset: str
    format: str
    model: str
    min_confidence: float
    articles: int
    passages: int
    skipped: int  # articles that could not be used; questions about them count as refused
    questions: int
    unanswerable: int
    build_seconds: float
    retrieval: dict[Mode, dict[str, Figure]]
    answers: dict[str, Figure]
    outcomes: tuple[Outcome, ...] = field(repr=False)

    def fields(self) -> dict[str, Any]:
        """The report as JSON, without the outcomes."""
        plain = {name: getattr(self, name) for name in self.__slots__ if name != "outcomes"}
        retrieval = {mode: _figure_fields(figures) for mode, figures in self.retrieval.items()}
        return {**plain, "retrieval": retrieval, "answers": _figure_fields(self.answers)}


def _figure_fields(figures: dict[str, Figure]) -> dict[str, dict[str, float | None]]:
    return {name: figure._asdict() for name, figure in figures.items()}


def evaluate(
    dataset: Dataset,
    *,
    model: str = sentence_transformer.DEFAULT_MODEL,
    encoder: Encoder | None = None,
    min_confidence: float | None = None,
    on_progress: OnProgress = silent,
) -> Report:
    """Index the articles of a dataset, ask its questions, and measure.

    Retrieval is measured on the answerable questions, unless each is about one article; answers are measured
    except for BEIR, which has no reference answers. Below `min_confidence` an answer counts as refused; None
    uses the bot's own threshold. Raises what building and asking raise, and MissingExtra if ir_measures is
    needed and not installed.
    """
    encoder = encoder or sentence_transformer.load(model)
    searched = [q for q in dataset.questions if q.answerable and not q.article_id]
    if searched:
        metrics.optional("ir_measures")  # fail before minutes of work if it is missing
    with _index(dataset, encoder, on_progress) as (built, index):
        threshold = _threshold(dataset, index) if min_confidence is None else min_confidence
        asked = () if dataset.format == "beir" else dataset.questions
        # Before the searches: the index caches recent questions, and encoding them belongs to the time.
        judged = tuple(_outcomes(dataset, index, asked, threshold))
        retrieval = {mode: _retrieval(index, searched, mode) for mode in MODES} if searched else {}
    return Report(
        dataset=dataset.name,
        format=dataset.format,
        model=encoder.name,
        min_confidence=threshold,
        articles=built.articles,
        passages=built.passages,
        skipped=len(built.skipped),
        questions=len(dataset.questions),
        unanswerable=sum(not q.answerable for q in dataset.questions),
        build_seconds=built.seconds,
        retrieval=retrieval,
        answers=outcomes.figures(judged) if judged else {},
        outcomes=judged,
    )


def _threshold(dataset: Dataset, index: Index) -> float:
    """The bot's own threshold, which differs between one article and all."""
    one = any(question.article_id for question in dataset.questions)
    return verdict.threshold("article" if one else "corpus", index.manifest.model)


@contextmanager
def _index(
    dataset: Dataset, encoder: Encoder, on_progress: OnProgress
) -> Iterator[tuple[BuildReport, Index]]:
    """A temporary index of the dataset's articles."""
    with TemporaryDirectory(prefix="qa-evaluate-") as folder:
        corpus, vectors = Path(folder, "corpus"), Path(folder, "vectors")
        corpus.mkdir()
        dataset.write(corpus)
        built = build.build(corpus, vectors, encoder=encoder, on_progress=on_progress)
        index = Index.open(vectors, encoder=encoder)
        try:
            yield built, index
        finally:
            index.close()


# -- retrieval -----------------------------------------------------------------------------------


def _retrieval(index: Index, questions: Sequence[JudgedQuestion], mode: Mode) -> dict[str, Figure]:
    qrels = {question.question_id: question.relevant for question in questions}
    runs = {question.question_id: _articles_found(index, question, mode) for question in questions}
    drawn = metrics.resamples(len(questions))
    return {
        name: metrics.figure(metrics.mean(values), drawn, len(questions))
        for name, values in metrics.retrieval(qrels, runs).items()
    }


def _articles_found(index: Index, question: JudgedQuestion, mode: Mode) -> list[str]:
    """The articles found for a question, each ranked by its best passage (MaxP)."""
    passages = PASSAGES
    while True:
        hits = index.retrieve(question.question, k=passages, mode=mode)
        articles = dict.fromkeys(hit.passage.article_id for hit in hits)
        articles.pop(question.same_article_id, None)
        if len(articles) >= DEPTH or len(hits) < passages:
            return list(articles)[:DEPTH]
        passages *= 4


# -- answers -------------------------------------------------------------------------------------


def _outcomes(
    dataset: Dataset, index: Index, questions: Sequence[JudgedQuestion], min_confidence: float
) -> Iterator[Outcome]:
    # Without a threshold the bot quotes for every question, which the risk–coverage curve needs; refusals are
    # then decided here, by the same comparison.
    bot = Bot(index, min_confidence=0.0)
    indexed = {article.article_id for article in index.articles()}
    for question in questions:
        if question.article_id and question.article_id not in indexed:
            yield Outcome(question, 0.0, True, (), 0, (), frozenset(), 0.0)
            continue
        answer = bot.ask(question.question, where=Filter(article_id=question.article_id))
        lines = dataset.lines(question.article_id) if question.article_id else []
        yield outcomes.judge(question, answer, lines, _exact(index, answer), min_confidence)


def _exact(index: Index, answer: Answer) -> int:
    exact = 0
    for citation in answer.citations:
        try:
            text = index.article(citation.article_id).text
        except CorpusError:  # a citation of a missing article
            continue
        exact += text[citation.start : citation.end] == citation.quote
    return exact


# -- shown ---------------------------------------------------------------------------------------


def draw(report: Report, folder: Path) -> list[Path]:
    """Write the plots to a folder and return the files; none if nothing was asked."""
    if not report.outcomes:
        return []
    return plots.draw(
        folder,
        f"{report.dataset}, {len(report.outcomes)} questions",
        [outcome.confidence for outcome in report.outcomes],
        wrong=[outcome.wrong for outcome in report.outcomes],
        threshold=report.min_confidence,
    )


def table(report: Report) -> str:
    """The report as a text table."""
    lines = [
        f"{report.dataset} ({report.format}), model {report.model}, answered at confidence "
        f"{report.min_confidence:g} or more",
        f"{report.articles} articles ({report.skipped} skipped), {report.passages} passages,"
        f" {report.questions} questions, {report.unanswerable} of them without an answer;"
        f" built in {report.build_seconds:.1f} s",
    ]
    if report.retrieval:
        lines += ["", "retrieval" + "".join(f"{name:>22}" for name in metrics.RETRIEVAL)]
        for mode, figures in report.retrieval.items():
            lines.append(f"{mode:9}" + "".join(f"{_shown(figure):>22}" for figure in figures.values()))
    if report.answers:
        lines += ["", "answers"]
        lines += [
            f"{name:24}{_shown(figure):>26}{_count(figure):>10}" for name, figure in report.answers.items()
        ]
    return "\n".join([*lines, "", "Brackets: 95% bootstrap intervals over the questions."])


def _count(figure: Figure) -> str:
    return "" if figure.n is None else f"n={figure.n}"


def _shown(figure: Figure) -> str:
    if figure.value is None:
        return "–"
    digits = 3 if abs(figure.value) < 10 else 1
    if figure.low is None or figure.high is None:
        return f"{figure.value:.{digits}f}"
    return f"{figure.value:.{digits}f} [{figure.low:.{digits}f}, {figure.high:.{digits}f}]"
