"""What one of our own team writes to a bot on their Telegram makes no chat of them; anybody else's message does."""

from __future__ import annotations

from contract.ids import new_id
from tests.bot.gateway.town import Running, Town
from tests.standins.client import StandinsClient

BOT = "telegram:huntred_executive"
LINKED, LINKING, CANDIDATE = "700100201", "700100202", "700100203"
CODE = "team-0123456789abcdef"


def _user(town: Town, active: bool = True, **alerts: object) -> None:
    user, number = new_id(), str(new_id())
    town.rows(
        "INSERT INTO users (id, email, fs_uniquifier, active) VALUES (%s, %s, %s, %s) RETURNING id",
        user, f"{number}@example.mx", number, active,
    )  # fmt: skip
    names = ", ".join(alerts)
    places = ", ".join("%s" for _ in alerts)
    town.rows(
        f"INSERT INTO user_alerts (user_id, {names}) VALUES (%s, {places}) RETURNING user_id", user, *alerts.values()
    )


def _told(town: Town) -> list[tuple[str, str]]:
    rows = town.rows("SELECT payload FROM stored_events WHERE name = 'TeamMemberWrote' ORDER BY id")
    return [(row["payload"]["telegram_user_id"], row["payload"]["code"]) for row in rows]


def test_the_team_is_set_apart_and_candidates_are_not(
    town: Town, gateway: Running, standins: StandinsClient
) -> None:
    account = town.account(BOT)
    _user(town, telegram_account_id=account, telegram_user_id=LINKED)
    _user(town, link_code=CODE, link_code_at=town.row("SELECT now() AS at")["at"])
    _user(town, active=False, telegram_account_id=account, telegram_user_id=CANDIDATE)

    standins.send_text(LINKED, BOT, "hola")
    standins.send_text(LINKING, BOT, f"/start {CODE}")
    standins.send_text(CANDIDATE, BOT, "busco trabajo", name="Ana")
    standins.wait_until_delivered()

    assert _told(town) == [(LINKED, ""), (LINKING, CODE)]
    assert [row["payload"]["text"] for row in town.inbox()] == ["busco trabajo"]
    assert [row["user_id"] for row in town.rows("SELECT user_id FROM chats")] == [CANDIDATE]


def test_a_code_that_is_nobodys_or_too_old_is_a_persons_message(
    town: Town, gateway: Running, standins: StandinsClient
) -> None:
    late = town.row("SELECT now() - interval '31 minutes' AS at")["at"]
    _user(town, link_code=CODE, link_code_at=late)
    for text in (f"/start {CODE}", "/start team-ffffffffffffffff"):
        standins.send_text(CANDIDATE, BOT, text)
    standins.wait_until_delivered()
    assert _told(town) == [] and len(town.inbox()) == 2
