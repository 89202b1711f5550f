"""docker-compose.yml is a valid Compose file and says the same as the table of processes.

No Docker engine runs where these tests run: the schema is that of the Compose specification, from the package
docker-compose (its JSON file alone), and what the processes are given is compared with runtime/processes.py.
"""

from __future__ import annotations

import copy
import json
import re
from importlib.metadata import files
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft201909Validator

from runtime.installation import Installation
from runtime.processes import APP_VARIABLES, DEFAULT_PORTS, MIGRATE_VARIABLES, PROCESSES

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


@pytest.fixture(scope="module")
def schema():
    (found,) = [file for file in files("docker-compose") or [] if file.name == "compose_spec.json"]
    return json.loads(found.read_text())


def test_it_is_valid_by_the_compose_specification(compose, schema):
    errors = sorted(Draft201909Validator(schema).iter_errors(compose), key=str)
    assert [f"{list(error.path)}: {error.message[:200]}" for error in errors] == []


def test_the_schema_would_see_a_mistake(compose, schema):
    broken = copy.deepcopy(compose)
    broken["services"]["gateway"]["comand"] = ["oops"]
    assert not Draft201909Validator(schema).is_valid(broken)


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.name)
def test_a_service_runs_what_the_supervisor_runs(compose, process):
    service = compose["services"][process.name]
    expected = [str(Path(word).relative_to(ROOT)) if word.startswith("/") else word for word in process.command(ROOT)]
    assert service["command"] == expected
    assert service["build"]["dockerfile"] == f"docker/{process.environment}.Dockerfile"
    assert set(service["environment"]) == set(process.variables)
    assert f"//huntred_{process.role}:" in service["environment"]["DATABASE_URL"]


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.name)
def test_a_service_listens_where_the_table_says_and_is_checked(compose, process):
    service = compose["services"][process.name]
    check = service["healthcheck"]["test"][-1]
    if process.port is None:
        assert f"heartbeat:{process.name}" in check
        assert "ports" not in service
        return
    port = DEFAULT_PORTS[process.port]
    assert service["environment"][process.port] == str(port)
    assert f":{port}/health" in check
    published = [int(entry.rpartition(":")[2]) for entry in service.get("ports", [])]
    if process.name in {"gateway", "backoffice"}:
        assert published == [port]
    else:
        assert published == [], "only the gateway and the back office are reached from outside"


def test_nobody_else_is_there(compose):
    others = set(compose["services"]) - {process.name for process in PROCESSES}
    assert others == {"postgres", "redis", "migrate", "seed"}
    assert compose["services"]["postgres"]["image"] == "pgvector/pgvector:pg16"
    assert compose["services"]["redis"]["image"] == "redis:7"


def test_the_one_shot_commands_get_their_settings(compose):
    assert set(compose["services"]["migrate"]["environment"]) == set(MIGRATE_VARIABLES)
    assert set(compose["services"]["seed"]["environment"]) == {*APP_VARIABLES, "CHANNEL_ACCOUNTS"}


def test_no_secret_stands_in_the_file_and_none_has_a_default(compose):
    secret = re.compile(r"PASSWORD|SECRET|KEYS?$|SALT")
    for name, service in compose["services"].items():
        environment = service.get("environment", {})
        for variable, value in environment.items():
            if secret.search(variable):
                # Who has no Qdrant, or one without a key, gives none.
                missing = r":-" if variable == "QDRANT_API_KEY" else r":\?"
                assert re.fullmatch(rf"\$\{{[A-Z_]+{missing}\}}", value), f"{name}: {variable}"


def test_what_the_images_copy_is_there_to_be_copied():
    for name in ("app", "bot"):
        text = (ROOT / f"docker/{name}.Dockerfile").read_text()
        for line in text.splitlines():
            words = line.split()
            if words[:1] == ["COPY"] and not words[1].startswith("--"):
                for source in words[1:-1]:
                    assert (ROOT / source).exists(), f"{name}.Dockerfile copies {source}"


def test_the_secrets_that_compose_asks_for_are_those_that_an_installation_makes(tmp_path):
    installation = Installation(var=tmp_path / "var", environment={})
    installation.make_folders()
    installation.load()
    wanted = set(re.findall(r"\$\{([A-Z_]+):\?\}", (ROOT / "docker-compose.yml").read_text()))
    assert wanted - {"SMTP_URL"} <= set(installation.values)
