"""Files whose rows are gone leave the disk; those that any unit still has stay."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from huntred.conversations import media
from huntred.conversations.models import MediaFile
from huntred.db.session import Scope
from huntred.db.unit_of_work import unit_of_work
from huntred.privacy.files import sweep
from huntred.privacy.retention import purge
from tests.factories.desk import Desk
from tests.factories.files import sent_file


def on_disk(folder: Path) -> int:
    return len([path for path in folder.rglob("*") if path.is_file()])


def age(desk: Desk, folder: Path, hours: int) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            then = (desk.now - timedelta(hours=hours)).timestamp()
            os.utime(path, (then, then))


def swept(desk: Desk, folder: Path) -> int:
    with unit_of_work(desk.app, Scope()) as uow:
        return sweep(uow, folder, now=desk.now)


def test_a_file_goes_with_its_last_row_of_any_unit(desk: Desk, tmp_path: Path) -> None:
    amigro, huntu = desk.chat(), desk.chat("huntu")
    for conversation in (amigro, huntu):
        sent_file(desk, conversation, tmp_path, b"the same")
    sent_file(desk, amigro, tmp_path, b"another")
    age(desk, tmp_path, 30)
    assert on_disk(tmp_path) == 2 and swept(desk, tmp_path) == 0
    with desk.work("huntu") as uow:
        assert media.forget(uow, amigro.chat_id) == 0
    with desk.work() as uow:
        assert media.forget(uow, amigro.chat_id) == 2
    assert swept(desk, tmp_path) == 1 and on_disk(tmp_path) == 1
    with desk.work("huntu") as uow:
        assert media.forget(uow, huntu.chat_id) == 1
    assert swept(desk, tmp_path) == 1 and on_disk(tmp_path) == 0


def test_a_fresh_file_and_what_is_none_of_ours_are_left_alone(desk: Desk, tmp_path: Path) -> None:
    sent_file(desk, desk.chat(), tmp_path)
    desk.execute("DELETE FROM media")
    age(desk, tmp_path, 2)
    (tmp_path / "no").mkdir()
    (tmp_path / "no" / "README").write_text("x")
    os.utime(tmp_path / "no" / "README", (0, 0))
    assert swept(desk, tmp_path) == 0 and swept(desk, tmp_path / "absent") == 0


def test_rows_of_files_that_were_never_kept_live_thirty_days(desk: Desk, tmp_path: Path) -> None:
    conversation = desk.chat()
    for state, days in (("refused", 31), ("gone", 31), ("refused", 29), ("stored", 400)):
        sent_file(desk, conversation, tmp_path, state=state, created_at=desk.now - timedelta(days=days))
    with desk.work() as uow:
        assert purge(uow, now=desk.now).files == 2
    assert len(desk.rows(select(MediaFile))) == 2
