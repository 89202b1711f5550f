"""Who switches to English reads every page in English, what Python and the libraries say too; nobody else does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import text

from backoffice.translations.catalogue import english
from huntred.access.models import User
from tests.integration.backoffice.conftest import Office, post
from tests.integration.backoffice.test_access import things
from tests.integration.backoffice.test_walk import (
    BY_ID,
    EVERYBODY,
    HEADS,
    OF_HEADS,
    OF_SUPER,
    OF_UNIT,
    SUPER,
    SWITCHED,
    filled,
    place,
    verbs,
    walked,
)

__all__ = ["walked"]

# What both languages write alike without being ours or somebody's: units, currencies and programs.
_ALIKE = {
    "mxn", "usd", "eur", "kb", "mb", "bytes", "csv", "json", "rfc", "pdf", "id", "http", "https", "utf", "make", "publish", "git",
    "apply", "telegram", "slack", "opencats", "app", "web", "demo", "bot",
}  # fmt: skip
# A page of its own language: licences of the libraries, and what designers write in data/.
_AS_IT_IS = {"about.index", "workbench.flows"}
_SPANISH = re.compile(r"[áéíóúñ¿¡]", re.I)
_ENDS = " ·—:@/"
_APART = re.compile(r"[^\w\s]|[\d_]+")
# Names of permissions, events, intents and settings as programs write them.
_CODE = re.compile(r"[a-z0-9]+([_:.][a-z0-9_]+)+")
_PIECE = re.compile(r"[^\W\d_]+")


# Code, and what a file says.
_RAW = {"script", "style", "pre"}
# What a profile says in words of ours.
_TOLD = """
UPDATE unit_profiles SET work_permit = 'humanitarian', permit_expires_on = '2027-03-02', experience_years = 1.5,
  salary_amount = 10000, salary_currency = 'MXN', updated_at = now() WHERE id = :id
"""


class _Read(HTMLParser):
    """What a page gives people to read and hear."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._raw = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._raw += tag in _RAW
        for name, value in attrs:
            if value and (name in {"aria-label", "title", "placeholder", "alt"} or name.startswith("data-ask")):
                self.texts.append(value)

    def handle_endtag(self, tag: str) -> None:
        self._raw -= tag in _RAW

    def handle_data(self, data: str) -> None:
        if not self._raw and data.strip():
            self.texts.append(data)


def read(page: str) -> list[str]:
    reader = _Read()
    reader.feed(page)
    return [" ".join(one.split()) for one in reader.texts]


class Written:
    """What people wrote, in whatever language: all that stands in the database, and for the workbench in data/."""

    def __init__(self, office: Office) -> None:
        desk = office.desk
        tables = desk.rows(text("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"))
        rows = [row for table in tables for row in desk.rows(text(f"SELECT row_to_json(t) FROM {table} t"))]
        self.values = {" ".join(value.split()) for row in rows for value in _strings(row)}
        self.text = "\n".join(self.values).lower()
        self._data = "\n".join(path.read_text(encoding="utf-8") for path in Path("data").rglob("*.yml")).lower()

    def holds(self, part: str, endpoint: str) -> bool:
        """Whether a text is a value from there, or made of values and names from there; a word of ours is none."""
        if part in self.values or part.strip(_ENDS) in self.values:
            return True
        return all(self._is_data(" ".join(_PIECE.findall(one)), endpoint) for one in _APART.split(part))

    def _is_data(self, part: str, endpoint: str) -> bool:
        if english().phrases.get(part, part) != part:
            return False
        words = part.lower().split()
        return (
            all(len(word) == 1 or word in _ALIKE for word in words)
            or self.has(part, endpoint)
            or all(word.istitle() and self.has(word, endpoint) for word in part.split())
        )

    def has(self, part: str, endpoint: str) -> bool:
        return part.lower() in self.text or (endpoint.startswith("workbench") and part.lower() in self._data)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


def is_ours(told: str, spanish: set[str], written: Written, endpoint: str) -> bool:
    """Whether a text of an English page was left in Spanish.

    It reads the same on the Spanish page, or has a word with letters that only Spanish has; and it is neither a code
    nor what somebody wrote.
    """
    if _CODE.fullmatch(told) or told in written.values:
        return False
    if told not in spanish:
        return any(not written.has(word, endpoint) for word in _PIECE.findall(told) if _SPANISH.search(word))
    return not all(written.holds(part, endpoint) for part in told.split(" · "))


def both(office: Office) -> tuple[FlaskClient, FlaskClient]:
    """The same administrator's browser in Spanish and in English, looking at one unit."""
    user = office.user("super_admin")
    spanish, other = office.client(user), office.client(office.user("super_admin", language="en"))
    for client in (spanish, other):
        post(client, "/unit", {"unit": "amigro"})
    return spanish, other


def pages(office: Office, ids: dict[str, Any]) -> dict[str, str]:
    tables = EVERYBODY | SWITCHED | HEADS | SUPER | BY_ID | OF_UNIT | OF_HEADS | OF_SUPER
    opened = verbs(office)
    return {name: filled(path, ids) for name, path in tables.items() if "GET" in opened[name] and name not in _AS_IT_IS}


def test_every_page_is_in_english_for_who_switched(walked: Office) -> None:
    """What reads the same in both languages is somebody's data or stands in the catalogue as alike in both."""
    own = place(
        walked, "amigro", modality="hybrid", salary_min=9500, salary_max=12000, salary_period="week", seniority="mid",
        min_experience_years=2, kind="internship", internship_weeks=12, internship_hours=20, study_fields=["finance"],
        permits=["humanitarian"], published_at=walked.desk.now,
    )  # fmt: skip
    for profile in (own.ids["profile"], own.ids["double"]):
        walked.desk.execute(_TOLD, id=profile)
    spanish, other = both(walked)
    written = Written(walked)
    # A text that has an accent in English too is one of the catalogue's.
    alike = {said for _, told, said in english().every() if told == said or _SPANISH.search(said)}
    left: dict[str, set[str]] = {}
    looked_at = 0
    for endpoint, path in pages(walked, own.ids).items():
        first, second = spanish.get(path, buffered=True), other.get(path, buffered=True)
        assert first.status_code == second.status_code, endpoint
        if second.status_code != 200 or not second.content_type.startswith("text/html"):
            continue
        looked_at += 1
        before = set(read(first.text))
        for told in read(second.text):
            parts = {part.strip(_ENDS) for part in told.split(" · ")}
            if not parts <= alike and is_ours(told, before, written, endpoint):
                left.setdefault(endpoint, set()).add(told)

    assert looked_at > 60
    assert not left, left


def test_the_switch_is_each_users_own(office: Office) -> None:
    user = office.user()
    client, colleague = office.client(user), office.client(office.user())
    assert '<html lang="es-MX">' in client.get("/").text

    answer = post(client, "/account/language", {"language": "en"})

    assert answer.status_code == 302
    page = client.get("/account/").text
    assert '<html lang="en">' in page
    assert "The pages are in English now." in page
    assert "My account" in page and "Mi cuenta" not in page
    assert "Mi cuenta" in colleague.get("/account/").text
    assert office.desk.one(User, user.id).language == "en"

    post(client, "/account/language", {"language": "es"})

    assert "Las páginas ya están en español." in client.get("/account/").text


def test_a_language_that_we_do_not_speak_is_refused(office: Office) -> None:
    user = office.user()
    client = office.client(user)

    post(client, "/account/language", {"language": "fr"})

    assert "Idioma: no es una de las opciones." in client.get("/account/").text
    assert office.desk.one(User, user.id).language == "es"


def test_the_log_in_speaks_as_this_browser_last_chose(office: Office) -> None:
    user = office.user()
    client = office.client(user)
    post(client, "/account/language", {"language": "en"})
    post(client, "/logout")

    page = client.get("/login").text
    assert "Remember me on this computer" in page and "Recordarme" not in page
    refused = post(client, "/login", {"email": user.email, "password": "no es esta"}, page="/login")
    assert "We do not recognize that email with that password." in refused.text
    assert "Recordarme en este equipo" in office.client().get("/login").text


def test_errors_of_forms_are_said_in_english(office: Office) -> None:
    client = office.client(office.user(language="en"))

    page = post(client, "/companies/new", {"name": ""}, page="/companies/new").text

    assert "Name is required." in page
    assert "No lo encontramos" not in (gone := client.get("/vacancies/0190a0a0-0000-7000-8000-000000000000").text)
    assert "We did not find it" in gone


def test_what_candidates_see_stays_spanish_whoever_looks(office: Office) -> None:
    client = office.client(office.user(language="en"))

    for page in ("/privacidad/amigro", "/p/not-a-link"):
        assert '<html lang="es-MX">' in client.get(page).text, page


def test_pay_dates_and_relative_times_follow(office: Office) -> None:
    made = things(office, "amigro", salary_min=18500, salary_max=18500, published_at=office.desk.now)
    client = office.client(office.user(language="en"))

    page = client.get(f"/vacancies/{made.vacancy}").text

    assert "$18,500.00 MXN per month" in page and "mensuales" not in page
    assert "Monday, March 2, 2026" in page + client.get(f"/interviews/{made.interview}").text


def test_a_file_of_a_list_has_the_heads_and_states_of_who_asks(office: Office) -> None:
    things(office, "amigro")
    answers = [
        post(office.client(office.user(language=code)), "/lists/vacancies/export", {"format": "csv", "state": ""})
        for code in ("es", "en")
    ]

    spanish, other = (answer.data.decode("utf-8-sig") for answer in answers)
    assert "Sueldo" in spanish and "Abierta" in spanish
    assert "Salary" in other and "Open" in other and "Abierta" not in other
