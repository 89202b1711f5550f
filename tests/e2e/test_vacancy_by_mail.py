"""A client mails a vacancy as a Word file: mailbox, draft beside the mail, receipt, vacancy; nothing of it by hand."""

from __future__ import annotations

import io
from pathlib import Path

from docx import Document
from playwright.sync_api import expect

from tests.e2e.browser import Browser
from tests.e2e.office import take_vacancies_at
from tests.e2e.town import Town
from tests.factories.letters import written
from tests.standins.mailbox import mailbox
from tests.unit.huntred.importing.test_letters import LETTER

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def test_a_word_file_in_a_mailbox_becomes_a_vacancy_and_its_sender_is_told_once(
    town: Town, browser: Browser, shots: Path
) -> None:
    document, made = Document(), io.BytesIO()
    for line in LETTER.replace("Auxiliar de Almacén", "Montacarguista").splitlines():
        document.add_paragraph(line)
    document.save(made)
    sender = f"laura{town.candidate().user}@norte.example"
    letter = written(
        "Buenas tardes, les comparto el perfil. Saludos.", "Vacante Montacarguista",
        sender=f"Laura Méndez <{sender}>", files=(("perfil.docx", _WORD, made.getvalue()),),
    )  # fmt: skip
    with mailbox(f"vacantes{town.candidate().user}@correo.example") as box:
        take_vacancies_at(town.platform, "amigro", box)
        box.deliver(letter)
        box.deliver(letter)  # as a mail server does that was not answered
        receipt = town.wait_for(lambda: town.vendors.mails(sender), 60, "the sender gets a receipt")[-1]
        town.wait_for(lambda: box.unread() == 0, 30, "both are marked as read")
    assert "folio" in receipt["subject"]

    with browser.signed_in(town.platform.url("backoffice"), town.offices["amigro"].email) as page:
        page.goto(town.platform.url("backoffice") + "/imports/")
        page.get_by_role("link", name="Vacante Montacarguista Laura").click()
        expect(page.get_by_role("heading", name="El correo")).to_be_visible()
        expect(page.get_by_label("Puesto", exact=False).first).to_have_value("Montacarguista")
        page.screenshot(path=shots / "vacancy-mail.png", full_page=True)
        page.get_by_role("button", name="Guardar como borrador").click()
        page.wait_for_load_state("networkidle")
        page.screenshot(path=shots / "vacancy-mail-saved.png", full_page=True)
    made_of_it = town.rows("SELECT state, city FROM vacancies WHERE title = 'Montacarguista'")
    assert [(row["state"], row["city"]) for row in made_of_it] == [("draft", "Puebla")]
    assert len(town.vendors.mails(sender)) == 1
