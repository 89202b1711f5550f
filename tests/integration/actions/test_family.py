"""The family group in the chat: begun, joined by a code, seen, and left."""

from __future__ import annotations

from sqlalchemy import select

from huntred.families.models import Family, FamilyMember
from huntred.people.models import Referral
from tests.factories.desk import Desk
from tests.factories.talk import Talk
from tests.integration.actions.test_candidate_road import Open, consented, registered, vacancy


def begun(chat: Talk) -> Talk:
    assert chat.says("viajo con mi familia", "family_group") == ["utter_ask_start_family"]
    assert chat.picks("Sí, crear") == ["utter_family_started", "utter_family_members"]
    return chat


def code(desk: Desk) -> str:
    return str(desk.rows(select(Family.code))[0])


def test_a_group_is_begun_and_its_invitation_forwarded(talk: Open, desk: Desk) -> None:
    chat = begun(consented(talk()))
    assert chat.value("utter_family_members", "members") == "tú"
    assert chat.picks("Invitar") == ["utter_family_invite", "utter_family_invite_text"]
    assert chat.value("utter_family_invite_text", "code") == code(desk)
    assert chat.value("utter_family_invite_text", "url").startswith("https://wa.me/")
    assert code(desk) in chat.value("utter_family_invite_text", "url")


def test_somebody_new_comes_with_the_code_accepts_the_notice_and_then_joins(talk: Open, desk: Desk) -> None:
    begun(registered(talk()))
    friend = talk()
    friend.event("greet", code(desk))
    assert friend.picks("Sí, acepto") == ["utter_privacy_accepted", "utter_ask_join_family"]
    assert friend.value("utter_ask_join_family", "members") == "Ana María"
    assert len(desk.rows(select(FamilyMember))) == 1, "nobody is in before they say so"
    assert friend.picks("Sí, quiero entrar") == ["utter_family_joined", "utter_family_members"]
    assert friend.value("utter_family_members", "members") == "Ana María y tú"
    assert len(desk.rows(select(Referral))) == 1


def test_somebody_who_is_here_already_joins_by_the_code_or_says_no(talk: Open, desk: Desk) -> None:
    begun(registered(talk()))
    other = consented(talk())
    assert other.event("greet", f"hola {code(desk).lower()}") == ["utter_ask_join_family"]
    assert other.says("no sé", "unsure") == ["utter_explain_join_family"]
    assert other.says("no", "deny") == ["utter_family_not_now"]
    assert len(desk.rows(select(FamilyMember))) == 1
    other.event("greet", code(desk))
    assert other.says("sí", "affirm") == ["utter_family_joined", "utter_family_members"]


def test_children_are_counted_and_a_group_is_left(talk: Open, desk: Desk) -> None:
    chat = begun(consented(talk()))
    chat.picks("Menores")
    assert chat.picks("2 menores") == ["utter_family_children_kept", "utter_family_members"]
    assert chat.value("utter_family_members", "children") == " Viajan con ustedes 2 menores de edad."
    assert chat.picks("Salir") == ["utter_ask_leave_family"]
    assert chat.picks("No") == ["utter_family_members"]
    chat.picks("Salir")
    assert chat.picks("Sí, salir") == ["utter_family_left"]
    assert desk.rows(select(Family.id)) == []
    assert chat.event("family_step", value="jobs") == ["utter_error_not_in_family"], "an old button"


def test_work_for_several_in_one_town_is_shown_with_whose_it_is(talk: Open, desk: Desk) -> None:
    first = begun(registered(talk()))
    assert first.picks("Vacantes") == ["utter_family_no_jobs"]
    other = registered(talk())
    other.event("greet", code(desk))
    other.picks("Sí, quiero entrar")
    vacancy(desk)
    assert other.picks("Vacantes") == ["utter_family_jobs"]
    assert other.value("utter_family_jobs", "places") == (
        "En Saltillo\n• Ana María: Cajera o cajero\n• Para ti: Cajera o cajero"
    )
    assert other.picks("Cajera")[0] == "utter_vacancy_details"


def test_an_invitation_of_another_kind_still_goes_its_way(talk: Open, desk: Desk) -> None:
    chat = registered(talk())
    chat.says("invitar", "invite_friend")
    friend = talk()
    friend.event("greet", chat.value("utter_invitation_text", "code"))
    assert "utter_ask_join_family" not in friend.picks("Sí, acepto")
    assert [referral.invited_id is not None for referral in desk.rows(select(Referral))] == [True]


def test_other_units_say_where_families_are_accompanied(talk: Open) -> None:
    assert consented(talk("huntu")).says("mi familia", "family_group")[0] == "utter_family_group"
