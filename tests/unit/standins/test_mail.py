"""The mail server keeps what arrives, parsed, and refuses what a careful one would."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

import httpx
import pytest

from tests.standins.client import StandinsClient


def _mail() -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Amigro <avisos@amigro.example>"
    message["To"] = "ana@correo.example"
    message["Subject"] = "Tu entrevista está confirmada"
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain="amigro.example")
    message.set_content("Nos vemos mañana.")
    message.add_alternative("<p>Nos vemos <b>mañana</b>.</p>", subtype="html")
    message.add_attachment("BEGIN:VCALENDAR", subtype="calendar", filename="entrevista.ics")
    return message


def _server(standins: StandinsClient) -> smtplib.SMTP:
    host, _, port = standins.smtp_url.removeprefix("smtp://").partition(":")
    return smtplib.SMTP(host, int(port), timeout=10)


def test_a_mail_is_kept_in_its_parts(standins: StandinsClient) -> None:
    with _server(standins) as server:
        server.send_message(_mail())

    [mail] = standins.mails(to="ana@correo.example")
    assert mail["subject"] == "Tu entrevista está confirmada"
    assert mail["text"].strip() == "Nos vemos mañana."
    assert "<b>mañana</b>" in mail["html"]
    assert [(a["filename"], a["content_type"]) for a in mail["attachments"]] == [
        ("entrevista.ics", "text/calendar")
    ]
    attached = httpx.get(f"{standins.base_url}/mail/{mail['id']}/attachments/0").text
    assert attached.strip() == "BEGIN:VCALENDAR"
    assert standins.violations == []


@pytest.mark.parametrize("header", ["From", "Date", "Subject", "Message-ID"])
def test_a_mail_without_a_header_is_refused(standins: StandinsClient, header: str) -> None:
    message = _mail()
    del message[header]
    with _server(standins) as server, pytest.raises(smtplib.SMTPDataError, match=header):
        server.send_message(message, "avisos@amigro.example", ["ana@correo.example"])

    assert [v["kind"] for v in standins.violations] == ["mail"]


def test_a_mail_that_is_put_off(standins: StandinsClient) -> None:
    standins.fail_next(1, "mail")
    with _server(standins) as server:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            server.send_message(_mail())
        server.send_message(_mail())

    assert refused.value.smtp_code == 451
    assert len(standins.mails()) == 1
