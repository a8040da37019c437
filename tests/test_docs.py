"""The documentation's links work, and its examples are valid Python."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "benchmarks/README.md"])
_LINK = re.compile(r"\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^)\s]+)\)")
_CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def anchors(text: str) -> set[str]:
    """The anchors of the headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    for link in _LINK.findall(_CODE.sub("", path.read_text("utf-8"))):
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target.read_text("utf-8")), link


def test_every_page_of_the_documentation_is_linked() -> None:
    linked = {
        (path.parent / link.partition("#")[0]).resolve()
        for path in FILES
        for link in _LINK.findall(path.read_text("utf-8"))
    }
    assert [path.name for path in ROOT.glob("docs/**/*.md") if path not in linked] == []


def test_python_examples_compile() -> None:
    for path in FILES:
        for block in re.findall(r"^```python\n(.*?)^```$", path.read_text("utf-8"), flags=re.M | re.S):
            compile(block, str(path), "exec")


@pytest.mark.skipif(not (ROOT / "qa" / "answering").is_dir(), reason="the modules have not moved yet")
@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_that_are_named_exist(path: Path) -> None:
    if path.name == "CHANGELOG.md":  # tells of the past
        return
    named = re.findall(r"`((?:qa|tests|benchmarks|docs|seeds)/[\w./-]+)`", path.read_text("utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []
