"""Settings, secrets and ports of one installation."""

from __future__ import annotations

import json
import socket
import stat

import pytest

from contract.settings import read_bot_settings
from huntred.settings import read_app_settings
from runtime.installation import Installation, InstallationError, read_env_file
from runtime.processes import PROCESSES, by_name


@pytest.fixture
def installation(tmp_path):
    made = Installation(var=tmp_path / "var", environment={"PATH": "/usr/bin"})
    made.make_folders()
    made.load()
    return made


def loaded(tmp_path, **environment) -> Installation:
    made = Installation(var=tmp_path / "var", environment=environment)
    made.make_folders()
    made.load()
    return made


def test_secrets_are_made_once_and_only_their_owner_reads_them(tmp_path):
    first = loaded(tmp_path).values
    second = loaded(tmp_path).values
    path = tmp_path / "var" / "secrets.env"
    assert first["ENCRYPTION_KEYS"] == second["ENCRYPTION_KEYS"]
    assert len({first["LINK_SECRET"], first["ACTIONS_SECRET"], first["DATABASE_PASSWORD_APP"]}) == 3
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "var").stat().st_mode) == 0o700


def test_a_secret_that_a_newer_version_needs_is_added_and_the_others_stay(tmp_path):
    first = loaded(tmp_path).values
    path = tmp_path / "var" / "secrets.env"
    path.write_text("".join(line for line in path.read_text().splitlines(True) if not line.startswith("LOOKUP_KEY")))
    second = loaded(tmp_path).values
    assert second["LOOKUP_KEY"] != first["LOOKUP_KEY"]
    assert second["ENCRYPTION_KEYS"] == first["ENCRYPTION_KEYS"]


def test_every_process_starts_from_these_settings_and_gets_no_others(installation):
    installation.choose_ports()
    for process in PROCESSES:
        environment = installation.environment_of(process)
        read = read_app_settings if process.environment == "app" else read_bot_settings
        settings = read(environment)
        assert settings.database_url == installation.database_url(process.role)
        foreign = {name for name in environment if "PASSWORD" in name or name == "ADMIN_DATABASE_URL"}
        assert foreign <= {"SECURITY_PASSWORD_SALT"}
    assert "LOOKUP_KEY" not in installation.environment_of(by_name("gateway"))
    assert "LINK_SECRET" not in installation.environment_of_training()


def test_in_development_the_stand_ins_are_the_vendors(installation):
    installation.choose_ports()
    gateway = read_bot_settings(installation.environment_of(by_name("gateway")))
    standins = installation.environment_of_standins()
    assert gateway.whatsapp_api_url == f"http://127.0.0.1:{standins['STANDINS_PORT']}"
    assert gateway.smtp_url == f"smtp://127.0.0.1:{standins['STANDINS_SMTP_PORT']}"
    assert standins["GATEWAY_URL"] == gateway.public_gateway_url


@pytest.mark.parametrize(
    "given",
    [{"ENVIRONMENT": "production"}, {"WHATSAPP_API_URL": "https://graph.facebook.com"}, {"SMTP_URL": "smtp://a"}],
)
def test_elsewhere_no_stand_in_ever_stands_in(tmp_path, given):
    made = loaded(tmp_path, **given)
    made.choose_ports()
    assert not made.with_standins
    assert "STANDINS_URL" not in made.values
    assert made.values.get("SMTP_URL") == given.get("SMTP_URL")


def test_an_outside_database_is_used_with_our_roles_and_none_is_embedded(tmp_path):
    made = loaded(
        tmp_path,
        ADMIN_DATABASE_URL="postgresql://admin:pw@db.example.mx:6432/postgres",
        REDIS_URL="redis://:pw@cache.example.mx:6379/3",
        DATABASE_PASSWORD_APP="a/b c",
    )
    made.choose_ports()
    assert made.outside_database
    assert made.outside_redis
    assert made.database_url("app") == "postgresql://huntred_app:a%2Fb%20c@db.example.mx:6432/huntred"
    assert made.environment_of(by_name("relay"))["REDIS_URL"] == "redis://:pw@cache.example.mx:6379/3"
    assert "POSTGRES_PORT" not in made.values


def test_a_database_url_names_place_and_database_for_all_roles(tmp_path):
    made = loaded(tmp_path, DATABASE_URL="postgresql://huntred_migrator:x@db:5432/platform?sslmode=require")
    made.choose_ports()
    assert made.database_url("bot").endswith("@db:5432/platform?sslmode=require")
    assert "ADMIN_DATABASE_URL" not in made.environment_of_command()


def test_units_can_be_fewer_but_must_exist(installation):
    installation.choose_units(["huntu", "amigro", "huntu"])
    assert installation.values["UNITS"] == "huntu,amigro"
    with pytest.raises(InstallationError, match=r"unknown unit amigo; there are amigro, huntu, "):
        installation.choose_units(["amigro", "amigo"])


def test_the_usual_port_that_is_taken_gives_way_and_is_remembered(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        (tmp_path / "var").mkdir()
        (tmp_path / "var" / "ports.json").write_text(json.dumps({"GATEWAY_PORT": port}))
        made = loaded(tmp_path)
        made.choose_ports()
    chosen = int(made.values["GATEWAY_PORT"])
    assert chosen != port
    assert f"port {port} (GATEWAY_PORT) is in use, {chosen} is taken instead" in made.notes
    again = loaded(tmp_path)
    again.choose_ports()
    assert int(again.values["GATEWAY_PORT"]) == chosen
    assert again.values["PUBLIC_GATEWAY_URL"] == f"http://127.0.0.1:{chosen}"
    assert not [note for note in again.notes if "GATEWAY" in note]


def test_a_port_that_was_asked_for_and_is_taken_is_an_error_that_names_both(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        made = loaded(tmp_path, BACKOFFICE_PORT=str(port))
        with pytest.raises(
            InstallationError, match=rf"port {port} \(BACKOFFICE_PORT\) is in use .* set BACKOFFICE_PORT"
        ):
            made.choose_ports()


@pytest.mark.parametrize("raw", ["abc", "0", "70000", "-1"])
def test_a_port_that_is_none_is_named(tmp_path, raw):
    with pytest.raises(InstallationError, match="RASA_PORT is wrong"):
        loaded(tmp_path, RASA_PORT=raw).choose_ports()


def test_no_two_processes_share_a_port(installation):
    installation.choose_ports()
    ports = [value for name, value in installation.values.items() if name.endswith("_PORT")]
    assert len(ports) == len(set(ports)) == 8


def test_an_env_file_is_read_and_its_bad_line_is_named(tmp_path):
    path = tmp_path / ".env"
    path.write_text("# settings\n\nexport MAIL_FROM='hola@huntred.example'\nLOG_LEVEL = DEBUG\n")
    assert read_env_file(path) == {"MAIL_FROM": "hola@huntred.example", "LOG_LEVEL": "DEBUG"}
    path.write_text("MAIL_FROM=a\nno sense\n")
    with pytest.raises(InstallationError, match=r"\.env, line 2: not NAME=value"):
        read_env_file(path)


def test_connect_gets_the_gateways_settings_the_owners_database_and_the_answers(tmp_path):
    made = loaded(tmp_path, CONNECT_TELEGRAM_BOT_TOKEN="1:abc")
    made.choose_ports()
    environment = made.environment_of_connect()
    assert environment["CONNECT_TELEGRAM_BOT_TOKEN"] == "1:abc"
    assert "huntred_migrator" in environment["DATABASE_URL"]
    assert read_bot_settings(environment).encryption_keys
    assert "CONNECT_TELEGRAM_BOT_TOKEN" not in made.environment_of(by_name("gateway"))


def test_connect_beside_an_outside_database_goes_by_what_it_is_given():
    given = {"DATABASE_URL": "postgresql://huntred_migrator:p@db/huntred", "CONNECT_X_APP": "a"}
    environment = Installation(environment=given).environment_of_connect()
    assert given.items() <= environment.items()
