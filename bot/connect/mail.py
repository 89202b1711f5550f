"""Mail: a mailbox of the unit's, read over IMAP, and the platform's way out over SMTP."""

from __future__ import annotations

import asyncio
import secrets
import ssl
from datetime import datetime, timezone
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, make_msgid
from urllib.parse import unquote, urlsplit

import aiosmtplib
from imapclient.exceptions import IMAPClientError, LoginError  # type: ignore[import-untyped]

from bot.channels.mail_imap import Mailbox
from bot.connect.console import Stop
from bot.connect.job import Job


async def connect(job: Job) -> None:
    """Raises Stop."""
    console = job.console
    known = await job.store.known("email", job.unit)
    address = console.ask("address", "Address of the mailbox", known.external_id).lower()
    if "@" not in address:
        raise Stop(f"{address} is no address", "give it whole, somebody@example.mx")
    known = known if address == known.external_id else await job.store.known("email", job.unit, address)
    url = console.ask("imap_url", "IMAP server, imaps://host or imap://host (STARTTLS)", known.secret("imap_url"))
    if urlsplit(url).scheme not in ("imap", "imaps") or not urlsplit(url).hostname:
        raise Stop(f"{url} is no address of an IMAP server", "give imaps://host, and /folder if it is not the inbox")
    user = console.ask("imap_user", "User of the mailbox", known.secret("imap_user") or address)
    stored = known.secret("imap_password")
    password = console.ask("imap_password", "Its password, or an app password", stored, secret=True)
    await asyncio.get_running_loop().run_in_executor(None, _look, url, user, password)
    console.good(f"the mailbox {address} opens")
    app = known.app or "mail"
    shared = await job.store.app_secrets("email", app)
    await job.store.put(
        channel="email", unit=job.unit, app=app,
        app_secrets={"webhook_secret": str(shared.get("webhook_secret") or secrets.token_urlsafe(32))},
        external_id=address, name=known.name or job.unit_name, address=address,
        secrets={"imap_url": url, "imap_user": user, "imap_password": password},
    )  # fmt: skip
    console.good("the mailbox is stored, its secrets encrypted; a gateway begins to watch it within seconds")
    console.note("what a person reads there first is not seen by the platform: give it a mailbox of its own")
    await _send(job, address)


def _look(url: str, user: str, password: str) -> None:
    """Log in and open the folder, marking nothing. Raises Stop."""
    try:
        Mailbox(url, user, password).close()
    except LoginError:
        raise Stop(
            "the mail server refuses user or password", "many providers want an app password, or IMAP switched on first"
        ) from None
    except ssl.SSLError as error:
        what = f"the mail server's certificate is not valid: {error.reason}"
        raise Stop(what, "give the name that it is made out to") from None
    except (IMAPClientError, OSError) as error:
        raise Stop(f"the mailbox cannot be opened: {error}", "look at host, port and folder of the server") from None


async def _send(job: Job, address: str) -> None:
    """Log in at the server that sends, and send a mail where one is wanted. Raises Stop."""
    server = urlsplit(job.settings.smtp_url)
    secure = server.scheme == "smtps"
    client = aiosmtplib.SMTP(
        hostname=server.hostname, port=server.port or (465 if secure else 25), use_tls=secure, timeout=10,
        username=unquote(server.username) if server.username else None,
        password=unquote(server.password) if server.password else None,
    )  # fmt: skip
    to = job.console.ask("test_address", "Address that gets a test mail", optional=True)
    try:
        async with client:
            job.console.good(f"the server {server.hostname} lets us send")
            if to:
                await client.send_message(_mail(address, to, job.unit_name))
                job.console.good(f"test mail to {to}")
    except aiosmtplib.SMTPAuthenticationError:
        raise Stop("the server that sends refuses user or password", "mend SMTP_URL, start again") from None
    except (aiosmtplib.SMTPException, OSError) as error:
        raise Stop(f"no mail can be sent: {error}", f"mend SMTP_URL, and let it send as {address}") from None


def _mail(address: str, to: str, unit_name: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = formataddr((unit_name, address)), to, f"✓ {unit_name}"
    message["Date"] = format_datetime(datetime.now(timezone.utc))
    message["Message-ID"] = make_msgid(domain=address.rpartition("@")[2])
    message.set_content(f"✓ {unit_name}")
    return message
