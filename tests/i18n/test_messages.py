"""Messages in the reader's language."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.i18n.messages import said

QA = Path(__file__).resolve().parents[2] / "qa"
# Messages of these modules appear on the command line or in programs, never on the page.
UNSEEN = {"api", "cli", "evaluation", "fetching", "server"}
UNSEEN_MODULES = {"facts/checking", "facts/rows", "index/verify", "service/feedback"}
_SENTENCE = re.compile(r"(?:[A-Z]|7 )[^\n]*(?:[;:] |\. [A-Z])[^\n]*\.", re.DOTALL)


def _is_seen(path: Path) -> bool:
    place = path.relative_to(QA).with_suffix("")
    return place.parts[0] not in UNSEEN and place.as_posix() not in UNSEEN_MODULES


def _templates(path: Path) -> Iterator[str]:
    """Every string of a module that looks like a message, with 7 for variable parts."""
    tree = ast.parse(path.read_text("utf-8"))
    texts = {
        node.targets[0].id: str(node.value.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
    }
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if id(node) in docs or id(node) in inner:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        elif isinstance(node, ast.JoinedStr):
            text = "".join(_part(part, texts) for part in node.values)
        else:
            continue
        if _SENTENCE.fullmatch(text) and "{" not in text:
            yield text


def _part(part: ast.expr, texts: dict[str, str]) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    assert isinstance(part, ast.FormattedValue)
    return texts.get(part.value.id, "7") if isinstance(part.value, ast.Name) else "7"


MESSAGES = sorted({text for path in QA.rglob("*.py") if _is_seen(path) for text in _templates(path)})


def test_the_messages_are_found() -> None:
    assert len(MESSAGES) > 60
    assert "The file is larger than 7 MB. Split it." in MESSAGES
    assert "The index's vectors are damaged. Run `qa build --fresh`." in MESSAGES


@pytest.mark.parametrize("message", MESSAGES)
def test_every_message_that_a_page_may_show_is_translated(message: str) -> None:
    assert said(message, "de") != message
    assert said(message, "en") == message


def test_the_parts_of_a_message_are_kept_or_translated_themselves() -> None:
    assert said("The file is larger than 20 MB. Split it.", "de") == (
        "Die Datei ist größer als 20 MB. Teilen Sie sie auf."
    )
    assert said("The row is larger than 20 MB. Split it.", "de").startswith("Die Zeile")
    fault = "The front matter is malformed. Correct the YAML between the two --- lines (line 3: x: y)."
    whole = said(f"c: d contains no usable article (e.md: {fault}). Add .txt or .md files to it.", "de")
    assert whole.startswith(
        "c: d enthält keinen brauchbaren Artikel (e.md: Die Kopfdaten (Front Matter) sind fehlerhaft."
    )
    assert "(Zeile 3: x: y).)" in whole
    assert said("Something else; do that.", "de") == "Something else; do that."


def test_each_translation_has_the_same_places() -> None:
    pairs = json.loads((QA / "i18n" / "messages.json").read_text("utf-8"))
    for english, german in pairs.items():
        assert sorted(re.findall(r"\{\d\}", english)) == sorted(re.findall(r"\{\d\}", german))


@given(st.text(max_size=300))
def test_any_text_is_survived(text: str) -> None:
    assert said(text, "en") == text
    assert isinstance(said(text, "de"), str)
    assert text in said(f"There is no index in {text} yet. Run `qa build`.", "de") or said(text, "de") != text


def test_a_long_text_takes_no_time() -> None:
    text = "The file cannot be read (" * 2000
    assert said(text, "de") == text
