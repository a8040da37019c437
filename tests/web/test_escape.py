"""Foreign text in Markdown."""

from __future__ import annotations

import html as stdlib_html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from qa.types import Span
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


# -- bold


def _with_bold(text: str, start: int, end: int) -> tuple[str, str]:
    """The text that a reader sees, and the bold part of it; fails if any other markup came of it."""
    source = markdown(text, Span(start, end))
    out = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(source)
    assert set(re.findall(r"<\W*(\w+)", out)) <= {"p", "strong"}
    bold = re.search(r"<strong>(.*)</strong>", out, re.DOTALL)
    shown = stdlib_html.unescape(re.sub(r"</?(?:p|strong)>", "", out)).strip()
    return shown, stdlib_html.unescape(bold[1]) if bold else ""


SPANS = [
    ("Es waren 412 Menschen.", "412"),
    ("412 Menschen kamen.", "412"),  # at its beginning
    ("Es kamen 412", "412"),  # at its end
    ("Alles.", "Alles."),
    ("Ein &amp; Zeichen", "mp; Z"),  # cuts through what looks like an entity
    ("Ein &amp; Zeichen", "&am"),
    ("Ein <b>fettes</b> Wort", "b>fett"),  # and through what looks like a tag
    ("Ein <b>fettes</b> Wort", "</b"),
    ("<strong>fett</strong>", "strong"),
    ("1. Zeile", "1."),
    ("- Zeile", "-"),
    ("siehe https://e.x/a und a@e.x", "tps://e.x/a und a@e"),
    ("*a* _b_ **c**", "* _b"),
    ("[Text](https://e.x)", "xt](htt"),
]


@pytest.mark.parametrize(("text", "bold"), SPANS)
def test_the_answer_is_bold_and_the_text_as_it_is(text: str, bold: str) -> None:
    start = text.index(bold)
    assert _with_bold(text, start, start + len(bold)) == (text, bold)


@settings(deadline=None)
@given(st.text("ab<>&;#/*_-1.[]() \n\t\x02\x03\u202e@:b") | st.text(st.characters(codec="utf-8")), st.data())
def test_without_its_tags_bold_markdown_is_the_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    source = markdown(text, Span(start, end))
    plain = stdlib_html.unescape(re.sub(r"</?strong>", "", source))
    assert plain == stdlib_html.unescape(markdown(text))
    bold = re.findall(r"<strong>(.*?)</strong>", source)
    assert [stdlib_html.unescape(part) for part in bold] == [
        shown for shown in [stdlib_html.unescape(markdown(text[start:end]))] if shown
    ]
    assert re.sub(r"</?strong>", "", source).count("<") == 0
