"""Family groups: each adult joins and leaves by themself, children are a number, and work is found in one place."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from huntred.conversations.models import Conversation
from huntred.errors import FieldInvalid
from huntred.families import service, together
from huntred.families.errors import FamilyFull, FamilyUnknown, InAnotherFamily, NotInFamily
from huntred.families.models import Family, FamilyMember
from huntred.people import service as people
from huntred.people.models import Consent, Referral
from huntred.privacy.erasure import erase_person
from huntred.privacy.export import as_json, export_person
from ml.ranking import SemanticRanker
from tests.factories.desk import Desk
from tests.integration.actions.test_candidate_road import vacancy


def person(desk: Desk, name: str, **texts: str) -> tuple[Conversation, UUID]:
    conversation = desk.chat()
    with desk.work() as uow:
        person_id = people.person_of(uow, conversation.id, now=desk.now).id
        people.set_fields(uow, person_id, {"first_name": name, **texts}, now=desk.now)
    return conversation, person_id


def group(desk: Desk, *person_ids: UUID) -> Family:
    with desk.work() as uow:
        family = service.start(uow, person_ids[0], "whatsapp", now=desk.now)
        for one in person_ids[1:]:
            service.join(uow, family.code, one, "whatsapp", now=desk.now)
    return family


def consents(desk: Desk, person_id: UUID) -> list[bool]:
    query = select(Consent).where(Consent.person_id == person_id, Consent.purpose == "family_group")
    return [consent.granted for consent in desk.rows(query.order_by(Consent.at, Consent.id))]


def test_each_adult_agrees_for_themself_and_leaving_takes_it_back(desk: Desk) -> None:
    (_, ana), (_, luis) = person(desk, "Ana"), person(desk, "Luis")
    family = group(desk, ana, luis)
    group(desk, ana, luis)  # again: nothing changes
    assert len(desk.rows(select(FamilyMember))) == 2
    assert (consents(desk, ana), consents(desk, luis)) == ([True], [True])
    with desk.work() as uow:
        assert [one.first_name for one in service.members_of(uow, family)] == ["Ana", "Luis"]
        service.leave(uow, luis, "whatsapp", now=desk.now)
        assert service.family_of(uow, luis) is None
        with pytest.raises(NotInFamily):
            service.leave(uow, luis, "whatsapp", now=desk.now)
    assert consents(desk, luis) == [True, False]
    with desk.work() as uow:
        service.leave(uow, ana, "whatsapp", now=desk.now)
    assert desk.rows(select(Family.id)) == [], "the last one takes the group along"


def test_who_began_the_group_invited_the_others(desk: Desk) -> None:
    (_, ana), (_, luis) = person(desk, "Ana"), person(desk, "Luis")
    group(desk, ana, luis)
    [referral] = desk.rows(select(Referral))
    assert (referral.inviter_id, referral.invited_id) == (ana, luis)


def test_a_code_that_is_none_another_group_and_a_full_one_are_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    (_, ana), (_, luis), (_, eva) = person(desk, "Ana"), person(desk, "Luis"), person(desk, "Eva")
    first, second = group(desk, ana), group(desk, luis)
    with desk.work() as uow:
        with pytest.raises(FamilyUnknown):
            service.join(uow, "INV-AAAAAAAA", eva, "whatsapp", now=desk.now)
        with pytest.raises(InAnotherFamily):
            service.join(uow, first.code, luis, "whatsapp", now=desk.now)
        monkeypatch.setattr(service, "MOST_ADULTS", 1)
        with pytest.raises(FamilyFull):
            service.join(uow, second.code, eva, "whatsapp", now=desk.now)
    with desk.work("huntu") as uow:
        assert service.by_code(uow, first.code) is None, "a group is one unit's"


def test_children_are_a_number(desk: Desk) -> None:
    (_, ana), (_, luis) = person(desk, "Ana"), person(desk, "Luis")
    family = group(desk, ana)
    with desk.work() as uow:
        assert service.set_children(uow, ana, 3).children == 3
        for wrong in (-1, 21):
            with pytest.raises(FieldInvalid, match="children"):
                service.set_children(uow, ana, wrong)
        with pytest.raises(NotInFamily):
            service.set_children(uow, luis, 1)
    assert desk.one(Family, family.id).children == 3


def test_erasing_takes_them_out_and_the_export_says_only_their_own(desk: Desk) -> None:
    (_, ana), (_, luis) = person(desk, "Ana"), person(desk, "Luis")
    family = group(desk, ana, luis)
    with desk.work() as uow:
        exported = export_person(uow, luis, now=desk.now)
        assert exported["family"] == {"joined_at": desk.now, "children": 0}
        assert '"Ana"' not in as_json(exported)
        erase_person(uow, luis, now=desk.now)
        assert [one.first_name for one in service.members_of(uow, family)] == ["Ana"]
        erase_person(uow, ana, now=desk.now)
    assert desk.rows(select(Family.id)) == []


def places(desk: Desk, family: Family) -> list[tuple[str, list[tuple[str, list[str]]]]]:
    with desk.work() as uow:
        found = together.places_for(uow, SemanticRanker(), family, now=desk.now)
        return [
            (place.city, [(o.profile.first_name, [v.vacancy.title for v in o.vacancies]) for o in place.offers])
            for place in found
        ]


def test_work_for_several_is_found_in_one_town(desk: Desk) -> None:
    (_, ana), (_, luis) = (
        person(desk, "Ana", headline="cajera", skills="caja, ventas", city="Saltillo"),
        person(desk, "Luis", headline="soldador", skills="soldadura", city="Saltillo"),
    )
    _, bebe = person(desk, "Eva")  # has told nothing yet
    family = group(desk, ana, luis, bebe)
    weld: dict[str, Any] = {"title": "Soldador"}
    vacancy(desk)
    vacancy(desk, title="Cajera o cajero", city="Monterrey", region="Nuevo León", latitude=25.6866, longitude=-100.3161)
    assert places(desk, family) == [], "each alone in a town is not together"
    vacancy(desk, **weld)
    found = places(desk, family)
    assert [city for city, _ in found][:1] == ["Saltillo"]
    offers = dict(found[0][1])
    assert "Cajera o cajero" in offers["Ana"] and "Soldador" in offers["Luis"]
    assert "Eva" not in offers
