"""How an application stands, asked from a chat that is not its own: only with the code that was mailed."""

from __future__ import annotations

import re

from tests.e2e.candidate import Candidate
from tests.e2e.town import Town

POSITION = "Auxiliar de almacén"


def ask_by_email(person: Candidate, address: str) -> list[str]:
    """Ask for the status by an address, from a chat without applications; returns what is answered to the address."""
    person.says("hola", "aviso de privacidad")
    person.presses("accept_privacy", "conocer más")
    person.says("¿cómo va mi postulación?", "correo")
    person.presses("Buscar por correo", "¿Con qué correo")
    person.says(address)
    return [shown.text for shown in person.settles()]


def test_the_code_that_was_mailed_opens_it_and_nobody_learns_who_is_known(town: Town, julia: Candidate) -> None:
    known, unknown = f"julia{julia.user}@example.com", f"nadie{julia.user}@example.com"
    friend, stranger = town.candidate(name="Sofía"), town.candidate(name="Bruno")
    said = ask_by_email(friend, known)
    # The same words to both, and the code goes to the mailbox alone.
    assert ask_by_email(stranger, unknown) == said
    mail = town.wait_for(
        lambda: [mail for mail in town.vendors.mails(known) if "código" in mail["subject"].casefold()],
        30, "the code is mailed",
    )[-1]  # fmt: skip
    code = re.search(r"\b\d{6}\b", mail["text"])
    assert code and code.group() not in "".join(shown.text for shown in friend.received)

    wrong = f"{(int(code.group()) + 1) % 10**6:06d}"
    refusals = {person.says(wrong, "no es correcto").text for person in (friend, stranger)}
    # What opens one address is worth nothing for another.
    refusals.add(stranger.says(code.group(), "no es correcto").text)
    assert len(refusals) == 1
    assert POSITION not in stranger.transcript and POSITION not in friend.transcript

    shown = friend.says(code.group(), POSITION)
    assert "Entrevista" in shown.text
    assert town.vendors.mails(unknown) == []
