"""Points by events that happen anyway, once each; rewards asked for, granted and told; and no advantage by them."""

from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import select

from huntred.conversations.models import Conversation
from huntred.errors import FieldInvalid, NotFound
from huntred.events.models import StoredEvent
from huntred.events.registry import Context, event_from, handlers_of
from huntred.gains import offers, service
from huntred.gains.errors import PointsShort, RewardAskedAlready, RewardDecidedAlready, RewardGone
from huntred.gains.models import Gain, GainRule, Reward, RewardRequest
from huntred.gains.rules import EVENTS
from huntred.interviews import service as interviews
from huntred.matching import service as matching
from huntred.people import invitations
from huntred.people import service as people
from huntred.privacy import service as privacy
from huntred.privacy.erasure import erase_person
from huntred.privacy.export import as_json, export_person
from ml.ranking import SemanticRanker
from tests.factories.desk import Desk

WHOLE = {"full_name": "Ana Ruiz Soto", "skills": "caja", "city": "Saltillo", "email": "ana@example.com"}


def heard(desk: Desk, unit: str = "amigro") -> None:
    """Let the handlers hear of all that happened; again and again, as a relay may after a crash."""
    for stored in desk.rows(select(StoredEvent).order_by(StoredEvent.id)):
        kind, handlers = handlers_of(stored.name)
        if kind is None:
            continue
        with desk.work(stored.unit) as uow:
            for handler in handlers:
                if handler.__module__ in {"huntred.gains.handlers", "huntred.notifications.reward_handlers"}:
                    handler(uow, event_from(kind, stored.payload), Context(desk.now, desk.links))


def registered(desk: Desk, **texts: str) -> tuple[Conversation, UUID]:
    conversation = desk.chat()
    with desk.work() as uow:
        person_id = people.person_of(uow, conversation.id, now=desk.now).id
        privacy.accept_notice(uow, person_id, "whatsapp", now=desk.now)
        people.set_fields(uow, person_id, WHOLE | texts, now=desk.now)
    return conversation, person_id


def earned(desk: Desk) -> list[tuple[str, int]]:
    return [(gain.event, gain.points) for gain in desk.rows(select(Gain).order_by(Gain.at, Gain.event))]


def reward(desk: Desk, name: str) -> UUID:
    return desk.rows(select(Reward.id).where(Reward.unit == "amigro", Reward.name == name))[0]


def test_a_complete_profile_earns_once_however_often_it_is_heard(desk: Desk) -> None:
    _, person_id = registered(desk)
    heard(desk)
    heard(desk)
    assert earned(desk) == [("profile_completed", 100)]
    with desk.work() as uow:
        now = service.standing_of(uow, person_id)
    assert (now.available, now.level, now.badges) == (100, "Camino", ("Perfil listo",))


def test_who_invited_earns_when_the_friend_has_registered_and_only_then(desk: Desk) -> None:
    _, inviter = registered(desk)
    friend_chat = desk.chat()
    with desk.work() as uow:
        code = invitations.invitation(uow, inviter, now=desk.now).code
        friend = people.person_of(uow, friend_chat.id, now=desk.now).id
        invitations.accept_invitation(uow, code, friend, now=desk.now)
    heard(desk)
    assert ("friend_registered", 50) not in earned(desk)
    with desk.work() as uow:
        people.set_fields(uow, friend, WHOLE | {"email": "luis@example.com"}, now=desk.now)
    heard(desk)
    heard(desk)
    assert sorted(earned(desk)) == [("friend_registered", 50), ("profile_completed", 100), ("profile_completed", 100)]


def test_a_friend_who_had_registered_before_counts_with_the_code(desk: Desk) -> None:
    _, inviter = registered(desk)
    _, friend = registered(desk, email="luis@example.com")
    with desk.work() as uow:
        code = invitations.invitation(uow, inviter, now=desk.now).code
        invitations.accept_invitation(uow, code, friend, now=desk.now)
    heard(desk)
    assert [gain.person_id for gain in desk.rows(select(Gain).where(Gain.event == "friend_registered"))] == [inviter]


def test_an_interview_counts_once_whether_they_arrived_or_somebody_said_so(desk: Desk) -> None:
    conversation, person_id = registered(desk)
    with desk.work() as uow:
        profile = people.profile_of(uow, person_id)
    application = desk.application(conversation, profile)
    slot = desk.slot(desk.user(), timedelta(days=1), latitude=25.42, longitude=-101.0)
    with desk.work() as uow:
        booked = interviews.book_slot(uow, slot.id, application.id, now=desk.now)
        assert interviews.arrive(uow, booked.id, 25.42, -101.0, now=slot.starts_at).arrived
    heard(desk)
    with desk.work() as uow:
        interviews.record_outcome(uow, booked.id, True, now=slot.starts_at + timedelta(hours=1))
    heard(desk)
    assert sorted(earned(desk)) == [("interview_attended", 80), ("profile_completed", 100)]


def test_a_missed_interview_earns_nothing(desk: Desk) -> None:
    conversation, person_id = registered(desk)
    with desk.work() as uow:
        profile = people.profile_of(uow, person_id)
    application, slot = desk.application(conversation, profile), desk.slot(desk.user(), timedelta(days=1))
    with desk.work() as uow:
        booked = interviews.book_slot(uow, slot.id, application.id, now=desk.now)
        interviews.record_outcome(uow, booked.id, False, now=slot.starts_at)
    heard(desk)
    assert earned(desk) == [("profile_completed", 100)]


def test_a_rule_that_rests_or_is_not_there_gives_nothing(desk: Desk) -> None:
    with desk.work("amigro", all_units=True) as uow:
        offers.save_rule(uow, "profile_completed", offers.RuleForm(100, "", 1, active=False))
    registered(desk)
    heard(desk)
    assert earned(desk) == []


def test_points_are_held_when_asked_and_free_again_when_declined(desk: Desk) -> None:
    conversation, person_id = registered(desk)
    heard(desk)
    review, hour = reward(desk, "Revisión de tu CV"), reward(desk, "Hora de mentoría")
    user = desk.user()
    with desk.work() as uow:
        with pytest.raises(PointsShort):
            service.ask_reward(uow, person_id, hour, now=desk.now)
        request = service.ask_reward(uow, person_id, review, now=desk.now)
        assert service.standing_of(uow, person_id).available == 0
        with pytest.raises(RewardAskedAlready):
            service.ask_reward(uow, person_id, review, now=desk.now)
    with desk.work() as uow:
        with pytest.raises(FieldInvalid, match="missing"):
            service.decide(uow, request.id, False, user.id, " ", now=desk.now)
        service.decide(uow, request.id, False, user.id, "Esta semana no hay lugar.", now=desk.now)
        with pytest.raises(RewardDecidedAlready):
            service.decide(uow, request.id, True, user.id, "", now=desk.now)
        now = service.standing_of(uow, person_id)
    assert (now.available, now.earned) == (100, 100)
    heard(desk)
    heard(desk)
    [notice] = desk.inbox(conversation.chat_id)
    said = notice.payload["values"]
    assert said["response"] == "utter_reward_declined"
    assert said["values"]["note"] == "Esta semana no hay lugar."
    assert said["template"]["name"] == "recompensa_amigro"


def test_who_granted_it_when_and_what_it_cost_then_stays(desk: Desk) -> None:
    _, person_id = registered(desk)
    heard(desk)
    review, user = reward(desk, "Revisión de tu CV"), desk.user()
    with desk.work() as uow:
        request = service.ask_reward(uow, person_id, review, now=desk.now)
    with desk.work("amigro", all_units=True) as uow:
        offers.save_reward(uow, offers.RewardForm("CV", "", 500, Decimal("10"), True), review)
        service.decide(uow, request.id, True, user.id, "Te escribe Laura.", now=desk.now)
    kept = desk.one(RewardRequest, request.id)
    assert (kept.state, kept.decided_by, kept.decided_at) == ("granted", user.id, desk.now)
    assert (kept.name, kept.cost_points) == ("Revisión de tu CV", 100)
    with desk.work() as uow:
        assert service.standing_of(uow, person_id).available == 0


def test_two_requests_at_once_do_not_spend_the_same_points(desk: Desk) -> None:
    _, person_id = registered(desk)
    heard(desk)
    first = reward(desk, "Revisión de tu CV")
    with desk.work("amigro", all_units=True) as uow:
        second = offers.save_reward(uow, offers.RewardForm("Otra", "", 80, None, True)).id
    refused: list[type[Exception]] = []
    both = threading.Barrier(2)

    def ask(reward_id: UUID) -> None:
        both.wait()
        try:
            with desk.work() as uow:
                service.ask_reward(uow, person_id, reward_id, now=desk.now)
        except PointsShort as error:
            refused.append(type(error))

    threads = [threading.Thread(target=ask, args=(one,)) for one in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == [PointsShort]
    assert len(desk.rows(select(RewardRequest.id))) == 1


def test_what_is_offered_no_more_or_elsewhere_is_gone(desk: Desk) -> None:
    _, person_id = registered(desk)
    heard(desk)
    elsewhere = desk.rows(select(Reward.id).where(Reward.unit == "huntu"))[0]
    review = reward(desk, "Revisión de tu CV")
    with desk.work("amigro", all_units=True) as uow:
        offers.save_reward(uow, offers.RewardForm("Revisión de tu CV", "", 100, None, False), review)
    with desk.work() as uow:
        for one in (elsewhere, review):
            with pytest.raises(RewardGone):
                service.ask_reward(uow, person_id, one, now=desk.now)


def test_erasing_takes_it_all_and_the_export_names_it(desk: Desk) -> None:
    _, person_id = registered(desk)
    heard(desk)
    with desk.work() as uow:
        service.ask_reward(uow, person_id, reward(desk, "Revisión de tu CV"), now=desk.now)
        exported = as_json(export_person(uow, person_id, now=desk.now))
        assert '"event": "profile_completed"' in exported
        assert '"name": "Revisión de tu CV"' in exported
        assert "cost_amount" not in exported, "what it costs the unit is the unit's"
        erase_person(uow, person_id, now=desk.now)
    assert desk.rows(select(Gain.id)) == desk.rows(select(RewardRequest.id)) == []
    heard(desk)
    assert earned(desk) == [], "an event that comes late gives nothing to whoever was erased"


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (offers.RuleForm(-1, "", 1, True), "points"), (offers.RuleForm(1, "", 0, True), "badge_after"),
        (offers.RuleForm(1, "x" * 25, 1, True), "badge"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_is_refused(desk: Desk, form: offers.RuleForm, field: str) -> None:
    with desk.work("amigro", all_units=True) as uow, pytest.raises(FieldInvalid, match=field):
        offers.save_rule(uow, "profile_completed", form)


def test_offers_are_the_unit_s_own(desk: Desk) -> None:
    with desk.work("amigro", all_units=True) as uow:
        with pytest.raises(NotFound):
            offers.save_rule(uow, "hired", offers.RuleForm(1, "", 1, True))
        with pytest.raises(NotFound):
            offers.save_reward(
                uow, offers.RewardForm("X", "", 1, None, True), desk.rows(select(Reward.id).where(Reward.unit == "huntu"))[0]
            )
        with pytest.raises(FieldInvalid, match="already_there"):
            offers.save_reward(uow, offers.RewardForm("Hora de mentoría", "", 1, None, True))
        with pytest.raises(FieldInvalid, match="already_there"):
            offers.save_levels(uow, [("A", 0), ("B", 0)])
        offers.save_levels(uow, [("Uno", 0), ("Dos", 50)])
        assert [level.name for level in offers.levels_of(uow)] == ["Uno", "Dos"]
    assert {rule.event for rule in desk.rows(select(GainRule).where(GainRule.unit == "amigro"))} == set(EVENTS)


def test_points_change_nothing_in_who_is_ranked_where(desk: Desk) -> None:
    """The same two people, the lesser one with all the points in the world: same order, same scores."""
    conversation, poor = registered(desk, headline="soldador", skills="soldadura, corte")
    _, rich = registered(desk, email="luis@example.com", headline="soldador", skills="ventas")
    with desk.work() as uow:
        profile = people.profile_of(uow, poor)
    vacancy_id = desk.application(conversation, profile, search_text="soldadura industrial").vacancy_id
    ranker = SemanticRanker()

    def ranked() -> list[tuple[UUID, float]]:
        with desk.work() as uow:
            return [(one.profile.person_id, one.score) for one in matching.people_for(uow, ranker, vacancy_id)]

    before = ranked()
    for person_id in (poor, rich):
        assert person_id in dict(before)
    desk.add(
        *(
            Gain(unit="amigro", person_id=rich, event=event, source_id=rich, points=100_000, at=desk.now)
            for event in EVENTS
        )
    )
    assert ranked() == before


@pytest.mark.parametrize(
    ("language", "note", "ways"),
    [
        ("en", "", {"en_US": "it’s ready for you.", "es_MX": "está lista para ti."}),
        ("fr", "", {"fr": "elle est prête pour vous.", "es_MX": "está lista para ti."}),
        ("pt", "", {"pt_BR": "está pronta para você.", "es_MX": "está lista para ti."}),
        ("en", "Pick it up at the office on Monday.", {"en_US": "it’s ready for you. Pick it up at the office on Monday."}),
        ("en", "Pasa por ella el lunes.", {"es_MX": "está lista para ti. Pasa por ella el lunes."}),
    ],
)
def test_what_a_consultant_wrote_to_a_reward_stands_in_a_template_of_its_language(
    desk: Desk, language: str, note: str, ways: dict[str, str]
) -> None:
    conversation, person_id = registered(desk)
    heard(desk)
    desk.execute("UPDATE conversations SET language = :language", language=language)
    with desk.work() as uow:
        request = service.ask_reward(uow, person_id, reward(desk, "Revisión de tu CV"), now=desk.now)
        service.decide(uow, request.id, True, desk.user().id, note, now=desk.now)
    heard(desk)
    found, use = {}, desk.inbox(conversation.chat_id)[-1].payload["values"]["template"]
    while use:
        found[use["language"]], use = use["values"][2], use.get("instead")
    assert found == ways
