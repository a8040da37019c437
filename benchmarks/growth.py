"""CPU time of reading hostile files, by size: find what grows faster than the file or exceeds the limit.

    python benchmarks/growth.py [--sizes 80000 320000 …] [--seconds 8] [FAMILY …]

Each family generates a file of about a given size in bytes. Each file is read in a separate, forked process
with a limit on its CPU time. Prints seconds for reading and for splitting, the exponent between the last two
sizes (1 is linear, 2 quadratic), and the outcome. Linux only.
"""

from __future__ import annotations

import argparse
import io
import math
import multiprocessing
import resource
import zipfile
import zlib
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection
from time import process_time

from qa.corpus import parsing
from qa.corpus.formats import format_of, worker
from qa.index import passages
from qa.types import Article

SIZES = (80_000, 320_000, 1_280_000, 5_120_000, 19_000_000)
SECONDS = 8  # CPU seconds after which a process is ended

Make = Callable[[int], bytes]
FAMILIES: dict[str, Make] = {}  # by a name that ends in the file's extension

_PROSE = (
    "Die alte Brücke über den Bach bleibt bis zum Herbst gesperrt, wie die Gemeinde am Dienstag mitteilte. "
)
_LEAD = f"<h1>Brücke gesperrt</h1><p>{_PROSE * 4}</p><p>{_PROSE * 3}</p>"


def _page(body: str, head: str = "") -> bytes:
    return (
        f'<!doctype html><html lang="de"><head><meta charset="utf-8"><title>Brücke</title>{head}</head>'
        f"<body><article>{_LEAD}{body}</article></body></html>"
    ).encode()


def _filled(piece: str, size: int) -> str:
    """A piece repeated to a size; "{n}" in it counts."""
    if "{n}" not in piece:
        return piece * (size // len(piece.encode()))
    count = size // (len(piece.encode()) + 2)
    return "".join(piece.replace("{n}", str(n)) for n in range(count))


def _repeated(name: str, piece: str, *, before: str = "", after: str = "") -> None:
    FAMILIES[f"{name}.html"] = lambda size: _page(f"{before}{_filled(piece, size)}{after}")


_repeated("attributes of one tag", " a{n}=x", before="<p", after=">Text.</p>")
_repeated("attributes without values", " a{n}", before="<p", after=">Text.</p>")
_repeated("same attribute", " a=x", before="<p", after=">Text.</p>")
_repeated(
    "data attributes, many tags", "<p " + " ".join(f"data-{i}=x" for i in range(50)) + ">Absatz {n}.</p>"
)
_repeated("400 attributes a tag", "<p " + " ".join(f"d{i}=x" for i in range(400)) + ">Absatz {n}.</p>")
_repeated("attributes in an end tag", " a{n}=x", before="<p>Text.</p", after=">")
_repeated("long attribute", "x", before="<p class='", after="'>Text.</p>")
_repeated("long attribute of spaces", " ", before="<p class='", after="'>Text.</p>")
_repeated("long class names", "wort-{n} ", before="<div class='", after="'><p>Text.</p></div>")
_repeated("long style", "a:b;", before="<p style='", after="'>Text.</p>")
_repeated("long href", "a/", before="<a href='http://x.de/", after="'>Text.</a>")
_repeated("nested div", "<div>")
_repeated("nested div, closed", "<div>", after="</div>" * 1)
_repeated("nested div with text", "<div>Wort {n} ")
_repeated("nested b", "<b>")
_repeated("nested span with text", "<span>x")
_repeated("nested blockquote", "<blockquote><p>x")
_repeated("nested list", "<ul><li>x")
_repeated("nested table", "<table><tr><td>x")
_repeated("unclosed <p", "<p")
_repeated("unclosed <p ", "<p ")
_repeated("<a <a", "<a ")
_repeated("<a>", "<a>x")
_repeated("<a href", "<a href=x>y")
_repeated("<", "<")
_repeated("< ", "< ")
_repeated("<>", "<>")
_repeated("</p>", "</p>")
_repeated("</x>", "</x>")
_repeated("unclosed comment", "<!--x")
_repeated("comments", "<!--x-->")
_repeated("comment of dashes", "-", before="<!--")
_repeated("<!doctype", "<!doctype html>")
_repeated("<?x", "<?x>")
_repeated("<![CDATA[", "<![CDATA[x]]>")
_repeated("&", "&")
_repeated("&amp;", "&amp;")
_repeated("&#", "&#228;")
_repeated("&unknown", "&x{n};")
_repeated("entities in an attribute", "&amp;", before="<p title='", after="'>Text.</p>")
_repeated("paragraphs", "<p>Der Absatz {n} ist kurz.</p>")
_repeated("same paragraph", f"<p>{_PROSE}</p>")
_repeated("long paragraphs", "<p>" + _PROSE * 20 + "{n}</p>")
_repeated("paragraphs of words", "<p>x")
_repeated("<br>", "<br>")
_repeated("text and <br>", "Zeile {n}<br>")
_repeated("<p> with <br>", "x<br>", before="<p>", after="</p>")
_repeated("<hr>", "<hr>")
_repeated("inline", "<b>wort</b> ", before="<p>", after="</p>")
_repeated("links in a paragraph", "<a href='/{n}'>wort</a> ", before="<p>", after="</p>")
_repeated("links", "<p><a href='https://example.org/2024/05/0{n}'>Mehr zum Thema {n}</a></p>")
_repeated("images", "<img src='/{n}.jpg' alt='Bild'>")
_repeated("figures", "<figure><img src='/{n}.jpg'><figcaption>Bild {n}</figcaption></figure>")
_repeated("list items", "<li>Punkt {n}</li>", before="<ul>", after="</ul>")
_repeated("nested items", "<ul><li>Punkt {n}</li></ul>")
_repeated("dl", "<dt>Wort<dd>Punkt {n}", before="<dl>", after="</dl>")
_repeated("cells", "<td>x</td>", before="<table><tr>", after="</tr></table>")
_repeated("rows", "<tr><td>a</td><td>Zelle {n}</td></tr>", before="<table>", after="</table>")
_repeated("tables", "<table><tr><td>Zelle {n}</td></tr></table>")
_repeated("headings", "<h2>Titel {n}</h2>")
_repeated("sections", "<section><h2>Titel {n}</h2><p>" + _PROSE + "</p></section>")
_repeated("articles", "<article><p>" + _PROSE + "{n}</p></article>")
_repeated("divs with text", "<div>Text {n} in einem Kasten.</div>")
_repeated("divs with prose", "<div>" + _PROSE + "{n}</div>")
_repeated("comment blocks", "<div class='comment' id='comment-{n}'><p>Guter Artikel!</p></div>")
_repeated("scripts", "<script>var x{n} = 1;</script>")
_repeated("big script", "var x = 1;\n", before="<script>", after="</script>")
_repeated("big style", "p { color: red }\n", before="<style>", after="</style>")
_repeated("svg paths", "<path d='M0 0L{n} 1'/>", before="<svg>", after="</svg>")
_repeated("big svg path", "L1 2", before="<svg><path d='M0 0", after="'/></svg>")
_repeated("one text", _PROSE, before="<p>", after="</p>")
_repeated("one word", "x", before="<p>", after="</p>")
_repeated("white space", " ", before="<p>x", after="y</p>")
_repeated("line ends", "\n", before="<p>x", after="y</p>")
_repeated("pre", "x\n", before="<pre>", after="</pre>")
_repeated("pre of spaces", " x\n", before="<pre><code>", after="</code></pre>")
_repeated("textarea", "<textarea>x</textarea>")
_repeated("options", "<option>x", before="<select>", after="</select>")
_repeated("select", "<select><option>x")
_repeated("forms", "<form><input name=a{n}></form>")
_repeated("iframes", "<iframe src=x></iframe>")
_repeated("math", "<math><mi>x</mi></math>")
_repeated("template", "<template><p>x</p></template>")
_repeated("body", "<body a{n}=x>")
_repeated("html", "<html a{n}=x>")
_repeated("body once each", "<body><p>x</p></body>")
_repeated("custom tags", "<x-{n}>y</x-{n}>")
_repeated("custom tags, open", "<x{n}>y")
_repeated("formatting misnested", "<b><i><p>x</b>y</i>")
_repeated("dates", "<time datetime='2024-05-0{n}'>5. Mai 2024</time>")
_repeated("digits", "2024-", before="<p>", after="</p>")
_repeated("digits in a time", "2024-05-", before="<time>", after="</time>")
_repeated("date divs", "<div class='date'>1.1.2024 {n}</div>")
_repeated("authors", "<span class='author'>Eva Kern {n}</span>")
_repeated("byline", "Von Eva ", before="<p class='author'>", after="</p>")
_repeated("title", "wort - ", before="</article><h1 class='title'>", after="</h1>")
_repeated("no prose", "<div><a href=/>x</a></div>")


def _head(name: str, piece: str, *, before: str = "", after: str = "") -> None:
    FAMILIES[f"head {name}.html"] = lambda size: _page("", f"{before}{_filled(piece, size)}{after}")


_head("meta", "<meta name='a{n}' content='x'>")
_head("meta of one name", "<meta name='author' content='Eva Kern {n}'>")
_head("meta property", "<meta property='og:title' content='Titel {n}'>")
_head("meta date", "<meta property='article:published_time' content='{n}'>")
_head("meta date, long", "2024-", before="<meta property='article:published_time' content='", after="'>")
_head("meta author, long", "Eva, ", before="<meta name='author' content='", after="'>")
_head("meta keywords, long", "a,", before="<meta name='keywords' content='", after="'>")
_head("meta title, long", "a | ", before="<meta property='og:title' content='", after="'>")
_head("meta site, long", "a.", before="<meta property='og:site_name' content='", after="'>")
_head("title, long", "a - ", before="<title>", after="</title>")
_head("title of spaces", " ", before="<title>a", after="b</title>")
_head("links", "<link rel='alternate' href='/{n}'>")
_head("canonical, long", "a/", before="<link rel='canonical' href='https://a.de/", after="'>")
_head("scripts", "<script>x</script>")
_head("json", "[", before="<script type='application/ld+json'>", after="</script>")
_head(
    "json list",
    '{"@type":"NewsArticle","headline":"x{n}"},',
    before="<script type='application/ld+json'>[",
    after="{}]</script>",
)
_head(
    "json authors",
    '{"@type":"Person","name":"Eva {n}"},',
    before='<script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle","author":[',
    after="{}]}</script>",
)
_head(
    "json broken", '"author":{"name":"Eva', before="<script type='application/ld+json'>{", after="</script>"
)
_head(
    "json text",
    _PROSE,
    before='<script type=\'application/ld+json\'>{"@context":"https://schema.org","@type":"NewsArticle","articleBody":"',
    after='"}</script>',
)
_head(
    "many json",
    '<script type=\'application/ld+json\'>{"@type":"NewsArticle","datePublished":"2024-05-01"}</script>',
)
_head("json broken type", '"@type":["', before="<script type='application/ld+json'>{", after="</script>")
_head(
    "json broken author",
    '"author":"',
    before='<script type=\'application/ld+json\'>{"@type":"x",',
    after="</script>",
)
_head("base", "<base href='/{n}'>")


def _raw(name: str, make: Make) -> None:
    FAMILIES[name] = make


_raw("bare attributes.html", lambda size: b"<p " + _filled(" a{n}=x", size).encode())
_raw("bare nested.html", lambda size: b"<div>" * (size // 5))
_raw("bare no article.html", lambda size: b"<html><body>" + b"<div><span>x</span></div>" * (size // 25))
_raw("bare text.html", lambda size: (_PROSE * (size // len(_PROSE))).encode())
_raw("bare cells.html", lambda size: b"<table><tr>" + b"<td>x" * (size // 5))
_raw("bare charset.html", lambda size: b"<meta " * (size // 6))
_raw("html of bytes.html", lambda size: _page("") + bytes(range(1, 256)) * (size // 255))
_raw(
    "latin 1.html",
    lambda size: _page(f"<p>{_PROSE * (size // 100)}</p>").decode().encode("cp1252").replace(b"utf-8", b"x"),
)


# ---------------------------------------------------------------- text


def _text(piece: str, size: int) -> bytes:
    return (piece * (size // len(piece.encode()))).encode()


for _name, _piece in {
    "prose": _PROSE,
    "one word": "x",
    "spaces": "x ",
    "abbreviations": "z.B. d.h. usw. ",
    "abbreviations, known": "abb. abs. vgl. ",
    "a-": "a-\n",
    "lines": "Zeile\n",
    "blank lines": "a\n\n",
    "short lines": "a\n",
    "full lines": ("wort " * 15).strip() + "\n",
    "quotes": "„a“ ",
    "open quotes": "„",
    "open quotes, ascii": '"a ',
    "points": ". ",
    "points alone": ".",
    "marks": "a.! ",
    "numbers": "1. ",
    "numbers of lists": "1. a\n",
    "dates": "1. Mai 2024 ",
    "brackets": "(",
    "brackets, closed": "(a) ",
    "colons": "a: ",
    "pipes": "| a ",
    "rules": "---\n",
    "tables": "| a | b |\n",
    "table rules": "|---",
    "markup": "# ",
    "markup, alternating": "- # > ",
    "stars": "*",
    "form feeds": "a\f",
    "returns": "a\r",
    "numbers of pages": "12\f",
    "emoji": "\U0001f468\u200d",
    "accents": "a\u0301",
    "accents alone": "\u0301",
    "soft hyphens": "a\u00ad",
    "zero width": "\u200b",
    "chinese": "政府周一宣布了一项新计划。",
    "chinese, no marks": "政府周一宣布",
    "arabic": "أعلنت الحكومة يوم. ",
    "thai": "รัฐบาลประกาศ",
    "titles": "Startseite > Politik > ",
    "credits": "Foto: dpa\n",
    "credits in lines": "(Foto: dpa) ",
    "stamps": "Stand: 1.1.2024 ",
    "bylines": "Von Eva Kern ",
    "cookies": "Wir nutzen Cookies ",
    "links": "https://a.de/b ",
    "headings": "Titel\n\nEin Satz mit vielen Wörtern, der hier steht.\n\n",
    "camel": "aB.Cd",
    "glued": "Ende.Neuer",
    "sentences": "Ja. ",
    "sentences, long": "Dies ist ein Satz mit einer Zahl, nämlich 3. Mai und 2.000. ",
    "years": "1999. 5 ",
    "stars of Markdown": "**a** ",
    "underscores": "_a_ ",
    "tabs": "\t",
    "NEL": "a\x85",
    "U+2028": "a\u2028",
}.items():
    _raw(f"{_name}.txt", partial(_text, _piece))

_raw("latin 1.txt", lambda size: (_PROSE * (size // 100)).encode("cp1252"))
_raw("latin 1, rare.txt", lambda size: b"x y " * (size // 4) + b"\xe4\xf6")
_raw("high bytes.txt", lambda size: bytes(range(128, 256)) * (size // 128))
_raw("one high byte.txt", lambda size: b"\xe4" * size)
_raw("koi8.txt", lambda size: ("Правительство объявило в понедельник. " * (size // 38)).encode("koi8-r"))
_raw("gb18030.txt", lambda size: ("政府周一宣布了一项新计划。" * (size // 26)).encode("gb18030"))
_raw("spaces alone.txt", lambda size: b" " * size + b"x")
_raw("line ends alone.txt", lambda size: b"\n" * size + b"x")
_raw("utf-16.txt", lambda size: (_PROSE * (size // 204)).encode("utf-16"))


def _front(name: str, piece: str, *, before: str = "", after: str = "") -> None:
    def make(size: int) -> bytes:
        return f"---\n{before}{_filled(piece, min(size, 65_000))}{after}\n---\n{_PROSE}".encode()

    FAMILIES[f"front matter {name}.md"] = make


_front("keys", "k{n}: x\n")
_front("keys of one name", "title: x\n")
_front("brackets", "[", before="a: ")
_front("brackets, closed", "[],", before="a: [", after="]")
_front("braces", "{a: ", before="a: ")
_front("anchors", "- &a{n} x\n", before="a:\n")
_front("aliases", "- *a\n", before="a: &a x\nb:\n")
_front("merges", "- {<<: *a}\n", before="a: &a {b: c}\nb:\n")
_front("dashes", "- ", before="a:\n  ")
_front("spaces", " ", before="a: x", after="y")
_front("quotes", '\\"', before='a: "', after='"')
_front("escapes", "\\u00e4", before='a: "', after='"')
_front("comments", "# x\n", before="a: x\n")
_front("tags", "!!str ", before="a: ")
_front("block", "  x\n", before="a: |\n")
_front("questions", "? a{n}\n")
_front("colons", "a:\n", before="")
_front("ints", "1", before="a: !!int ", after="")
_front("base 60", "1:", before="a: !!int ", after="1")
_front("merge chains", "&k{n} {<<: [*a, *a, *a, *a]},", before="a: &a {b: c}\nb: [", after="]")
_front("merge tags", "- {!!merge <<: [*a, *a, *a, *a, *a, *a, *a, *a, *a]}\n", before="a: &a {b: c}\nb:\n")
_raw("fences.md", lambda size: b"---\n" + b"a\n" * (size // 2))
_raw("rules.md", lambda size: b"---\n" * (size // 4))


def _doubling(size: int) -> bytes:
    """Aliases that would expand to 9 to the power of their number, and merges of them."""
    lines = ["a0: &a0 {k: v}"]
    lines += [f"a{n}: &a{n} {{!!merge <<: [{', '.join([f'*a{n - 1}'] * 9)}]}}" for n in range(1, size // 60)]
    return ("---\n" + "\n".join(lines)[:65_000] + f"\n---\n{_PROSE}").encode()


_raw("front matter merges of merges.md", lambda size: _doubling(min(size, 900)))

# ---------------------------------------------------------------- tables

_raw("rows.csv", lambda size: b"text\n" + b"Ein Satz.\n" * (size // 10))
_raw("rows of prose.csv", lambda size: b"text,title\n" + (f'"{_PROSE * 20}",x\n' * (size // 2200)).encode())
_raw("quotes.csv", lambda size: b"text\n" + b'"' * size)
_raw("quotes and letters.csv", lambda size: b"text\n" + b'"a' * (size // 2))
_raw("open quotes.csv", lambda size: b"text\n" + b'"offen\n' * (size // 7))
_raw("open quotes and blank.csv", lambda size: b"text\n" + b'"offen\n""\n' * (size // 10))
_raw("one open quote.csv", lambda size: b"text\n" + b'"' + b"a\n" * (size // 2))
_raw("late open quotes.csv", lambda size: b"text\n" + b'a,"\n' * (size // 4))
_raw("open, then bad.csv", lambda size: b"text\n" + b'"a\n' * (size // 6) + b'"a"b\n' * (size // 10))
_raw("columns.csv", lambda size: b"text" + b",a" * (size // 4) + b"\n" + b"x," * (size // 4))
_raw(
    "many columns, many rows.csv",
    lambda size: b"text" + b",a" * 2000 + b"\n" + (b"," * 2000 + b"\n") * (size // 2001),
)
_raw("too many columns.csv", lambda size: b"text\n" + (b"," * 2000 + b"\n") * (size // 2001))
_raw("blank lines.csv", lambda size: b"text\n" + b"\n" * size)
_raw("long field.csv", lambda size: b"text\n" + (_PROSE * (size // 100)).encode())
_raw("returns.csv", lambda size: b"text\r" + b"a\r" * (size // 2))
_raw(
    "latin 1.csv",
    lambda size: b"text;title\n" + "Ein schöner Satz über Köln.;x\n".encode("cp1252") * (size // 30),
)
_raw("rows.jsonl", lambda size: b'{"text": "Ein Satz."}\n' * (size // 22))
_raw("deep.jsonl", lambda size: (b"[" * 1000 + b"\n") * (size // 1001))
_raw("one deep.jsonl", lambda size: b"[" * size)
_raw("deep objects.jsonl", lambda size: b'{"a":' * (size // 5))
_raw("digits.jsonl", lambda size: b'{"text": "a", "n": ' + b"1" * size + b"}")
_raw("floats.jsonl", lambda size: b'{"text": "a", "n": 1.' + b"1" * size + b"}")
_raw("exponents.jsonl", lambda size: b'{"text": "a", "n": [' + b"1e999999," * (size // 9) + b"1]}")
_raw("escapes.jsonl", lambda size: b'{"text": "' + b"\\u00e4" * (size // 6) + b'"}')
_raw("surrogates.jsonl", lambda size: b'{"text": "' + b"\\ud800" * (size // 6) + b'"}')
_raw(
    "keys.jsonl", lambda size: b'{"text": "a"' + b"".join(b', "k%d": 1' % n for n in range(size // 13)) + b"}"
)
_raw("broken.jsonl", lambda size: b"x\n" * (size // 2))
_raw(
    "long titles.jsonl",
    lambda size: (b'{"text": "Ein Satz.", "date": "' + b"1.1." * 10_000 + b'"}\n') * (size // 40_030),
)


# ---------------------------------------------------------------- PDF


def _pdf(objects: list[bytes], *, info: str = "") -> bytes:
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    at = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {info}>>\nstartxref\n{at}\n%%EOF\n".encode()
    return bytes(out)


def _stream(data: bytes, extra: str = "", *, packed: bool = False) -> bytes:
    if packed:
        data, extra = zlib.compress(data), f"{extra} /Filter /FlateDecode"
    return f"<< /Length {len(data)} {extra}>>\nstream\n".encode() + data + b"\nendstream"


_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def _drawn(
    *contents: bytes,
    packed: bool = False,
    font: bytes = _FONT,
    more: list[bytes] | None = None,
    resources: str = "",
) -> bytes:
    """A PDF whose pages have these contents; object 3 is the font."""
    first = 4 + len(more or [])
    kids = " ".join(f"{first + 2 * n} 0 R" for n in range(len(contents)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(contents)} >>".encode(),
        font,
        *(more or []),
    ]
    for number, content in enumerate(contents):
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842]"
            f" /Resources << /Font << /F1 3 0 R >> {resources} >>"
            f" /Contents {first + 2 * number + 1} 0 R >>".encode()
        )
        objects.append(_stream(content, packed=packed))
    return _pdf(objects)


_SHOWN = b"BT /F1 11 Tf 14 TL 50 780 Td (Die Br\374cke bleibt bis zum Herbst gesperrt.) Tj T* ET\n"


def _one(piece: bytes, *, before: bytes = b"", after: bytes = b"", packed: bool = False) -> Make:
    return lambda size: _drawn(_SHOWN + before + piece * (size // len(piece)) + after, packed=packed)


_raw("pages.pdf", lambda size: _drawn(*[_SHOWN * 40] * (size // 4000)))
_raw("empty pages.pdf", lambda size: _drawn(*[b""] * (size // 300), _SHOWN))
_raw("packed pages.pdf", lambda size: _drawn(*[_SHOWN * 40_000] * (size // 15_000), packed=True))
_raw("text.pdf", _one(b"(Wort) Tj ", before=b"BT /F1 11 Tf ", after=b"ET"))
_raw(
    "text packed.pdf",
    lambda size: _one(b"(Wort) Tj ", before=b"BT /F1 11 Tf ", after=b"ET", packed=True)(size * 4),
)
_raw("letters.pdf", _one(b"(W) Tj ", before=b"BT /F1 11 Tf ", after=b"ET"))
_raw("long string.pdf", _one(b"Wort ", before=b"BT /F1 11 Tf (", after=b") Tj ET"))
_raw("TJ array.pdf", _one(b"(W) -5 ", before=b"BT /F1 11 Tf [", after=b"] TJ ET"))
_raw("lines.pdf", _one(b"(Wort) Tj T* ", before=b"BT /F1 11 Tf 14 TL ", after=b"ET"))
_raw("positions.pdf", _one(b"1 0 0 1 5 5 Tm (W) Tj ", before=b"BT /F1 11 Tf ", after=b"ET"))
_raw("Td.pdf", _one(b"5 0 Td (W) Tj ", before=b"BT /F1 11 Tf ", after=b"ET"))
_raw("saved states.pdf", _one(b"q ", after=b"Q"))
_raw("saved and restored.pdf", _one(b"q Q "))
_raw("matrices.pdf", _one(b"1 0 0 1 0 0 cm "))
_raw("drawing.pdf", _one(b"0 0 m 1 1 l S "))
_raw("fonts set.pdf", _one(b"/F1 1 Tf "))
_raw("BT.pdf", _one(b"BT ET "))
_raw("brackets.pdf", _one(b"["))
_raw("parentheses.pdf", _one(b"("))
_raw("dictionaries.pdf", _one(b"<<"))
_raw("hex.pdf", _one(b"57", before=b"BT /F1 11 Tf <", after=b"> Tj ET"))
_raw("comments.pdf", _one(b"%x\n"))
_raw("inline images.pdf", _one(b"BI /W 1 /H 1 ID x EI "))
_raw("open inline images.pdf", _one(b"BI ID "))
_raw("no operators.pdf", _one(b"1 "))
_raw("rubbish.pdf", lambda size: b"%PDF-1.4\n" + b"1 0 obj\n" * (size // 8))
_raw("rubbish trailers.pdf", lambda size: b"%PDF-1.4\n" + b"trailer\n<<>>\nstartxref\n0\n" * (size // 28))
_raw("spaces.pdf", lambda size: b"%PDF-1.4\n" + b" " * size)
_raw("broken table.pdf", lambda size: _drawn(*[_SHOWN] * (size // 500)).replace(b"xref", b"xxxx"))
_raw("broken offsets.pdf", lambda size: _drawn(*[_SHOWN] * (size // 500)).replace(b"0 00000 n", b"1 00000 n"))
_raw("xref of spaces.pdf", lambda size: _drawn(_SHOWN).replace(b"0000000000 65535 f", b" " * size))
_raw("objects.pdf", lambda size: _drawn(_SHOWN, more=[b"null"] * (size // 40)))
_raw("deep arrays.pdf", lambda size: _drawn(_SHOWN, resources="/X " + "[" * size))
_raw("long array.pdf", lambda size: _drawn(_SHOWN, resources="/X [" + "1 " * (size // 2) + "]"))
_raw(
    "names.pdf",
    lambda size: _drawn(_SHOWN, resources="/X << " + " ".join(f"/N{n} 1" for n in range(size // 10)) + " >>"),
)
_raw(
    "long kids.pdf",
    lambda size: _pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count 1 /Kids [" + b"2 0 R " * (size // 6) + b"] >>",
        ]
    ),
)


def _page_tree(size: int) -> bytes:
    """A chain of page trees, each within the one before."""
    depth = size // 80
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    objects += [b"<< /Type /Pages /Count 1 /Kids [%d 0 R] >>" % (n + 3) for n in range(depth)]
    return _pdf([*objects, b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 9 9] >>" % (depth + 1)])


_raw("page tree.pdf", _page_tree)


def _forms(size: int) -> bytes:
    """Forms that draw the next one twice."""
    depth = min(size // 400, 60)
    more = []
    for n in range(depth):
        target = 4 + min(n + 1, depth - 1)
        inner = b"/X Do /X Do " if n < depth - 1 else _SHOWN
        extra = (
            "/Type /XObject /Subtype /Form /BBox [0 0 9 9]"
            f" /Resources << /Font << /F1 3 0 R >> /XObject << /X {target} 0 R >> >> "
        )
        more.append(_stream(inner, extra))
    return _drawn(_SHOWN + b"/X Do ", more=more, resources="/XObject << /X 4 0 R >>")


def _form_many(size: int) -> bytes:
    """One form of many lines, drawn many times."""
    form = _stream(
        _SHOWN * (size // 200),
        "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /Font << /F1 3 0 R >> >> ",
    )
    return _drawn(_SHOWN + b"/X Do " * (size // 20), more=[form], resources="/XObject << /X 4 0 R >>")


_raw("forms within forms.pdf", _forms)
_raw("a form drawn often.pdf", _form_many)


def _cmap(body: str, packed: bool = False) -> bytes:
    cmap = f"/CIDInit /ProcSet findresource begin\nbegincmap\n{body}\nendcmap\n".encode()
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 4 0 R >>"
    return _drawn(_SHOWN, font=font, more=[_stream(cmap, packed=packed)])


_raw(
    "cmap ranges.pdf",
    lambda size: _cmap("100 beginbfrange\n" + "<00> <ff> <0041>\n" * (size // 17) + "endbfrange"),
)
_raw(
    "cmap wide ranges.pdf",
    lambda size: _cmap("100 beginbfrange\n" + "<0000> <ffff> <0041>\n" * (size // 21) + "endbfrange"),
)
_raw("cmap huge range.pdf", lambda size: _cmap("1 beginbfrange\n<00000000> <ffffffff> <0041>\nendbfrange"))
_raw("cmap chars.pdf", lambda size: _cmap("100 beginbfchar\n" + "<41> <0041>\n" * (size // 12) + "endbfchar"))
_raw(
    "cmap long char.pdf", lambda size: _cmap("1 beginbfchar\n<41> <" + "0041" * (size // 4) + ">\nendbfchar")
)
_raw("cmap open.pdf", lambda size: _cmap("beginbfrange [ <" * (size // 16)))
_raw("cmap spaces.pdf", lambda size: _cmap(" " * size))
_raw(
    "cmap packed ranges.pdf",
    lambda size: _cmap(
        "100 beginbfrange\n" + "<0000> <ffff> <0041>\n" * (size // 21 * 30) + "endbfrange", packed=True
    ),
)


def _differences(size: int) -> bytes:
    names = " ".join("/a" for _ in range(size // 3))
    font = f"<< /Type /Font /Subtype /Type1 /BaseFont /X /Encoding << /Differences [0 {names}] >> >>"
    return _drawn(_SHOWN, font=font.encode())


def _fonts(size: int) -> bytes:
    """A page of many fonts, each with a table of letters."""
    cmap = b"begincmap\n1 beginbfrange\n<0000> <ffff> <0041>\nendbfrange\nendcmap"
    count = size // 150
    more = [_stream(cmap), *[b"<< /Type /Font /Subtype /Type1 /BaseFont /H /ToUnicode 4 0 R >>"] * count]
    fonts = " ".join(f"/G{n} {5 + n} 0 R" for n in range(count))
    content = b"BT " + b" ".join(b"/G%d 1 Tf (a) Tj" % n for n in range(count)) + b" ET"
    data = _drawn(content, more=more)
    return data.replace(b"/F1 3 0 R", b"/F1 3 0 R " + fonts.encode(), 1)


def _widths(size: int) -> bytes:
    descendant = (
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /H /W [" + b"0 65535 500 " * (size // 12) + b"] >>"
    )
    font = b"<< /Type /Font /Subtype /Type0 /BaseFont /H /Encoding /Identity-H /DescendantFonts [4 0 R] >>"
    return _drawn(_SHOWN, font=font, more=[descendant])


_raw("differences.pdf", _differences)
_raw("fonts.pdf", _fonts)
_raw("widths.pdf", _widths)
_raw(
    "filters.pdf",
    lambda size: _drawn(_SHOWN, more=[]).replace(
        b"/Length", b"/Filter [" + b"/ASCIIHexDecode " * (size // 16) + b"] /Length", 1
    ),
)


def _object_stream(size: int) -> bytes:
    """All objects in one packed stream, and an index of them that is a stream too."""
    count = size // 4
    bodies = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Annots ["
        + " ".join(f"{n} 0 R" for n in range(5, count + 4))
        + "] >>",
    ]
    bodies += ["null"] * count
    offsets, at, numbers = [], 0, [1, 2, 3, *range(5, count + 5)]
    for body in bodies:
        offsets.append(at)
        at += len(body) + 1
    index = " ".join(f"{n} {offset}" for n, offset in zip(numbers, offsets, strict=True)) + " "
    stream = _stream(
        (index + " ".join(bodies)).encode(),
        f"/Type /ObjStm /N {len(bodies)} /First {len(index)}",
        packed=True,
    )
    out = bytearray(b"%PDF-1.5\n")
    at = len(out)
    out += b"4 0 obj\n" + stream + b"\nendobj\n"
    place = {number: position for position, number in enumerate(numbers)}
    entries = bytearray(b"\0" * 8)
    for n in range(1, count + 5):
        entries += (
            b"\1" + at.to_bytes(4, "big") + b"\0\0\0"
            if n == 4
            else b"\2" + (4).to_bytes(4, "big") + place[n].to_bytes(3, "big")
        )
    xref = len(out)
    out += b"%d 0 obj\n" % (count + 6)
    out += _stream(bytes(entries), f"/Type /XRef /Size {count + 5} /W [1 4 3] /Root 1 0 R", packed=True)
    out += b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % xref
    return bytes(out)


_raw("object stream.pdf", _object_stream)

# ---------------------------------------------------------------- Word


def _docx(body: str, styles: str = "") -> bytes:
    import docx

    saved = io.BytesIO()
    docx.Document().save(saved)
    out = io.BytesIO()
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            data = old.read(info)
            if info.filename == "word/document.xml":
                data = f"<w:document {space}><w:body>{body}</w:body></w:document>".encode()
            if info.filename == "word/styles.xml" and styles:
                data = f"<w:styles {space}>{styles}</w:styles>".encode()
            # partly stored, so that the limit on the ratio does not hide what lies behind it
            new.writestr(info.filename, data, zipfile.ZIP_STORED)
    return out.getvalue()


def _word(name: str, piece: str, *, before: str = "", after: str = "") -> None:
    FAMILIES[f"word {name}.docx"] = lambda size: _docx(f"{before}{_filled(piece, size)}{after}")


_word("paragraphs", "<w:p><w:r><w:t>Absatz {n}.</w:t></w:r></w:p>")
_word("styled paragraphs", '<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>x</w:t></w:r></w:p>')
_word("styles unknown", '<w:p><w:pPr><w:pStyle w:val="S{n}"/></w:pPr><w:r><w:t>x</w:t></w:r></w:p>')
_word("empty paragraphs", "<w:p/>")
_word("runs", "<w:r><w:t>x</w:t></w:r>", before="<w:p>", after="</w:p>")
_word("texts", "<w:t>x</w:t>", before="<w:p><w:r>", after="</w:r></w:p>")
_word(
    "cells",
    "<w:tc><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc>",
    before="<w:tbl><w:tr>",
    after="</w:tr></w:tbl>",
)
_word(
    "rows", "<w:tr><w:tc><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc></w:tr>", before="<w:tbl>", after="</w:tbl>"
)
_word("tables", "<w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>", after="<w:p><w:r><w:t>x</w:t></w:r></w:p>")
_word("attributes", ' a{n}="x"', before="<w:p", after="><w:r><w:t>x</w:t></w:r></w:p>")
_word("namespaces", ' xmlns:a{n}="x"', before="<w:p", after="><w:r><w:t>x</w:t></w:r></w:p>")
_word("namespaces, many tags", '<w:p xmlns:a{n}="x{n}"/>')
_word("one text", "Wort ", before="<w:p><w:r><w:t>", after="</w:t></w:r></w:p>")
_word("entities", "&amp;", before="<w:p><w:r><w:t>", after="</w:t></w:r></w:p>")
_word("comments", "<!--x-->")
_word("unknown", "<x/>", after="<w:p><w:r><w:t>x</w:t></w:r></w:p>")
_word("insertions", "<w:ins><w:r><w:t>x</w:t></w:r></w:ins>", before="<w:p>", after="</w:p>")
_word("fields", "<w:sdt><w:sdtContent><w:p><w:r><w:t>x</w:t></w:r></w:p></w:sdtContent></w:sdt>")


def _nested_tables(size: int) -> bytes:
    depth = min(size // 90, 60)  # libxml2 allows 256 levels
    text = "x" * max(1, (size - depth * 90))
    inner = f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"
    for _ in range(depth):
        inner = f"<w:tbl><w:tr><w:tc>{inner}</w:tc></w:tr></w:tbl>"
    return _docx(inner)


def _nested_fields(size: int) -> bytes:
    depth = min(size // 90, 100)
    inner = "<w:p><w:r><w:t>x</w:t></w:r></w:p>" * (size // 40)
    for _ in range(depth):
        inner = f"<w:sdt><w:sdtContent>{inner}</w:sdtContent></w:sdt>"
    return _docx(inner)


def _nested_paragraphs(size: int) -> bytes:
    depth = 100
    inner = "<w:r><w:t>" + "x" * size + "</w:t></w:r>"
    for _ in range(depth):
        inner = f"<w:p>{inner}</w:p>"
    return _docx(f"<w:sdt><w:sdtContent>{inner}</w:sdtContent></w:sdt>")


_raw("word nested tables.docx", _nested_tables)
_raw("word nested fields.docx", _nested_fields)
_raw("word nested paragraphs.docx", _nested_paragraphs)
_raw("word deep.docx", lambda size: _docx("<w:p>" * (size // 12) + "</w:p>" * (size // 12)))
_raw(
    "word styles.docx",
    lambda size: _docx(
        '<w:p><w:pPr><w:pStyle w:val="X"/></w:pPr><w:r><w:t>x</w:t></w:r></w:p>' * (size // 400),
        "".join(
            f'<w:style w:type="paragraph" w:styleId="S{n}"><w:name w:val="s"/></w:style>'
            for n in range(size // 160)
        ),
    ),
)
_raw(
    "word entity bomb.docx",
    lambda size: _docx("").replace(b"<w:document", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><w:document'),
)


# ---------------------------------------------------------------- ZIP


def _zip(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return out.getvalue()


def _overlapping(size: int) -> bytes:
    """Many members that share the same packed bytes."""
    count = min(size // 100, 9_000)
    data = bytearray(_zip({f"{n:05d}.txt": b"x" for n in range(count)}))
    blob = (_PROSE * 40 + "".join(map(str, range(40_000)))).encode()
    single = _zip({"00000.txt": blob})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("00000.txt", blob)
        first = packed.infolist()[0]
        for n in range(1, count):
            other = zipfile.ZipInfo(f"{n:05d}.txt", first.date_time)
            for name in (
                "compress_type",
                "CRC",
                "compress_size",
                "file_size",
                "header_offset",
                "flag_bits",
                "external_attr",
            ):
                setattr(other, name, getattr(first, name))
            packed.filelist.append(other)
            packed.NameToInfo[other.filename] = other
        packed._didModify = True  # type: ignore[attr-defined]
    del data, single
    return out.getvalue()


_raw("members.zip", lambda size: _zip({f"{n}.txt": f"Ein Satz {n}.".encode() for n in range(size // 130)}))
_raw(
    "deep folders.zip",
    lambda size: _zip({"a/" * 30_000 + f"{n}.txt": b"x" for n in range(min(60, size // 60_000 + 1))}),
)
_raw("folders.zip", lambda size: _zip({f"{n}/": b"" for n in range(size // 110)}))
_raw("overlapping.zip", _overlapping)
_raw(
    "prose.zip",
    lambda size: _zip({f"{n}.txt": (_PROSE * 100 + str(n)).encode() for n in range(min(9_000, size // 300))}),
)
_raw("spaces.zip", lambda size: b"PK\x05\x06" * (size // 4))


# ---------------------------------------------------------------- measuring


def _measured(name: str, make: Make, size: int, seconds: int, split: bool, send: Connection) -> None:
    data = make(size)
    # slightly above, so that the program's own limit takes effect first
    began = process_time()
    worker.read = lambda name, data, allowance=None: format_of(name).read(data)  # here, to be measured
    limit = int(began) + seconds + 2
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
    found = list(parsing.contents(name, data))
    read = process_time()
    articles = [item for item in found if isinstance(item, Article)]
    if split:
        for article in articles:
            passages.split(article)
    last = found[-1] if found else None
    outcome = f"{len(articles)} articles" if articles or last is None else last.reason  # type: ignore[union-attr]
    send.send((len(data), read - began, process_time() - read, outcome))


def measure(name: str, size: int, seconds: int, split: bool) -> tuple[int, float, float, str]:
    """Bytes, CPU seconds of reading and splitting, and the outcome."""
    context = multiprocessing.get_context("fork")
    receive, send = context.Pipe(duplex=False)
    process = context.Process(target=_measured, args=(name, FAMILIES[name], size, seconds, split, send))
    process.start()
    send.close()
    try:
        return receive.recv()  # type: ignore[no-any-return]
    except EOFError:
        return size, math.inf, 0.0, f"ended after {seconds + 2} s"
    finally:
        process.join()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("families", nargs="*", help="parts of names")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--skip", nargs="+", default=[], help="parts of names")
    parser.add_argument("--seconds", type=int, default=SECONDS)
    parser.add_argument("--tags", action="store_true", help="as many tags as a page may have, and a quarter")
    parser.add_argument("--no-split", action="store_true")
    args = parser.parse_args()
    import charset_normalizer  # noqa: F401
    import docx  # noqa: F401  (so that each fork has them)
    import langchain_text_splitters  # noqa: F401
    import pypdfium2  # noqa: F401
    import trafilatura  # noqa: F401

    for name in FAMILIES:
        wanted = not args.families or any(part in name for part in args.families)
        if not wanted or any(part in name for part in args.skip):
            continue
        before: tuple[int, float] | None = None
        worst = 0.0
        line = ""
        sizes = args.sizes
        if args.tags:
            count = FAMILIES[name](100_000).count(b"<")
            most = min(19_000_000, int(100_000 * 39_500 / max(1, count)))
            sizes = (most // 4, most)
        for size in sizes:
            length, read, cut, outcome = measure(name, size, args.seconds, not args.no_split)
            took = read + cut
            growth = ""
            if before and before[1] > 0.02 and length > 1.5 * before[0] and math.isfinite(took):
                growth = f"{math.log(took / before[1]) / math.log(length / before[0]):.1f}"
            worst = max(worst, took)
            line = f"{length:>10} {read:6.2f} {cut:6.2f} {growth:>4}  {outcome[:70]}"
            print(f"{name:35} {line}", flush=True)
            before = (length, took)
            if took > args.seconds:
                break
        if worst > 5:
            print(f"{name:35} OVER {line}", flush=True)


if __name__ == "__main__":
    main()
