"""The stretches of road that most tests walk first, as a person would: words where words are natural, else buttons.

Buttons are pressed by their ids, which are the same in every unit; their titles are each unit's own.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.e2e.candidate import Candidate
from tests.standins.client import Shown


@dataclass(frozen=True)
class Told:
    """What somebody answers when they register."""

    full_name: str = "Ana María López Cruz"
    first_name: str = "Ana María"
    email: str = "ana.maria@example.com"
    phone: str = "55 1234 5678"
    city: str = "Monterrey"
    headline: str = "ayudante de cocina"
    years: str = "2 años y medio"
    skills: str = "cocina, limpieza y atención a clientes"
    salary: str = "10 mil"


# The words of each question that tell which one it is, whatever its wording in a unit.
_QUESTIONS = (
    ("nombre completo", "full_name"),
    ("correo", "email"),
    ("teléfono", "phone"),
    ("ciudad", "city"),
    ("cuántos años", "years"),
    ("separ", "skills"),
    ("ganar", "salary"),
    ("sueldo", "salary"),
    ("trabajo", "headline"),
    ("cargo", "headline"),
)
_LONGEST = 15


def open_and_accept(person: Candidate) -> None:
    """Greet, read the notice, accept it, and ask for nothing more."""
    person.says("hola", "aviso de privacidad")
    person.presses("accept_privacy", "conocer más")
    person.presses("deny:learn_more", "Ver oportunidades")


def register(person: Candidate, told: Told) -> Shown:
    """Register from the menu; returns the recap."""
    person.presses("register", "nombre completo")
    shown = person.received[-1]
    for _ in range(_LONGEST):
        if "esto es lo que" in shown.text.casefold() or told.email in shown.text:
            return shown
        shown = answer(person, shown, told)
    raise AssertionError(f"the registration does not end:\n{person.transcript}")


def answer(person: Candidate, shown: Shown, told: Told) -> Shown:
    """Answer the question that is shown; returns what comes next: one bubble for each answer."""
    if any("Residencia" in title for title in shown.titles):
        # Typed: some channels shorten what a button says.
        return person.says("Residencia permanente")
    question = shown.text.casefold()
    field = next((field for words, field in _QUESTIONS if words in question), None)
    assert field, f"who would know how to answer this?\n{person.transcript}"
    return person.says(getattr(told, field))


def apply_to(person: Candidate, title: str) -> Shown:
    """Choose a vacancy of those shown, apply, answer its questions with yes; returns the times that are offered."""
    person.presses(title, "(#")
    person.presses("apply_job")
    shown = person.settles()[-1]
    for _ in range(_LONGEST):
        if shown.titles[:2] != ["Sí", "No"]:
            return shown
        person.presses("Sí")
        shown = person.settles()[-1]
    raise AssertionError(f"the questions do not end:\n{person.transcript}")


def book_first(person: Candidate, times: Shown) -> Shown:
    """Take the first time that is offered; returns what is said of the interview."""
    person.presses(times.titles[0], "Confirm")
    return person.presses("affirm:book_slot", "agendada")


def walk_to_booked(person: Candidate, told: Told, title: str) -> Shown:
    """The whole road."""
    open_and_accept(person)
    register(person, told)
    person.presses("affirm:recap", "Ver oportunidades")
    person.presses("search_jobs", title)
    return book_first(person, apply_to(person, title))
