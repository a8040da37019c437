from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError
from markupsafe import Markup

from qa.api import rest_docs
from qa.server import loading
from qa.templating import environment, exact, html
from qa.web import pages

HOSTILE = "<img src=x onerror=1>\"' {{7*7}} {% x %}\u202e\x00"


@given(st.text())
def test_html_holds_no_markup_and_gives_the_text_back(text: str) -> None:
    escaped = str(html(text))
    assert not set(escaped) & set("<>\"'")
    assert unescape(escaped.replace("&", "&amp;")) == escaped
    assert re.sub(r"&(?:lt|gt|amp|#34|#39);", "", escaped).count("&") == 0


def test_characters_that_turn_the_text_around_are_left_out() -> None:
    assert html("a\u202eb\u2066c\u200f\x00\x1b[0m\ufeff") == "abc[0m"
    assert html("\udcff.txt") == "?.txt"


def test_a_name_that_a_click_sends_back_keeps_all_its_characters() -> None:
    assert exact('a\u202e"b') == Markup("a\u202e&#34;b")


def test_a_template_escapes_what_it_writes(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text('<b title="{{ x }}">{{ x }}{{ safe }}</b>', "utf-8")
    out = environment(tmp_path).get_template("a.html").render(x=HOSTILE, safe=Markup("<i>"))
    assert re.findall("<[^>]*>", out) == [f'<b title="{html(HOSTILE)}">', "<i>", "</b>"]
    assert "{{7*7}}" in out


def test_a_missing_value_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("{{ nothing }}", "utf-8")
    with pytest.raises(UndefinedError):
        environment(tmp_path).get_template("a.html").render()


@pytest.mark.parametrize("folder", [pages.TEMPLATES, rest_docs.TEMPLATES, loading.TEMPLATES], ids=str)
def test_no_template_switches_escaping_off(folder: Path) -> None:
    templates = sorted(folder.glob("*.html"))
    assert templates
    for template in templates:
        assert not re.search(r"\|\s*safe\b|autoescape", template.read_text("utf-8")), template.name
