"""Articles in text files, with or without front matter."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from qa.corpus.decoding import decoded, settled
from qa.corpus.formats.draft import FIELDS, Draft
from qa.errors import CorpusError

MAX_FRONT_MATTER = 65_536  # characters
_FENCE = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)


class _Plain(yaml.SafeLoader):
    """A safe loader that leaves every value a string: `title: No` is a title, `date: 2024-02-30` no crash."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 (as in the base class)

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Merge no mappings into others: a few lines of `!!merge` would unfold to billions of entries."""


def read(data: bytes) -> Iterator[Draft]:
    """The article in a text file. Raises CorpusError where it is no text or its front matter is malformed."""
    fields, text = _front_matter(settled(decoded(data)))
    yield Draft(text, fields)


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    """The known fields of YAML front matter, and the text behind it."""
    match = _FENCE.match(text)
    if not match:
        return {}, text
    bad = "The front matter is malformed; mend the YAML between the two lines of ---"
    if len(match[1]) > MAX_FRONT_MATTER:
        raise CorpusError(f"{bad} (it is longer than {MAX_FRONT_MATTER} characters).")
    try:
        loaded = yaml.load(match[1], Loader=_Plain)  # noqa: S506 (a safe loader)
    except yaml.MarkedYAMLError as error:
        line = f" (line {error.problem_mark.line + 2}: {error.problem})" if error.problem_mark else ""
        raise CorpusError(f"{bad}{line}.") from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise CorpusError(f"{bad}.") from error
    if loaded is not None and not isinstance(loaded, dict):
        if isinstance(loaded, str):  # prose between two Markdown rules
            return {}, text
        raise CorpusError(f"{bad} (it must be a list of names with values).")
    fields = {}
    for key in FIELDS:
        value = (loaded or {}).get(key, "")
        if not isinstance(value, str):
            raise CorpusError(f"{bad} ({key} must be one value).")
        fields[key] = value
    return fields, text[match.end() :]
