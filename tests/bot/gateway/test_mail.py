"""Mail out of the outbox, against a real SMTP server."""

from __future__ import annotations

import base64
import re

from contract.message import Attachment, Message
from tests.bot.gateway.town import Running, Town
from tests.standins.client import StandinsClient

ICS = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"


def test_a_mail_with_text_html_and_calendar_arrives(town: Town, gateway: Running, standins: StandinsClient) -> None:
    calendar = Attachment("entrevista.ics", "text/calendar; method=REQUEST", base64.b64encode(ICS.encode()).decode())
    message = Message(
        "email", "Tu entrevista es mañana.", subject="Entrevista\nBcc: otra@example.mx", html="<p>Tu <b>entrevista</b></p>",
        attachments=(calendar,),
    )  # fmt: skip
    row = town.until_state(town.mail("ana@example.mx", message), "sent")
    [mail] = standins.mails("ana@example.mx")
    assert mail["subject"] == "Entrevista Bcc: otra@example.mx" and mail["recipients"] == ["ana@example.mx"]
    assert mail["from"] == "amigro <amigro@example.mx>"
    assert mail["text"].strip() == "Tu entrevista es mañana." and "<b>entrevista</b>" in mail["html"]
    assert re.fullmatch(rf"<outbox-{row['id']}\.[0-9a-f]{{16}}@example\.mx>", row["vendor_id"])
    assert mail["headers"]["Message-ID"] == row["vendor_id"] and "In-Reply-To" not in mail["headers"]
    assert mail["attachments"][0]["filename"] == "entrevista.ics"
    assert mail["attachments"][0]["content_type"] == "text/calendar"
    assert "BEGIN:VCALENDAR" in mail["attachments"][0]["text"]
    assert standins.violations == []


def test_a_server_in_trouble_gets_it_again(town: Town, gateway: Running, standins: StandinsClient) -> None:
    standins.fail_next(1, "mail")
    row = town.mail("ana@example.mx", Message("email", "hola", subject="x"))
    found = town.until_state(row, "sent", "failed", timeout=30)
    assert (found["state"], found["attempts"]) == ("sent", 1)


def test_what_is_no_address_fails_with_a_reason(town: Town, gateway: Running, standins: StandinsClient) -> None:
    row = town.until_state(town.mail("sin arroba", Message("email", "hola", subject="x")), "failed")
    assert row["error_code"] == "cannot_render" and "dirección" in row["error"]
    broken = Message("email", "x", subject="x", attachments=(Attachment("a.pdf", "application/pdf", "%%%"),))
    assert town.until_state(town.mail("ana@example.mx", broken), "failed")["error_code"] == "cannot_render"
