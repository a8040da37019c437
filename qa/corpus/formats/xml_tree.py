"""XML and HTML from strangers, parsed by lxml: no entities, no network, no more than is read in seconds.

Knows nothing of formats.
"""

from __future__ import annotations

from typing import Any

from qa.errors import CorpusError

MAX_XML = 50_000_000  # bytes of one document
MAX_ELEMENTS = 2_000_000


def parsed(data: bytes, *, broken: str) -> Any:
    """The root of an XML document. Raises CorpusError with the message `broken` where it is malformed, and
    where it declares entities or exceeds the limits.
    """
    from lxml import etree

    if len(data) > MAX_XML:
        raise CorpusError(f"The XML in the file is larger than {MAX_XML / 1e6:.0f} MB. Split the file.")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,  # libxml2's own limits on depth, names and growing entities
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:  # ValueError: an unknown encoding
        raise CorpusError(broken) from error
    if root is None:
        raise CorpusError(broken)
    if root.getroottree().docinfo.internalDTD is not None and "<!ENTITY" in _start(data):
        raise CorpusError(
            "The XML in the file declares entities of its own, which are not expanded. Remove them."
        )
    if sum(1 for _ in zip(root.iter(), range(MAX_ELEMENTS + 1), strict=False)) > MAX_ELEMENTS:
        raise CorpusError(f"The XML in the file has more than {MAX_ELEMENTS:,} elements. Split the file.")
    return root


def parsed_html(source: str, *, too_deep: str) -> Any:
    """The root of an HTML document; None if it has no element.

    Raises CorpusError with the message `too_deep` if tags are nested so deeply that libxml2 drops their
    content and what follows. `tags` checks beforehand how many there are.
    """
    from lxml import etree

    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, collect_ids=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(source.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):  # nothing but a comment
        root = None
    if any(entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log):
        raise CorpusError(too_deep)
    return root


def local(element: Any) -> str:
    """The name of an element without its namespace, in small letters; "" for comments and the like."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def text_of(element: Any) -> str:
    """All text in an element, in one line."""
    return "" if element is None else " ".join("".join(element.itertext()).split())


def _start(data: bytes) -> str:
    """The beginning of a document, where it may declare entities, whatever its encoding."""
    return data[:100_000].replace(b"\0", b"").decode("latin-1")
