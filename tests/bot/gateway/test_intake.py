"""Group commit and its failures, and the outbox's claims, on the real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest
import pytest_asyncio

from bot.accounts import Account, Directory
from bot.arrivals import Arrival
from bot.database import SchemaMissing, check_schema, make_pool
from bot.intake import Intake, StorageDown
from bot.outbox import Outbox, Room
from bot.store import open_pool, transaction
from contract.encryption import Cipher
from contract.message import Inbound, Message
from tests.bed import Database
from tests.bot.gateway.town import KEY, Town, base64, free_port

AMIGRO = "whatsapp:amigro"


@pytest_asyncio.fixture
async def pool(town: Town) -> AsyncIterator[Any]:
    found = make_pool(town.database.url("gateway"), size=6, name="test")
    await found.open(wait=True)
    yield found
    await found.close()


@pytest_asyncio.fixture
async def account(pool: Any) -> Account:
    directory = Directory(pool, Cipher({"t1": base64.b64decode(KEY)}))
    await directory.refresh()
    found = await directory.account("whatsapp", "100000000000101")
    assert found is not None
    return found


def intake_of(pool: Any, woken: list[str] | None = None) -> Intake:
    async def wake(what: str) -> None:
        if woken is not None:
            woken.append(what)

    return Intake(pool, burst_window=1.2, wake=wake)


def rooms(town: Town, rows: int = 10) -> list[Room]:
    """Room for every priority of the number, and for mail."""
    return [Room(town.account(AMIGRO), -32768, 32767, rows), Room(None, -32768, 32767, rows)]


def said(account: Account, number: int, person: str = "5215500000001") -> Arrival:
    return Arrival(account, person, f"wamid.{number}", Inbound("text", text=f"m{number}"))


async def test_who_hangs_up_takes_nobody_else_with_them(town: Town, pool: Any, account: Account) -> None:
    intake = intake_of(pool)
    callers = [asyncio.ensure_future(intake.store([said(account, n, f"52155000000{n:02}")])) for n in range(10)]
    await asyncio.sleep(0)
    for gone in callers[::2]:
        gone.cancel()
    ends = await asyncio.gather(*callers, return_exceptions=True)
    await intake.drain()
    assert [end for end in ends[1::2] if end is not None] == []
    assert len(town.inbox()) == 10, "what was handed in is stored, whether or not anybody waits for the answer"


async def test_what_waits_goes_together_and_each_is_answered(town: Town, pool: Any, account: Account) -> None:
    woken: list[str] = []
    intake = intake_of(pool, woken)
    people = [f"52155000000{n:02}" for n in range(20)]
    await asyncio.gather(*(intake.store([said(account, n, people[n % 20])]) for n in range(200)))
    assert len(town.inbox()) == 200
    await intake.drain()
    # A few commits for all of it, and fewer notifications still.
    commits = town.row("SELECT count(DISTINCT xmin::text) AS n FROM inbox")["n"]
    assert commits < 60
    assert 0 < len(woken) <= commits and set(woken) == {"inbox"}
    for person in people:
        ids = [
            int(row["payload"]["text"][1:])
            for row in town.rows(
                "SELECT payload FROM inbox i JOIN chats c ON c.id = chat_id WHERE user_id = %s ORDER BY i.id", person
            )
        ]
        assert ids == sorted(ids)


async def test_the_same_chats_from_many_sides_neither_deadlock_nor_double(
    town: Town, pool: Any, account: Account
) -> None:
    one, two = intake_of(pool), intake_of(pool)
    people = [f"52155000000{n}" for n in range(6)]
    batches = [[said(account, number, person) for number, person in enumerate(people)] for _ in range(30)]
    for batch in batches[::2]:
        batch.reverse()
    await asyncio.gather(*(side.store(batch) for batch in batches for side in (one, two)))
    assert len(town.inbox()) == 6


async def test_a_chat_that_somebody_holds_holds_up_nobody_else(town: Town, pool: Any, account: Account) -> None:
    intake = intake_of(pool)
    held, other = "5215500000001", "5215500000002"
    await intake.store([said(account, 1, held)])
    with psycopg.connect(town.database.url("bot")) as holder:
        holder.execute("SELECT id FROM chats WHERE user_id = %s FOR UPDATE", (held,))
        waits = asyncio.ensure_future(intake.store([said(account, 2, held)]))
        # Three, so that some go in the same flush and some in the next.
        await asyncio.gather(*(intake.store([said(account, 3 + n, other)]) for n in range(3)))
        assert not waits.done() and len(town.inbox()) == 4
        holder.rollback()
    await waits
    assert len(town.inbox()) == 5


async def test_a_turn_that_stands_still_in_its_transaction_loses_its_locks(
    town: Town, pool: Any, account: Account
) -> None:
    intake = intake_of(pool)
    await intake.store([said(account, 1)])
    turns = open_pool(town.database.url("bot"), 1)
    with pytest.raises(psycopg.OperationalError), transaction(turns) as stopped:
        stopped.execute("SELECT id FROM chats FOR UPDATE")
        # Nobody lets go: the server does, and the webhook is answered meanwhile.
        await intake.store([said(account, 2)])
        stopped.execute("SELECT 1")
    turns.close()
    assert len(town.inbox()) == 2


async def test_while_the_database_is_away_nobody_is_told_yes(town: Town, pool: Any, account: Account) -> None:
    intake = intake_of(pool)
    await intake.store([said(account, 1)])
    town.database.disconnect_others()
    # A broken connection is replaced and the flush repeated.
    await intake.store([said(account, 2)])
    assert len(town.database._connection().execute("SELECT 1 FROM inbox").fetchall()) == 2
    elsewhere = make_pool(f"postgresql://huntred_gateway:x@127.0.0.1:{free_port()}/x", size=2, name="test")
    elsewhere.timeout = 0.3
    await elsewhere.open(wait=False)
    with pytest.raises(StorageDown):
        await intake_of(elsewhere).store([said(account, 3)])
    await elsewhere.close()


async def test_the_database_without_a_schema_says_so(database: Database) -> None:
    await check_schema(database.url("gateway"))
    bare = database.url("gateway").rpartition("/")[0] + "/postgres"
    with pytest.raises(SchemaMissing, match="runtime migrate"):
        await check_schema(bare)


async def test_a_claim_takes_higher_priority_first_and_keeps_chats_in_order(town: Town, pool: Any) -> None:
    chats = [town.chat(AMIGRO, f"52155000001{n:02}") for n in range(3)]
    low = town.say(chats[0], Message("text", "a"))
    low_next = town.say(chats[0], Message("text", "b"), priority=9)
    high = town.say(chats[1], Message("text", "c"), priority=5)
    later = town.say(chats[2], Message("text", "d"), due="2030-01-01")
    mails = [town.mail("ana@example.mx", Message("email", "x")) for _ in range(2)]
    outbox = Outbox(pool, lease=5)
    assert [row.id for row in await outbox.claim(rooms(town), 1)] == [high]
    claimed = await outbox.claim(rooms(town), 10)
    assert [row.id for row in claimed] == [low, *mails]
    assert await outbox.claim(rooms(town), 10) == []
    await outbox.sent(claimed[0], "wamid.x")
    assert [row.id for row in await outbox.claim(rooms(town), 10)] == [low_next]
    assert town.outbox(later)["state"] == "waiting"


async def test_many_claimers_never_share_a_row(town: Town, pool: Any) -> None:
    for n in range(12):
        chat = town.chat(AMIGRO, f"52155000001{n:02}")
        for m in range(3):
            town.say(chat, Message("text", f"{n}.{m}"))
    sent: list[int] = []

    async def claimer() -> None:
        outbox = Outbox(pool, lease=5)
        for _ in range(60):
            for row in await outbox.claim(rooms(town), 4):
                sent.append(row.id)
                await outbox.sent(row, f"wamid.{row.id}")

    await asyncio.gather(*(claimer() for _ in range(4)))
    assert sorted(sent) == [row["id"] for row in town.rows("SELECT id FROM outbox ORDER BY id")]


async def test_who_has_lost_the_lease_changes_nothing(town: Town, pool: Any) -> None:
    row_id = town.mail("ana@example.mx", Message("email", "x"))
    outbox = Outbox(pool, lease=0.01)
    [first] = await outbox.claim(rooms(town), 1)
    await asyncio.sleep(0.05)
    [second] = await outbox.claim(rooms(town), 1)
    assert second.was_sending and not second.was_doubtful and second.id == first.id
    await outbox.sent(first, "late")
    assert town.outbox(row_id)["state"] == "sending" and town.outbox(row_id)["possible_duplicate"]
    await outbox.ended(second, "failed", "550", "no such mailbox")
    assert (town.outbox(row_id)["state"], town.outbox(row_id)["error"]) == ("failed", "no such mailbox")


async def test_a_secret_that_does_not_open_leaves_out_its_account_only(town: Town, pool: Any) -> None:
    town.db.execute("UPDATE channel_accounts SET secrets = 'v1.x.y' WHERE external_id = '100000000000101'")
    directory = Directory(pool, Cipher({"t1": base64.b64decode(KEY)}))
    await directory.refresh()
    assert await directory.account("whatsapp", "100000000000101") is None
    assert await directory.account("whatsapp", "100000000000102") is not None
    town.db.execute("UPDATE channel_accounts SET active = false WHERE external_id = '100000000000102'")
    await directory.refresh()
    assert await directory.account("whatsapp", "100000000000102") is None
    assert await directory.by_id(town.account("whatsapp:huntu")) is not None


def test_the_gateways_role_reads_no_messages_without_a_conversation(town: Town) -> None:
    with psycopg.connect(town.database.url("gateway")) as connection:
        assert connection.execute("SELECT * FROM messages").fetchall() == []
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM unit_profiles")
