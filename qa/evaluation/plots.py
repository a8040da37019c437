"""Evaluation plots as PNG: risk–coverage and reliability."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qa.errors import StoreError
from qa.evaluation import metrics

RISK_COVERAGE = "risk-coverage.png"
RELIABILITY = "reliability.png"
SIZE = 6.0, 4.5  # inches
DPI = 120
INK, ACCENT = "#444444", "#1f6feb"


def check(folder: Path) -> None:
    """Fail early, with the errors `draw` would raise, if matplotlib or the folder is missing."""
    metrics.optional("matplotlib.figure")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from error


def draw(
    folder: Path,
    title: str,
    confidence: Sequence[float],
    *,
    wrong: Sequence[bool],
    threshold: float,
) -> list[Path]:
    """Write both plots to a folder and return the files.

    `wrong` says for each question whether the first quote is wrong, `confidence` how likely it is right.
    Raises MissingExtra if matplotlib is not installed, StoreError if the folder cannot be written.
    """
    check(folder)
    pictures = {
        RISK_COVERAGE: _risk_coverage(title, confidence, wrong, threshold),
        RELIABILITY: _reliability(title, confidence, [not bad for bad in wrong]),
    }
    for name, picture in pictures.items():
        try:
            picture.savefig(folder / name, dpi=DPI)
        except OSError as error:
            raise _unwritable(folder, error) from error
    return [folder / name for name in pictures]


def _risk_coverage(title: str, confidence: Sequence[float], wrong: Sequence[bool], threshold: float) -> Any:
    picture, axes = _blank(title, "coverage: share of questions answered", "risk: share of answers wrong")
    curve = metrics.risk_coverage(confidence, wrong)
    axes.plot(curve.coverage, curve.risk, color=ACCENT)
    answered = curve.threshold >= threshold
    if answered.any():
        at = int(answered.sum()) - 1
        share, risk = float(curve.coverage[at]), float(curve.risk[at])
        axes.plot(share, risk, "o", color=ACCENT)
        words = f"threshold {threshold:g}: {share:.0%} answered, {risk:.0%} of them wrong"
        axes.text(0.02, 0.94, words, transform=axes.transAxes, color=INK)
    axes.set_ylim(0, 1.05)
    return picture


def _reliability(title: str, confidence: Sequence[float], right: Sequence[bool]) -> Any:
    picture, axes = _blank(title, "confidence, mean of the bin", "share of first quotes that are right")
    bins = metrics.reliability(confidence, right)
    axes.plot([0, 1], [0, 1], ":", color=INK)
    axes.plot(bins.confidence, bins.share, "o-", color=ACCENT)
    for x, y, count in zip(bins.confidence, bins.share, bins.questions, strict=True):
        axes.annotate(
            str(count),
            (x, y),
            xytext=(5, -11) if y > 0.1 else (5, 5),
            textcoords="offset points",
            color=INK,
            fontsize=8,
        )
    axes.set_ylim(0, 1.05)
    return picture


def _blank(title: str, across: str, up: str) -> tuple[Any, Any]:
    """An empty figure; without pyplot, to avoid window systems and global state."""
    figures = metrics.optional("matplotlib.figure")
    agg = metrics.optional("matplotlib.backends.backend_agg")
    picture = figures.Figure(figsize=SIZE, layout="constrained")
    agg.FigureCanvasAgg(picture)
    axes = picture.add_subplot()
    axes.set(title=title, xlabel=across, ylabel=up, xlim=(0, 1.05))
    axes.grid(alpha=0.3)
    return picture, axes


def _unwritable(folder: Path, error: OSError) -> StoreError:
    return StoreError(f"Cannot write to {folder} ({error.strerror}). Choose another folder with --plots.")
