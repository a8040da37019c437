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
    """A safe loader that keeps every value a string: `title: No` is a title, and `date: 2024-02-30` does not
    fail.
    """

    yaml_implicit_resolvers = {}  # noqa: RUF012 (as in the base class)

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Do not merge mappings: a few lines of `!!merge` would expand to billions of entries."""


def read(data: bytes) -> Iterator[Draft]:
    """Read the article in a text file. Raises CorpusError if it is not text or its front matter is
    malformed.
    """
    fields, text = _front_matter(settled(decoded(data)))
    yield Draft(text, fields, as_typed=True)


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    """The known fields of YAML front matter, and the text after it."""
    match = _FENCE.match(text)
    if not match:
        return {}, text
    bad = "The front matter is malformed. Correct the YAML between the two --- lines"
    if len(match[1]) > MAX_FRONT_MATTER:
        raise CorpusError(f"{bad} (longer than {MAX_FRONT_MATTER} characters).")
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
        raise CorpusError(f"{bad} (expected `name: value` lines).")
    fields = {}
    for key in FIELDS:
        value = (loaded or {}).get(key, "")
        if not isinstance(value, str):
            raise CorpusError(f"{bad} ({key} must be a single value).")
        fields[key] = value
    return fields, text[match.end() :]
