"""Foreign text in Markdown."""

from __future__ import annotations

import html as stdlib_html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from qa.web.escape import markdown

HOSTILE = [
    "<script>x</script><img src=x onerror=1> ${a} {{v}}",
    "![p](https://e.x/p.png) [k](https://e.x) <https://e.x> https://e.x www.e.x a@e.x",
    "# T",
    "- L",
    "1. Z",
    "2) y",
    "> q",
    "    code",
    "|a|b|\n|-|-|",
    "Satz\n===",
    "Satz\n---",
    "**f** _k_ ~~w~~ `c` $$x$$ $y$ [^1] x^2",
    "&lt;b&gt; &amp; </div> <!-- c --> \\* \\",
    "5.000 € – „Z“ (dpa) 3*4 a_b C:\\t",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_shows_foreign_text_as_it_is(text: str) -> None:
    assert _shown(markdown(text)) == " ".join(text.split())


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Zs", "Zl", "Zp"])))
def test_markdown_shows_any_text_as_it_is(text: str) -> None:
    assert _shown(markdown(text)) == " ".join(text.split())


def _shown(source: str) -> str:
    """The text that a reader sees of some Markdown; fails if anything but a paragraph came of it."""
    out = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(source)
    assert set(re.findall(r"<\W*(\w+)", out)) <= {"p"}
    return stdlib_html.unescape(re.sub(r"</?p>", "", out)).strip()


def test_markdown_breaks_what_would_become_a_link_by_itself() -> None:
    for text in ("https://example.org", "HTTP://example.org", "www.example.org", "name@example.org"):
        assert text not in markdown(text)


def test_characters_that_turn_the_text_around_are_left_out() -> None:
    assert markdown("a\u202eb") == "ab"
