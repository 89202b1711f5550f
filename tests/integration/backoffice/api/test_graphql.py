"""GraphQL: the fields of the API by shape, in its scopes and units; its limits; as many queries however long a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from backoffice.api import access
from backoffice.api.graphql import limits
from backoffice.api.graphql.schema import SCHEMA
from huntred.api_clients.rules import SCOPES
from huntred.db.session import Scope
from tests.integration.backoffice.api.conftest import Program, program
from tests.integration.backoffice.conftest import Office
from tests.integration.backoffice.test_access import _division, things

NOWHERE = "0190a0a0-0000-7000-8000-000000000000"
# Root fields: the page, the single one, the scope that both need, the name of its id in `things`.
ROOTS = {
    "vacancies": ("vacancy", "vacancies:read", "vacancy"),
    "people": ("person", "people:read", "profile"),
    "applications": ("application", "applications:read", "application"),
    "interviews": ("interview", "interviews:read", "interview"),
    "conversations": ("conversation", "conversations:read", "conversation"),
}
# What hangs on what: root field → field beneath it → the scope that it needs besides the root's own.
BENEATH = {
    ("vacancies", "applications { nodes { id } }"): "applications:read",
    ("people", "applications { nodes { id } }"): "applications:read",
    ("applications", "vacancy { title }"): "vacancies:read",
    ("applications", "person { firstName }"): "people:read",
    ("applications", "interviews { nodes { id } }"): "interviews:read",
    ("interviews", "application { id }"): "applications:read",
    ("conversations", "person { firstName }"): "people:read",
}


def ask(caller: Program, query: str, **variables: Any) -> dict[str, Any]:
    answer = caller.post("/graphql", {"query": query, "variables": variables})
    assert answer.status_code == 200, answer.text
    return answer.json


def code(answer: dict[str, Any]) -> str:
    [error] = answer["errors"]
    return error["extensions"]["code"]


@contextmanager
def statements(office: Office) -> Iterator[list[str]]:
    seen: list[str] = []

    def listener(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    event.listen(office.desk.app, "before_cursor_execute", listener)
    yield seen
    event.remove(office.desk.app, "before_cursor_execute", listener)


def say(office: Office, conversation: Any, *texts: str) -> None:
    for number, told in enumerate(texts):
        office.desk.execute(
            "INSERT INTO messages (id, unit, conversation_id, direction, author, kind, text, payload, at)"
            " VALUES (gen_random_uuid(), 'amigro', :c, 'in', 'person', 'text', :t, '{}', :at)",
            c=conversation, t=told, at=office.desk.now + timedelta(seconds=number),
        )  # fmt: skip


def test_what_hangs_together_is_read_in_one_query(office: Office) -> None:
    own, caller = things(office, "amigro"), program(office)
    say(office, own.conversation, "hola", "busco trabajo")

    data = ask(
        caller,
        """query ($id: UUID!) {
             interviews(first: 1) { nodes { state slot { startsAt } application {
               stage { kind } vacancy { title companyName } person { firstName salary { amount } } } } }
             conversation(id: $id) { person { id } messages(first: 1) { nodes { text at } pageInfo { hasNextPage } } }
           }""",
        id=str(own.conversation),
    )["data"]  # fmt: skip

    [interview] = data["interviews"]["nodes"]
    assert interview["application"]["person"]["firstName"] == "Rosa"
    rest = caller.get(f"/api/v1/interviews/{own.interview}").json
    assert interview["slot"]["startsAt"] == rest["slot"]["starts_at"]
    vacancy = caller.get(f"/api/v1/vacancies/{own.vacancy}").json
    assert interview["application"]["vacancy"] == {"title": vacancy["title"], "companyName": vacancy["company_name"]}
    assert data["conversation"]["person"] == {"id": str(own.profile)}
    [message] = data["conversation"]["messages"]["nodes"]
    assert message["text"] == "busco trabajo"
    assert data["conversation"]["messages"]["pageInfo"] == {"hasNextPage": True}


def test_pages_are_read_by_key_to_their_end(office: Office) -> None:
    own, caller = things(office, "amigro"), program(office)
    for number in range(6):
        office.desk.profile("amigro", first_name=f"Persona{number}", updated_at=office.desk.now - timedelta(days=number))
    say(office, own.conversation, *"abcdefg")
    query = """query ($after: String) { people(first: 3, after: $after) {
        edges { cursor node { id } } pageInfo { hasNextPage endCursor } } }"""
    beneath = """query ($after: String, $id: UUID!) { conversation(id: $id) { messages(first: 3, after: $after) {
        edges { cursor node { text } } pageInfo { hasNextPage endCursor } } } }"""

    seen, said, after, more = [], "", None, True
    while more:
        page = ask(caller, query, after=after)["data"]["people"]
        seen += [edge["node"]["id"] for edge in page["edges"]]
        assert page["edges"][-1]["cursor"] == page["pageInfo"]["endCursor"]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    after, more = None, True
    while more:
        page = ask(caller, beneath, after=after, id=str(own.conversation))["data"]["conversation"]["messages"]
        said += "".join(edge["node"]["text"] for edge in page["edges"])
        assert page["edges"][-1]["cursor"] == page["pageInfo"]["endCursor"]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]

    assert seen == [one["id"] for one in caller.get("/api/v1/people?limit=100").json["items"]]
    assert len(seen) == 7
    assert said == "gfedcba"
    bad = ask(caller, query, after="xx")
    assert (code(bad), bad["data"]) == ("parameters_invalid", {"people": None})
    assert bad["errors"][0]["extensions"]["errors"][0]["parameter"] == "after"
    assert code(ask(caller, '{ conversations(handling: "nada") { nodes { id } } }')) == "parameters_invalid"


@pytest.mark.parametrize("root", ROOTS)
def test_without_its_scope_no_field_tells_anything(office: Office, root: str) -> None:
    single, scope, thing = ROOTS[root]
    own = things(office, "amigro")
    without = program(office, scopes=tuple(one for one in SCOPES if one != scope))

    answer = ask(
        without, f"query ($id: UUID!) {{ {root} {{ nodes {{ id }} }} {single}(id: $id) {{ id }} }}",
        id=str(getattr(own, thing)),
    )  # fmt: skip

    assert answer["data"] == {root: None, single: None}
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"insufficient_scope"}
    for (parent, field), needed in BENEATH.items():
        if needed == scope:
            name = field.partition(" ")[0]
            told = ask(without, f"{{ {parent} {{ nodes {{ id {field} }} }} }}")
            assert [node[name] for node in told["data"][parent]["nodes"]] == [None], (parent, name)
            assert code(told) == "insufficient_scope"


def test_another_units_ids_are_not_there(office: Office) -> None:
    things(office, "amigro")
    foreign = things(office, "huntu")
    caller, both = program(office), program(office, ("amigro", "huntu"))

    for root, (single, _, thing) in ROOTS.items():
        query = f"query ($id: UUID!) {{ {single}(id: $id) {{ id unit }} }}"
        for id in (str(getattr(foreign, thing)), NOWHERE):
            answer = ask(caller, query, id=id)
            assert (answer["data"], code(answer)) == ({single: None}, "not_found"), single
        assert ask(both, query, id=str(getattr(foreign, thing)))["data"][single]["unit"] == "huntu"
        for who, units in ((caller, {"amigro"}), (both, {"amigro", "huntu"})):
            page = ask(who, f"{{ {root} {{ nodes {{ unit }} }} }}")["data"][root]
            assert {node["unit"] for node in page["nodes"]} == units, root
    assert code(ask(caller, f'{{ applications(vacancy: "{foreign.vacancy}") {{ nodes {{ id }} }} }}')) == "not_found"


def test_another_division_is_not_reached_by_what_hangs_on_ones_own(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program sees whole units; whatever sees less, sees less here too, beneath a row as well."""
    north, south = _division(office, "norte"), _division(office, "sur")
    own = things(office, "amigro", division_id=north.id)
    other = things(office, "amigro", division_id=south.id)
    caller = program(office)
    # The person of the north applied in the south too.
    office.desk.execute(
        "UPDATE applications SET profile_id = :profile, person_id = (SELECT person_id FROM unit_profiles WHERE id ="
        " :profile) WHERE id = :id", profile=own.profile, id=other.application,
    )  # fmt: skip
    query = """{ people(first: 10) { nodes { id applications(first: 10) { nodes {
        id vacancy { id } interviews(first: 5) { nodes { id } } } } } } }"""
    [whole] = [one for one in ask(caller, query)["data"]["people"]["nodes"] if one["id"] == str(own.profile)]
    monkeypatch.setattr(access, "Scope", lambda units: Scope(units=units, divisions=(north.id,)))

    [person] = ask(caller, query)["data"]["people"]["nodes"]

    assert len(whole["applications"]["nodes"]) == 2
    [application] = person["applications"]["nodes"]
    assert (application["id"], application["vacancy"]["id"]) == (str(own.application), str(own.vacancy))
    assert [one["id"] for one in application["interviews"]["nodes"]] == [str(own.interview)]
    refused = ask(caller, f'{{ application(id: "{other.application}") {{ id }} }}')
    assert (refused["data"], code(refused)) == ({"application": None}, "not_found")


def test_a_confidential_search_tells_no_client(office: Office) -> None:
    own, caller = things(office, "amigro"), program(office)
    office.desk.execute("UPDATE vacancies SET confidential = true, address = 'Calle 1' WHERE id = :id", id=own.vacancy)

    [node] = ask(caller, "{ applications { nodes { vacancy { confidential companyName companyId address } } } }")[
        "data"]["applications"]["nodes"]  # fmt: skip

    assert node["vacancy"] == {"confidential": True, "companyName": "", "companyId": None, "address": ""}


def test_a_query_takes_as_many_statements_however_long_its_pages(office: Office) -> None:
    caller, counts = program(office), []
    query = """{
      vacancies(first: 10) { nodes { questions { text } requirements { name } applications(first: 5) { nodes {
        person { firstName } interviews(first: 5) { nodes { id } } } } } }
      people(first: 10) { nodes { applications(first: 5) { nodes { vacancy { title questions { text } } } } } }
      interviews { nodes { application { vacancy { title } person { firstName } } } }
      conversations { nodes { person { firstName } messages(first: 2) { nodes { text delivery } } } }
    }"""
    for _ in range(2):
        for _ in range(4):
            say(office, things(office, "amigro").conversation, "hola", "adiós")
        with statements(office) as seen:
            answer = ask(caller, query)
        assert "errors" not in answer
        counts.append(len(seen))

    nodes = answer["data"]["vacancies"]["nodes"]
    assert len(nodes) == 8
    assert all(one["applications"]["nodes"][0]["person"]["firstName"] == "Rosa" for one in nodes)
    assert all(len(one["applications"]["nodes"][0]["interviews"]["nodes"]) == 1 for one in nodes)
    assert all(len(one["messages"]["nodes"]) == 2 for one in answer["data"]["conversations"]["nodes"])
    assert counts[0] == counts[1], counts
    assert counts[0] < 45, counts


def test_a_query_that_asks_too_much_is_refused_before_it_runs(office: Office) -> None:
    caller = program(office)
    deep = "applications { nodes { person { " * 3 + "id" + " } } }" * 3
    spread = "fragment f0 on Query { people(first: 100) { nodes { id } } } " + " ".join(
        f"fragment f{n} on Query {{ ...f{n - 1} ...f{n - 1} }}" for n in range(1, 20)
    )
    refused = {
        f"{{ people {{ nodes {{ {deep} }} }} }}": ("query_too_deep", "12 niveles"),
        "{ vacancies(first: 100) { nodes { applications(first: 100) { nodes { id } } } } }": ("query_too_costly", "3000"),
        "{ " + " ".join(f"a{n}: people(first: 100) {{ nodes {{ id }} }}" for n in range(30)) + " }":
            ("query_too_costly", "3000"),
        "{ people(first: 100) { nodes { applications(first: 5) { nodes { "
        + " ".join(f"a{n}: source" for n in range(400)) + " } } } } }": ("query_too_costly", "3000"),
        "query { ...f19 } " + spread: ("query_too_costly", "3000"),
        "{ people(first: 101) { nodes { id } } }": ("page_too_large", "1 a 100"),
        "{ people(first: 0) { nodes { id } } }": ("page_too_large", "people(first: 0)"),
        "query ($n: Int! = 500) { people(first: $n) { nodes { id } } }": ("page_too_large", "500"),
        "{ " + "people { nodes { id } } " * 400 + "}": ("query_too_long", "2000"),
        "{ " + " " * 20_000 + "}": ("query_too_long", "2000"),
        "": ("query_missing", "query"),
    }  # fmt: skip

    for query, (expected, words) in refused.items():
        with statements(office) as seen:
            answer = ask(caller, query)
        assert code(answer) == expected, query[:80]
        assert words in answer["errors"][0]["message"], answer
        assert "data" not in answer
        assert not [one for one in seen if "unit_profiles" in one or "FROM vacancies" in one], query[:80]
    named = "query ($n: Int!) { people(first: $n) { nodes { id } } }"
    assert code(ask(caller, named, n=101)) == "page_too_large"
    assert "errors" not in ask(caller, named, n=100)
    assert code(ask(caller, "fragment a on Query { ...b } fragment b on Query { ...a } { ...a }")) == "query_invalid"


def test_the_limits_know_every_page_and_record_of_the_schema() -> None:
    types = SCHEMA._schema.type_map.values()  # type: ignore[attr-defined]
    fields = [item for one in types if hasattr(one, "fields") and not one.name.startswith("__")
              for item in one.fields.items()]  # fmt: skip
    roots = {str(getattr(one, "name", "")) for one in types if hasattr(one, "fields")} & {
        "Vacancy", "Person", "Application", "Interview", "Conversation",
    }  # fmt: skip

    assert {name for name, field in fields if "first" in field.args} == limits.PAGES
    assert {name for name, field in fields if str(field.type).rstrip("!") in roots and name != "node"} == limits.RECORDS
    assert SCHEMA._schema.mutation_type is None  # type: ignore[attr-defined]
    assert SCHEMA._schema.subscription_type is None  # type: ignore[attr-defined]
    assert set(ROOTS) | {one[0] for one in ROOTS.values()} == set(SCHEMA._schema.query_type.fields)  # type: ignore


def test_only_a_token_opens_it_and_its_schema(office: Office) -> None:
    caller, nobody = program(office), program(office)
    nobody.token = "hra_nobody"
    schema = {"query": "{ __schema { types { name } } }"}
    signed_in = office.client(office.user("super_admin"))

    for refused in (nobody.post("/graphql", schema), signed_in.post("/graphql", json=schema)):
        assert (refused.status_code, refused.mimetype) == (401, "application/problem+json")
        assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    told = caller.post("/graphql", schema)
    assert "Vacancy" in {one["name"] for one in told.json["data"]["__schema"]["types"]}
    assert told.headers["Cache-Control"] == "no-store"
    assert "default-src 'self'" in told.headers["Content-Security-Policy"]
    assert int(told.headers["RateLimit-Remaining"]) == int(told.headers["RateLimit-Limit"]) - 1
    assert "Set-Cookie" not in told.headers
    got = caller.get("/graphql?query={__typename}")
    assert (got.status_code, got.mimetype) == (405, "application/problem+json")


def test_a_token_is_counted_with_its_calls_of_the_api(office: Office) -> None:
    caller = program(office)
    object.__setattr__(office.app.extensions["wiring"].settings, "api_requests_per_minute", 2)

    assert caller.get("/api/v1/people").status_code == 200
    ask(caller, "{ __typename }")
    refused = caller.post("/graphql", {"query": "{ __typename }"})

    assert (refused.status_code, refused.json["code"]) == (429, "too_many_requests")
    assert int(refused.headers["Retry-After"]) <= 60


def test_bodies_and_queries_that_cannot_be_read_say_why(office: Office) -> None:
    caller = program(office)

    assert caller.call("POST", "/graphql", data="{", content_type="application/json").json["code"] == "body_unreadable"
    assert caller.call("POST", "/graphql", data="query={x}", content_type="text/plain").status_code == 415
    assert caller.post("/graphql", {"query": 3}).status_code == 422
    for query, variables in (
        ("{ nada }", {}), ("{", {}), ('{ person(id: "x") { id } }', {}), ("mutation { borrar }", {}),
        ("query ($id: UUID!) { person(id: $id) { id } }", {"id": "x"}),
    ):  # fmt: skip
        answer = ask(caller, query, **variables)
        assert code(answer) == "query_invalid", query
        assert answer["errors"][0]["extensions"]["reason"]
        assert "data" not in answer
    own = caller.post("/graphql", {"query": "{ nada }"}, Accept="application/graphql-response+json")
    assert (own.status_code, own.mimetype) == (400, "application/graphql-response+json")


def test_nothing_can_be_written_on_the_way(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Should a resolver ever write, PostgreSQL refuses."""
    from backoffice import work
    from backoffice.api.resources import people

    own, caller = things(office, "amigro"), program(office)
    monkeypatch.setattr(
        people, "person_told", lambda row: work.session.execute(text("UPDATE unit_profiles SET headline = 'x'"))
    )

    with pytest.raises(Exception, match="read-only transaction"):
        ask(caller, f'{{ person(id: "{own.profile}") {{ id }} }}')
