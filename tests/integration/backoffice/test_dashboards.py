"""Dashboards: every figure is its bar, its list and its file alike; the month as a PDF; nobody sees beyond their scope."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader

from backoffice.reports import wording
from contract.ids import new_id
from huntred.access.models import Grant
from huntred.reporting import repository
from huntred.units.models import Division
from tests.factories.figures import Tracker, application, said, wanted_days
from tests.integration.backoffice.conftest import Office

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def fill(office: Office, unit: str = "amigro", **vacancy: Any) -> None:
    """Something for every plot."""
    desk = office.desk
    user = desk.user(unit)
    for path in (
        [("new", 9)], [("new", 9), ("screening", 7)], [("new", 8), ("screening", 6), ("interview", 2)],
        [("new", 8), ("rejected", 4)], [("new", 9), ("screening", 8), ("offer", 3), ("hired", 1)],
    ):  # fmt: skip
        made = application(
            desk, [(kind, ago * DAY) for kind, ago in path], unit=unit, user_id=user.id, reason="Sueldo",
            consultant_id=user.id, **vacancy,
        )  # fmt: skip
    desk.execute(
        "UPDATE vacancies SET state = 'filled', published_at = :since, closed_at = :until WHERE id = :id",
        since=desk.now - 20 * DAY, until=desk.now - DAY, id=made.vacancy_id,
    )  # fmt: skip
    desk.execute(
        "INSERT INTO vacancy_requirements (id, unit, vacancy_id, ord, name) VALUES (:id, :unit, :vacancy, 1, 'Excel')",
        id=new_id(), unit=unit, vacancy=made.vacancy_id,
    )  # fmt: skip
    conversation = desk.chat(unit)
    desk.execute(
        "UPDATE conversations SET person_id = :person WHERE id = :id", person=made.person_id, id=conversation.id
    )
    for number in range(3):
        said(desk, conversation, "person", 30 * HOUR - number * 0.1 * HOUR, intent="greet")
        said(desk, conversation, "bot", 30 * HOUR - number * 0.1 * HOUR - timedelta(seconds=3))
    said(desk, conversation, "person", 2 * HOUR)
    said(desk, conversation, "consultant", HOUR)
    tracker = Tracker(desk, conversation)
    tracker.begin("form_profile", 40 * HOUR, "full_name", "email")
    tracker.end(39 * HOUR, "action_profile_complete")
    tracker.begin("form_search", 38 * HOUR, "search")
    tracker.fallback(30 * HOUR)
    desk.execute(
        "INSERT INTO handoffs (id, unit, conversation_id, state, requested_at, taken_at)"
        " VALUES (:id, :unit, :conversation, 'returned', :at, :taken)",
        id=new_id(), unit=unit, conversation=conversation.id, at=desk.now - 2 * HOUR, taken=desk.now - HOUR,
    )  # fmt: skip


def lines(client: FlaskClient, path: str) -> list[dict[str, str]]:
    answer = client.get(path)
    assert answer.status_code == 200, path
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def section(page: str, key: str) -> str:
    found = re.search(rf'<section class="card plot"[^>]*data-plot="{key}">.*?</section>', page, re.S)
    assert found, key
    return found[0]


def links(part: str) -> list[tuple[str, int]]:
    """(address, number) of every bar's number that leads to its rows."""
    found = re.findall(r'<td[^>]*data-value="([^"]*)"><a href="([^"]*)">(.*?)</a>(?: <span[^>]*>\((\d+)\))?', part)
    return [(unescape(href), int(count or float(value))) for value, href, _, count in found]


def listed(client: FlaskClient, path: str) -> int:
    """How many rows the list has, over all of its pages, which is what it says."""
    total, said_count = 0, None
    while path:
        page = client.get(path).text
        total += page.count('class="cell-title"')
        said_count = int(re.search(r'data-count="(\d+)"', page)[1])  # type: ignore[index]
        following = re.search(r'rel="next" href="([^"]*)"', page)
        path = unescape(following[1]) if following else ""
    assert total == said_count
    return total


@pytest.mark.parametrize("board", ["recruiting", "conversation"])
def test_every_bar_its_list_and_its_file_say_the_same(office: Office, board: str) -> None:
    fill(office)
    fill(office, "huntu")
    client = office.client(office.user())

    page = client.get(f"/dashboards/{board}").text

    for key, plot in repository.plots(board).items():
        part = section(page, key)
        assert "Sin datos" not in part, key
        whole = lines(client, f"/dashboards/{board}/{key}/rows.csv")
        assert listed(client, f"/dashboards/{board}/{key}/rows") == len(whole)
        behind = links(part)
        assert behind, key
        if plot.measure == "median":
            counts = [int(row["Cuántas"]) for row in lines(client, f"/dashboards/{board}/{key}.csv")]
            behind = [(href, count) for (href, _), count in zip(behind, [n for n in counts if n], strict=True)]
        for href, count in behind:
            assert listed(client, href) == count, href
            assert len(lines(client, href.replace("/rows?", "/rows.csv?"))) == count, href
        assert sum(count for _, count in behind) == len(whole), key
        if plot.measure == "count":
            figures = lines(client, f"/dashboards/{board}/{key}.csv")
            assert sum(int(cell) for row in figures for cell in list(row.values())[1:]) == len(whole)


def test_the_funnel_agrees_with_the_list_of_applications(office: Office) -> None:
    fill(office)
    client = office.client(office.user())

    page = client.get("/dashboards/recruiting").text
    [first, *_] = lines(client, "/dashboards/recruiting/funnel.csv")

    assert dict(re.findall(r'<dt class="stat-text">([^<]*)</dt><dd class="stat-number">([^<]*)</dd>', page)) == {
        "Postulaciones": "5", "Contratadas": "1", "Llegan a contratarse": "20.0 %",
        "Mediana para cubrir": "19 días",
    }  # fmt: skip
    assert first == {"Grupo": "Llegaron", "Postulaciones": "5"}
    assert client.get("/applications/?kind=").text.count('class="cell-title"') == 5
    assert [links(section(page, "funnel"))[place][1] for place in range(5)] == [5, 3, 2, 1, 1]


def test_a_list_leads_to_what_it_lists_and_goes_on_over_pages(office: Office) -> None:
    desk = office.desk
    for _ in range(51):
        application(desk, [("new", DAY)])
    client = office.client(office.user())

    path = "/dashboards/recruiting/funnel/rows?bar=new"
    first = client.get(path).text

    assert first.count('class="cell-title"') == 50
    assert listed(client, path) == 51
    assert client.get(unescape(re.findall(r'class="cell-title" href="([^"]*)"', first)[0])).status_code == 200


def test_filters_confine_every_figure_and_stay_in_the_links(office: Office) -> None:
    desk = office.desk
    north = Division(id=new_id(), unit="amigro", code="norte", name="Norte")
    desk.add(north)
    application(desk, [("new", DAY)], division_id=north.id)
    application(desk, [("new", DAY)])
    application(desk, [("new", 20 * DAY)])
    client = office.client(office.user())
    query = urlencode(wanted_days(desk.now, 7) | {"division": str(north.id)})

    page = client.get(f"/dashboards/recruiting?{query}").text

    [(href, count)] = links(section(page, "funnel"))[:1]
    assert (count, listed(client, href)) == (1, 1)
    assert str(north.id) in href
    # The demo data is for development; here nothing is demo.
    assert "Datos de demostración" not in page


def test_wrong_days_are_said_and_the_usual_ones_shown(office: Office) -> None:
    client = office.client(office.user())

    page = client.get("/dashboards/recruiting?first_day=2026-03-01&last_day=2026-02-01").text
    assert "La fecha final debe ser igual o posterior a la inicial." in page
    assert 'name="first_day" value="2026-03-01"' in page
    assert "Escribe las fechas" in client.get("/dashboards/recruiting?first_day=ayer").text
    for path in (
        "/dashboards/recruiting/funnel.csv?first_day=ayer", "/dashboards/report.pdf?month=2026",
        "/dashboards/report.pdf?month=enero",
    ):  # fmt: skip
        assert client.get(path).status_code == 400, path


def test_nothing_beyond_ones_own_units_divisions_plots_and_bars_is_there(office: Office) -> None:
    desk = office.desk
    mine = Division(id=new_id(), unit="amigro", code="norte", name="Norte")
    other = Division(id=new_id(), unit="amigro", code="sur", name="Sur")
    desk.add(mine)
    desk.add(other)
    fill(office, division_id=other.id)
    application(desk, [("new", DAY)], division_id=mine.id)
    user = office.user()
    desk.execute("DELETE FROM grants WHERE user_id = :id", id=user.id)
    desk.add(Grant(user_id=user.id, role="division_consultant", unit="amigro", division_id=mine.id, permissions=[]))
    client = office.client(user)

    assert listed(client, "/dashboards/recruiting/funnel/rows?bar=new") == 1
    for key in repository.plots("conversation"):
        assert listed(client, f"/dashboards/conversation/{key}/rows") == 0, key
        assert lines(client, f"/dashboards/conversation/{key}/rows.csv") == [], key
    for query in ("unit=huntu", f"division={other.id}", "channel=smoke", "bar=nothing", "series=nothing"):
        assert client.get(f"/dashboards/recruiting/funnel/rows?{query}").status_code == 404, query
    for path in ("money", "recruiting/nothing.csv", "recruiting/messages/rows", "conversation/funnel.csv"):
        assert client.get(f"/dashboards/{path}").status_code == 404, path


def test_a_file_holds_no_formula(office: Office) -> None:
    application(office.desk, [("new", DAY)], title="=HYPERLINK(1)")
    client = office.client(office.user())

    [row] = lines(client, "/dashboards/recruiting/applications/rows.csv")

    assert row["Vacante"] == "'=HYPERLINK(1)"
    assert row["Demostración"] == "no"


def test_demo_rows_are_marked_where_they_count(office: Office) -> None:
    application(office.desk, [("new", DAY)], generated=True)
    client = office.client(office.user())

    assert "Datos de demostración" in client.get("/dashboards/recruiting").text
    assert "Demostración</span>" in client.get("/dashboards/recruiting/applications/rows").text


def test_the_report_of_a_month_opens_and_holds_its_figures(office: Office) -> None:
    fill(office)
    client = office.client(office.user())

    answer = client.get("/dashboards/report.pdf?month=2026-02")
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="huntred-report-2026-02-01-2026-02-28.pdf"'
    )
    reader = PdfReader(io.BytesIO(answer.data))
    shown = "\n".join(page.extract_text() for page in reader.pages)

    assert "Reporte de feb 2026 · Amigro" in shown
    for board in ("recruiting", "conversation"):
        for key in repository.plots(board):
            assert wording.words()["plots"][key]["title"] in shown
    funnel = shown.split("Embudo")[1].split("Postulaciones recibidas")[0]
    for row in lines(client, "/dashboards/recruiting/funnel.csv?first_day=2026-02-01&last_day=2026-02-28"):
        assert re.search(rf"{row['Grupo']}\s+{row['Postulaciones']}\b", funnel), row
