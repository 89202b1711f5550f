"""Mail in, by a provider's webhook and from a mailbox; and the answer in its thread."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from contract.encryption import Cipher
from contract.ids import new_id
from contract.message import Message, Option
from tests.bot.gateway import files
from tests.bot.gateway.mails import ANA, BOX, bounce, mail
from tests.bot.gateway.town import KEY, Running, Town, free_port, replace, running, settings_for
from tests.standins.client import StandinsClient
from tests.standins.mailbox import Mailbox, mailbox

SECRET = "a-webhook-secret-of-tests"
PERSON = ANA.lower()


def open_box(town: Town, **secrets: str) -> UUID:
    """An account of the channel, and its app where there is none."""
    cipher = Cipher({"t1": base64.b64decode(KEY)})
    app, account = new_id(), new_id()
    town.db.execute(
        "INSERT INTO channel_apps (id, channel, name, secrets) VALUES (%s, 'email', 'box', %s)",
        (app, cipher.seal(json.dumps({"webhook_secret": SECRET}), "channel_apps.secrets")),
    )
    town.db.execute(
        "INSERT INTO channel_accounts (id, unit, app_id, channel, external_id, name, address, secrets)"
        " VALUES (%s, 'amigro', %s, 'email', %s, 'Amigro', %s, %s)",
        (account, app, BOX, BOX, cipher.seal(json.dumps(secrets), "channel_accounts.secrets")),
    )
    return account


@pytest.fixture
def box(town: Town) -> UUID:
    return open_box(town)


@pytest.fixture
def gateway(town: Town, box: UUID, standins: StandinsClient, tmp_path: Path) -> Iterator[Running]:
    with running(settings(town, standins, tmp_path)) as found:
        yield found


def settings(town: Town, standins: StandinsClient, media: Path) -> Any:
    return settings_for(town.database, town.port, SMTP_URL=standins.smtp_url, MEDIA_DIR=str(media))


def post(
    town: Town, raw: bytes, *, secret: str = SECRET, age: int = 0, signature: str | None = None, app: str = "box"
) -> int:
    at = int(time.time()) - age
    digest = hmac.new(secret.encode(), f"{at}.".encode() + raw, hashlib.sha256).hexdigest()
    header = f"t={at},v1={digest}" if signature is None else signature
    headers = {"X-Mail-Signature": header} if header else {}
    return httpx.post(f"{town.url}/webhooks/email/{app}/webhook", content=raw, headers=headers).status_code


def test_a_signed_mail_is_stored_once_with_its_files(town: Town, gateway: Running, tmp_path: Path) -> None:
    raw = mail("Va mi CV", files=(("cv.pdf", "application/pdf", files.PDF),), message_id="<a1@example.mx>")
    assert [post(town, raw) for _ in range(3)] == [200, 200, 200]
    text, cv = town.inbox()
    assert (text["kind"], text["vendor_id"], text["payload"]["text"]) == ("text", "<a1@example.mx>", "Va mi CV")
    assert (cv["kind"], cv["vendor_id"]) == ("document", "<a1@example.mx>#1")
    chat = town.row("SELECT * FROM chats")
    assert (chat["user_id"], chat["user_name"], chat["unit"], chat["channel"]) == (PERSON, "Ana Ruiz", "amigro", "email")
    assert chat["thread"]["message_id"] == "<a1@example.mx>" and chat["thread"]["subject"] == "Trabajo"
    row = town.until(lambda: town.rows("SELECT * FROM media WHERE state = 'stored'"))[0]
    assert (tmp_path / row["stored_name"]).read_bytes() == files.PDF and row["content"] is None


def test_who_cannot_sign_is_refused(town: Town, gateway: Running) -> None:
    raw = mail()
    assert post(town, raw, signature="") == 401
    assert post(town, raw, secret="another-secret-of-tests") == 403
    assert post(town, raw, age=400) == 403 and post(town, raw, age=-400) == 403
    assert post(town, raw, signature="t=1,v1=abc") == 403 and post(town, raw, signature="sha1=x") == 403
    assert post(town, raw, app="nobody") == 404
    assert town.inbox() == [] and town.rows("SELECT 1 FROM quarantine") == []


def test_what_is_for_nobody_or_from_a_machine_is_put_aside(town: Town, gateway: Running) -> None:
    assert post(town, mail(to="otra@demo.example")) == 200
    assert post(town, mail(Auto_Submitted="auto-replied")) == 200
    assert post(town, b"\x00\xff nonsense") == 200
    reasons = [row["reason"] for row in town.rows("SELECT reason FROM quarantine ORDER BY id")]
    assert len(reasons) == 3 and "no mailbox" in reasons[0] and "Auto-Submitted" in reasons[1]
    assert town.inbox() == []


def test_the_answer_keeps_the_thread_and_says_how_to_choose(
    town: Town, gateway: Running, standins: StandinsClient
) -> None:
    post(town, mail(message_id="<a1@example.mx>", References="<r1@x>", subject="RE: Trabajo de soldador"))
    chat = town.row("SELECT id FROM chats")["id"]
    options = (Option("see_jobs", "Ver vacantes", "Las de hoy"), Option("human", "Hablar con una persona"))
    row = town.until_state(town.say(chat, Message("buttons", "¿Qué hacemos?", options=options)), "sent", "failed")
    assert row["state"] == "sent", row
    [sent] = standins.mails(PERSON)
    assert sent["subject"] == "Re: Trabajo de soldador" and sent["from"] == f"amigro <{BOX}>"
    headers = sent["headers"]
    assert (headers["In-Reply-To"], headers["References"]) == ("<a1@example.mx>", "<r1@x> <a1@example.mx>")
    assert headers["Auto-Submitted"] == "auto-replied" and headers["Message-ID"] == row["vendor_id"]
    assert "1. Ver vacantes: Las de hoy\n2. Hablar con una persona" in sent["text"].replace("\r\n", "\n")
    assert "basta con responder este correo con el número" in sent["text"]
    post(town, mail("2", message_id="<a2@example.mx>", subject="Re: Trabajo de soldador", In_Reply_To=row["vendor_id"],
                    References=f"<r1@x> <a1@example.mx> {row['vendor_id']}"))  # fmt: skip
    town.until_state(town.say(chat, Message("text", "¡Va!")), "sent")
    last = standins.mails(PERSON)[-1]
    assert last["headers"]["In-Reply-To"] == "<a2@example.mx>"
    assert last["headers"]["References"].split() == ["<r1@x>", "<a1@example.mx>", row["vendor_id"], "<a2@example.mx>"]
    assert standins.violations == []


def test_a_bounce_marks_our_mail_and_a_guessed_one_does_not(town: Town, gateway: Running) -> None:
    post(town, mail())
    chat = town.row("SELECT id FROM chats")["id"]
    in_chat = town.until_state(town.say(chat, Message("text", "hola")), "sent")
    alone = town.until_state(town.mail("nadie@example.mx", Message("email", "hola", subject="x")), "sent")
    post(town, bounce(f"<outbox-{in_chat['id']}.{'0' * 16}@demo.example>"))
    assert town.outbox(in_chat["id"])["state"] == "sent"
    for row in (in_chat, alone):
        assert post(town, bounce(row["vendor_id"])) == 200
        found = town.outbox(row["id"])
        assert (found["state"], found["error_code"]) == ("failed", "5.1.1") and "User unknown" in found["error"]


def test_a_late_mail_does_not_move_the_thread_back(town: Town, gateway: Running) -> None:
    post(town, mail(message_id="<a2@example.mx>"))
    town.db.execute("UPDATE chats SET thread = jsonb_set(thread, '{at}', '\"2999-01-01T00:00:00+00:00\"')")
    post(town, mail(message_id="<a1@example.mx>"))
    assert town.row("SELECT thread FROM chats")["thread"]["message_id"] == "<a2@example.mx>"


def test_a_person_at_the_stand_in_writes_and_answers(
    town: Town, gateway: Running, standins: StandinsClient
) -> None:
    """As `make up` shows it: the demo mailbox, a provider's webhook, an answer that quotes what it answers."""
    standins.write_mail("email:huntred_executive", "luis@persona.example", "Buen día, busco una dirección", "Posición")
    chat = town.until(lambda: town.rows("SELECT * FROM chats"))[0]
    assert (chat["unit"], chat["user_id"]) == ("huntred_executive", "luis@persona.example")
    options = (Option("yes", "Sí"), Option("no", "No"))
    town.until_state(town.say(chat["id"], Message("buttons", "¿Le interesa?", options=options)), "sent")
    standins.write_mail("email:huntred_executive", "luis@persona.example", "1")
    town.until(lambda: len(town.inbox()) == 2)
    assert [row["payload"]["text"] for row in town.inbox()] == ["Buen día, busco una dirección", "1"]
    assert standins.violations == []


@pytest.fixture
def imap() -> Iterator[Mailbox]:
    with mailbox(BOX, "demo-mailbox") as found:
        yield found


def test_a_mailbox_is_read_once_and_marked_after_the_commit(
    town: Town, standins: StandinsClient, imap: Mailbox, tmp_path: Path
) -> None:
    open_box(town, imap_url=imap.url, imap_password=imap.password)
    imap.deliver(mail("Antes de abrir", message_id="<i1@example.mx>"))
    with running(settings(town, standins, tmp_path)):
        town.until(lambda: town.inbox())
        town.until(lambda: imap.unread() == 0)
        # IDLE: what comes in while we listen is there at once, and without a Message-ID it counts once too.
        imap.deliver(mail("Mientras", message_id="<i2@example.mx>"))
        imap.deliver(mail("Sin id").replace(b"Message-ID", b"X-Was"))
        town.until(lambda: len(town.inbox()) == 3, timeout=30)
        town.until(lambda: imap.unread() == 0)
    assert [row["payload"]["text"] for row in town.inbox()] == ["Antes de abrir", "Mientras", "Sin id"]
    assert imap.read() == 3 and "@imap>" in town.inbox()[2]["vendor_id"]


def test_what_was_stored_and_not_marked_is_not_stored_again(
    town: Town, standins: StandinsClient, imap: Mailbox, tmp_path: Path
) -> None:
    """A kill between commit and mark: the mail is found unread again, and is known."""
    open_box(town, imap_url=imap.url, imap_password=imap.password)
    raw = mail(message_id="<i1@example.mx>", files=(("cv.pdf", "application/pdf", files.PDF),))
    with running(settings(town, standins, tmp_path)):
        assert post(town, raw) == 200
        imap.deliver(raw)
        town.until(lambda: imap.unread() == 0 and imap.read() == 1)
    assert [row["vendor_id"] for row in town.inbox()] == ["<i1@example.mx>", "<i1@example.mx>#1"]
    assert len(town.rows("SELECT 1 FROM media")) == 1


def test_one_of_two_gateways_watches_and_the_other_takes_over(
    town: Town, standins: StandinsClient, imap: Mailbox, tmp_path: Path
) -> None:
    locks = (
        "SELECT count(*) AS n FROM pg_locks WHERE locktype = 'advisory' AND granted"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    open_box(town, imap_url=imap.url, imap_password=imap.password)
    first = settings(town, standins, tmp_path)
    with running(replace(first, gateway_port=free_port())):
        with running(first):
            town.until(lambda: town.row(locks)["n"] >= 1)
            imap.deliver(mail("uno", message_id="<i1@example.mx>"))
            town.until(lambda: town.inbox())
        imap.deliver(mail("dos", message_id="<i2@example.mx>"))
        town.until(lambda: len(town.inbox()) == 2, timeout=30)
    assert [row["payload"]["text"] for row in town.inbox()] == ["uno", "dos"]


def test_a_mailbox_that_comes_back_is_read_on(
    town: Town, standins: StandinsClient, imap: Mailbox, tmp_path: Path
) -> None:
    open_box(town, imap_url=imap.url, imap_password=imap.password)
    with running(settings(town, standins, tmp_path)):
        imap.deliver(mail("uno", message_id="<i1@example.mx>"))
        town.until(lambda: town.inbox())
        imap.stop()
        time.sleep(0.5)
        imap.start()
        imap.deliver(mail("dos", message_id="<i2@example.mx>"))
        town.until(lambda: len(town.inbox()) == 2, timeout=30)
