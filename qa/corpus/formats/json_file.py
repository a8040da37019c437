"""Articles in a JSON file: an array of objects, or an object that holds one (or is an article itself).

The part of an article is its number in the array, from 1.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from qa.corpus.decoding import decoded
from qa.corpus.formats import tables
from qa.corpus.formats.draft import Draft
from qa.errors import CorpusError
from qa.types import Skipped

# Names of the array in the exports of programs; elsewhere the only array of objects counts.
_ARRAYS = (
    "articles",
    "artikel",
    "items",
    "results",
    "documents",
    "docs",
    "entries",
    "posts",
    "data",
    "hits",
    "news",
)
_DEPTH = 3  # objects around the array, as in replies of search engines: hits.hits
_WRAPPERS = ("_source", "fields", "document")  # of one article, around its fields


def read(data: bytes) -> Iterator[Draft | Skipped]:
    """The articles of a JSON file; the names of their fields are those of tables.

    Raises CorpusError where it is malformed, holds no array of objects, or more than `tables.MAX_ROWS`.
    """
    try:
        loaded = json.loads(decoded(data))
    except (ValueError, RecursionError) as error:
        why = (
            f"line {error.lineno}: {error.msg}"
            if isinstance(error, json.JSONDecodeError)
            else "nested or long"
        )
        raise CorpusError(f"The JSON in the file is malformed ({why}). Correct it.") from error
    if isinstance(loaded, dict):
        try:
            yield tables.article_of(_unwrapped(loaded), "")
        except ValueError:
            pass
        else:
            return
    found = _array(loaded, _DEPTH)
    if not found:
        raise CorpusError(
            "The JSON file contains no array of articles. Write them as objects with `text` and, if known, "
            "`title`, `date`, `source`, `url`."
        )
    for number, value in enumerate(found, start=1):
        tables.check_rows(number)
        try:
            yield tables.article_of(_unwrapped(value), tables.part_of(number))
        except ValueError as error:
            yield Skipped(
                tables.part_of(number), f"Entry {number} is no article ({error}). Correct this entry."
            )


def _array(loaded: object, depth: int) -> list[object]:
    """The array of objects in a value; [] if there is none, or several and none has a usual name."""
    if isinstance(loaded, list):
        return loaded if any(isinstance(value, dict) for value in loaded) else []
    if not isinstance(loaded, dict) or not depth:
        return []
    named = [_array(loaded[name], depth - 1) for name in _ARRAYS if name in loaded]
    if found := next(filter(None, named), None):
        return found
    others = [array for value in loaded.values() if (array := _array(value, depth - 1))]
    return others[0] if len(others) == 1 else []


def _unwrapped(value: object) -> object:
    """The object with the fields of an article, without those that programs put around it."""
    if isinstance(value, dict):
        wrapper = next((name for name in _WRAPPERS if isinstance(value.get(name), dict)), None)
        if wrapper:
            return {name: inner for name, inner in value.items() if name != wrapper} | value[wrapper]
    return value
