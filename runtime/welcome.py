"""What make up prints at its end: what is wrong, where everything is, who may log in, what to try."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from runtime.demo.load import DEMO_PASSWORD
from runtime.installation import Installation
from runtime.supervisor import Task


def show(console: Console, installation: Installation, seconds: float, troubled: Sequence[Task]) -> None:
    """Print it."""

    def say(text: str = "", style: str = "default") -> None:
        console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)

    say()
    for task in troubled:
        say(f"{task.name} is not well: {task.reason or task.state.value}", "bold red")
        say(f"    its log: make logs PROCESS={task.name}")
    if not troubled:
        say(f"All is well after {seconds:.0f} s.", "bold green")
    for name, address in _addresses(installation):
        say(f"  {name:<22} {address}")
    people = demo_users(installation)
    if people:
        say(f"\nDemo users (password of all: {DEMO_PASSWORD})")
        for email, roles in people:
            say(f"  {email:<40} {roles}")
    say("\nThree things to try")
    for number, text in enumerate(_things_to_try(installation), 1):
        say(f"  {number}. {text}")
    say("\nCtrl-C ends all of it.  In another terminal: make status, make logs PROCESS=gateway, make check\n")


def _chat(installation: Installation) -> str:
    return f"{installation.values['PUBLIC_GATEWAY_URL']}/chat/{installation.units[0]}"


def _addresses(installation: Installation) -> list[tuple[str, str]]:
    values = installation.values
    found = [("Back office", values["PUBLIC_BACKOFFICE_URL"]), ("Web chat", _chat(installation))]
    if installation.with_standins:
        found.append(("WhatsApp, Telegram …", f"{values['STANDINS_URL']}   (stand-ins: write as a candidate)"))
    if "POSTGRES_PORT" in values:
        found.append(("PostgreSQL", f"127.0.0.1:{values['POSTGRES_PORT']}   (passwords: var/secrets.env)"))
    return found


def _things_to_try(installation: Installation) -> list[str]:
    values = installation.values
    chat = _chat(installation)
    first = (
        f"Open {values['STANDINS_URL']}, choose Amigro's WhatsApp number and write “hola, busco trabajo”."
        if installation.with_standins
        else f"Open {chat} and write “hola, busco trabajo”."
    )
    return [
        first,
        f"Log in at {values['PUBLIC_BACKOFFICE_URL']} as a consultant, take a conversation and answer in it.",
        f"Open {chat}, narrow as a telephone, and book an interview; then look at “Hoy” in the back office.",
    ]


def demo_users(installation: Installation) -> list[tuple[str, str]]:
    """Address and roles of users that the demo command made; none where there is no demo data."""
    import psycopg

    query = (
        "SELECT u.email, string_agg(g.role || coalesce(' of ' || g.unit, ''), ', ' ORDER BY g.unit) "
        "FROM users u JOIN grants g ON g.user_id = u.id WHERE u.generated AND u.active "
        "GROUP BY u.email "
        "ORDER BY bool_or(g.role = 'super_admin') DESC, bool_or(g.unit = ANY (%s)) DESC, u.email LIMIT 9"
    )
    try:
        with psycopg.connect(installation.database_url("migrator"), connect_timeout=3) as connection:
            return [(str(email), str(roles)) for email, roles in connection.execute(query, (installation.units,))]
    except psycopg.Error:
        return []
