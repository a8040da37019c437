"""E-mails, mailboxes and saved web pages."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest

from qa.corpus.formats import mail
from qa.corpus.formats.draft import Draft
from qa.errors import CorpusError
from qa.types import Article, Skipped
from tests.support import documents
from tests.support.articles import all_of, one

TEXT = "Der Steg am Ufer bleibt bis zum Herbst gesperrt, teilt die Gemeinde Auental mit.\n"


def message(
    subject: str = "WG: Steg bleibt zu – bis Herbst", *, text: str = TEXT, page: str = ""
) -> EmailMessage:
    out = EmailMessage()
    out["Subject"], out["Date"] = subject, "Wed, 06 Mar 2024 23:05:00 +0100"
    out["From"] = '"Gemeinde Auental, Presse" <presse@auental.example>'
    if text:
        out.set_content(text)
    if page:
        out.add_alternative(page, subtype="html") if text else out.set_content(page, subtype="html")
    return out


def test_a_message(tmp_path: Path) -> None:
    found = one(tmp_path, "a.eml", bytes(message()))
    assert (found.title, found.date) == ("Steg bleibt zu – bis Herbst", "2024-03-06")
    assert found.source == "Gemeinde Auental, Presse"
    assert found.text == TEXT.strip()


def test_a_message_of_html_alone(tmp_path: Path) -> None:
    page = (
        "<html><head><style>p{color:red}</style></head><body><h1>Steg</h1>"
        "<p>Er ist&nbsp;zu,<br>sagt M&uuml;ller.</p>"
        "<ul><li>Ein Riss</li><li><p>Zwei</p></li></ul><table><tr><td>Jahr</td><td>2024</td></tr></table>"
        "<table><tr><td><p>Ein Absatz.</p></td></tr></table><script>x()</script></body></html>"
    )
    assert one(tmp_path, "a.eml", bytes(message(text="", page=page))).text == (
        "Steg\n\nEr ist\u00a0zu,\nsagt Müller.\n\n- Ein Riss\n\n- Zwei\n\nJahr: 2024\n\nEin Absatz."
    )


def test_the_plain_text_wins_unless_it_says_nothing() -> None:
    page = f"<p>{TEXT}</p><p>{TEXT}</p>"
    (plain,) = mail.read(bytes(message(text=TEXT * 2, page=page)))
    (rich,) = mail.read(bytes(message(text="Ihr Programm zeigt kein HTML.", page=page)))
    assert isinstance(plain, Draft)
    assert plain.text.count("Steg") == 2
    assert isinstance(rich, Draft)
    assert rich.text.count("Steg") == 2


def test_lines_that_flow_are_joined() -> None:
    data = b"Subject: a\nContent-Type: text/plain; format=flowed\n\n"
    data += b"Der Steg \nist zu.\nEr \n bleibt es.\n-- \nEva\n"
    (draft,) = mail.read(data)
    assert isinstance(draft, Draft)
    assert draft.text == "Der Steg ist zu.\nEr bleibt es.\n-- \nEva"


def test_attachments_are_reported(tmp_path: Path) -> None:
    with_files = message()
    with_files.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="../Steg.pdf")
    with_files.add_attachment(b"GIF", maintype="image", subtype="gif", filename="Logo.gif")
    article, reason = all_of(tmp_path, "a.eml", bytes(with_files))
    assert isinstance(article, Article)
    assert reason == Skipped(
        "a.eml/Steg.pdf", "Attachments of e-mails are not read. Save the attachment in the folder."
    )


@pytest.mark.parametrize(
    ("head", "subject"),
    [
        (b"=?utf-8?q?Br=C3=BCcke?=", "Brücke"),
        (b"=?iso-8859-1?B?QnL8Y2tl?= ist =?utf-8?q?zu?=", "Brücke ist zu"),
        (b"=?unknown-8bit?q?Br=FCcke?=", "Brücke"),
        (b"=?utf-8?b?abcde?=", "=?utf-8?b?abcde?="),
        (b"Steg\n ist zu", "Steg ist zu"),
        (b"Re: AW: Steg", "Steg"),
    ],
)
def test_subjects(head: bytes, subject: str) -> None:
    (draft,) = mail.read(b"Subject: " + head + b"\n\nDer Steg ist zu.\n")
    assert isinstance(draft, Draft)
    assert draft.fields["title"] == subject


def test_a_mailbox(tmp_path: Path) -> None:
    first = bytes(message("Eins", text=f"{TEXT}\nFrom nun an gilt das.\n")).replace(
        b"\nFrom nun", b"\n>From nun"
    )
    data = b"From a@b Wed Mar  6 2024\n" + first + b"\nFrom c@d Thu Mar  7 2024\n" + bytes(message("Zwei"))
    data += b"\nFrom e@f Fri Mar  8 2024\nSubject: Drei\n\n\n"
    found = all_of(tmp_path, "a.mbox", data)
    assert [(item.article_id, item.title) for item in found if isinstance(item, Article)] == [
        ("a.mbox/0001", "Eins"),
        ("a.mbox/0002", "Zwei"),
    ]
    assert isinstance(found[0], Article)
    assert found[0].text.endswith("\nFrom nun an gilt das.")
    assert found[2] == Skipped(
        "a.mbox/0003", "The e-mail contains no text. Save its attachment in the folder instead."
    )


def test_a_saved_page_is_read_like_a_page(tmp_path: Path) -> None:
    page = documents.html([TEXT, TEXT + " Das ist neu."], title="Steg")
    found = one(tmp_path, "a.mht", documents.mht(page, url="https://example.org/steg"))
    assert "Impressum" not in found.text
    assert found.url == "https://example.org/steg"


def test_very_many_parts() -> None:
    data = b"Subject: a\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 2_000 + b"--b--\n"
    with pytest.raises(CorpusError, match="more than 1000 parts"):
        list(mail.read(data))


def test_parts_within_parts_end() -> None:
    data = b"Subject: a\n"
    for n in range(3_000):
        data += b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n)
    with pytest.raises(CorpusError):
        list(mail.read(data + b"\nDer Steg.\n"))
