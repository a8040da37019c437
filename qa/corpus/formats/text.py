"""Articles in text files, with or without front matter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import yaml

from qa.corpus.decoding import decoded, settled
from qa.corpus.formats import exports, fields, subtitles
from qa.corpus.formats.draft import FIELDS, Draft
from qa.errors import CorpusError
from qa.text.rtf import is_rtf, rtf_text

MAX_FRONT_MATTER = 65_536  # characters
_FENCE = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_TOML = re.compile(r"\+\+\+[ \t]*\n(.*?)^\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_TOML_ENTRY = re.compile(r"""([\w-]{1,40})\s*=\s*(["']?)(.*?)\2""")
_ENTRY = re.compile(r"(?P<name>[^\W\d_][\w -]{0,40}?)\s*:(?:\s+(?P<value>.*))?")


class _Plain(yaml.SafeLoader):
    """A safe loader that keeps every value a string: `title: No` is a title, and `date: 2024-02-30` does not
    fail.
    """

    yaml_implicit_resolvers = {}  # noqa: RUF012 (as in the base class)

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Do not merge mappings: a few lines of `!!merge` would expand to billions of entries."""


def read(data: bytes) -> Iterator[Draft]:
    """Read the article in a text file, or those of an export of a database.

    Raises CorpusError if it is not text or its front matter is malformed.
    """
    whole = settled(decoded(data))
    found, text = _front_matter(whole)
    if any(found.values()):
        yield Draft(text, found, as_typed=True)
    elif subtitles.is_subtitles(text):
        yield Draft(subtitles.spoken(text), found)
    else:
        text = rtf_text(text) if is_rtf(text) else text
        yield from (draft._replace(as_typed=True) for draft in exports.drafts_in(text, found))


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    """The known fields of YAML or TOML front matter, and the text after it."""
    if (match := _TOML.match(text)) and any((found := _known(_toml(match[1]))).values()):
        return found, text[match.end() :]
    match = _FENCE.match(text)
    if not match:
        return {}, text
    bad = "The front matter is malformed. Correct the YAML between the two --- lines"
    if len(match[1]) > MAX_FRONT_MATTER:
        raise CorpusError(f"{bad} (longer than {MAX_FRONT_MATTER} characters).")
    written = _lines(match[1])
    try:
        loaded = yaml.load(match[1], Loader=_Plain)  # noqa: S506 (a safe loader)
    except yaml.MarkedYAMLError as error:
        if fields.chosen(written):
            return _known(written), text[match.end() :]
        line = f" (line {error.problem_mark.line + 2}: {error.problem})" if error.problem_mark else ""
        raise CorpusError(f"{bad}{line}.") from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise CorpusError(f"{bad}.") from error
    if loaded is not None and not isinstance(loaded, dict):
        if isinstance(loaded, str):  # prose between two Markdown rules
            return {}, text
        raise CorpusError(f"{bad} (expected `name: value` lines).")
    values = {name: value for name, value in (loaded or {}).items() if isinstance(name, str)}
    for name, value in values.items():
        line = written.get(name, "")
        if line and (not isinstance(value, str) or _is_cut(value, line)):
            values[name] = line
    return _known(values), text[match.end() :]


def _toml(block: str) -> dict[str, str]:
    """The values of TOML front matter as they are written; headlines with quotes in them are no TOML."""
    entries = (_TOML_ENTRY.fullmatch(line.strip()) for line in block[:MAX_FRONT_MATTER].split("\n"))
    return {entry[1]: entry[3].replace('\\"', '"') for entry in entries if entry}


def _lines(block: str) -> dict[str, str]:
    """The values of front matter as they are written, by their names; {} if it has other lines.

    For headlines that YAML reads as something else: `title: Rat tagt: "Nein" zur Brücke`. An indented line
    goes on from the one above.
    """
    out: dict[str, str] = {}
    name = ""  # of the value that the next line may go on from
    for line in block.split("\n"):
        if match := _ENTRY.fullmatch(line):
            value = (match["value"] or "").strip()
            quoted = re.fullmatch("\"[^\"]*\"|'[^']*'", value)
            out[match["name"]] = value[1:-1] if quoted else value
            name = match["name"] if value and not quoted else ""
        elif name and line.startswith((" ", "\t")) and line.strip()[:1] not in ("", "#", "-"):
            out[name] = f"{out[name]} {line.strip()}"
        elif line.strip() and not line.startswith((" ", "\t", "#", "- ")):
            return {}
        else:
            name = ""
    return out


def _is_cut(value: str, line: str) -> bool:
    """Whether YAML took a part of a headline ("Platz #5", "Platz # 5") for a comment, an anchor or a tag."""
    if re.match(r"[&!]|#\S", line):
        return True
    return line.startswith(value) and bool(re.match(r" #(?:\S| \d)", line[len(value) :]))


def _known(values: Mapping[str, object]) -> dict[str, str]:
    """Those of the fields that are known, by the names people give them."""
    named = fields.chosen(values)
    found = {name: values.get(named.get(name, ""), "") for name in FIELDS}
    return {name: value if isinstance(value, str) else "" for name, value in found.items()}
