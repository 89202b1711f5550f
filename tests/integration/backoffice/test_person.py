"""A person's page: what matters now, all that happened by key, consents and ARCO; and a CV beside its text."""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contract.ids import new_id
from huntred.access.models import AuditEntry
from huntred.conversations.models import ChatMessage
from huntred.cv import reading
from huntred.cv.models import CvFile
from huntred.people.models import Consent, UnitProfile
from huntred.privacy.models import Erasure
from ml.cv.reader import SandboxedCvReader
from tests.factories.cvs import CV
from tests.integration.backoffice.conftest import Office, csrf_of
from tests.integration.backoffice.test_access import Things, _division, _division_user, things


@pytest.fixture(scope="module")
def reader() -> Iterator[SandboxedCvReader]:
    reader = SandboxedCvReader()
    yield reader
    reader.close()


@pytest.fixture
def shelf(office: Office, tmp_path: Path) -> Path:
    object.__setattr__(office.app.extensions["wiring"].settings, "media_dir", str(tmp_path))
    return tmp_path


def send(client: FlaskClient, path: str, **form: Any) -> Any:
    return client.post(path, data={"csrf_token": csrf_of(client, "/account/"), **form})


def upload(client: FlaskClient, own: Things, content: bytes = CV, note: str = "Lo envió por correo") -> Any:
    return send(client, f"/people/{own.profile}/cvs", file=(io.BytesIO(content), "../cv.txt"), consent_note=note)


def test_an_uploaded_cv_stands_beside_its_text(office: Office, shelf: Path, reader: SandboxedCvReader) -> None:
    own = things(office, "amigro")
    client = office.client(office.user())
    content = CV + "\nIDIOMAS\nInglés: básico\n".encode()
    answer = upload(client, own, content)
    [cv] = office.desk.rows(select(CvFile))
    assert answer.status_code == 302 and answer.location.endswith(f"/people/cv/{cv.id}")
    assert (cv.name, cv.consent_note, cv.state) == ("cv.txt", "Lo envió por correo", "waiting")
    assert "Se está leyendo" in client.get(f"/people/cv/{cv.id}").text

    assert reading.read_next(office.desk.app, "amigro", reader, shelf, lambda: office.desk.now)
    page = client.get(f"/people/cv/{cv.id}").text
    [number] = re.findall(r'data-evidence="(\d+)"><span class="cv-label">Correo', page)
    marked = re.findall(rf'<mark class="cv-mark" data-of="(?:\d+ )*{number}(?: \d+)*">([^<]*)</mark>', page)
    assert "".join(marked) == "maria.lopez@example.com"
    shown = re.findall(r'cv-label">([^<]*)</span><span class="cv-value">([^<]*)', page)
    assert {("Desde", "ene 2019"), ("Hasta", "dic 2021"), ("Desde", "2015"), ("Idioma", "Inglés · básico")} <= set(shown)
    text = html.unescape(re.sub(r"<[^>]+>", "", page[page.index('cv-page-text">') + 14 : page.index("</article>")]))
    assert text.strip() == reader.read(content, today=office.desk.now.date()).pages[0].strip(), "the marks lose none of it"

    file = client.get(f"/people/cv/{cv.id}/archivo", buffered=True)
    assert file.data == content
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert file.headers["X-Content-Type-Options"] == "nosniff"

    assert send(client, f"/people/cv/{cv.id}/read-again").status_code == 302
    assert office.desk.one(CvFile, cv.id).state == "waiting"


@pytest.mark.parametrize(("content", "note"), [(CV, " "), (b"", "sí"), (b"x" * 2001, "sí")])
def test_an_upload_without_file_or_consent_or_too_large_is_refused(
    office: Office, shelf: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, note: str
) -> None:
    monkeypatch.setattr("huntred.cv.shelf.MOST_BYTES", 2000)
    own = things(office, "amigro")
    client = office.client(office.user())
    assert upload(client, own, content, note).status_code == 302
    assert office.desk.rows(select(CvFile)) == []
    assert 'class="alert' in client.get(f"/people/{own.profile}").text


def test_other_pages_take_no_large_bodies(office: Office) -> None:
    own = things(office, "amigro")
    client = office.client(office.user())
    answer = send(client, f"/conversations/{own.conversation}/reply", text="x" * (3 * 1024 * 1024))
    assert answer.status_code == 413


def test_everything_that_happened_is_there_by_kind_and_page(office: Office) -> None:
    own = things(office, "amigro")
    desk = office.desk
    profile = desk.one(UnitProfile, own.profile)
    desk.add(
        Consent(
            unit="amigro", person_id=profile.person_id, channel="telegram", purpose="privacy_notice", granted=True,
            version="2026-11", at=desk.now,
        ),
        Consent(
            unit="huntu", person_id=profile.person_id, channel="telegram", purpose="messages", granted=True, version="",
            at=desk.now,
        ),
        # All of one time: the key must tell them apart.
        *(
            ChatMessage(
                id=new_id(), unit="amigro", conversation_id=own.conversation, direction="in", author="person",
                kind="text", text=f"mensaje {number:03}", payload={"kind": "text"}, at=desk.now,
            )
            for number in range(95)
        ),
    )  # fmt: skip
    client = office.client(office.user())
    page = client.get(f"/people/{own.profile}").text
    assert "versión 2026-11" in page and "Recibir avisos" not in page, "another unit's consent is another unit's"

    seen: list[str] = []
    path = f"/people/{own.profile}/timeline?kind=message"
    while path:
        text = client.get(path).text
        seen += re.findall(r"mensaje \d{3}", text)
        more = re.search(r'rel="next" href="([^"]+)"', text)
        path = more[1].replace("&amp;", "&").replace(f"/people/{own.profile}?", f"/people/{own.profile}/timeline?") if more else ""
    assert len(seen) == 95 == len(set(seen))

    whole = ""
    path = f"/people/{own.profile}/timeline"
    while path:
        text = client.get(path).text
        whole += text
        more = re.search(r'rel="next" href="([^"]+)"', text)
        path = more[1].replace("&amp;", "&").replace(f"/people/{own.profile}?", f"/people/{own.profile}/timeline?") if more else ""
    assert len(set(re.findall(r"mensaje \d{3}", whole))) == 95
    for kind in ("message", "application", "interview", "note", "consent"):
        assert f"happening-{kind}" in whole, kind


def test_the_head_says_what_matters_first(office: Office) -> None:
    own = things(office, "amigro")
    client = office.client(office.user())
    assert "person-now-interview_ahead" in client.get(f"/people/{own.profile}").text
    office.desk.execute("UPDATE interviews SET state = 'attended'")
    office.desk.execute("UPDATE applications SET moved_at = :at", at=office.desk.now - timedelta(days=5))
    assert "person-now-application_still" in client.get(f"/people/{own.profile}").text
    office.desk.execute("UPDATE conversations SET handling = 'queued'")
    assert "person-now-waits" in client.get(f"/people/{own.profile}").text


def test_all_their_data_is_handed_out_and_noted(office: Office, shelf: Path, reader: SandboxedCvReader) -> None:
    own = things(office, "amigro")
    user = office.user()
    client = office.client(user)
    upload(client, own)
    reading.read_next(office.desk.app, "amigro", reader, shelf, lambda: office.desk.now)
    answer = send(client, f"/people/{own.profile}/export")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    data = json.loads(answer.data)
    assert data["profile"]["first_name"] == "Rosa" and data["unit"] == "amigro"
    assert data["cvs"][0]["read"]["contact"]["email"]["value"] == "maria.lopez@example.com"
    assert len(data["applications"]) == len(data["interviews"]) == len(data["notes"]) == 1
    assert "curp_hash" not in data["profile"] and "user_id" not in data["notes"][0]
    [entry] = office.desk.rows(select(AuditEntry).where(AuditEntry.action == "people.export"))
    assert (entry.user_id, entry.object_id) == (user.id, str(own.profile))
    assert "descargó todos sus datos" in client.get(f"/people/{own.profile}?kind=audit").text


def test_erasing_needs_the_word_and_leaves_nothing_of_what_was_told(office: Office, shelf: Path) -> None:
    own = things(office, "amigro")
    client = office.client(office.user())
    upload(client, own)
    send(client, f"/people/{own.profile}/erase", erase_word="sí")
    assert office.desk.one(UnitProfile, own.profile).first_name == "Rosa"
    send(client, f"/people/{own.profile}/erase", erase_word="borrar")
    assert office.desk.one(UnitProfile, own.profile).first_name == ""
    assert office.desk.rows(select(CvFile)) == []
    assert len(office.desk.rows(select(Erasure))) == 1
    assert "Datos borrados" in client.get(f"/people/{own.profile}").text


def test_a_division_neither_exports_nor_erases(office: Office) -> None:
    division = _division(office, "norte")
    own = things(office, "amigro", division_id=division.id)
    client = office.client(_division_user(office, division, ["reply"]))
    for what in ("export", "erase"):
        assert send(client, f"/people/{own.profile}/{what}").status_code == 404
    assert "Descargar sus datos" not in client.get(f"/people/{own.profile}").text


def test_who_may_not_reply_uploads_nothing(office: Office, shelf: Path) -> None:
    division = _division(office, "norte")
    own = things(office, "amigro", division_id=division.id)
    client = office.client(_division_user(office, division, []))
    assert upload(client, own).status_code == 403
