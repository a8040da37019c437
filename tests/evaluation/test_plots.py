from __future__ import annotations

import sys
from pathlib import Path

import pytest

from qa.errors import MissingExtra, StoreError
from qa.evaluation import plots

CONFIDENCE = [0.95, 0.85, 0.5, 0.1]
TRUE = [True, True, False, False]
PNG = b"\x89PNG\r\n\x1a\n"


def draw(folder: Path, threshold: float = 0.4) -> list[Path]:
    wrong = [not true for true in TRUE]
    return plots.draw(folder, "Titel", CONFIDENCE, wrong=wrong, threshold=threshold)


def test_both_curves_are_pictures(tmp_path: Path) -> None:
    drawn = draw(tmp_path / "new" / "folder")
    assert [path.name for path in drawn] == ["risk-coverage.png", "reliability.png"]
    assert all(path.read_bytes().startswith(PNG) for path in drawn)


def test_the_risk_coverage_curve_marks_the_threshold() -> None:
    picture = plots._risk_coverage("Titel", CONFIDENCE, [False, False, True, True], 0.5)
    (axes,) = picture.axes
    line, point = axes.lines
    assert line.get_xydata().tolist() == [[0.25, 0], [0.5, 0], [0.75, pytest.approx(1 / 3)], [1, 0.5]]
    assert point.get_xydata().tolist() == [[0.75, pytest.approx(1 / 3)]]
    assert "75% answered, 33% of them wrong" in axes.texts[0].get_text()


def test_a_threshold_that_refuses_everything_has_no_point() -> None:
    (axes,) = plots._risk_coverage("Titel", CONFIDENCE, [False] * 4, 1.0).axes
    assert len(axes.lines) == 1


def test_the_reliability_curve_shows_its_bins() -> None:
    (axes,) = plots._reliability("Titel", [0.95, 0.96, 0.1], [True, False, False]).axes
    assert axes.lines[1].get_xydata().tolist() == [[0.1, 0], [pytest.approx(0.955), 0.5]]
    assert [text.get_text() for text in axes.texts] == ["1", "2"]


def test_the_reliability_curve_is_that_of_the_first_quote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = []
    curve = plots._reliability

    def drawn(title: str, confidence: list[float], right: list[bool]) -> object:
        shown.append(right)
        return curve(title, confidence, right)

    monkeypatch.setattr(plots, "_reliability", drawn)
    draw(tmp_path)
    assert shown == [TRUE]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="--plots"):
        plots.check(tmp_path / "file")
    (tmp_path / "plots" / plots.RELIABILITY).mkdir(parents=True)
    with pytest.raises(StoreError, match="--plots"):
        draw(tmp_path / "plots")


def test_without_matplotlib_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingExtra, match="matplotlib is not installed"):
        plots.check(tmp_path / "plots")
