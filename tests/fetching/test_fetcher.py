"""Against a server on this machine."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from qa.cli import main
from qa.corpus import folder
from qa.errors import StoreError
from qa.fetching import state
from qa.fetching.fetcher import Fetcher, Outcome
from qa.fetching.transport import REDIRECTS, Transport
from qa.types import Article

LONG = 60  # seconds after which a test gives up
PARAGRAPHS = "".join(
    f"<p>Die Schleuse {n} bleibt bis zum Herbst geschlossen, teilte das Hafenamt am Mittwoch mit.</p>"
    for n in range(1, 6)
)


def page(title: str, text: str = PARAGRAPHS) -> bytes:
    return (
        f"<html lang=de><head><title>{title}</title></head><body><nav><a href=/>Start</a></nav>"
        f"<article><h1>{title}</h1>{text}</article></body></html>"
    ).encode()


class Site:
    """A server whose answers are set by path: status, headers, body; or a function of the handler."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, dict[str, str], bytes] | Callable[..., None]] = {}
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                site.headers.append({name.lower(): value for name, value in self.headers.items()})
                answer = site.answers.get(self.path, (404, {}, b"gone"))
                if callable(answer):
                    answer(self)
                    return
                status, headers, body = answer
                etag = headers.get("ETag")
                if etag and self.headers.get("If-None-Match") == etag:
                    status, body = 304, b""
                self.send_response(status)
                for name, value in {"Content-Type": "text/html", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def feed(self, *paths: str, etag: str = "") -> None:
        items = "".join(f"<item><link>{self.url}{path}</link></item>" for path in paths)
        body = f"<rss><channel><title>Hafenbote</title>{items}</channel></rss>".encode()
        headers = {"Content-Type": "application/rss+xml"} | ({"ETag": etag} if etag else {})
        self.answers["/feed"] = (200, headers, body)


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.close()


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    made = tmp_path / "corpus"
    made.mkdir()
    return made


def fetched(corpus: Path, *urls: str, feeds: tuple[str, ...] = (), **limits: float) -> list[Outcome]:
    transport = Transport(allow_private=True, **limits)  # type: ignore[arg-type]
    return list(Fetcher(corpus, transport, pause=0).fetch(urls, feeds))


def articles(corpus: Path) -> list[Article]:
    found = list(folder.read_corpus(corpus))
    assert all(isinstance(item, Article) for item in found)
    return [item for item in found if isinstance(item, Article)]


def test_a_page_becomes_an_article(site: Site, corpus: Path) -> None:
    site.answers["/a"] = (200, {}, page("Schleusen geschlossen"))
    (outcome,) = fetched(corpus, f"{site.url}/a#oben")
    assert (outcome.status, outcome.path) == ("saved", "schleusen-geschlossen.txt")
    (article,) = articles(corpus)
    assert article.title == "Schleusen geschlossen"
    assert article.url == f"{site.url}/a"
    assert "Die Schleuse 3 bleibt" in article.text
    assert "Start" not in article.text
    assert site.headers[-1]["user-agent"].startswith("qa/")


def test_a_feed_is_fetched_once(site: Site, corpus: Path) -> None:
    site.answers["/a"] = (200, {}, page("Eins", PARAGRAPHS))
    site.answers["/b"] = (200, {}, page("Zwei", PARAGRAPHS.replace("Schleuse", "Brücke")))
    site.feed("/a", "/b", etag='"1"')
    first = fetched(corpus, feeds=(f"{site.url}/feed",))
    assert [outcome.status for outcome in first] == ["saved", "saved"]
    assert {article.source for article in articles(corpus)} <= {"Hafenbote", "127.0.0.1"}
    site.asked.clear()
    assert [outcome.status for outcome in fetched(corpus, feeds=(f"{site.url}/feed",))] == ["unchanged"]
    assert site.asked == ["/robots.txt", "/feed"]
    assert site.headers[-1]["if-none-match"] == '"1"'
    site.answers["/c"] = (200, {}, page("Drei", PARAGRAPHS.replace("Schleuse", "Mole")))
    site.feed("/c", "/a?utm_source=rss", "/b", etag='"2"')
    site.asked.clear()
    again = fetched(corpus, f"{site.url}/feed")  # named as a page, it is known as a feed
    assert [(outcome.status, outcome.path) for outcome in again] == [("saved", "drei.txt")]
    assert site.asked == ["/robots.txt", "/feed", "/c"]


def test_a_feed_whose_articles_failed_is_read_again(site: Site, corpus: Path) -> None:
    site.feed("/a", etag='"1"')
    (failed,) = fetched(corpus, feeds=(f"{site.url}/feed",))
    assert (failed.status, "404" in failed.reason) == ("failed", True)
    site.answers["/a"] = (200, {}, page("Eins"))
    assert [outcome.status for outcome in fetched(corpus, feeds=(f"{site.url}/feed",))] == ["saved"]


def test_a_removed_article_stays_removed(site: Site, corpus: Path) -> None:
    site.answers["/a"] = (200, {}, page("Eins"))
    site.feed("/a")
    fetched(corpus, f"{site.url}/feed")
    (corpus / "eins.txt").unlink()
    assert [outcome.status for outcome in fetched(corpus, f"{site.url}/feed")] == ["unchanged"]
    assert not articles(corpus)


def test_a_page_given_again_is_renewed_only_if_it_changed(site: Site, corpus: Path) -> None:
    url = f"{site.url}/a"
    site.answers["/a"] = (200, {"ETag": '"1"'}, page("Eins"))
    assert [fetched(corpus, url)[0].status for _ in range(2)] == ["saved", "unchanged"]
    assert site.headers[-1]["if-none-match"] == '"1"'
    changed = PARAGRAPHS.replace("Herbst", "Winter")
    site.answers["/a"] = (200, {"ETag": '"2"'}, page("Eins", changed))
    assert fetched(corpus, url)[0].status == "changed"
    assert "bis zum Winter" in articles(corpus)[0].text
    (corpus / "eins.txt").write_text("von Hand geändert")
    site.answers["/a"] = (200, {"ETag": '"3"'}, page("Eins"))
    (outcome,) = fetched(corpus, url)
    assert (outcome.status, "eins.txt" in outcome.reason) == ("failed", True)
    assert (corpus / "eins.txt").read_text() == "von Hand geändert"


def test_another_article_of_the_same_name_is_kept(site: Site, corpus: Path) -> None:
    (corpus / "eins.txt").write_text("Ein anderer Text.")
    site.answers["/a"] = (200, {}, page("Eins"))
    assert fetched(corpus, f"{site.url}/a")[0].path == "eins-2.txt"
    assert (corpus / "eins.txt").read_text() == "Ein anderer Text."


def test_redirects_are_followed_and_known(site: Site, corpus: Path) -> None:
    site.answers["/a"] = (200, {}, page("Eins"))
    site.answers["/kurz"] = (301, {"Location": "/a"}, b"")
    site.answers["/kreis"] = (302, {"Location": "/kreis"}, b"")
    site.answers["/datei"] = (302, {"Location": "file:///etc/passwd"}, b"")
    statuses = [o.status for o in fetched(corpus, f"{site.url}/kurz", f"{site.url}/a", f"{site.url}/kurz")]
    assert statuses == ["saved", "unchanged"]
    circle, file = fetched(corpus, f"{site.url}/kreis", f"{site.url}/datei")
    assert f"more than {REDIRECTS} times" in circle.reason
    assert "not a web address" in file.reason
    assert site.asked.count("/kreis") == REDIRECTS + 1


def test_robots_are_obeyed_also_after_a_redirect(site: Site, corpus: Path) -> None:
    site.answers["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /intern")
    site.answers["/kurz"] = (302, {"Location": "/intern/a"}, b"")
    for path in ("/intern/a", "/kurz"):
        (outcome,) = fetched(corpus, site.url + path)
        assert "robots.txt" in outcome.reason
    assert "/intern/a" not in site.asked


def test_no_private_address_is_asked(site: Site, corpus: Path) -> None:
    port = site.url.rpartition(":")[2]
    urls = [site.url, f"http://localhost:{port}/", f"http://[::ffff:127.0.0.1]:{port}/"]
    outcomes = list(Fetcher(corpus, Transport(), pause=0).fetch(urls))
    assert all("--allow-private" in outcome.reason for outcome in outcomes)
    assert site.asked == []


def test_a_redirect_to_a_private_address_is_not_followed(
    site: Site, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A public host that sends on to a private one; and one that resolves to it the second time."""
    port = site.url.rpartition(":")[2]
    site.answers["/a"] = (302, {"Location": f"http://intern.example:{port}/b"}, b"")
    hosts = {"oben.example": ["127.0.0.1"], "intern.example": ["10.0.0.1"]}
    monkeypatch.setattr("qa.fetching.addresses.is_public", lambda address: address == "127.0.0.1")
    transport = Transport(resolve=lambda host, _: hosts[host])
    (outcome,) = Fetcher(corpus, transport, pause=0).fetch([f"http://oben.example:{port}/a"])
    assert "intern.example is on this machine or in a private network" in outcome.reason
    assert site.headers[-1]["host"] == f"oben.example:{port}"
    resolved = iter([["127.0.0.1"], ["127.0.0.1"], ["10.0.0.1"]])  # page, robots.txt, and never again
    site.answers["/a"] = (200, {}, page("Eins"))
    rebinding = Transport(resolve=lambda *_: next(resolved))
    (outcome,) = Fetcher(corpus, rebinding, pause=0).fetch([f"http://oben.example:{port}/a"])
    assert outcome.status == "saved"


def test_limits_of_size_and_time(site: Site, corpus: Path) -> None:
    held = threading.Event()

    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while not held.is_set():
                handler.wfile.write(b"<p>" * 10_000)
        except OSError:
            pass

    def slow(handler: BaseHTTPRequestHandler) -> None:
        try:
            while not held.wait(0.02):
                handler.wfile.write(b"H")
        except OSError:
            pass

    site.answers["/endlos"], site.answers["/langsam"] = endless, slow
    site.answers["/robots.txt"] = (404, {}, b"")
    try:
        (large,) = fetched(corpus, f"{site.url}/endlos", max_bytes=100_000)
        assert "larger than" in large.reason
        began = time.monotonic()
        (late,) = fetched(corpus, f"{site.url}/langsam", seconds=0.3)
        assert late.status == "failed"
        assert time.monotonic() - began < LONG
    finally:
        held.set()


@pytest.mark.parametrize(
    ("headers", "body", "reason"),
    [
        ({"Content-Type": "image/png"}, b"\x89PNG", "no web page"),
        ({"Content-Encoding": "gzip"}, b"\x1f\x8b", "compressed"),
        ({}, b"", "holds no article"),
        ({}, b"<html><body><nav></nav></body></html>", "holds no article"),
    ],
)
def test_what_is_no_article(
    site: Site, corpus: Path, headers: dict[str, str], body: bytes, reason: str
) -> None:
    site.answers["/a"] = (200, headers, body)
    (outcome,) = fetched(corpus, f"{site.url}/a")
    assert (outcome.status, reason in outcome.reason) == ("failed", True)
    assert not articles(corpus)


def test_the_encoding_that_the_server_names_counts(site: Site, corpus: Path) -> None:
    text = PARAGRAPHS.replace("Schleuse", "Mühle")
    body = page("Eins", text).decode().encode("iso-8859-15")
    site.answers["/a"] = (200, {"Content-Type": "text/html; charset=iso-8859-15"}, body)
    fetched(corpus, f"{site.url}/a")
    assert "Die Mühle 1 bleibt" in articles(corpus)[0].text


def test_hosts_are_not_hurried(site: Site, corpus: Path) -> None:
    site.answers["/robots.txt"] = (200, {}, b"User-agent: *\nCrawl-delay: 7")
    slept: list[float] = []
    fetcher = Fetcher(corpus, Transport(allow_private=True), pause=1, sleep=slept.append)
    list(fetcher.fetch([f"{site.url}/a", f"{site.url}/b"]))
    assert len(slept) == 1
    assert 6 < slept[0] <= 7


def test_a_missing_folder_and_a_damaged_state_are_errors(site: Site, corpus: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="does not exist"):
        fetched(tmp_path / "nirgends", site.url)
    (corpus / state.FILE).write_text("{}")
    with pytest.raises(StoreError, match="damaged"):
        fetched(corpus, site.url)
    assert site.asked == []


def test_one_process_fetches_at_a_time(site: Site, corpus: Path) -> None:
    with state.locked(corpus), pytest.raises(StoreError, match="Another"):
        fetched(corpus, site.url)


def test_the_command(site: Site, corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site.answers["/a"] = (200, {}, page("Eins"))
    site.feed("/a", "/fehlt")
    feeds = tmp_path / "feeds.txt"
    feeds.write_text(f"# Feeds\n\n{site.url}/feed\n")
    arguments = ["fetch", "--feeds", str(feeds), "--corpus", str(corpus), "--allow-private"]
    assert main.main([*arguments, "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["status"], row["path"]) for row in rows] == [("saved", "eins.txt"), ("failed", "")]
    assert main.main(["fetch", f"{site.url}/nein", "--corpus", str(corpus)]) == 1
    assert "Nothing could be fetched" in capsys.readouterr().err
    assert main.main(["fetch", "--corpus", str(corpus)]) == 1
    assert main.main(["fetch", "--feeds", str(tmp_path / "fehlt"), "--corpus", str(corpus)]) == 1


def test_the_server_cannot_fetch() -> None:
    from tests.test_layers import ARROWS, room

    assert {
        room(module) for module, used in ARROWS.items() if any(room(one) == "fetching" for one in used)
    } <= {
        "fetching",
        "cli",
    }
    users = [module for module, used in ARROWS.items() if any(room(one) == "fetching" for one in used)]
    assert {module for module in users if room(module) == "cli"} == {"qa.cli.fetch"}
