"""The article filter: read from a browser, serialised, shown."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.types import Filter
from qa.web import filters
from tests.support.markup import Seen

DAYS = st.dates().map(lambda day: day.isoformat()) | st.just("")


@given(
    st.builds(Filter, article_id=st.text(max_size=50), source=st.text(max_size=50), since=DAYS, until=DAYS)
)
def test_a_filter_comes_back_as_it_was(where: Filter) -> None:
    sent = {"article": where.article_id, "source": where.source, "since": where.since, "until": where.until}
    assert filters.read(json.dumps(sent)) == where


@given(st.text() | st.dictionaries(st.text(), st.integers() | st.text()) | st.none() | st.lists(st.text()))
def test_anything_can_be_read(sent: object) -> None:
    where = filters.read(sent)
    assert len(where.source) <= filters.MAX_FIELD
    assert all(len(day) in (0, 10) for day in (where.since, where.until))


@pytest.mark.parametrize(
    "sent",
    [{"since": "gestern"}, {"since": 5}, {"source": ["x"]}, "{", "[]", "5", None, '{"source": "\\ud800"}'],
)
def test_what_is_no_filter_is_left_out(sent: Any) -> None:
    assert filters.read(sent) == Filter()


def test_the_bar_says_what_is_chosen_and_stays_safe() -> None:
    where = Filter(article_id='"><b>.txt', source="<i>Bote</i>", since="2024-11-05", until="2024-11-06")
    bar, chosen = (
        filters.bar_html(where, [("Küstenbote", 2)], "de"),
        filters.chosen_html(where, "<script>", "de"),
    )
    seen = Seen(bar + chosen)
    assert not {"b", "i", "script"} & set(seen.tags)
    assert "ab 5. November 2024 · bis 6. November 2024" in seen.text
    assert ("value", "<i>Bote</i>") in seen.attributes  # kept though the index has no such outlet
    assert ("data-clear", "1") in seen.attributes
    assert "data-clear" not in filters.bar_html(Filter(), [], "en")
    assert filters.chosen_html(Filter(), "", "en") == ""


def test_the_chosen_outlet_is_selected_without_regard_to_case() -> None:
    out = filters.bar_html(Filter(source="küstenbote"), [("Küstenbote", 2), ("Stadtanzeiger", 1)], "de")
    assert '<option value="Küstenbote" selected>Küstenbote (2)</option>' in out
    assert out.count(" selected") == 1
