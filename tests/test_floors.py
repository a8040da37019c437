"""A module imports only from steps below its own (see docs/decisions/0001-layers.md)."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

QA = Path(__file__).resolve().parents[1] / "qa"
# From the ground up; a floor may have steps, and a module imports only from steps below its own.
FLOORS: tuple[tuple[set[str], ...], ...] = (
    (
        {"errors"},
        {"types"},
        {"text", "templating"},
        {"asked", "furniture"},
        {"followups", "sentences"},
        {"head"},
    ),  # words
    (  # parts
        {
            "plain",
            "tags",
            "archive",
            "passages",
            "checkpoint",
            "clusters",
            "compute",
            "quantised",
            "lexical",
            "store",
            "states",
            "manifest",
            "locks",
            "features",
        },
        {"dense", "tables", "formats", "encoder", "evidence", "generations"},
        {"worker"},
        {"corpus"},
        {"explain"},
    ),
    ({"index", "builder", "verify", "shelf"},),  # the whole
    (  # uses
        {"bot", "markup", "measures", "judged", "messages"},
        {"why", "pages"},
        {"message", "outcomes", "curves"},
        {"render", "evaluate", "record", "filters"},
        {"overview"},
    ),
    (
        {
            "passwords",
            "accesslog",
            "serving",
            "backend",
            "jsonlines",
            "api_page",
            "feedback",
            "gradio_files",
            "gradio_requests",
        },
        {"service"},
        {"guard", "wire"},
        {"page", "doors", "waiting"},
        {"desk"},
        {"__init__"},
        {"api", "mcp_door"},
        {"cli"},
    ),  # doors
)
STEPS = [(floor, modules) for floor, steps in enumerate(FLOORS) for modules in steps]
PARTS = 1
# No part imports another, save where the one is the other's lower half.
# "explain" says in words what "evidence" decides, from the same figures.
HALVES = {
    ("encoder", "checkpoint"),
    ("encoder", "compute"),
    ("encoder", "quantised"),
    ("evidence", "features"),
    ("generations", "locks"),
    ("generations", "manifest"),
    # a corpus is files in formats: text, tables, archives, and those that foreign libraries read
    ("corpus", "plain"),
    ("corpus", "tables"),
    ("corpus", "archive"),
    ("corpus", "worker"),
    ("worker", "formats"),
    ("worker", "plain"),
    ("formats", "tags"),
    ("tables", "plain"),
    ("formats", "plain"),
    ("formats", "archive"),
    ("dense", "clusters"),
    ("explain", "evidence"),
    ("explain", "features"),
}


def step_of(module: str) -> tuple[int, int]:
    """Number of the step, and of its floor."""
    return next((step, floor) for step, (floor, modules) in enumerate(STEPS) if module in modules)


def imports(path: Path) -> set[str]:
    """Modules of the package that a file imports anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "qa":
            found |= {alias.name for alias in node.names if (QA / f"{alias.name}.py").exists()}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("qa."):
            found.add(str(node.module).split(".")[1])
        elif isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("qa.")}
    return found


def test_every_module_has_a_floor() -> None:
    assert {path.stem for path in QA.glob("*.py")} <= set().union(*(modules for _, modules in STEPS))


@pytest.mark.parametrize("path", sorted(QA.glob("*.py")), ids=lambda path: path.stem)
def test_imports_go_down(path: Path) -> None:
    own = path.stem
    step, floor = step_of(own)
    for other in imports(path):
        below, other_floor = step_of(other)
        assert below < step, f"{own} may not import {other}"
        if floor == other_floor == PARTS:
            assert (own, other) in HALVES, f"the part {own} may not import the part {other}"


HEAVY = (
    "torch faiss gradio transformers sentence_transformers matplotlib ir_measures trafilatura pypdf docx"
).split()


@pytest.mark.parametrize("module", HEAVY)
def test_the_command_line_starts_without_heavy_modules(module: str) -> None:
    code = f"import sys, qa, qa.cli; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
