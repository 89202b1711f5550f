"""`make shell BU=amigro`: Rasa's own shell on a unit's current model and the running action server.

The actions work on a real conversation, so one is opened on the unit's web chat for each shell.
"""

from __future__ import annotations

import os
from pathlib import Path
from uuid import UUID

import psycopg

from contract.ids import new_id, sender_id
from runtime.installation import Installation, InstallationError
from runtime.ports import free_port


def open_conversation(migrator_url: str, unit: str) -> UUID:
    """Open a chat and a conversation of a designer and return its id. Raises InstallationError."""
    chat, conversation = new_id(), new_id()
    with psycopg.connect(migrator_url) as connection:
        account = connection.execute(
            "SELECT id FROM channel_accounts WHERE unit = %s AND channel = 'web' ORDER BY created_at LIMIT 1", (unit,)
        ).fetchone()
        if account is None:
            raise InstallationError(f"unit {unit} has no web chat here: is its code right, and was make up run?")
        connection.execute(
            "INSERT INTO chats (id, channel_account_id, channel, user_id, user_name, unit, conversation_id)"
            " VALUES (%s, %s, 'web', %s, 'rasa shell', %s, %s)",
            (chat, account[0], f"shell:{chat}", unit, conversation),
        )
        connection.execute(
            "INSERT INTO conversations (id, unit, chat_id, channel) VALUES (%s, %s, %s, 'web')",
            (conversation, unit, chat),
        )
    return conversation


def shell(installation: Installation, unit: str) -> None:
    """Become `rasa shell`; returns only by raising InstallationError."""
    pointer = Path(installation.values["MODELS_DIR"]) / unit / "current"
    if not pointer.is_file():
        raise InstallationError(f"unit {unit} has no model: make train BU={unit}")
    conversation = open_conversation(installation.database_url("migrator"), unit)
    python = str(installation.root / ".venv/bot/bin/python")
    command = [python, "-m", "rasa", "shell", "--model", str(pointer.parent / pointer.read_text().strip())]
    command += ["--endpoints", "endpoints.yml", "--conversation-id", sender_id(unit, conversation)]
    # The shell serves itself over HTTP; Rasa's usual port is taken by the platform's own process.
    command += ["--interface", "127.0.0.1", "--port", str(free_port())]
    os.chdir(installation.root)
    os.execve(  # noqa: S606
        python,
        command,
        {
            **installation.environment_of_training(),
            "TERM": "xterm",
            "BUSINESS_UNIT": unit,
            "ACTIONS_URL": installation.values["ACTIONS_URL"],
            "ACTIONS_SECRET": installation.values["ACTIONS_SECRET"],
        },
    )
