"""A person who writes by mail: through a provider that posts each mail, signed, to the gateway."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Mapping
from datetime import datetime, timezone
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Any

from tests.standins.accounts import Account
from tests.standins.delivery import Webhook
from tests.standins.mail import MailSink
from tests.standins.state import State


class MailPerson:
    """Answers keep the thread, as mail programs do: what our last mail quotes stands below what is written."""

    def __init__(self, state: State, sink: MailSink) -> None:
        self._state = state
        self._sink = sink

    def write(self, values: Mapping[str, Any]) -> dict[str, str]:
        """Send a mail to an account. values: account, from, text; subject where it answers nothing."""
        account = self._state.account(str(values["account"]))
        sender = str(values["from"])
        made = EmailMessage()
        made["From"], made["To"] = sender, account.external_id
        made["Date"] = format_datetime(datetime.now(timezone.utc))
        made["Message-ID"] = make_msgid(domain="persona.example")
        text = str(values["text"])
        answered = next((mail for mail in reversed(self._sink.mails) if sender in mail.recipients), None)
        if answered is not None:
            known = answered.headers.get("References", "")
            made["In-Reply-To"] = answered.headers["Message-ID"]
            made["References"] = f"{known} {answered.headers['Message-ID']}".strip()
            quoted = "\n".join(f"> {line}" for line in answered.text.splitlines())
            text = f"{text}\n\nEl lun, 2 mar 2026 a las 9:00, {answered.from_} escribió:\n{quoted}\n"
        made["Subject"] = str(values.get("subject") or (answered.subject if answered is not None else "Hola"))
        made.set_content(text)
        url = f"{self._state.gateway_url}/webhooks/email/{account.app}/webhook"
        self._state.deliverer.submit(
            Webhook(account.key, sender, url, made.as_bytes(), lambda bodies: _signed(account, bodies[0]))
        )
        return {"message_id": str(made["Message-ID"])}


def _signed(account: Account, raw: bytes) -> tuple[bytes, Mapping[str, str]]:
    at = str(int(time.time()))
    secret = account.app_secrets["webhook_secret"].encode()
    digest = hmac.new(secret, at.encode() + b"." + raw, hashlib.sha256).hexdigest()
    return raw, {"X-Mail-Signature": f"t={at},v1={digest}", "Content-Type": "message/rfc822"}
