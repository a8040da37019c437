"""The wheel holds `ui.py` as `qa/ui.py`: a module named `ui` would take that name from every other program.

Everything else is declared in pyproject.toml (docs/decisions/0022-wheel.md).
"""

from __future__ import annotations

from setuptools import setup
from setuptools.command.build_py import build_py

PAGE = ("qa", "ui", "ui.py")  # package, module, file


class BuildWithPage(build_py):
    """`build_py` for which the page is a module of the package."""

    def find_package_modules(self, package: str, package_dir: str) -> list[tuple[str, str, str]]:
        modules: list[tuple[str, str, str]] = super().find_package_modules(package, package_dir)
        return [*modules, PAGE] if package == PAGE[0] else modules


setup(cmdclass={"build_py": BuildWithPage})
