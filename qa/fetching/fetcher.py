"""Fetch articles and feeds into the corpus folder.

An article becomes a text file with front matter; what a page holds besides its article is left out by the
same code that reads saved pages. No page is fetched twice: what a feed names again is not requested, and an
address that is given again is asked for only if it has changed.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from qa.corpus import changes, parsing
from qa.errors import CorpusError, FetchError
from qa.fetching import feeds, front_matter, state
from qa.fetching.addresses import Place, key_of, shown
from qa.fetching.feeds import Entry
from qa.fetching.robots import Robots
from qa.fetching.state import Seen, State
from qa.fetching.transport import Response, Transport
from qa.storage import atomic
from qa.types import Article, Skipped

PAUSE = 1.0  # seconds between two requests to a host
PAGES = {"text/html": ".html", "application/xhtml+xml": ".html", "text/plain": ".txt", "": ".html"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an address."""

    url: str
    status: Literal["saved", "changed", "unchanged", "failed"]
    path: str = ""  # of the article's file below the corpus folder
    reason: str = ""  # why it failed


class Fetcher:
    """Fetches into one folder."""

    def __init__(
        self,
        corpus: Path,
        transport: Transport,
        *,
        pause: float = PAUSE,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`pause`: seconds between two requests to a host, unless its robots.txt asks for more."""
        self._corpus = corpus
        self._transport = transport
        self._pause = pause
        self._sleep = sleep
        self._robots = Robots(transport.get)
        self._asked: dict[str, float] = {}  # when each host was asked last
        self._state = State()

    def fetch(self, urls: Iterable[str], feed_urls: Iterable[str] = ()) -> Iterator[Outcome]:
        """Fetch pages or feeds, and feeds, one after the other; yields what became of each page and feed.

        Raises StoreError if the folder is missing, cannot be written, or is fetched into by another process.
        """
        with state.locked(self._corpus):
            self._state = state.load(self._corpus)
            for url in dict.fromkeys(urls):
                yield from _told(url, self._page_or_feed(url))
            for url in dict.fromkeys(feed_urls):
                yield from _told(url, self._feed(url))

    # -- requests

    def _get(self, url: str, seen: Seen | None) -> Response:
        """Request an address if it may be, no sooner than its host wants. Raises FetchError."""
        response = self._transport.get(url, seen.conditions() if seen else {}, before=self._permitted)
        if response.status != 304 and not 200 <= response.status < 300:
            raise FetchError(f"{url} answers with status {response.status}. Check the address.")
        return response

    def _permitted(self, place: Place) -> None:
        rules = self._robots.rules(place)
        if not rules.allow(place.target):
            raise FetchError(
                f"{place.url} may not be fetched by programs (robots.txt). Save the page yourself."
            )
        now = time.monotonic()
        wait = self._asked.get(place.host, -1e9) + max(self._pause, rules.delay) - now
        if wait > 0:
            self._sleep(wait)
        self._asked[place.host] = time.monotonic()

    # -- feeds

    def _page_or_feed(self, url: str) -> Iterator[Outcome]:
        key = key_of(url)
        if key in self._state.feeds:
            yield from self._feed(url)
            return
        seen = self._state.pages.get(key)
        response = self._get(url, seen)
        if response.status != 304 and feeds.is_feed(response.body):
            yield from self._entries(url, response)
        else:
            yield self._page(Entry(url), response, seen)

    def _feed(self, url: str) -> Iterator[Outcome]:
        response = self._get(url, self._state.feeds.get(key_of(url)))
        if response.status == 304:
            yield Outcome(url, "unchanged")
        else:
            yield from self._entries(url, response)

    def _entries(self, url: str, response: Response) -> Iterator[Outcome]:
        """The articles of a feed that were not fetched yet."""
        named = feeds.entries(response.body, response.url)
        failed = saved = 0
        for entry in named:
            for outcome in _told(entry.url, self._entry(entry)):
                failed += outcome.status == "failed"
                saved += outcome.status == "saved"
                yield outcome
        # a feed with articles that failed is read again next time, changed or not
        kept = Seen() if failed else Seen(**state.validators(response.headers))
        self._state.feeds[key_of(url)] = kept
        self._state.save(self._corpus)
        if not saved and not failed:
            yield Outcome(url, "unchanged")

    def _entry(self, entry: Entry) -> Iterator[Outcome]:
        if key_of(entry.url) not in self._state.pages:
            yield self._page(entry, self._get(entry.url, None), None)

    # -- articles

    def _page(self, entry: Entry, response: Response, seen: Seen | None) -> Outcome:
        """Save the article of a page, or renew its file. Raises FetchError."""
        key, final = key_of(entry.url), key_of(response.url)
        known = seen or self._state.pages.get(final)
        if known and (response.status == 304 or seen is None):  # the same, or reached by another address
            self._remember(key, known)
            return Outcome(entry.url, "unchanged", known.path)
        article = _article(response)
        data = front_matter.written(
            article.text,
            {
                "title": article.title,
                "source": article.source or entry.source,
                "date": article.date or entry.date,
                "author": entry.author,
                "url": final,
            },
        )
        sha256 = hashlib.sha256(data).hexdigest()
        now = Seen(**state.validators(response.headers), sha256=sha256)
        if seen is None:
            path = self._saved(article, article.date or entry.date, data)
            outcome = Outcome(entry.url, "saved", path)
        else:
            path = seen.path
            outcome = Outcome(entry.url, "unchanged" if sha256 == seen.sha256 else "changed", path)
            if outcome.status == "changed":
                self._renew(seen, data)
        for one in {key, final}:
            self._remember(one, replace(now, path=path))
        return outcome

    def _remember(self, key: str, seen: Seen) -> None:
        self._state.pages[key] = seen
        self._state.save(self._corpus)

    def _saved(self, article: Article, date: str, data: bytes) -> str:
        """Add a file under the first name that is free."""
        error: CorpusError | None = None
        for name in front_matter.names(article.title, date):
            if os.path.lexists(self._corpus / name):
                continue
            try:
                return changes.add(self._corpus, name, data).path
            except CorpusError as reason:
                error = reason
                if not os.path.lexists(self._corpus / name):
                    break
        raise FetchError(f"The article cannot be saved ({error}). Save the page yourself.") from error

    def _renew(self, seen: Seen, data: bytes) -> None:
        """Replace the file of an article, if it is as it was written."""
        path = self._corpus / seen.path
        try:
            untouched = hashlib.sha256(path.read_bytes()).hexdigest() == seen.sha256 and not path.is_symlink()
        except OSError:
            untouched = False
        if not untouched:
            raise FetchError(
                f"The page has changed, but so has its file {seen.path}. Remove the file's entry from "
                f"{state.FILE} to fetch it again."
            )
        try:
            atomic.write(path, data)
        except OSError as error:
            raise FetchError(
                f"{seen.path} cannot be written ({error.strerror}). Check its folder."
            ) from error


def _told(url: str, outcomes: Iterator[Outcome]) -> Iterator[Outcome]:
    """Some outcomes, and why the address failed if it did."""
    try:
        yield from outcomes
    except FetchError as error:
        yield Outcome(url, "failed", reason=str(error))


def _article(response: Response) -> Article:
    """The article of a page. Raises FetchError where it has none."""
    kind, _, parameters = response.headers.get("content-type", "").partition(";")
    suffix = PAGES.get(kind.strip().lower())
    if suffix is None:
        raise FetchError(f"{response.url} is no web page ({shown(kind.strip())}). Save the file yourself.")
    body = _in_utf8(response.body, parameters)
    for item in parsing.contents(f"page{suffix}", body):
        if isinstance(item, Article):
            return item
        if isinstance(item, Skipped):
            raise FetchError(f"{response.url} holds no article. {item.reason}")
    raise FetchError(f"{response.url} holds no article. Save its text yourself.")


def _in_utf8(body: bytes, parameters: str) -> bytes:
    """A page in UTF-8 where the server names another encoding; a page that is valid UTF-8 stays."""
    name, _, value = parameters.strip().partition("=")
    if name.strip().lower() != "charset":
        return body
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        try:
            return body.decode(value.strip(" \"'")).encode("utf-8-sig")
        except (LookupError, UnicodeError):
            return body
    return body
