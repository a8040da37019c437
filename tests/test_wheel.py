"""What is shipped: the declared dependencies, the version, and a wheel that works outside the checkout."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
import tomllib
import urllib.error
import urllib.request
import venv
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

import qa
from tests.support.seeds import DESERTED, two_seeds

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("pyproject.toml", "setup.py", "ui.py", "README.md", "LICENSE", "qa")
LIMIT = 120  # seconds after which a command of the test is given up
IMPORTED = re.compile(r'(?:import_module|optional)\("([\w.]+)"')  # by name, where needed


def _project() -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return project


def _name(requirement: str) -> str:
    """The normalised name of a distribution (PEP 503)."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement, maxsplit=1)[0]).lower()


def _imports(path: Path) -> set[str]:
    text = path.read_text("utf-8")
    names = set(IMPORTED.findall(text))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return {name.split(".")[0] for name in names} - set(sys.stdlib_module_names) - {"qa"}


def test_every_imported_package_is_declared() -> None:
    project = _project()
    extras = project["optional-dependencies"]
    declared = {
        _name(line)
        for line in [
            *project["dependencies"],
            *(line for name in ("cluster", "evaluate", "mcp") for line in extras[name]),
        ]
    }
    # the extra "cluster" is not installed for most tests
    distributions = {"grpc": ["grpcio"], **packages_distributions()}
    imported = {name for path in [ROOT / "ui.py", *(ROOT / "qa").rglob("*.py")] for name in _imports(path)}
    assert {"torch", "yaml", "matplotlib"} <= imported
    missing = [
        name for name in sorted(imported) if declared.isdisjoint(map(_name, distributions.get(name, [name])))
    ]
    assert missing == []


def test_every_declared_package_has_a_tested_version() -> None:
    project = _project()
    extras = project["optional-dependencies"].values()
    declared = {_name(line) for lines in (project["dependencies"], *extras) for line in lines} - {"qa"}
    tested = {
        _name(line)
        for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines()
        if not line.startswith("#")
    }
    assert declared <= tested


def test_the_version_stands_in_one_place() -> None:
    assert "version" not in _project()
    assert _project()["dynamic"] == ["version"]
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.findall(r"^## \[(\d[\d.]*)\]", changelog, flags=re.M)[0] == qa.__version__


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy so that nothing is left in the repository."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in SOURCES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, source / name)
    options = ["--no-build-isolation", "--no-deps", "--no-index", "--wheel-dir", str(out)]
    _run([sys.executable, "-m", "pip", "wheel", *options, str(source)], out)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts of an environment with the wheel in it, which sees the other packages of this one."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    paths = sysconfig.get_paths(vars={"base": str(folder), "platbase": str(folder)})
    python = str(Path(paths["scripts"]) / "python")
    options = ["--python", python, "install", "--no-deps", "--no-index", "--disable-pip-version-check"]
    _run([sys.executable, "-m", "pip", *options, str(wheel)], folder)
    # The lines of a .pth file are paths, whose own .pth files (an editable install of qa) do not count.
    (Path(paths["purelib"]) / "others.pth").write_text(sysconfig.get_paths()["purelib"], "utf-8")
    return Path(paths["scripts"])


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "QA_"))}


def _run(command: list[str], folder: Path) -> str:
    ended = subprocess.run(
        command, cwd=folder, env=_environment(), capture_output=True, text=True, timeout=LIMIT, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.mark.slow
def test_the_wheel_holds_the_package_with_its_data_and_no_other_module(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        files = {name for name in archive.namelist() if ".dist-info/" not in name}
        assert archive.read("qa/ui.py") == (ROOT / "ui.py").read_bytes()
    expected = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "qa").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert files == expected | {"qa/ui.py"}
    assert wheel.name.startswith(f"qa-{qa.__version__}-")


@pytest.mark.slow
def test_an_installed_wheel_builds_answers_and_serves(programs: Path, tmp_path: Path) -> None:
    command = str(programs / "qa")
    place = "import importlib.util, qa; print(importlib.util.find_spec('ui')); print(qa.__file__)"
    no_ui, file = _run([str(programs / "python"), "-c", place], tmp_path).splitlines()
    assert no_ui == "None"
    assert Path(file).is_relative_to(programs.parent)
    assert _run([command, "--version"], tmp_path) == f"qa {qa.__version__}\n"

    two_seeds(tmp_path / "seeds")
    report = json.loads(_run([command, "build", "--json"], tmp_path))
    assert report["articles"] == 2
    answer = json.loads(_run([command, "ask", DESERTED, "--json"], tmp_path))
    assert answer["status"] == "answered"

    port = _free_port()
    with subprocess.Popen(
        [command, "serve", "--port", str(port)],
        cwd=tmp_path, env=_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        try:
            _wait_until_healthy(f"http://127.0.0.1:{port}/healthz", process)
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=LIMIT) as page:
                assert b"Gradio" in page.read()
        finally:
            process.terminate()
            process.wait(LIMIT)


def _free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        port: int = opened.getsockname()[1]
        return port


def _wait_until_healthy(url: str, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + LIMIT
    while True:
        assert process.poll() is None, process.stderr.read() if process.stderr else ""
        try:
            with urllib.request.urlopen(url, timeout=LIMIT):  # noqa: S310
                return  # anything but 200 raises
        except (urllib.error.URLError, ConnectionError):
            assert time.monotonic() < deadline, "the server did not open the index"
            time.sleep(0.2)
