"""Addresses of language models."""

from __future__ import annotations

import pytest

from qa.errors import LLMError
from qa.llm.endpoint import endpoint

KEY = "sk-geheim-4711"


@pytest.mark.parametrize(
    ("url", "host", "local"),
    [
        ("http://127.0.0.1:11434/v1", "127.0.0.1", True),
        ("http://127.9.9.9/v1", "127.9.9.9", True),
        ("http://localhost:8080/v1/", "localhost", True),
        ("http://[::1]:8080/v1", "::1", True),
        ("https://modelle.example.org/v1", "modelle.example.org", False),
        ("https://127.0.0.1.example.org/v1", "127.0.0.1.example.org", False),
    ],
)
def test_hosts(url: str, host: str, local: bool) -> None:
    found = endpoint(url, "m", KEY)
    assert (found.host, found.local) == (host, local)
    assert found.url == url.rstrip("/")
    assert KEY not in repr(found)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "not valid"),
        ("127.0.0.1:11434/v1", "not valid"),
        ("ftp://127.0.0.1/v1", "not valid"),
        ("file:///etc/passwd", "not valid"),
        ("http://", "not valid"),
        ("http://[::1", "not valid"),
        ("http://127.0.0.1:99999/v1", "not valid"),
        ("http://127.0.0.1/v1 x", "not valid"),
        ("https://anna:geheim@example.org/v1", "password"),
        ("https://example.org/v1?key=geheim", "password"),
        ("http://example.org/v1", "https"),
        ("http://192.168.1.5:8080/v1", "https"),
        ("http://localhost.example.org/v1", "https"),
    ],
)
def test_addresses_that_are_not_used(url: str, said: str) -> None:
    with pytest.raises(LLMError, match=said) as caught:
        endpoint(url, "m", KEY)
    assert "geheim" not in str(caught.value)


def test_http_to_another_machine_has_to_be_allowed() -> None:
    assert endpoint("http://192.168.1.5/v1", "m", insecure=True).host == "192.168.1.5"


def test_a_model_has_to_be_named() -> None:
    with pytest.raises(LLMError, match="QA_LLM_MODEL"):
        endpoint("http://127.0.0.1/v1", " ")


@pytest.mark.parametrize("key", ["geheim\n", "geheim\r\nX: y", "geheim ", "gehe\u00efm"])
def test_a_key_cannot_add_headers(key: str) -> None:
    with pytest.raises(LLMError, match="QA_LLM_KEY") as caught:
        endpoint("http://127.0.0.1/v1", "m", key)
    assert "gehe" not in str(caught.value)
