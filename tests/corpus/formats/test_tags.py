"""The scanner of tags."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from qa.corpus.formats.tags import Tag, tags

names = st.sampled_from(["p", "a", "DIV", "h1", "x-y", "svg", "br"])
spaces = st.text(" \t\n\f/", max_size=2).map(" {}".format)  # "/" alone would go on with a value
attribute_names = st.text("abA:-_.\"'<", min_size=1, max_size=4)
values = st.one_of(
    st.just(""),
    st.text("ab <>=/'\n", max_size=8).map('="{}"'.format),
    st.text('ab <>=/"\n', max_size=8).map("= '{}'".format),
    st.text("ab<=&\"'", min_size=1, max_size=8).filter(lambda text: text[0] not in "\"'").map(" = {}".format),
)
attributes = st.lists(st.tuples(spaces, attribute_names, values), max_size=5)
between = st.one_of(
    st.text("ab &;>\"'=", max_size=8),
    st.sampled_from(
        ["<!-- <p a b> -->", "<!-->", "<!doctype html>", "<?php <p ?>", "< p a", "</>", "<3 a b"]
    ),
    st.sampled_from(["script", "STYLE", "title", "textarea"]).map("<{0}><p a b c></{0}>".format),
)


@given(st.lists(st.tuples(between, names, attributes, st.sampled_from([">", " >", "/>"]))))
def test_a_page_that_was_written_is_counted(
    parts: list[tuple[str, str, list[tuple[str, str, str]], str]],
) -> None:
    page, expected = "", []
    for text, name, found, end in parts:
        page += text + f"<{name}" + "".join(map("".join, found)) + (" " if found else "") + end
        expected.append(Tag(name.lower(), len(found)))
    outside = [
        tag for tag in tags(page) if tag.name.lstrip("/") not in ("script", "style", "title", "textarea")
    ]
    assert outside == expected


@given(st.text("<>/=\"' \n!-?ab"))
def test_any_page_is_survived(page: str) -> None:
    found = list(tags(page))
    assert len(found) <= page.count("<")
    assert sum(tag.attributes for tag in found) <= len(page)


@given(st.text("<>/= \nab"))
def test_the_standard_library_counts_no_more(page: str) -> None:
    """Except if a page ends within a tag: then its kind is unknown."""
    counted: list[tuple[str, int]] = []

    class Naive(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            counted.append((tag, len(attrs)))

    naive = Naive()
    naive.feed(page)
    start_tags = [tag for tag in tags(page) if not tag.name.startswith("/")]
    assert sum(count for _, count in counted) <= sum(tag.attributes for tag in start_tags)


def test_text_of_scripts_ends_at_its_own_tag_only() -> None:
    page = "<script a></p><b c></scripts></SCRIPT d><i e f>"
    assert list(tags(page)) == [Tag("script", 1), Tag("/script", 1), Tag("i", 2)]
    assert list(tags("<script><p a>")) == [Tag("script", 0)]


def test_long_pages_take_one_pass() -> None:
    """Not a speed test: with quadratic time none of these would end."""
    for piece in ("<", "<a", "<a ", "<a b='", "<!--", "<script>", "</", "<?", "a=", " ", "/", "'"):
        for page in (piece * 100_000, "<p " + piece * 100_000):
            assert sum(1 for _ in tags(page)) <= 100_001
