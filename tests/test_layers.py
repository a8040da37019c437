"""A package imports only from layers below its own (see docs/decisions/0001-layers.md).

`python tests/test_layers.py` prints how many packages, layers and imports there are.
"""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# From the bottom up. "qa" is the package's public interface, what `import qa` offers.
LAYERS: tuple[set[str], ...] = (
    {"errors", "types_phrasing"},
    {"types"},
    {"text", "embedding", "storage", "i18n"},
    {"corpus", "facts", "llm", "templating"},
    {"index"},
    {"cluster"},
    {"answering"},
    {"service", "evaluation", "exporting", "qa"},
    {"api", "web", "fetching"},
    {"server"},
    {"ui"},
    {"cli"},
)


def _modules() -> dict[str, Path]:
    """Every module of the program by its dotted name."""
    found = {"ui": ROOT / "ui.py"}
    for path in sorted((ROOT / "qa").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = _modules()
PACKAGES = [name for name, path in MODULES.items() if path.name == "__init__.py"]


def room(module: str) -> str:
    """The package, or single module, directly below `qa` that a module belongs to."""
    if module == "qa.__main__":
        return "cli"
    return module.split(".")[1] if "." in module else module


def layer(module: str) -> int:
    return next((number for number, rooms in enumerate(LAYERS) if room(module) in rooms), -1)


def imports(module: str) -> set[str]:
    """Modules of the program that a module imports anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(MODULES[module].read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name in MODULES}
        elif isinstance(node, ast.ImportFrom) and node.module in MODULES:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found.add(inner if inner in MODULES else node.module)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports by a relative name"
    return found - {module}


ARROWS = {module: imports(module) for module in MODULES}


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_a_layer(module: str) -> None:
    assert layer(module) >= 0, f"say in LAYERS where {room(module)} belongs"


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_down(module: str) -> None:
    for other in ARROWS[module]:
        if room(other) != room(module):
            assert layer(other) < layer(module), f"{module} may not import {other}"


def test_no_module_imports_itself_round_about() -> None:
    TopologicalSorter(ARROWS).prepare()  # raises CycleError, which names the cycle


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_says_what_it_is(package: str) -> None:
    doc = ast.get_docstring(ast.parse(MODULES[package].read_text("utf-8")))
    assert doc
    assert len(doc.splitlines()) >= 3


@pytest.mark.parametrize("package", PACKAGES)
def test_exported_names_are_public_and_exist(package: str) -> None:
    names = importlib.import_module(package).__all__
    assert names == sorted(set(names))
    for name in names:
        assert not name.startswith("_")
        if f"{package}.{name}" not in MODULES:
            assert hasattr(importlib.import_module(package), name)


@pytest.mark.parametrize("package", [name for name in PACKAGES if name != "qa"])
def test_a_package_exports_all_its_modules(package: str) -> None:
    inside = {name.rpartition(".")[2] for name in MODULES if name.rpartition(".")[0] == package}
    assert {name for name in inside if not name.startswith("_")} <= set(
        importlib.import_module(package).__all__
    )


@pytest.mark.parametrize("module", MODULES)
def test_no_module_imports_a_private_name_of_another(module: str) -> None:
    for node in ast.walk(ast.parse(MODULES[module].read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module in MODULES:
            private = [alias.name for alias in node.names if alias.name.startswith("_")]
            assert [name for name in private if not name.startswith("__")] == []


HEAVY = (
    "httpx torch faiss gradio transformers sentence_transformers bm25s matplotlib ir_measures"
    " trafilatura pypdfium2 ftfy docx psycopg pymilvus ray"
).split()


@pytest.mark.parametrize("module", HEAVY)
def test_the_command_line_starts_without_heavy_modules(module: str) -> None:
    code = f"import sys, qa, qa.cli.main; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT).returncode == 0


def _report() -> str:
    rooms = {room(module) for module in MODULES}
    arrows = sum(map(len, ARROWS.values()))
    between = {(room(a), room(b)) for a, others in ARROWS.items() for b in others} - {(r, r) for r in rooms}
    files = [path for path in MODULES.values() if path.name not in ("__init__.py", "__main__.py")]
    return (
        f"{len(files)} modules in {len(rooms)} packages and single modules, {len(LAYERS)} layers,"
        f" {arrows} imports between modules, {len(between)} between packages"
    )


if __name__ == "__main__":
    print(_report())
