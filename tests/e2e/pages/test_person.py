"""A person's page and a CV in Chromium: evidence stands out by pointer and keyboard, kinds are chosen, all fits a phone."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from contract.ids import new_id
from huntred.conversations.models import ChatMessage
from huntred.cv import reading, shelf
from huntred.cv.models import CvFile
from huntred.people.models import Consent, UnitProfile
from ml.cv.reader import SandboxedCvReader
from tests.e2e.browser import Browser
from tests.e2e.pages.conftest import WIDER, Site, complaints
from tests.factories.cvs import CV
from tests.integration.backoffice.test_access import Things, things


def somebody(site: Site, folder: Path) -> tuple[Things, UUID]:
    desk = site.desk
    own = things(type("Office", (), {"desk": desk})(), "amigro")  # type: ignore[arg-type]
    profile = desk.one(UnitProfile, own.profile)
    stored = shelf.keep(folder, CV, "CV María López.txt")
    desk.add(
        CvFile(
            unit="amigro", person_id=profile.person_id, source="upload", sha256=stored.sha256, name=stored.name,
            stored_name=stored.stored_name, content_type="text/plain", size=stored.size, created_at=desk.now,
            due=desk.now, consent_note="Lo envió por correo",
        ),
        Consent(
            unit="amigro", person_id=profile.person_id, channel="telegram", purpose="privacy_notice", granted=True,
            version="2026-11", at=desk.now,
        ),
        ChatMessage(
            id=new_id(), unit="amigro", conversation_id=own.conversation, direction="in", author="person", kind="text",
            text="Hola, busco trabajo de cajera cerca de mi casa", payload={"kind": "text"}, at=desk.now,
        ),
    )  # fmt: skip
    reader = SandboxedCvReader()
    assert reading.read_next(desk.app, "amigro", reader, folder, lambda: desk.now)
    reader.close()
    return own, desk.rows(select(CvFile.id))[0]


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)], ids=["desk", "phone"])
def test_person_and_cv(site: Site, chromium: Browser, tmp_path: Path, size: tuple[int, int]) -> None:
    own, cv = somebody(site, tmp_path)
    shots = os.environ.get("SCREENSHOTS")
    with chromium.signed_in(site.url, site.user(), width=size[0], height=size[1]) as page:
        heard = complaints(page)

        def shot(name: str) -> None:
            for theme in ("light", "dark"):
                page.evaluate(f"document.documentElement.setAttribute('data-bs-theme', '{theme}')")
                if shots:
                    page.screenshot(path=f"{shots}/{name}-{size[0]}-{theme}.png", full_page=True)

        page.goto(f"{site.url}/people/{own.profile}")
        assert page.evaluate(WIDER) == []
        shot("person")
        expect(page.locator(".happening-message")).to_have_count(1)
        page.get_by_role("checkbox", name="Consentimientos").check()
        expect(page.locator(".happening-message")).to_have_count(0)
        expect(page.locator(".happening-consent")).to_have_count(1)

        page.goto(f"{site.url}/people/cv/{cv}")
        assert page.evaluate(WIDER) == []
        field = page.locator("a.cv-field", has_text="maria.lopez@example.com")
        field.focus()
        expect(page.locator("mark.cv-on")).to_have_text("maria.lopez@example.com")
        page.locator("a.cv-field", has_text="Abarrotes").click()
        expect(page.locator("mark.cv-on").first).to_have_text("Abarrotes del Norte")
        expect(page.locator("mark.cv-on").first).to_be_in_viewport()
        shot("cv")
        assert heard == []
