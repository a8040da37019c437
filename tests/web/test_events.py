"""What an event of Gradio carries."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from qa.web.events import field_of, language_of, message_index


def _event(payload: Any) -> Any:
    return SimpleNamespace(_data=payload)


def test_a_field_of_the_payload() -> None:
    assert field_of(_event({"article": "a.txt"}), "article") == "a.txt"


@pytest.mark.parametrize("payload", [None, [], "article", {}, {"article": 5}, {"article": ["a.txt"]}])
def test_a_forged_payload_has_no_field(payload: Any) -> None:
    assert field_of(_event(payload), "article") == ""


def test_the_language_is_that_of_the_request() -> None:
    english: Any = SimpleNamespace(headers={"accept-language": "en"})
    assert (language_of(english), language_of(None)) == ("en", "de")


def test_the_number_of_a_message_comes_alone_or_with_that_of_a_part() -> None:
    assert [message_index(index) for index in (3, (3, 0), [3, 1])] == [3, 3, 3]
