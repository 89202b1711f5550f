"""What a person wrote, without what is quoted, signed or drawn around it."""

from __future__ import annotations

from datetime import datetime, timezone
from uuid import uuid4

import pytest

from bot.accounts import Account
from bot.arrivals import Arrival, Bounce, Unreadable
from bot.channels.mail_events import read_mail
from contract.mail_text import from_html, written
from tests.bot.gateway import files
from tests.bot.gateway.mails import BOX, bounce, mail

AT = datetime(2026, 3, 2, 15, 1, tzinfo=timezone.utc)
ACCOUNT = Account(uuid4(), "amigro", uuid4(), "email", BOX, "Amigro", BOX, True, {})


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("2\n\nEl lun, 2 mar 2026 a las 9:00, Amigro (<a@x.mx>) escribió:\n> 1. Sí\n> 2. No", "2"),
        ("2\r\n\r\nEl lun, 2 mar 2026 a las 9:00, Amigro\r\n(<a@x.mx>) escribió:\r\n\r\n> 1. Sí", "2"),
        ("Sí\n\nEl lunes, 2 de marzo de 2026, 09:00:00 GMT-6, Amigro <a@x.mx> escribió:\n\n¿Te interesa?", "Sí"),
        ("Sí\n\nEnviado desde mi iPhone\n\n> El 2 mar 2026, a la(s) 9:00, Amigro <a@x.mx> escribió:\n> hola", "Sí"),
        ("Claro\n\nDe: Amigro <a@x.mx>\nEnviado: lunes, 2 de marzo de 2026\nPara: Ana\nAsunto: V\n\n¿?", "Claro"),
        ("Yes\n\nOn Mon, Mar 2, 2026 at 9:00 AM Amigro <a@x.mx> wrote:\n> hola", "Yes"),
        ("Sí\n-- \nAna Pérez\nTel. 55 1234 5678", "Sí"),
        ("Va\n________________________________\nDe: Amigro\nhola", "Va"),
        ("Va\n-----Mensaje original-----\nhola", "Va"),
        ("> ¿Te interesa?\nSí, mucho\n> ¿Cuándo?\nEl lunes", "Sí, mucho\nEl lunes"),
        ("El lunes puedo, y el martes también: tengo libre.", "El lunes puedo, y el martes también: tengo libre."),
        ("De: vendedor\na: gerente", "De: vendedor\na: gerente"),
        ("> solo cita", "solo cita"),
        ("Hola\n\n\n\n\nadiós", "Hola\n\nadiós"),
        ("", ""),
    ],
)
def test_only_what_is_new_is_read(text: str, left: str) -> None:
    assert written(text) == left


def test_html_is_read_as_a_person_sees_it() -> None:
    page = (
        "<html><head><title>x</title><style>p{}</style></head><body><p>Hola,&nbsp;<b>busco</b> trabajo.</p>"
        "<div>Soy&#233;s &lt;soldador&gt;</div><span style='display: none'>oculto</span><ul><li>uno<li>dos</ul>"
        "<div class='gmail_quote'>El lun… escribió:<blockquote>antes<br>más</blockquote></div><img src=x><p>Fin</p>"
    )
    assert written(from_html(page)).split("\n") == ["Hola, busco trabajo.", "", "Soyés <soldador>", "", "uno", "dos", "", "Fin"]
    assert from_html("<p>Sí</p><div id='divRplyFwdMsg'>De: x</div><p>lo anterior</p>") == "Sí"
    assert from_html("<p>Sí</p><blockquote type='cite'><div>antes</div></blockquote>") == "Sí"
    assert from_html("roto <p <b>x</ p></div></div>") != ""


def test_a_mail_becomes_its_text_and_each_of_its_files() -> None:
    raw = mail(
        "Va mi CV", files=(("cv.pdf", "application/pdf", files.PDF), ("foto.jpg", "image/jpeg", files.JPEG)),
        message_id="<a1@example.mx>", References="<r1@x> <r2@x>", In_Reply_To="<r2@x>",
    )  # fmt: skip
    text, cv, photo = read_mail(ACCOUNT, "mail", raw, frozenset(), at=AT)
    assert isinstance(text, Arrival) and isinstance(cv, Arrival) and isinstance(photo, Arrival)
    assert (text.inbound.kind, text.inbound.text, text.vendor_id) == ("text", "Va mi CV", "<a1@example.mx>")
    assert (text.user_id, text.inbound.sender_name, text.inbound.about) == ("ana.ruiz@example.mx", "Ana Ruiz", "<r2@x>")
    assert text.thread is not None and text.thread["references"] == "<r1@x> <r2@x>" and text.thread["subject"] == "Trabajo"
    assert cv.inbound.media is not None and (cv.inbound.kind, cv.inbound.media.filename) == ("document", "cv.pdf")
    assert (cv.content, cv.vendor_id, photo.inbound.kind) == (files.PDF, "<a1@example.mx>#1", "image")


def test_a_logo_inside_the_text_is_no_file() -> None:
    raw = mail("", html="<p>Hola</p><img src='cid:logo'>").replace(b"text/html", b"text/html", 1)
    related = (
        b"From: a@b.mx\r\nTo: x@y.mx\r\nSubject: s\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/related; boundary=q\r\n\r\n--q\r\nContent-Type: text/html\r\n\r\n<p>Hola</p>\r\n"
        b"--q\r\nContent-Type: image/png; name=logo.png\r\nContent-ID: <logo>\r\nContent-Transfer-Encoding: base64\r\n"
        b"Content-Disposition: inline; filename=logo.png\r\n\r\nAAAA\r\n--q--\r\n"
    )
    for one in (raw, related):
        [only] = read_mail(ACCOUNT, "mail", one, frozenset(), at=AT)
        assert isinstance(only, Arrival) and only.inbound.text == "Hola"


def test_a_subject_alone_is_read_and_an_empty_mail_is_unknown() -> None:
    [only] = read_mail(ACCOUNT, "mail", mail("", subject="Busco empleo de cajera"), frozenset(), at=AT)
    assert isinstance(only, Arrival) and only.inbound.text == "Busco empleo de cajera"
    [empty] = read_mail(ACCOUNT, "mail", mail("", subject="Re: Trabajo"), frozenset(), at=AT)
    assert isinstance(empty, Arrival) and empty.inbound.kind == "unknown"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (mail(Auto_Submitted="auto-replied"), "Auto-Submitted"), (mail(Precedence="bulk"), "Precedence"),
        (mail(List_Id="<lista.example.mx>"), "List-Id"), (mail(X_Autoreply="yes"), "X-Autoreply"),
        (mail(Return_Path="<>"), "return path"), (mail(sender="no-reply@bolsa.example"), "no-reply@"),
        (mail(sender="MAILER-DAEMON@mx.example"), "mailer-daemon"), (mail(sender=BOX), "of our own"),
        (mail(sender="nadie"), "no sender"),
        (mail(Authentication_Results="mx.demo; dkim=none; dmarc=fail header.from=example.mx"), "DMARC"),
    ],
)  # fmt: skip
def test_machines_and_forgers_are_not_answered(raw: bytes, reason: str) -> None:
    [only] = read_mail(ACCOUNT, "mail", raw, frozenset({BOX}), at=AT)
    assert isinstance(only, Unreadable) and reason in only.reason


def test_a_person_who_says_so_is_no_machine() -> None:
    raw = mail(Auto_Submitted="no", Authentication_Results="mx.demo; dmarc=pass", Return_Path="<ana.ruiz@example.mx>")
    [only] = read_mail(ACCOUNT, "mail", raw, frozenset({BOX}), at=AT)
    assert isinstance(only, Arrival)


def test_a_report_speaks_of_our_mail() -> None:
    ours = "<outbox-12.0123456789abcdef@demo.example>"
    [report] = read_mail(ACCOUNT, "mail", bounce(ours), frozenset(), at=AT)
    assert report == Bounce(ACCOUNT, 12, ours, "5.1.1", "550 5.1.1 User unknown")
    for other in (bounce(ours, action="delayed"), bounce("<somebody@else>")):
        [kept] = read_mail(ACCOUNT, "mail", other, frozenset(), at=AT)
        assert isinstance(kept, Unreadable)


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\x00\xff" * 500, b"From: <", b"From: a@b.mx\r\nContent-Type: text/plain; charset=klingon\r\n\r\n\xe1\xe9",
        b"From: a@b.mx\r\nContent-Type: multipart/mixed; boundary=\r\n\r\n--\r\n", b"From: =?utf-8?B?////?= <a@b.mx>\r\n\r\nx",
        b"From: a@b.mx\r\nMessage-ID: \r\nDate: nunca\r\nReferences: " + b"<x@y> " * 500 + b"\r\n\r\nhola",
        b"From: a@b.mx\r\nDate: Mon, 2 Mar 99999999999 15:00:00 +99999999999\r\n\r\nx",
        b"From: a@b.mx\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!", b"From: a@b.mx\r\nSubject: =?x?Q?=00?=\r\n\r\nhola",
    ],
)  # fmt: skip
def test_no_mail_breaks_the_reader(raw: bytes) -> None:
    assert len(read_mail(ACCOUNT, "mail", raw, frozenset(), fallback_id="<1.2@imap>", at=AT)) >= 1
