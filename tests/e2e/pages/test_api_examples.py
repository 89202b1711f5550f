"""The examples of docs/api.md, run by curl against the running process."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from huntred.api_clients import rules, service
from tests.e2e.pages.conftest import Site

_DOCUMENT = Path(__file__).parents[3] / "docs" / "api.md"


def test_what_the_document_shows_works(site: Site) -> None:
    desk = site.desk
    desk.profile("amigro", search_text="ana nunez")
    with desk.work(all_units=True) as uow:
        client, secret = service.create_client(uow, "Ejemplo", ["amigro"], rules.SCOPES, desk.user().id, now=desk.now)
    blocks = re.findall(r"```sh\n(.*?)```", _DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    told = {"no_proxy": "127.0.0.1", "BASE": site.url, "CLIENT_ID": str(client.id), "SECRET": secret}

    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(blocks)], env=os.environ | told, capture_output=True, text=True,
        check=False, timeout=120,
    )  # fmt: skip

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert '"first_name":"Eva"' in ran.stdout
    assert '"city":"Monterrey"' in ran.stdout
    assert '{"firstName": "Eva", "city": "Monterrey", "applications": {"nodes": []}}' in ran.stdout
    assert '"system":"lever","state":"checking"' in ran.stdout
    assert '"message_id":"m-0001","stored":true' in ran.stdout
    assert '"channel":"web","conversation_id":null' in ran.stdout and '"waiting_messages":1' in ran.stdout
    assert '"fallback":{"not_understood":0' in ran.stdout
    assert '"secret":"whsec_' in ran.stdout
