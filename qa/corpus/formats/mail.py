"""Articles in e-mails (.eml), mailboxes (.mbox) and web pages saved as one file (.mht): MIME.

A press release or newsletter has its title in the subject, its date and outlet in the head. Attachments are
not read; those that could be articles are reported. RFC 2045 to 2049, RFC 5322, RFC 2557.
"""

from __future__ import annotations

import email.errors
import email.header
import email.utils
import re
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from pathlib import PurePosixPath

from qa.corpus.decoding import decoded, field, settled
from qa.corpus.formats import cpu_time, html, markup_text
from qa.corpus.formats.draft import Draft
from qa.corpus.formats.libraries import trusted
from qa.corpus.formats.tables import part_of
from qa.errors import CorpusError
from qa.text.dates import field_date
from qa.types import Skipped

MAX_PARTS = 1_000  # of one message
MAX_MESSAGES = 20_000
MAX_NAME = 100  # characters of an attachment's name in a report
SECONDS_PER_MESSAGE = 0.02  # of CPU time, beyond what any file may take
# A line that begins a message in a mailbox (RFC 4155, appendix A), after a blank line or at the beginning.
_FROM = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\r\n\r\n))From [^\r\n]{1,300}\r?\n(?=[!-9;-~]{1,100}:)")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_PAGES = ("text/html", "application/xhtml+xml")
_DOCUMENTS = (
    ".pdf",
    ".docx",
    ".doc",
    ".odt",
    ".rtf",
    ".txt",
    ".md",
    ".markdown",
    ".htm",
    ".html",
    ".csv",
    ".xlsx",
    ".xls",
)
_HEAD = re.compile(rb"\s*(?:From [^\r\n]*\r?\n)?[!-9;-~]{1,100}:")
_NO_MAIL = "The file contains no e-mail. Save the message as .eml, or its text as .txt."


def read(data: bytes) -> Iterator[Draft | Skipped]:
    """The text of an e-mail, and the attachments that are left out. Raises CorpusError if it has no text."""
    if not _HEAD.match(data):
        raise CorpusError(_NO_MAIL)
    yield from _read(data, "")


def read_box(data: bytes) -> Iterator[Draft | Skipped]:
    """The e-mails of a mailbox; the part of each is its number, from 1.

    Raises CorpusError where it holds none or more than `MAX_MESSAGES`.
    """
    starts = [match.start() for match in _FROM.finditer(data)]
    if not starts or data[: starts[0]].strip():
        raise CorpusError("The file is not a mailbox. Export it as .mbox, or its messages as .eml.")
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(data)], strict=True), start=1):
        if number > MAX_MESSAGES:
            raise CorpusError(
                f"The mailbox has more than {MAX_MESSAGES} messages, so the rest was skipped. Split it."
            )
        cpu_time.extend(SECONDS_PER_MESSAGE)
        _, _, message = data[start:end].partition(b"\n")
        try:
            yield from _read(_QUOTED_FROM.sub(rb"\1", message), part_of(number))
        except CorpusError as error:
            yield Skipped(part_of(number), str(error))


def _read(data: bytes, part: str) -> list[Draft | Skipped]:
    return trusted(lambda: list(_items(_message(data), part)), _NO_MAIL)


def read_page(data: bytes) -> Iterator[Draft]:
    """The article of a web page that a browser saved as one file, read as `html` does.

    Raises CorpusError where it holds no page.
    """
    broken = "The file contains no web page. Save the page again, or its text as .txt."
    if not _HEAD.match(data):
        raise CorpusError(broken)
    source, address, subject = trusted(lambda: _page(_message(data)), broken)
    if not source.strip():
        raise CorpusError(broken)
    for draft in html.read(source):
        title = draft.fields.get("title") or subject
        url = draft.fields.get("url") or address
        yield draft._replace(fields={**draft.fields, "title": title, "url": url})


def _page(message: Message) -> tuple[bytes, str, str]:
    """The first web page in a message, its address, and the subject; b"" if there is none."""
    for part in _parts(message):
        if _kind(part) in _PAGES:
            address = _header(part, "Content-Location") or _header(message, "Snapshot-Content-Location")
            page = _with_charset(_bytes(part), part.get_content_charset(""))
            return page, address, _header(message, "Subject")
    return b"", "", ""


def _message(data: bytes) -> Message:
    return BytesParser(policy=compat32).parsebytes(data)


def _items(message: Message, part: str) -> Iterator[Draft | Skipped]:
    """The text of a message, and why its attachments are not read."""
    parts = list(_parts(message))
    texts = [entity for entity in parts if not _is_attached(entity)]
    shown = _alternatives(texts)
    text = "\n\n".join(filter(None, shown.values()))
    sender, address = email.utils.parseaddr(_header(message, "From"))
    fields = {
        "title": _subject(_header(message, "Subject")),
        "date": field_date(_header(message, "Date")),
        "source": sender or address.rpartition("@")[2],
        "language": _header(message, "Content-Language"),
        "url": _header(message, "Archived-At").strip("<>"),
    }
    if not any(map(str.isalnum, text)):
        raise CorpusError("The e-mail contains no text. Save its attachment in the folder instead.")
    is_typed = all(_kind(entity) == "text/plain" for entity in shown)
    yield Draft(settled(text), fields, part, as_typed=is_typed)
    for entity in parts:
        name = _file_name(entity)
        if _is_attached(entity) and PurePosixPath(name).suffix.lower() in _DOCUMENTS:
            yield Skipped(
                f"{part}/{name}" if part else name,
                "Attachments of e-mails are not read. Save the attachment in the folder.",
            )


def _parts(message: Message) -> Iterator[Message]:
    """The parts of a message that hold something themselves, at most `MAX_PARTS`."""
    waiting, count = [message], 0
    while waiting:
        entity = waiting.pop(0)
        count += 1
        if count > MAX_PARTS:
            raise CorpusError(f"The e-mail has more than {MAX_PARTS} parts. Save its text as .txt.")
        inner = entity.get_payload()
        if isinstance(inner, list):
            waiting[:0] = [child for child in inner if isinstance(child, Message)]
        else:
            yield entity


def _alternatives(parts: list[Message]) -> dict[Message, str]:
    """The parts of the text with what they say: HTML only where there is no plain text that says the same."""
    plain = {part: _text(part) for part in parts if _kind(part) == "text/plain"}
    pages = {part: _text(part) for part in parts if _kind(part) in _PAGES}
    words, page_words = (len(" ".join(texts.values()).split()) for texts in (plain, pages))
    if pages and words < page_words / 2:  # "Your program does not show HTML"
        return pages
    return plain or pages


def _text(part: Message) -> str:
    data = _bytes(part)
    if not data.strip():
        return ""
    source = decoded(data, part.get_content_charset("") or "")
    if _kind(part) != "text/plain":
        return markup_text.text_of_html(source).strip()
    if part.get_param("format") == "flowed":
        source = _unflowed(source, deleted=str(part.get_param("delsp")).lower() == "yes")
    return source.strip()


def _unflowed(source: str, *, deleted: bool) -> str:
    """Text whose lines were broken as RFC 3676 says: a space at the end of a line joins it to the next."""
    out: list[str] = []
    is_open = False
    for line in settled(source).split("\n"):
        line = line.removeprefix(" ")
        flows = line.endswith(" ") and line != "-- "
        kept = line[:-1] if flows and deleted else line
        if is_open:
            out[-1] += kept
        else:
            out.append(kept)
        is_open = flows
    return "\n".join(out)


def _bytes(part: Message) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _kind(part: Message) -> str:
    return part.get_content_type()


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(
        part.get_filename() and _kind(part)[:5] != "text/"
    )


def _file_name(part: Message) -> str:
    """The plain name of an attachment; it is untrusted, and only shown."""
    name = field(_unfolded(part.get_filename() or ""))
    return re.split(r"[/\\]", name)[-1][:MAX_NAME] or "?"


def _header(message: Message, name: str) -> str:
    """A header in Unicode and in one line, "" if it is missing."""
    return field(_unfolded(str(message.get(name) or "")))


def _unfolded(value: str) -> str:
    """A header's value with its encoded words (RFC 2047) decoded."""
    try:
        words = email.header.decode_header(value[:5_000])
    except email.errors.HeaderParseError:
        return value
    pieces = []
    for text, charset in words:
        if isinstance(text, str):
            pieces.append(text)
            continue
        try:
            pieces.append(text.decode(charset or "utf-8"))
        except (LookupError, UnicodeDecodeError):
            pieces.append(text.decode("cp1252", "replace"))
    return "".join(pieces)


def _subject(subject: str) -> str:
    """The subject without the marks of replies and forwarding."""
    return re.sub(r"^(?:(?:re|aw|fwd?|wg|antwort)\s?(?:\[\d+\])?:\s*)+", "", subject, flags=re.IGNORECASE)


def _with_charset(source: bytes, charset: str) -> bytes:
    """A page that declares the encoding which its MIME head gives."""
    if not charset or re.search(rb"charset", source[:4096], re.IGNORECASE):
        return source
    return b'<meta charset="' + charset.encode("ascii", "ignore") + b'">' + source
