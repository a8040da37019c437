"""Read the articles of a folder.

An article is a `.txt` or `.md` file anywhere below the folder. Its text is kept whole; title, date,
source and language come from YAML front matter or else from the head of the text, and stay empty
where neither tells. Nothing outside the folder is read. Knows nothing of passages or indexes.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import yaml

from qa.errors import CorpusError
from qa.head import article_date, date_of, language_of, source_of, title_of
from qa.types import Article, Skipped

EXTENSIONS = (".txt", ".md")
MAX_FILE_BYTES = 20_000_000
MAX_FRONT_MATTER = 65_536  # characters
MAX_FIELD = 300  # characters of a title, source or address
MAX_CONTROLS = 0.01  # share of control characters beyond which a file is no text
MAX_DAMAGE = 0.001  # share of bytes that may be wrong in a file that is UTF-8 otherwise
# Single-byte and Asian encodings that news texts are met in, the German ones first.
ENCODINGS = [
    "cp1252",
    "iso8859_15",
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1254",
    "cp1256",
    "koi8_r",
    "gb18030",
    "big5",
]

_BOMS = {
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_FENCE = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_LANGUAGES = {"deutsch": "de", "german": "de", "englisch": "en", "english": "en"}


class _Plain(yaml.SafeLoader):
    """A safe loader that leaves every value a string: `title: No` is a title, `date: 2024-02-30` no crash."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 (as in the base class)


def article_files(folder: Path) -> list[Path]:
    """The files below `folder` that are articles by their names, sorted by article_id.

    Raises CorpusError if `folder` is missing or not a folder.
    """
    return [found for _, found in _entries(folder) if isinstance(found, Path)]


def read_corpus(folder: Path) -> Iterator[Article | Skipped]:
    """Every file below `folder`, as an article or with the reason why not, in the order of article_id.

    Hidden files and folders are passed over in silence. Raises CorpusError if `folder` is missing or
    not a folder; a bad file raises nothing.
    """
    for article_id, found in _entries(folder):
        if isinstance(found, Skipped):
            yield found
            continue
        try:
            yield read_article(folder, found)
        except CorpusError as error:
            yield Skipped(article_id, str(error))


def read_article(folder: Path, path: Path) -> Article:
    """The article in the file `path` below `folder`.

    Raises CorpusError, its message the reason, if the file leads out of the folder, cannot be read, is
    too large, empty or no text, or if its front matter is malformed.
    """
    article_id = _article_id(folder, path)
    data = _bytes(folder, path)
    text = unicodedata.normalize("NFC", re.sub(r"\r\n?", "\n", _decoded(data)))
    fields, text = _front_matter(text)
    if not any(c.isalnum() for c in text):
        raise CorpusError("The file has no text; write the article into it or remove it.")
    language = _language(fields.get("language", "")) or language_of(text)
    return Article(
        article_id=article_id,
        title=fields.get("title") or title_of(text, language) or path.stem,
        text=text,
        source=fields.get("source") or source_of(text),
        url=url if re.match(r"https?://\S+$", url := fields.get("url", "")) else "",
        date=date_of(fields["date"]) if fields.get("date") else article_date(text),
        language=language,
        sha256=hashlib.sha256(data).hexdigest(),
    )


def _entries(folder: Path) -> list[tuple[str, Path | Skipped]]:
    """All visible files below the folder by article_id, those that are no articles with the reason."""
    if not folder.is_dir():
        raise CorpusError(f"{folder} is not a folder; name the folder that holds the articles.")
    found: list[tuple[str, Path | Skipped]] = []

    def unreadable(error: OSError) -> None:
        name = _article_id(folder, Path(error.filename))
        if name == ".":
            raise CorpusError(f"{folder} cannot be read ({error.strerror}); allow it.") from error
        found.append((name, Skipped(name, f"The folder cannot be read ({error.strerror}); allow it.")))

    for root, folders, files in os.walk(folder, onerror=unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        linked = [name for name in folders if Path(root, name).is_symlink()]
        for path in (Path(root, name) for name in [*files, *linked] if not name.startswith(".")):
            article_id = _article_id(folder, path)
            reason = _no_article(path)
            found.append((article_id, Skipped(article_id, reason) if reason else path))
    return sorted(found, key=lambda entry: entry[0])


def _no_article(path: Path) -> str:
    """Why a file is no article by its name, or ""."""
    try:
        path.name.encode()
    except UnicodeEncodeError:
        return "The name of the file is not valid UTF-8; rename it."
    if path.is_symlink() and path.is_dir():
        return "Links to folders are not followed; put the folder itself here."
    if path.suffix.lower() not in EXTENSIONS:
        return "Only .txt and .md files are read; save the article's text as one of these."
    if path.stem.upper() == "README":
        return "A README describes the folder; rename it if it is an article."
    return ""


def _article_id(folder: Path, path: Path) -> str:
    name = path.relative_to(folder).as_posix()
    return unicodedata.normalize("NFC", name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))


def _bytes(folder: Path, path: Path) -> bytes:
    try:
        real = path.resolve(strict=True)
        if not real.is_relative_to(folder.resolve()):
            raise CorpusError("The link leads out of the folder; put the file itself here.")
        status = real.stat()
        if not stat.S_ISREG(status.st_mode):  # reading a pipe or a device might never end
            raise CorpusError("This is not an ordinary file; put the article's text into one.")
        if status.st_size > MAX_FILE_BYTES:
            raise CorpusError(f"The file is larger than {MAX_FILE_BYTES // 1_000_000} MB; split it.")
        with real.open("rb") as file:
            return file.read(MAX_FILE_BYTES)
    except (OSError, RuntimeError) as error:  # RuntimeError: a link that leads to itself
        reason = error.strerror if isinstance(error, OSError) else "a link that leads to itself"
        raise CorpusError(f"The file cannot be read ({reason}); allow or mend it.") from error


def _decoded(data: bytes) -> str:
    """The text of a file: by its byte order mark, as UTF-8, or in the encoding that fits best."""
    no_text = CorpusError("The file is not text; save the article as UTF-8 text.")
    if not data.strip():
        raise CorpusError("The file is empty; write the article into it or remove it.")
    try:
        if encoding := next((name for bom, name in _BOMS.items() if data.startswith(bom)), ""):
            text = data.decode(encoding)
        else:
            text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _detected(data)
    if not text or "\0" in text or len(_CONTROL.findall(text)) > MAX_CONTROLS * len(text):
        raise no_text
    return text


def _detected(data: bytes) -> str:
    """Text that is not UTF-8, or "" if it is none in any encoding."""
    if b"\0" in data:
        return ""
    repaired = data.decode("utf-8-sig", "replace")
    valid = sum(c > "\x7f" and c != "\ufffd" for c in repaired)
    # a few bad bytes in UTF-8 stay visible as such; another encoding would garble every umlaut
    if valid and repaired.count("\ufffd") <= min(valid, max(1.0, MAX_DAMAGE * len(data))):
        return repaired
    from charset_normalizer import from_bytes

    best = from_bytes(data, cp_isolation=ENCODINGS).best()
    return str(best) if best else ""


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
    for key in ("title", "date", "source", "language", "url"):
        value = (loaded or {}).get(key, "")
        if not isinstance(value, str):
            raise CorpusError(f"{bad} ({key} must be one value).")
        fields[key] = " ".join(unicodedata.normalize("NFC", value).split())[:MAX_FIELD]
    return fields, text[match.end() :]


def _language(name: str) -> str:
    """ISO 639-1 code of a language as people write it: "de", "de-DE", "Deutsch"."""
    code = re.split(r"[-_]", name.strip().casefold())[0]
    code = _LANGUAGES.get(code, code)
    return code if re.fullmatch("[a-z]{2}", code) else ""
