"""The page's texts in each language, and the language of a request."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs

LANGUAGES = ("de", "en")  # the first is the default

_WORDS: dict[str, dict[str, str]] = json.loads(
    Path(__file__).with_name("page.json").read_text(encoding="utf-8")
)
_LANGUAGE_TAG = re.compile(r"[a-z]{2,3}")


def words(language: str) -> dict[str, str]:
    """The page's texts by key; an unknown language gives the default one."""
    return _WORDS[language if language in LANGUAGES else LANGUAGES[0]]


def language_tag(language: str) -> str:
    """A value for `lang`; anything that is not a language code gives the default language."""
    return language if _LANGUAGE_TAG.fullmatch(language) else LANGUAGES[0]


def long_date(iso: str, language: str) -> str:
    """An ISO 8601 date in words; anything else unchanged."""
    try:
        day = date.fromisoformat(iso)
    except ValueError:
        return iso
    text = words(language)
    month = text["months"].split()[day.month - 1]
    return text["day"].format(day=day.day, month=month, year=day.year)


def long_time(iso: str, language: str) -> str:
    """An ISO 8601 time in words, to the minute."""
    day, _, clock = iso.partition("T")
    return f"{long_date(day, language)} {clock[:5]}".strip()


def grouped(number: int, language: str) -> str:
    """A whole number with separators between thousands."""
    return f"{number:,}".replace(",", "." if language == "de" else ",")


def counted(key: str, count: int, language: str, **values: object) -> str:
    """The text of `key` for a number of things, or of `key` + "_one"; `count` is filled in grouped."""
    text = words(language)
    chosen = text[f"{key}_one" if count == 1 else key]
    return chosen.format(count=grouped(count, language), **values)


COOKIE = "qa_lang"


def page_language(headers: Mapping[str, str], query: str = "") -> str:
    """The language of a request: `?lang=`, then the cookie, then what the browser accepts.

    German if the client names no language, English if it names only others.
    """
    asked = parse_qs(query).get("lang", [""])[0]
    cookie = re.search(rf"(?:^|;\s*){COOKIE}=(\w\w)(?:;|$)", headers.get("cookie", ""))
    accepted = headers.get("accept-language", "")
    tags = [part.split(";")[0].strip()[:2].lower() for part in accepted.split(",")]
    codes = [code for code in (asked, cookie[1] if cookie else "", *tags) if code in LANGUAGES]
    return codes[0] if codes else "en" if accepted.strip(" *") else LANGUAGES[0]
