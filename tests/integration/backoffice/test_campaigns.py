"""The short link (it counts, keeps nothing of anybody, leads nowhere else), and the page that tells what came of it."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from huntred.access.models import AuditEntry
from huntred.reporting import repository
from huntred.reporting.types import Period, Wanted
from huntred.tracking import service
from huntred.tracking.models import Campaign, CampaignClicks
from tests.factories.figures import application
from tests.integration.backoffice.conftest import Office, post

PHONE = (
    "Mozilla/5.0 (Linux; Android 13; SM-A515F) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/119.0"
    " Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/442.0.0.44.114;]"
)
DAY = timedelta(days=1)


def made(office: Office, unit: str = "amigro", **values: Any) -> Campaign:
    form = service.CampaignForm(**({"name": "Volante", "channel": "web"} | values))
    with office.desk.work(unit) as uow:
        return service.create(uow, form, None, now=office.desk.now)


def clicks(office: Office) -> tuple[int, int]:
    rows = office.desk.rows(select(CampaignClicks))
    return sum(row.clicks for row in rows), sum(row.programs for row in rows)


def test_whoever_opens_it_is_counted_and_led_to_the_chat_and_leaves_nothing(office: Office) -> None:
    campaign = made(office)
    answer = office.client().get(f"/l/{campaign.code}?next=https://evil.example&url=//evil.example", headers={"User-Agent": PHONE})
    assert answer.status_code == 302
    assert answer.location == f"http://127.0.0.1:5080/chat/amigro?ref={campaign.code}"
    assert "Set-Cookie" not in answer.headers and answer.headers["Cache-Control"] == "no-store"
    assert office.client().get(f"/l/{campaign.code.lower()}", headers={"User-Agent": PHONE}).status_code == 302
    assert clicks(office) == (2, 0)


@pytest.mark.parametrize(
    "agent",
    ["WhatsApp/2.23.20.0 A", "facebookexternalhit/1.1", "TelegramBot (like TwitterBot)", "Googlebot/2.1", "curl/8.4.0", ""],
)
def test_previews_and_crawlers_are_led_there_and_not_counted_as_people(office: Office, agent: str) -> None:
    campaign = made(office)
    assert office.client().get(f"/l/{campaign.code}", headers={"User-Agent": agent}).status_code == 302
    assert clicks(office) == (0, 1)
    assert office.client().head(f"/l/{campaign.code}", headers={"User-Agent": PHONE}).status_code == 302
    assert clicks(office) == (0, 1)


@pytest.mark.parametrize("code", ["VIA-ZZZZ2345", "x", "https%3A%2F%2Fevil.example", "VIA-%00"])
def test_a_code_that_is_none_of_ours_leads_nowhere(office: Office, code: str) -> None:
    answer = office.client().get(f"/l/{code}")
    assert answer.status_code == 404 and "Location" not in answer.headers


def test_codes_are_not_tried_by_the_thousand(office: Office) -> None:
    client = office.client()
    statuses = [client.get("/l/VIA-ZZZZ2345", environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code for _ in range(121)]
    assert statuses[:120] == [404] * 120 and statuses[120] == 429


def test_a_page_offers_the_unit_s_channels_with_the_code(office: Office) -> None:
    vacancy = application(office.desk, [("new", DAY)], title="Ayudante de cocina").vacancy_id
    campaign = made(office, channel="page", start="vacancy", vacancy_id=vacancy)
    page = office.client().get(f"/l/{campaign.code}", headers={"User-Agent": PHONE})
    assert page.status_code == 200 and "Ayudante de cocina" in page.text
    for start in ("https://wa.me/52", "https://t.me/", "/chat/amigro?ref="):
        assert start in page.text
    assert page.text.count(campaign.code) == 3 and "Industrias del Norte" not in page.text
    assert clicks(office) == (1, 0)


def test_a_link_of_a_campaign_that_rests_still_leads_to_the_chat(office: Office) -> None:
    campaign, client = made(office), office.client(office.user())
    assert post(client, f"/campaigns/{campaign.id}/pause").status_code == 302
    assert office.client().get(f"/l/{campaign.code}", headers={"User-Agent": PHONE}).status_code == 302
    assert clicks(office) == (0, 0)
    assert "En pausa" in client.get("/campaigns/").text
    post(client, f"/campaigns/{campaign.id}/resume")
    office.client().get(f"/l/{campaign.code}", headers={"User-Agent": PHONE})
    assert clicks(office) == (1, 0)


def test_a_consultant_makes_one_and_changes_it_while_its_code_stays(office: Office) -> None:
    client = office.client(office.user())
    refused = post(client, "/campaigns/new", {"campaign": "", "campaign_channel": "web"})
    assert refused.status_code == 200 and "hace falta" in refused.text
    form = {
        "campaign": "Feria de empleo", "source": "Feria", "medium": "QR", "campaign_channel": "whatsapp",
        "greeting": "Hola, vi su cartel", "campaign_start": "search",
    }  # fmt: skip
    answer = post(client, "/campaigns/new", form)
    [campaign] = office.desk.rows(select(Campaign))
    assert answer.location.endswith(f"/campaigns/{campaign.id}")
    assert (campaign.unit, campaign.source, campaign.start, campaign.vacancy_id) == ("amigro", "feria", "search", None)
    post(client, f"/campaigns/{campaign.id}/edit", form | {"campaign": "Feria de marzo", "campaign_channel": "telegram"})
    [changed] = office.desk.rows(select(Campaign))
    assert (changed.name, changed.channel, changed.code) == ("Feria de marzo", "telegram", campaign.code)
    assert {"campaigns.new", "campaigns.edit"} <= set(office.desk.rows(select(AuditEntry.action)))
    page = client.get(f"/campaigns/{campaign.id}").text
    assert f"/l/{campaign.code}" in page and "Buscar vacantes" in page


def test_the_picture_of_the_link_is_one(office: Office) -> None:
    campaign, client = made(office), office.client(office.user())
    png = client.get(f"/campaigns/{campaign.id}/qr.png?download=1")
    with Image.open(io.BytesIO(png.data)) as picture:
        assert picture.format == "PNG" and picture.width == picture.height >= 400
    assert "attachment" in png.headers["Content-Disposition"]
    svg = client.get(f"/campaigns/{campaign.id}/qr.svg")
    assert svg.content_type.startswith("image/svg+xml") and svg.data.lstrip().startswith(b"<?xml")


def test_list_file_and_plot_say_the_same(office: Office) -> None:
    desk = office.desk
    flyer, radio = made(office, name="Volante"), made(office, name="=Radio")
    paths = ([("new", 5)], [("new", 5), ("interview", 3)], [("new", 5), ("interview", 3), ("hired", 1)], [("new", 5)])
    for path, campaign in zip(paths, (flyer, flyer, radio, None), strict=True):
        one = application(desk, [(kind, ago * DAY) for kind, ago in path])
        desk.execute("UPDATE conversations SET person_id = :p WHERE id = :c", p=one.person_id, c=one.conversation_id)
        if campaign is not None:
            with desk.work() as uow:
                service.touch(uow, campaign.code, one.conversation_id, at=desk.now - 6 * DAY)
    client = office.client(office.user())

    text = client.get("/campaigns/campaigns.csv").text.removeprefix("\ufeff")
    told = {row["Campaña"].lstrip("'"): row for row in csv.DictReader(io.StringIO(text))}
    zones = {"amigro": "America/Mexico_City"}
    period = Period(desk.now.date() - 30 * DAY, desk.now.date())
    with desk.work() as uow:
        plot = repository.plots("recruiting")["campaign"]
        drawn = repository.figures(uow.session, plot, Wanted(zones, period, desk.now, generated=True))
        funnel = repository.figures(
            uow.session, repository.plots("recruiting")["funnel"], Wanted(zones, period, desk.now, generated=True)
        )

    assert "'=Radio" in text
    for campaign in (flyer, radio):
        bar = drawn.bar(str(campaign.id))
        assert bar is not None and bar.note == campaign.name
        cells = {cell.series: cell.count for cell in bar.cells}
        row = told[campaign.name]
        assert int(row["Postulaciones"]) == bar.count
        assert int(row["Con entrevista"]) == cells["interview"] + cells["hired"]
        assert int(row["Contratadas"]) == cells["hired"]
    assert sum(bar.count for bar in drawn.bars) == funnel.bars[0].count == 4
    assert sum(cell.count for bar in drawn.bars for cell in bar.cells if cell.series == "hired") == funnel.bars[-1].count
    page = client.get("/campaigns/").text
    assert "=Radio" in page and "Sin campaña" in client.get("/dashboards/recruiting").text
