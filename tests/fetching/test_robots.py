from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import FetchError
from qa.fetching.addresses import place_of
from qa.fetching.robots import MAX_DELAY, Robots, Rule, Rules, parse
from qa.fetching.transport import Response


@pytest.mark.parametrize(
    ("path", "target", "expected"),
    [
        ("/a", "/a/b", True),
        ("/a", "/b", False),
        ("/a$", "/a", True),
        ("/a$", "/ab", False),
        ("/*.pdf$", "/x/y.pdf", True),
        ("/*.pdf$", "/x/y.pdf?z", False),
        ("/a*c*e", "/abcde", True),
        ("/a*c*e", "/aec", False),
        ("*", "/egal", True),
        ("/a*b$", "/ab", True),
        ("/ab*b$", "/ab", False),
    ],
)
def test_patterns(path: str, target: str, expected: bool) -> None:
    assert Rule(path, allows=False).matches(target) == expected


@given(st.text(st.sampled_from("/ab*$"), max_size=12), st.text(st.sampled_from("/ab"), max_size=12))
def test_a_pattern_matches_what_its_expression_does(path: str, target: str) -> None:
    import re

    ends = path.endswith("$")
    body = path[:-1] if ends else path
    expression = ".*".join(re.escape(part) for part in body.split("*")) + (r"\Z" if ends else "")
    assert Rule(path, allows=True).matches(target) == bool(re.match(expression, target))


TEXT = """
User-agent: other
Disallow: /

User-agent: *   # all
Disallow: /intern
Allow: /intern/offen
Disallow:
Crawl-delay: 2

User-agent: QA
User-agent: third
Disallow: /nur-qa
"""


def test_the_longest_rule_of_the_right_group_counts() -> None:
    everyone = parse(TEXT, "nobody")
    assert everyone.delay == 2
    assert [everyone.allow(path) for path in ("/", "/intern/a", "/intern/offen/b")] == [True, False, True]
    assert not parse(TEXT, "other").allow("/")
    ours = parse(TEXT)
    assert (ours.allow("/intern"), ours.allow("/nur-qa/x"), ours.delay) == (True, False, 0)
    assert Rules((Rule("/a", False), Rule("/a", True))).allow("/a")
    assert parse("Crawl-delay: 999999\nUser-agent: *\nCrawl-delay: 999999").delay == MAX_DELAY


@given(st.text())
def test_any_file_can_be_read(text: str) -> None:
    parse(text).allow("/a")


@pytest.mark.parametrize(
    ("status", "body", "allowed"),
    [(200, b"User-agent: *\nDisallow: /a", False), (404, b"", True), (403, b"", True), (503, b"", False)],
)
def test_a_host_is_asked_once(status: int, body: bytes, allowed: bool) -> None:
    asked: list[str] = []

    def get(url: str) -> Response:
        asked.append(url)
        return Response(url, status, {}, body)

    robots = Robots(get)
    place = place_of("http://example.org:8080/a")
    assert robots.rules(place).allow(place.target) == robots.rules(place).allow(place.target) == allowed
    assert asked == ["http://example.org:8080/robots.txt"]


def test_a_host_that_does_not_answer_allows_nothing() -> None:
    def get(url: str) -> Response:
        raise FetchError("no answer")

    assert not Robots(get).rules(place_of("http://example.org/")).allow("/")
