"""What people sent, in the conversation: shown, heard, handed down, and hidden from other units."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from huntred.conversations.models import MediaFile
from tests.factories.files import sent_file
from tests.integration.backoffice.conftest import Office

OGG = b"OggS" + bytes(200)


def fetch(client: Any, path: str, **headers: str) -> Any:
    """Ask for a file and read it to its end."""
    answer = client.get(path, headers=headers)
    assert answer.data is not None
    answer.close()
    return answer


@pytest.fixture
def shelf(office: Office, tmp_path: Path) -> Path:
    wiring = office.app.extensions["wiring"]
    object.__setattr__(wiring.settings, "media_dir", str(tmp_path))
    return tmp_path


def test_a_document_is_handed_down_under_its_name_and_true_type(office: Office, shelf: Path) -> None:
    conversation = office.desk.chat()
    file = sent_file(office.desk, conversation, shelf, name="cv Ana.exe", content=b"%PDF-1.4 hola")
    client = office.client(office.user())
    page = client.get(f"/conversations/{conversation.id}").text
    path = f"/conversations/{conversation.id}/archivo/{file}"
    assert f'href="{path}" download' in page and "Documento: cv Ana.exe" in page
    answer = fetch(client, path)
    assert answer.status_code == 200 and answer.data == b"%PDF-1.4 hola"
    assert answer.mimetype == "application/pdf" and answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="cv Ana.pdf"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert "'none'" in answer.headers["Content-Security-Policy"]


def test_pictures_and_sound_are_shown_and_played(office: Office, shelf: Path) -> None:
    conversation = office.desk.chat()
    image = sent_file(office.desk, conversation, shelf, b"\xff\xd8\xff", content_type="image/jpeg", name="", kind="image")
    audio = sent_file(office.desk, conversation, shelf, OGG, content_type="audio/ogg", name="", kind="audio")
    client = office.client(office.user())
    page = client.get(f"/conversations/{conversation.id}/chat").text
    assert f'<img src="/conversations/{conversation.id}/archivo/{image}"' in page
    assert f'<audio class="bubble-player" controls preload="none" src="/conversations/{conversation.id}/archivo/{audio}"' in page
    part = fetch(client, f"/conversations/{conversation.id}/archivo/{audio}", Range="bytes=0-3")
    assert (part.status_code, part.data, part.mimetype) == (206, b"OggS", "audio/ogg")
    assert "attachment" not in part.headers.get("Content-Disposition", "")


def test_what_was_not_kept_says_so(office: Office, shelf: Path) -> None:
    conversation = office.desk.chat()
    for state, reason in (("refused", "macros"), ("gone", "gone"), ("waiting", "")):
        sent_file(office.desk, conversation, shelf, state=state, reason=reason)
    sent_file(office.desk, conversation, shelf, marks=["javascript"])
    page = office.client(office.user()).get(f"/conversations/{conversation.id}").text
    assert "No se guardó: trae macros." in page and "No se pudo descargar." in page
    assert "Se está descargando…" in page and "Conviene abrirlo con cuidado: trae JavaScript." in page


def test_other_units_other_conversations_and_lost_files_are_not_found(office: Office, shelf: Path) -> None:
    conversation, other = office.desk.chat(), office.desk.chat()
    file = sent_file(office.desk, conversation, shelf)
    waiting = sent_file(office.desk, conversation, shelf, state="waiting")
    path = f"/conversations/{conversation.id}/archivo/"
    client = office.client(office.user())
    assert fetch(client, path + str(file)).status_code == 200
    assert client.get(f"/conversations/{other.id}/archivo/{file}").status_code == 404
    assert client.get(path + str(waiting)).status_code == 404
    assert client.get(path + "nada").status_code == 404
    assert office.client(office.user(unit="huntu")).get(path + str(file)).status_code == 404
    assert office.client().get(path + str(file)).status_code in (302, 401)
    (shelf / str(office.desk.one(MediaFile, file).stored_name)).unlink()
    assert client.get(path + str(file)).status_code == 404
