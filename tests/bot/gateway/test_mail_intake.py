"""A mailbox for vacancies: what a person sends there is stored whole and once, and opens no chat."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.gateway.mails import BOX, bounce, mail
from tests.bot.gateway.test_mail_in import open_box, post, settings
from tests.bot.gateway.town import Town, running
from tests.standins.client import StandinsClient
from tests.standins.mailbox import Mailbox, mailbox


@pytest.fixture
def imap() -> Iterator[Mailbox]:
    with mailbox(BOX, "demo-mailbox") as found:
        yield found


def test_mails_are_kept_whole_and_once_and_machines_are_put_aside(
    town: Town, standins: StandinsClient, imap: Mailbox, tmp_path: Path
) -> None:
    account = open_box(town, imap_url=imap.url, imap_password=imap.password)
    town.db.execute("UPDATE channel_accounts SET purpose = 'vacancies' WHERE id = %s", (account,))
    letter = mail(
        "Solicitamos cajera. Sueldo 9,000.", subject="Vacante", message_id="<v1@example.mx>",
        files=(("perfil.pdf", "application/pdf", b"%PDF-1.4"),),
    )  # fmt: skip
    imap.deliver(letter)
    imap.deliver(letter)
    for machine in (
        mail(Auto_Submitted="auto-replied"), mail(Precedence="bulk"), mail(List_Id="<lista@x.mx>"),
        mail(Return_Path="<>"), mail(sender="no-reply@example.mx"), mail(sender=BOX), bounce("<unknown@x.mx>"),
    ):  # fmt: skip
        imap.deliver(machine)
    with running(settings(town, standins, tmp_path)):
        town.until(lambda: imap.unread() == 0, timeout=60)
        assert post(town, letter) == 200, "by the provider's webhook it is the same mail"
    (kept,) = town.rows("SELECT * FROM intake_mails")
    assert (kept["message_id"], kept["sender"], kept["subject"]) == ("<v1@example.mx>", "ana.ruiz@example.mx", "Vacante")
    assert (kept["unit"], kept["state"], kept["channel_account_id"]) == ("amigro", "waiting", account)
    assert b"%PDF" in bytes(kept["raw"]) or b"JVBERi" in bytes(kept["raw"])
    assert len(town.rows("SELECT 1 FROM quarantine")) == 7
    assert town.inbox() == []
    assert town.rows("SELECT 1 FROM chats") == []
    assert standins.mails("ana.ruiz@example.mx") == []
