"""HTML as a browser takes it: its tags, attributes and marked text."""

from __future__ import annotations

from html.parser import HTMLParser

TAGS = {
    "article",
    "header",
    "h3",
    "p",
    "span",
    "a",
    "button",
    "div",
    "mark",
    "ol",
    "li",
    "strong",
    "input",
    "h4",
    "ul",
}
TABLE_TAGS = {"table", "caption", "thead", "tbody", "tr", "th", "td", "button"}


class Seen(HTMLParser):
    """The tags, attributes and marked text of some HTML."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.now: list[str] = []  # text of each mark.now
        self.marked = ""
        self.bold: list[str] = []  # text of each <strong>
        self._open: list[tuple[str, bool]] = []
        self.feed(source)
        self.close()
        assert not self._open, "a tag was not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag == "input":  # has no end
            return
        now = tag == "mark" and ("class", "now") in attrs
        self._open.append((tag, now))
        if now:
            self.now.append("")
        if tag == "strong":
            self.bold.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if any(tag == "mark" for tag, _ in self._open):
            self.marked += data
        if any(now for _, now in self._open):
            self.now[-1] += data
        if any(tag == "strong" for tag, _ in self._open):
            self.bold[-1] += data
