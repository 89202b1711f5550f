"""From the address of a job page to a draft that a person checked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text

from huntred.errors import FieldInvalid
from huntred.importing import completing, job_pages, service
from huntred.importing.errors import ImportOver
from huntred.importing.models import ImportJob
from huntred.importing.ports import HostBusy, Page
from huntred.importing.providers.polite import PolitePages
from huntred.vacancies.models import Vacancy
from ml.lexicon.advert import LexiconAdvertReader
from tests.factories.desk import Desk
from tests.factories.job_site import POSTING, Site, job_site, page_of

READER = LexiconAdvertReader()


@pytest.fixture
def site() -> Iterator[Site]:
    with job_site() as made:
        yield made


def asked(desk: Desk, site: Site, html: str) -> ImportJob:
    user = desk.user()
    with desk.work() as uow:
        return job_pages.ask(uow, site.shows(html), user_id=user.id, now=desk.now, inside={site.host})


def fetch(desk: Desk, site: Site, after: timedelta = timedelta()) -> bool:
    pages = PolitePages(lambda host: nullcontext(), "https://office.example", inside={site.host}, pause_seconds=0.0)
    return job_pages.fetch_next(desk.app, "amigro", pages, READER, lambda: desk.now + after)


def test_a_page_becomes_a_draft_once_somebody_saves_it(desk: Desk, site: Site) -> None:
    job = asked(desk, site, page_of({"@graph": [{"@type": "WebPage"}, POSTING]}))
    assert job.state == "asked"
    assert fetch(desk, site)
    assert desk.rows(select(Vacancy)) == [], "nothing is written before it was seen"
    with desk.work() as uow:
        seen = service.preview(uow, service.get(uow, job.id))
        assert (seen.good, seen.faults, seen.new_companies) == (1, [], ["Despacho Sur"])
        service.start(uow, job.id, skip_faulty=False, now=desk.now)
    (made,) = desk.rows(select(Vacancy))
    assert (made.title, made.state, made.city, made.schedule) == ("Auxiliar contable", "draft", "Puebla", "Tiempo completo")
    assert (made.salary_min, made.salary_max, made.salary_period) == (Decimal(9500), Decimal("11000.50"), "month")
    assert made.min_experience_years == 2 and made.seniority == "entry"
    assert made.description.startswith("Llevarás las pólizas.") and f"Publicación original: {job.page_url}" in made.description
    wanted = desk.rows(text("SELECT kind || ':' || importance || ':' || name FROM vacancy_requirements ORDER BY 1"))
    assert wanted == ["skill:must:Excel avanzado", "skill:nice:SAP"]
    assert not fetch(desk, site)
    with desk.work() as uow:
        assert service.kept_mapping(uow) == {}, "a page says nothing of how the unit's files are"


def test_several_of_a_page_are_seen_and_what_lacks_is_completed(desk: Desk, site: Site) -> None:
    without = {key: value for key, value in POSTING.items() if key != "hiringOrganization"} | {"title": "Cajera"}
    job = asked(desk, site, page_of(POSTING, [without, POSTING]))
    fetch(desk, site)
    with desk.work() as uow:
        seen = service.preview(uow, service.get(uow, job.id))
        assert [(fault.row, fault.field, fault.problem) for fault in seen.faults] == [(3, "company", "missing")]
        cells = {(3, "company"): "Abarrotes", (9, "company"): "x", (3, "token"): "x"}
        completing.complete(uow, job.id, cells, now=desk.now)
        assert service.preview(uow, service.get(uow, job.id)).good == 2
        with pytest.raises(ImportOver):
            service.choose_columns(uow, job.id, {"title": "Empresa"}, user_id=job.user_id, now=desk.now)
        service.start(uow, job.id, skip_faulty=False, now=desk.now)
        with pytest.raises(ImportOver):
            completing.complete(uow, job.id, cells, now=desk.now)
    assert sorted(row.title for row in desk.rows(select(Vacancy))) == ["Auxiliar contable", "Cajera"]


@pytest.mark.parametrize(
    ("html", "problem"),
    [
        ("<html>Vacante</html>", "no_posting"), (page_of({"@type": "Event"}), "no_posting"),
        ('<script type="application/ld+json">{"@type": "JobPosting", </script>', "broken_data"),
        ('<script type="application/ld+json">' + "[" * 100_000 + "</script>", "broken_data"),
        (page_of([POSTING | {"title": f"Puesto {n}"} for n in range(31)]), "too_many"),
    ],
)  # fmt: skip
def test_a_page_without_a_vacancy_says_why(desk: Desk, site: Site, html: str, problem: str) -> None:
    job = asked(desk, site, html)
    assert fetch(desk, site)
    read = desk.one(ImportJob, job.id)
    assert (read.state, read.problem) == ("unread", problem)
    assert not fetch(desk, site), "it is not asked again and again"


def test_the_same_page_is_not_asked_for_twice_at_once(desk: Desk, site: Site) -> None:
    job = asked(desk, site, page_of(POSTING))
    with desk.work() as uow:
        again = job_pages.ask(uow, f" {job.page_url}#b", user_id=job.user_id, now=desk.now, inside={site.host})
        assert again.id == job.id
    with desk.work("huntu") as uow:
        assert service.recent(uow) == []
    for url, told in (("", "missing"), ("ftp://a.mx/", "not_a_url"), ("http://10.0.0.1/", "not_public"),
                      ("https://a.mx:22/", "odd_port"), (site.url(), "not_public"), ("https://u:p@a.mx/", "not_a_url")):  # fmt: skip
        with pytest.raises(FieldInvalid) as refused, desk.work() as uow:
            job_pages.ask(uow, url, user_id=job.user_id, now=desk.now)
        assert (refused.value.field, refused.value.problem) == ("page_url", told)


class _Pages:
    def __init__(self, *outcomes: Any) -> None:
        self.outcomes = list(outcomes)

    def fetch(self, url: str) -> Page:
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, BaseException):
            raise outcome
        return Page(url, outcome)


def test_a_busy_site_waits_a_worker_that_dies_is_followed_and_a_fault_is_told(desk: Desk, site: Site) -> None:
    job = asked(desk, site, page_of(POSTING))

    def go(pages: _Pages, seconds: int) -> bool:
        return job_pages.fetch_next(desk.app, "amigro", pages, READER, lambda: desk.now + timedelta(seconds=seconds))

    assert go(_Pages(HostBusy("a")), 1)
    assert desk.one(ImportJob, job.id).state == "asked"
    assert not go(_Pages(), 2), "not at once"
    with pytest.raises(KeyboardInterrupt):
        go(_Pages(KeyboardInterrupt()), 5)
    assert desk.one(ImportJob, job.id).state == "fetching"
    assert not go(_Pages(), 30)
    with pytest.raises(RuntimeError):
        go(_Pages(RuntimeError("x")), 90)
    assert (desk.one(ImportJob, job.id).state, desk.one(ImportJob, job.id).problem) == ("unread", "failed")
