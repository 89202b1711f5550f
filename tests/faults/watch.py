"""What the database notes for the checker: what waited when each turn was first pinned, and what the action counted.

Triggers of the test's own, made as superuser. The turn's pinning holds the chat's lock, which the gateway needs to
store anything for that chat: what the trigger sees waiting is exactly what the turn could have seen.
"""

from __future__ import annotations

import psycopg

_SCHEMA = """
DROP SCHEMA IF EXISTS faults CASCADE;
CREATE SCHEMA faults;
CREATE TABLE faults.turns (
    ord bigint GENERATED ALWAYS AS IDENTITY, inbox_id bigint PRIMARY KEY, chat_id uuid NOT NULL,
    waiting bigint[] NOT NULL
);
CREATE TABLE faults.counted (conversation_id uuid PRIMARY KEY, n integer NOT NULL);
GRANT USAGE ON SCHEMA faults TO huntred_app;
GRANT SELECT, INSERT, UPDATE ON faults.counted TO huntred_app;
CREATE FUNCTION faults.note_turn() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    INSERT INTO faults.turns (inbox_id, chat_id, waiting)
    SELECT NEW.id, NEW.chat_id,
        array(SELECT i.id FROM inbox i WHERE i.chat_id = NEW.chat_id AND i.state = 'waiting' ORDER BY i.id)
    ON CONFLICT (inbox_id) DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER faults_note_turn AFTER UPDATE OF turn_id ON inbox FOR EACH ROW
    WHEN (NEW.turn_id = NEW.id AND OLD.turn_id IS DISTINCT FROM NEW.turn_id) EXECUTE FUNCTION faults.note_turn();
"""


def install(admin_url: str) -> None:
    """Put the notes into a migrated database; what was noted before is gone."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute("DROP TRIGGER IF EXISTS faults_note_turn ON inbox")
        connection.execute(_SCHEMA)
