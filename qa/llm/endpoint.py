"""The address of a language model, checked before anything is sent to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from qa.errors import LLMError
from qa.text.addresses import is_loopback


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An OpenAI-compatible endpoint."""

    url: str  # base address, with /v1, without a slash at its end
    model: str
    host: str
    local: bool  # a loopback address; what listens there may still pass requests on
    key: str = field(default="", repr=False)


def endpoint(url: str, model: str, key: str = "", *, insecure: bool = False) -> Endpoint:
    """The endpoint at an address; `insecure` allows http to another machine.

    Raises LLMError where the address, the name of the model or the key cannot be used. The message never
    holds the key.
    """
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    if not host or parts.scheme not in ("http", "https") or any(c.isspace() for c in url.strip()):
        raise LLMError(
            "The address of the language model is not valid. Use one like http://127.0.0.1:11434/v1."
        )
    if parts.username is not None or parts.query or parts.fragment:
        raise LLMError(
            "The address of the language model holds a name, a password or a query. Leave them out, and put "
            "the key into QA_LLM_KEY."
        )
    if not model.strip():
        raise LLMError("No language model is named. Name one with --llm-model or QA_LLM_MODEL.")
    if not all("!" <= character <= "~" for character in key):
        raise LLMError("The key in QA_LLM_KEY has characters that no key has. Copy it again.")
    local = is_loopback(host)
    if parts.scheme == "http" and not local and not insecure:
        raise LLMError(
            f"Passages would go to {host} unencrypted. Use an address with https, or allow it with "
            "--llm-insecure."
        )
    return Endpoint(url.strip().rstrip("/"), model.strip(), host, local, key)
