"""The page's templates: `rendered` fills one in with the texts of a language.

Knows nothing of Gradio, events or the index. The templates are in `templates/`.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from qa.i18n.messages import said, said_on_page
from qa.i18n.wording import grouped, language_tag, long_date, words
from qa.templating import environment

if TYPE_CHECKING:
    from jinja2 import Environment


TEMPLATES = Path(__file__).with_name("templates")


def rendered(name: str, language: str, **values: object) -> str:
    """Render a template to HTML; it gets `values`, `language` and, as `text`, the texts of that language."""
    text = words(language)
    return _templates().get_template(f"{name}.html").render(text=text, language=language, **values)


@cache
def _templates() -> Environment:
    templates = environment(TEMPLATES)
    templates.filters.update(language_tag=language_tag, long_date=long_date, moment=moment, said=said)
    templates.filters.update(on_page=said_on_page, grouped=grouped)
    return templates


def moment(iso: str, language: str) -> str:
    """An ISO 8601 time in words, to the minute, as the server's clock shows it."""
    try:
        local = datetime.fromisoformat(iso).astimezone()
    except (ValueError, OverflowError):
        return iso
    text, clock = words(language), f"{local:%H:%M}"
    days = (datetime.now(local.tzinfo).date() - local.date()).days
    if days in (0, 1):
        return text["yesterday" if days else "today"].format(time=clock)
    return text["day_time"].format(day=long_date(local.date().isoformat(), language), time=clock)
