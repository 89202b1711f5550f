"""Mails as programs send them."""

from __future__ import annotations

from datetime import datetime, timezone
from email.message import EmailMessage
from email.utils import format_datetime
from itertools import count

BOX = "amigro@demo.example"
ANA = "Ana.Ruiz@Example.mx"
_numbers = count(1)


def mail(
    text: str = "Hola, busco trabajo", *, sender: str = f"Ana Ruiz <{ANA}>", to: str = BOX, subject: str = "Trabajo",
    message_id: str = "", html: str = "", files: tuple[tuple[str, str, bytes], ...] = (), **headers: str,
) -> bytes:  # fmt: skip
    """files: (name, content type, bytes). headers: with underscores for hyphens; "" leaves one out."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, to, subject
    made["Date"] = format_datetime(datetime(2026, 3, 2, 15, 0, tzinfo=timezone.utc))
    made["Message-ID"] = message_id or f"<m{next(_numbers)}@example.mx>"
    if text or not html:
        made.set_content(text)
    if html:
        made.add_alternative(html, subtype="html") if text else made.set_content(html, subtype="html")
    for name, content_type, content in files:
        family, _, kind = content_type.partition("/")
        made.add_attachment(content, maintype=family, subtype=kind, filename=name)
    for name, value in headers.items():
        del made[name.replace("_", "-")]
        if value:
            made[name.replace("_", "-")] = value
    return made.as_bytes()


def bounce(message_id: str, *, action: str = "failed", to: str = BOX) -> bytes:
    """A delivery report about a mail of ours, as Postfix writes them."""
    return f"""From: MAILER-DAEMON@mx.example (Mail Delivery System)
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-ID: <bounce-1@mx.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; nadie@example.mx
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--b1
Content-Type: text/rfc822-headers

From: {to}
Message-ID: {message_id}

--b1--
""".replace("\n", "\r\n").encode()
