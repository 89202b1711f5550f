"""Who may enter the API: tokens are given for a secret, end soon, and are taken back; a cookie opens nothing."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from huntred.access.models import AuditEntry
from huntred.api_clients import service
from huntred.api_clients.models import ApiClient, ApiToken
from huntred.db.session import Scope
from huntred.db.unit_of_work import unit_of_work
from tests.integration.backoffice.api.conftest import ask, program
from tests.integration.backoffice.conftest import Office
from tests.integration.backoffice.test_access import things

PEOPLE = "/api/v1/people"


def _at(office: Office, later: timedelta) -> None:
    wiring = office.app.extensions["wiring"]
    now = office.desk.now + later
    office.app.extensions["wiring"] = replace(wiring, clock=lambda: now)


def test_a_secret_is_taken_for_a_token_that_ends(office: Office) -> None:
    caller = program(office)
    assert caller.get(PEOPLE).status_code == 200

    _at(office, timedelta(minutes=15))

    answer = caller.get(PEOPLE)
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def test_nothing_that_opens_is_kept_in_clear(office: Office) -> None:
    caller = program(office)
    kept = [*office.desk.rows(select(ApiClient.secret_hash)), *office.desk.rows(select(ApiToken.token_hash))]

    assert caller.secret not in kept
    assert caller.token not in kept
    assert len(kept) == 3


def test_basic_authentication_will_do(office: Office) -> None:
    caller = program(office)
    told = base64.b64encode(f"{caller.client_id}:{caller.secret}".encode()).decode()

    answer = caller.http.post(
        "/api/v1/token", data={"grant_type": "client_credentials", "scope": "people:read"},
        headers={"Authorization": f"Basic {told}"},
    )  # fmt: skip

    assert answer.json["scope"] == "people:read"
    assert answer.json["expires_in"] == 900
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": "client_credentials", "client_secret": "otro"}, 401, "invalid_client"),
        ({"grant_type": "client_credentials", "client_id": "0190a0a0-0000-7000-8000-000000000000"}, 401, "invalid_client"),
        ({"grant_type": "client_credentials", "client_id": "nadie"}, 401, "invalid_client"),
        ({"grant_type": "client_credentials", "scope": "people:erase"}, 400, "invalid_scope"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({}, 400, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "hrr_x"}, 400, "invalid_grant"),
    ],
)
def test_what_is_wrong_is_said_as_oauth_says_it(
    office: Office, form: dict[str, str], status: int, error: str
) -> None:
    answer = ask(program(office), **form)

    assert (answer.status_code, answer.json) == (status, {"error": error})


def test_a_refresh_token_is_good_once_and_a_second_time_ends_all(office: Office) -> None:
    caller = program(office)
    first = ask(caller, grant_type="client_credentials").json
    second = ask(caller, grant_type="refresh_token", refresh_token=first["refresh_token"]).json
    caller.token = second["access_token"]
    assert caller.get(PEOPLE).status_code == 200

    again = ask(caller, grant_type="refresh_token", refresh_token=first["refresh_token"])

    assert again.json == {"error": "invalid_grant"}
    assert caller.get(PEOPLE).status_code == 401
    assert ask(caller, grant_type="refresh_token", refresh_token=second["refresh_token"]).status_code == 400


def test_another_clients_refresh_token_is_none(office: Office) -> None:
    one, other = program(office), program(office)
    token = ask(one, grant_type="client_credentials").json["refresh_token"]

    assert ask(other, grant_type="refresh_token", refresh_token=token).json == {"error": "invalid_grant"}
    assert ask(one, grant_type="refresh_token", refresh_token=token).status_code == 200


def test_a_token_is_taken_back(office: Office) -> None:
    caller = program(office)
    form = {"client_id": caller.client_id, "client_secret": caller.secret, "token": caller.token}

    assert caller.http.post("/api/v1/token/revoke", data=form | {"client_secret": ""}).status_code == 401
    assert caller.get(PEOPLE).status_code == 200
    assert caller.http.post("/api/v1/token/revoke", data=form).status_code == 200
    assert caller.get(PEOPLE).status_code == 401


def test_what_the_client_loses_its_tokens_lose_at_once(office: Office) -> None:
    caller = program(office, ("amigro", "huntu"))
    foreign = things(office, "huntu")
    address = f"{PEOPLE}/{foreign.profile}"
    assert caller.get(address).status_code == 200

    with unit_of_work(office.desk.app, Scope(units=("amigro", "huntu"))) as uow:
        [client] = service.list_clients(uow)
        service.change_client(uow, client.id, "Nómina", ["amigro"], ["people:read"], now=office.desk.now)

    assert caller.get(address).status_code == 404
    assert caller.get("/api/v1/vacancies").status_code == 403
    with office.desk.work() as uow:
        service.revoke_client(uow, client.id, now=office.desk.now)
    assert caller.get(PEOPLE).status_code == 401


def test_a_session_opens_nothing_here(office: Office) -> None:
    own = things(office, "amigro")
    signed_in = office.client(office.user("super_admin"))
    assert signed_in.get(f"/people/{own.profile}").status_code == 200

    for path in (PEOPLE, f"{PEOPLE}/{own.profile}", "/api/v1/webhooks", f"/api/v1/applications/{own.application}"):
        answer = signed_in.get(path)
        assert answer.status_code == 401, path
        assert "Rosa" not in answer.text
    assert signed_in.post(PEOPLE, json={"first_name": "Eva", "last_name": "Ruiz"}).status_code == 401


def test_a_session_beside_a_token_adds_nothing_and_is_not_blamed(office: Office) -> None:
    foreign = things(office, "huntu")
    caller = program(office)
    signed_in = office.client(office.user("super_admin"))
    with_token = {"Authorization": f"Bearer {caller.token}"}

    assert signed_in.get(f"{PEOPLE}/{foreign.profile}", headers=with_token).status_code == 404
    made = signed_in.post(PEOPLE, json={"first_name": "Eva", "last_name": "Ruiz"}, headers=with_token)
    assert made.status_code == 201, made.text
    entries = office.desk.rows(select(AuditEntry).where(AuditEntry.action == "api.create_person"))
    assert {(str(entry.client_id), entry.user_id) for entry in entries} == {(caller.client_id, None)}


def test_the_pages_take_no_token(office: Office) -> None:
    caller = program(office)

    for path in ("/people/", "/live/x", "/account/"):
        assert caller.get(path).status_code in {302, 401, 404}, path


def test_a_token_has_so_many_requests_a_minute(office: Office, monkeypatch: Any) -> None:
    object.__setattr__(office.app.extensions["wiring"].settings, "api_requests_per_minute", 3)
    caller, other = program(office), program(office)

    answers = [caller.get(PEOPLE) for _ in range(5)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert [answer.headers["RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0", "0"]
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 60
    assert answers[3].json["code"] == "too_many_requests"
    assert other.get(PEOPLE).status_code == 200


def test_without_redis_the_process_counts_for_itself(office: Office) -> None:
    from backoffice.api.limits import Limits

    limits = Limits("redis://127.0.0.1:1/0")

    counted = [limits.count("one", 2) for _ in range(3)]

    assert [one.exceeded for one in counted] == [False, False, True]
    assert not limits.count("two", 2).exceeded
