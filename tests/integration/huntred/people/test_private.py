"""CURP, RFC and birth date: by the web page only, checked, sealed, found by their HMAC."""

from __future__ import annotations

import pytest

from huntred.db.base import KeyRing
from huntred.errors import FieldInvalid, NotFound
from huntred.people import service as people
from huntred.people.models import UnitProfile
from huntred.people.private import private_page_link, set_private
from tests.factories.desk import Desk

CURP = "BOXW310820HNERXN09"  # of python-stdnum's documentation
RFC = "GODE561231GR8"


def test_they_are_sealed_and_never_recapped(desk: Desk) -> None:
    profile = desk.profile()
    with desk.work() as uow:
        set_private(uow, profile.person_id, now=desk.now, curp=CURP.lower(), rfc=RFC)
        shown = " ".join(f"{line.field} {line.value}" for line in people.recap(uow, profile.person_id))
        assert CURP not in shown and RFC not in shown
        assert "20 de agosto de 1931" in shown, "the birth date follows from the CURP"
    with desk.admin.connect() as connection:
        curp, digest, rfc = connection.exec_driver_sql(
            "SELECT curp_sealed, curp_hash, rfc_sealed FROM unit_profiles"
        ).one()
    assert curp.startswith("v1.test.") and CURP not in curp and RFC not in rfc
    assert digest == KeyRing.lookup(CURP)
    with desk.work() as uow:
        assert uow.session.get_one(UnitProfile, profile.id).curp_sealed == CURP


@pytest.mark.parametrize(
    ("values", "field", "problem"),
    [
        ({"curp": "NO ES CURP"}, "curp", "not_a_curp"),
        ({"rfc": "123"}, "rfc", "not_an_rfc"),
        ({"curp": CURP, "birth_date": "01/01/1990"}, "birth_date", "differs_from_curp"),
        ({"birth_date": "mañana"}, "birth_date", "not_a_date"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(
    desk: Desk, values: dict[str, str], field: str, problem: str
) -> None:
    profile = desk.profile()
    with desk.work() as uow, pytest.raises(FieldInvalid) as refused:
        set_private(uow, profile.person_id, now=desk.now, **values)  # type: ignore[arg-type]
    assert (refused.value.field, refused.value.problem) == (field, problem)
    with desk.work() as uow:
        assert uow.session.get_one(UnitProfile, profile.id).curp_sealed is None


def test_a_curp_of_somebody_else_does_not_fit_the_birth_date_that_was_told(desk: Desk) -> None:
    profile = desk.profile()
    with desk.work() as uow:
        people.set_field(uow, profile.person_id, "birth_date", "01/01/1990", now=desk.now)
        with pytest.raises(FieldInvalid, match="curp: differs_from_birth_date"):
            set_private(uow, profile.person_id, now=desk.now, curp=CURP)


def test_the_link_is_of_that_person_and_another_unit_finds_nobody(desk: Desk) -> None:
    profile = desk.profile()
    with desk.work() as uow:
        assert private_page_link(uow, profile.person_id, desk.links, now=desk.now).startswith("http://office.test/p/")
    with desk.work("huntu") as uow, pytest.raises(NotFound):
        set_private(uow, profile.person_id, now=desk.now, curp=CURP)
