"""Backup under load, the data directory destroyed, restore: to the latest, to a moment, with erasures played again."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from werkzeug.serving import make_server

from huntred.db import migrate
from runtime.backup import commands, restoring
from runtime.backup.shipping import archive_settings, ship
from runtime.backup.state import OVERDUE, BackupState
from runtime.backup.store import Store, StoreError
from runtime.backup.taking import bases, forget_old, keep_erasures, keep_media, take_base
from runtime.embedded import EmbeddedPostgres
from runtime.installation import Installation
from runtime.ports import free_port
from runtime.processes import ROLES

_BUCKET = "respaldos"
_KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"}


@pytest.fixture(scope="module")
def s3() -> Iterator[dict[str, str]]:
    """An S3 of others' making, over HTTP."""
    from moto.server import DomainDispatcherApplication, create_backend_app

    server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    import boto3

    endpoint = f"http://127.0.0.1:{server.server_port}"
    client = boto3.client(
        "s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
    )  # fmt: skip
    client.create_bucket(Bucket=_BUCKET)
    client.close()
    yield {**_KEYS, "AWS_ENDPOINT_URL": endpoint}
    server.shutdown()
    thread.join()
    server.server_close()


class House:
    """An installation with only its embedded database."""

    def __init__(self, folder: Path, place: str, more: dict[str, str]) -> None:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        environment = {**kept, "BACKUP_TO": place, "POSTGRES_PORT": str(free_port()), **more}
        self.installation = Installation(var=folder / "var", environment=environment)
        self.installation.make_folders()
        self.installation.load()
        self.installation.recall_ports()
        self.store = Store.open(place, self.installation.values)
        self.media = Path(self.installation.values["MEDIA_DIR"])

    def server(self) -> EmbeddedPostgres:
        installation = self.installation
        return EmbeddedPostgres(
            installation.var / "postgres", password=installation.values["DATABASE_PASSWORD_ADMIN"],
            port=int(installation.values["POSTGRES_PORT"]), log=installation.log_of("postgres"),
            settings=archive_settings(installation.wal_spool),
        )  # fmt: skip

    def migrate(self) -> None:
        values = self.installation.values
        migrate.create_roles(
            values["ADMIN_DATABASE_URL"],
            {f"huntred_{role}": values[f"DATABASE_PASSWORD_{role.upper()}"] for role in ROLES},
        )
        migrate.create_database(values["ADMIN_DATABASE_URL"], "huntred")
        migrate.upgrade(self.installation.database_url("migrator"))

    def query(self, sql: str, *values: Any) -> list[Any]:
        with psycopg.connect(self.installation.admin_database_url, autocommit=True) as connection:
            cursor = connection.execute(sql, values)
            return cursor.fetchall() if cursor.description else []

    def ship_all(self) -> None:
        self.query("SELECT pg_switch_wal()")
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            shipped = ship(self.store, self.installation.wal_spool)
            (failed, behind) = self.query(
                "SELECT failed_count, last_archived_wal IS NULL OR last_archived_wal <"
                " pg_walfile_name(pg_current_wal_lsn() - 1) AND pg_walfile_name(pg_current_wal_lsn() - 1) <>"
                " pg_walfile_name(pg_current_wal_lsn()) FROM pg_stat_archiver"
            )[0]
            assert failed == 0
            if not behind and not shipped:
                return
            time.sleep(0.1)
        raise AssertionError("the log was not archived within a minute")

    def checksum(self, upto: str = "infinity") -> tuple[int, str]:
        return tuple(
            self.query(
                "SELECT count(*), coalesce(md5(string_agg(id::text || word, ',' ORDER BY id)), '')"
                " FROM load WHERE at <= %s", upto,
            )[0]
        )  # fmt: skip

    def restore(self, until: datetime | None = None, force: bool = False) -> restoring.Restored:
        return restoring.restore(
            self.store, self.installation, until=until, force=force, now=datetime.now(UTC), passphrase="", say=print
        )


def _person(house: House) -> str:
    house.query("INSERT INTO units (code, name) VALUES ('amigro', 'Amigro') ON CONFLICT DO NOTHING")
    id_ = "018f0000-0000-7000-8000-000000000001"
    house.query("INSERT INTO people (id) VALUES (%s)", id_)
    house.query(
        "INSERT INTO unit_profiles (id, unit, person_id, first_name) VALUES (gen_random_uuid(), 'amigro', %s, 'Ximena')",
        id_,
    )
    return id_


def _write_on(house: House, stop: threading.Event, failures: list[Exception]) -> None:
    """A writer that commits row by row, with the commit's own time."""
    try:
        with psycopg.connect(house.installation.admin_database_url, autocommit=True) as connection:
            while not stop.is_set():
                connection.execute("INSERT INTO load (word) VALUES (md5(random()::text))")
    except Exception as error:
        failures.append(error)


@pytest.mark.parametrize("place", ["folder", "s3"])
def test_what_was_committed_comes_back_and_who_was_erased_does_not(
    place: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    in_s3 = place == "s3"
    house = House(
        tmp_path, f"s3://{_BUCKET}/casa" if in_s3 else str(tmp_path / "store"),
        request.getfixturevalue("s3") if in_s3 else {},
    )  # fmt: skip
    server = house.server()
    server.start()
    try:
        house.migrate()
        person = _person(house)
        house.query(
            "CREATE TABLE load (id bigserial PRIMARY KEY, word text, at timestamptz DEFAULT clock_timestamp())"
        )
        file = house.media / "ab" / hashlib.sha256(b"un archivo").hexdigest()
        file.parent.mkdir(parents=True)
        file.write_bytes(b"un archivo")

        stop, failures = threading.Event(), []
        writers = [threading.Thread(target=_write_on, args=(house, stop, failures)) for _ in range(3)]
        for writer in writers:
            writer.start()
        take_base(
            house.store, house.installation.values["ADMIN_DATABASE_URL"], tmp_path, now=datetime.now(UTC), say=print
        )
        assert keep_media(house.store, house.media) == 1
        time.sleep(0.5)
        moment = datetime.now(UTC)
        time.sleep(0.5)
        stop.set()
        for writer in writers:
            writer.join()
        assert failures == []
        house.query(
            "INSERT INTO erasures (id, unit, person_id, erased_at) VALUES (gen_random_uuid(), 'amigro', %s, now())",
            person,
        )
        assert keep_erasures(house.store, house.installation.admin_database_url) == 1
        house.ship_all()
        upto, everything = house.checksum(moment.isoformat()), house.checksum()
        assert 0 < upto[0] < everything[0]
    finally:
        server.stop()
    shutil.rmtree(house.installation.var / "postgres" / "data")
    shutil.rmtree(house.media)

    done = house.restore(until=moment)

    assert (done.aside, done.media, done.erased_again) == (None, 1, 1)
    assert file.read_bytes() == b"un archivo"
    server = house.server()
    server.start()
    try:
        # A commit of the very moment may stand on either side; its neighbours may not.
        there = house.checksum()[0]
        assert abs(there - upto[0]) <= 3
        assert house.query("SELECT max(at) <= %s::timestamptz + interval '50 ms' FROM load", moment) == [(True,)]
        assert house.query("SELECT first_name FROM unit_profiles") == [("",)], "erased after that moment, erased again"
    finally:
        server.stop()

    with pytest.raises(restoring.RestoreRefused, match="FORCE=1"):
        house.restore()
    done = house.restore(force=True)

    assert done.aside is not None and (done.aside / "PG_VERSION").exists()
    server = house.server()
    server.start()
    try:
        assert house.checksum() == everything, "every committed row, byte by byte"
        assert house.query("SELECT count(*) FROM erasures") == [(1,)]
    finally:
        server.stop()


def test_a_damaged_backup_is_refused_and_nothing_is_touched(tmp_path: Path) -> None:
    house = House(tmp_path, str(tmp_path / "store"), {})
    server = house.server()
    server.start()
    try:
        name = take_base(
            house.store, house.installation.values["ADMIN_DATABASE_URL"], tmp_path, now=datetime.now(UTC), say=print
        )
    finally:
        server.stop()
    tar = tmp_path / "store" / "bases" / name / "base.tar.gz"
    content = bytearray(tar.read_bytes())
    content[len(content) // 2] ^= 1
    tar.write_bytes(content)
    data = house.installation.var / "postgres" / "data"

    with pytest.raises(restoring.RestoreRefused, match="damaged"):
        house.restore(force=True)

    assert (data / "PG_VERSION").exists() and not data.with_name("data.restored").exists()


def test_a_backup_cut_short_is_not_offered(tmp_path: Path) -> None:
    store = Store.open(str(tmp_path / "store"), {})
    store.put("bases/20260302T150000Z/base.tar.gz", b"half of it")
    assert bases(store) == []


def test_old_backups_go_with_the_log_that_only_they_need(tmp_path: Path) -> None:
    store = Store.open(str(tmp_path / "store"), {})
    for day, segment in (("01", "000000010000000000000002"), ("02", "000000010000000000000005")):
        described = {
            "taken_at": day, "postgres": "16", "system_id": "1", "wal_from": segment, "files": {},
        }  # fmt: skip
        store.put(f"bases/202603{day}T000000Z/manifest.json", json.dumps(described).encode())
    for number in (2, 4, 5, 6):
        store.put(f"wal/00000001000000000000000{number}", b"log")

    assert forget_old(store, keep=1) == 1

    assert bases(store) == ["20260302T000000Z"]
    assert [key[-1] for key in store.keys("wal/")] == ["5", "6"]


def test_the_secrets_come_back_with_their_passphrase_only(tmp_path: Path) -> None:
    from runtime.backup import sealing

    sealed = sealing.seal(b"ENCRYPTION_KEYS=k1:...", "una frase larga")
    assert b"ENCRYPTION" not in sealed
    assert sealing.open_sealed(sealed, "una frase larga") == b"ENCRYPTION_KEYS=k1:..."
    with pytest.raises(sealing.WrongPassphrase):
        sealing.open_sealed(sealed, "otra frase")


@pytest.mark.parametrize(
    ("place", "environment", "words"),
    [
        ("ftp://host/folder", {}, "give a folder or s3://bucket/prefix"),
        ("s3://bucket", {}, "AWS_ACCESS_KEY_ID is not set"),
    ],
)
def test_a_wrong_place_says_what_to_give(place: str, environment: dict[str, str], words: str) -> None:
    with pytest.raises(StoreError, match=words):
        Store.open(place, environment)


def test_an_unreachable_store_keeps_the_log(tmp_path: Path) -> None:
    store = Store.open(
        f"s3://{_BUCKET}/x", {**_KEYS, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{free_port()}"}
    )
    spool = tmp_path / "spool"
    spool.mkdir()
    (spool / "000000010000000000000001").write_bytes(b"log")
    with pytest.raises(StoreError, match="cannot write wal/"):
        ship(store, spool)
    assert (spool / "000000010000000000000001").exists()


def test_a_time_without_a_zone_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    installation = Installation(var=tmp_path / "var", environment={"BACKUP_TO": str(tmp_path / "store")})
    assert commands.restore(installation, "", "2026-11-22T21:00:00", False, print) == 1
    assert "names no zone" in capsys.readouterr().err
    assert not (tmp_path / "var").exists()


def test_an_old_backup_is_called_old(tmp_path: Path, now: datetime) -> None:
    state = BackupState(tmp_path / "backup.json")
    assert "no backup" in state.trouble(now=now)
    state.note(well_at=now, error="")
    assert state.trouble(now=now) == ""
    state.note(error="cannot write wal/1")
    assert "cannot write wal/1" in state.trouble(now=now + OVERDUE * 2)
