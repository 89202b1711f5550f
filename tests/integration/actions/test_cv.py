"""What a person answers to the recap of their CV, in both voices and in the middle of a form."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from huntred.conversations.models import Conversation, InboxRow
from huntred.cv import service as cvs
from huntred.cv.models import CvFile
from huntred.people.models import UnitProfile
from ml.cv.reader import SandboxedCvReader
from tests.factories.cvs import read, send
from tests.factories.desk import Desk
from tests.factories.talk import Talk


@pytest.fixture(scope="module")
def reader() -> Iterator[SandboxedCvReader]:
    reader = SandboxedCvReader()
    yield reader
    reader.close()


Told = Callable[..., tuple[Talk, str]]


@pytest.fixture
def told(desk: Desk, talk: Callable[..., Talk], reader: SandboxedCvReader, tmp_path: Path) -> Told:
    """Somebody who agreed, sent a CV and was told what was found."""

    def open_one(unit: str = "amigro", language: str = "es") -> tuple[Talk, str]:
        chat = talk(unit)
        chat.says("hola", "greet")
        chat.presses("/accept_privacy")
        conversation = desk.one(Conversation, UUID(chat.sender.partition(":")[2]))
        desk.execute("UPDATE conversations SET language = :language", language=language)
        send(desk, conversation, tmp_path)
        assert read(desk, reader, tmp_path, unit) == 1
        [cv] = desk.rows(select(CvFile))
        return chat, str(cv.id)

    return open_one


def press(chat: Talk, value: str, cv_id: str, **more: str) -> list[str]:
    return chat.event("cv_answer", "", value=value, cv_id=cv_id, **more)


def profile(desk: Desk) -> UnitProfile:
    return desk.rows(select(UnitProfile))[0]


@pytest.mark.parametrize(
    ("language", "mail", "jobs", "years", "latest"),
    [
        ("en", "• Email: ", "• Jobs: ", " years", "Latest job"),
        ("fr", "• E-mail : ", "• Emplois : ", " ans", "Dernier travail"),
        ("ht", "• Imel: ", "• Travay: ", " an", "Dènye travay"),
        ("pt", "• E-mail: ", "• Empregos: ", " anos", "Último trabalho"),
    ],
)
def test_what_was_found_is_named_in_the_language_of_the_chat(
    desk: Desk, told: Told, language: str, mail: str, jobs: str, years: str, latest: str
) -> None:
    chat, cv_id = told(language=language)
    [notice] = [row for row in desk.rows(select(InboxRow)) if row.kind == "notice"]
    recap = notice.payload["values"]["values"]["recap"]
    assert mail in recap and jobs in recap
    assert any(line.endswith(years) for line in recap.splitlines()) and ".0 " not in recap
    chat.slots["language"] = language
    press(chat, "wrong", cv_id)
    assert latest in chat.titles and "Correo" not in chat.titles


@pytest.mark.parametrize("unit", ["amigro", "huntred_executive"])
def test_yes_completes_the_profile_once(desk: Desk, told: Told, unit: str) -> None:
    chat, cv_id = told(unit)
    # The number that the channel told is not that of the CV.
    assert press(chat, "right", cv_id) == ["utter_cv_saved", "utter_cv_differs"]
    assert profile(desk).email == "maria.lopez@example.com"
    assert "correo" in chat.value("utter_cv_saved", "fields")
    assert press(chat, "right", cv_id) == ["utter_cv_gone"]


def test_a_typed_yes_counts_where_nothing_else_was_asked(desk: Desk, told: Told) -> None:
    chat, _ = told()
    chat.slots["expecting"] = None
    chat.says("sí", "affirm")
    assert "utter_cv_saved" in chat.heard
    assert chat.says("sí", "affirm") == ["utter_affirm"]


def test_what_was_told_before_is_asked_about(desk: Desk, told: Told) -> None:
    chat, cv_id = told()
    desk.execute("UPDATE unit_profiles SET email = 'otra@example.com'")
    press(chat, "right", cv_id)
    assert "utter_cv_differs" in chat.heard
    assert "otra@example.com" in chat.value("utter_cv_differs", "differences")
    assert profile(desk).email == "otra@example.com"
    assert press(chat, "keep", cv_id) == ["utter_cv_kept"]
    assert press(chat, "replace", cv_id) == ["utter_cv_replaced"]
    assert profile(desk).email == "maria.lopez@example.com"


def test_a_wrong_field_is_asked_for_and_the_rest_stays(desk: Desk, told: Told) -> None:
    chat, cv_id = told()
    assert press(chat, "wrong", cv_id) == ["utter_cv_which_field"]
    assert "Correo" in chat.titles
    assert chat.picks("Correo") == ["utter_ask_email"]
    chat.says("ana@example.com", "inform")
    assert chat.heard == ["utter_cv_recap"]
    assert "• Correo: ana@example.com (ya corregido)" in chat.value("utter_cv_recap", "recap")
    press(chat, "right", cv_id)
    assert (profile(desk).email, profile(desk).headline) == ("ana@example.com", "Cajera")


def test_no_use_takes_nothing(desk: Desk, told: Told) -> None:
    chat, cv_id = told()
    assert press(chat, "unused", cv_id) == ["utter_cv_unused"]
    assert profile(desk).email == ""
    with desk.work() as uow:
        assert cvs.get(uow, UUID(cv_id)).answer == "unused"


def test_a_press_in_the_middle_of_a_form_leaves_the_form_where_it_was(desk: Desk, told: Told) -> None:
    chat, cv_id = told()
    assert chat.says("quiero registrarme", "register")[-1] == "utter_ask_full_name"
    press(chat, "right", cv_id)
    assert "utter_cv_saved" in chat.heard
    assert chat.form == "form_profile", "it goes on with what is still missing"
    assert chat.heard[-1] in {"utter_ask_work_permit", "utter_ask_salary", "utter_ask_city"}


def test_somebody_else_s_cv_is_not_there(desk: Desk, told: Told, talk: Callable[..., Talk]) -> None:
    _, cv_id = told()
    other = talk("amigro")
    other.says("hola", "greet")
    assert press(other, "right", cv_id) == ["utter_cv_gone"]
    assert press(other, "right", "nothing") == ["utter_cv_gone"]
