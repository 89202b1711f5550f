"""The SQL that lays the policies and grants of `policies.py`, and the functions that policies and queries call."""

from __future__ import annotations

from collections.abc import Iterator

from huntred.db.policies import MIGRATOR, ROLES, RULES, Rule

_FUNCTIONS = """
CREATE OR REPLACE FUNCTION app_units() RETURNS text[] LANGUAGE sql STABLE AS
  $$ SELECT string_to_array(coalesce(current_setting('app.units', true), ''), ',') $$;
CREATE OR REPLACE FUNCTION app_design() RETURNS text[] LANGUAGE sql STABLE AS
  $$ SELECT string_to_array(coalesce(current_setting('app.design', true), ''), ',') $$;
CREATE OR REPLACE FUNCTION app_divisions() RETURNS uuid[] LANGUAGE sql STABLE AS
  $$ SELECT string_to_array(nullif(current_setting('app.divisions', true), ''), ',')::uuid[] $$;
CREATE OR REPLACE FUNCTION app_flag(name text) RETURNS boolean LANGUAGE sql STABLE AS
  $$ SELECT coalesce(current_setting('app.' || name, true), '') = 'on' $$;
CREATE OR REPLACE FUNCTION app_id(name text) RETURNS uuid LANGUAGE sql STABLE AS
  $$ SELECT nullif(current_setting('app.' || name, true), '')::uuid $$;
-- Who or what is taken then by an interview, or by a move that waits for its answer, in any unit: row-level security
-- hides the others' interviews, but nobody can be in two places and no room holds two. In the same slot several may be.
-- It runs as its owner, who sees all, and says which of the three, nothing more.
CREATE OR REPLACE FUNCTION app_busy(
  person uuid, interviewer uuid, room uuid, since timestamptz, upto timestamptz, but uuid, in_slot uuid
) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
  $$ WITH held AS (
       SELECT i.id, i.slot_id, i.application_id FROM interviews i WHERE i.state = 'booked'
       UNION ALL
       SELECT i.id, p.slot_id, i.application_id FROM interview_proposals p JOIN interviews i ON i.id = p.interview_id
       WHERE p.state = 'waiting'
     )
     SELECT coalesce(
     (SELECT CASE WHEN s.interviewer_id = interviewer AND s.id IS DISTINCT FROM in_slot THEN 'interviewer'
                 WHEN s.room_id = room AND s.id IS DISTINCT FROM in_slot THEN 'room' ELSE 'person' END
     FROM held JOIN interview_slots s ON s.id = held.slot_id JOIN applications a ON a.id = held.application_id
     WHERE s.starts_at < upto AND s.ends_at > since AND held.id IS DISTINCT FROM but
       AND (a.person_id = person
            OR (s.id IS DISTINCT FROM in_slot AND (s.interviewer_id = interviewer OR s.room_id = room)))
     ORDER BY 1 LIMIT 1),
     -- A mentor's session takes its person's time as an interview does.
     (SELECT 'person' FROM mentor_sessions m WHERE m.person_id = person AND m.state IN ('asked', 'accepted')
        AND m.starts_at < upto AND m.ends_at > since LIMIT 1)) $$;
-- Likewise of the times that are open, so that nobody opens the same time twice.
CREATE OR REPLACE FUNCTION app_slot_there(
  interviewer uuid, room uuid, since timestamptz, upto timestamptz, but uuid[]
) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
  $$ SELECT CASE WHEN s.interviewer_id = interviewer THEN 'interviewer' ELSE 'room' END FROM interview_slots s
     WHERE s.cancelled_at IS NULL AND s.starts_at < upto AND s.ends_at > since AND s.id <> ALL (but)
       AND (s.interviewer_id = interviewer OR s.room_id = room)
     ORDER BY 1 LIMIT 1 $$;
-- Where a queue ends: of what has been, the page of messaging looks at the last rows only, and an idle unit's own last
-- row may lie millions of others' rows back.
CREATE OR REPLACE FUNCTION app_last_id(queue text) RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public AS
  $$ SELECT coalesce(CASE queue WHEN 'inbox' THEN (SELECT max(id) FROM inbox)
                                WHEN 'outbox' THEN (SELECT max(id) FROM outbox) END, 0) $$;
-- Whether any unit still has this file: the same content is stored once for all of them.
CREATE OR REPLACE FUNCTION app_file_in_use(name text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public AS
  $$ SELECT EXISTS (SELECT 1 FROM media m WHERE m.stored_name = name)
         OR EXISTS (SELECT 1 FROM cvs c WHERE c.stored_name = name) $$;
-- Whose campaign a code is: whoever opens its link has no scope yet.
CREATE OR REPLACE FUNCTION app_campaign_unit(wanted text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
  $$ SELECT unit FROM campaigns WHERE code = wanted $$;
-- Takes back an application that a file brought and nobody has moved since. History is otherwise only added to: the app
-- itself may delete no row of it.
CREATE OR REPLACE FUNCTION app_take_back_application(wanted uuid) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public AS
  $$ WITH mine AS (
       SELECT a.id FROM applications a WHERE a.id = wanted AND a.source = 'import' AND a.version = 0
         AND a.unit = ANY (app_units()) AND app_divisions() IS NULL
     ), history AS (DELETE FROM application_moves m USING mine WHERE m.application_id = mine.id)
     DELETE FROM applications a USING mine WHERE a.id = mine.id $$;
REVOKE ALL ON FUNCTION app_take_back_application(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app_take_back_application(uuid) TO huntred_app;
-- Whether somebody of the team writes here: they linked this Telegram, or send a code that would. The gateway must know
-- before it makes a chat of it, and sees no users.
CREATE OR REPLACE FUNCTION app_team_chat(account uuid, telegram_user text, code text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
  $$ SELECT EXISTS (
       SELECT 1 FROM user_alerts a JOIN users u ON u.id = a.user_id
       WHERE u.active AND ((a.telegram_account_id = account AND a.telegram_user_id = telegram_user)
         OR (code <> '' AND a.link_code = code AND a.link_code_at > clock_timestamp() - interval '30 minutes'))) $$;
-- Whether another unit has a conversation in this chat: hidden from the one that asks, who must not take its address.
CREATE OR REPLACE FUNCTION app_chat_is_shared(chat uuid, asking text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
  $$ SELECT EXISTS (SELECT 1 FROM conversations c WHERE c.chat_id = chat AND c.unit <> asking) $$;
-- Whether a conversation is of a demonstration: designers and the trainer, who see none, learn nothing of it.
CREATE OR REPLACE FUNCTION app_is_generated(conversation uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
  $$ SELECT EXISTS (SELECT 1 FROM conversations c WHERE c.id = conversation AND c.generated) $$;
"""


def statements() -> Iterator[str]:
    """Yield the SQL that brings every table of RULES to what it says, whatever stood before."""
    yield _FUNCTIONS
    yield "REVOKE ALL ON SCHEMA public FROM PUBLIC"
    for role in ROLES:
        yield f"GRANT USAGE ON SCHEMA public TO {role}"
    for table, rules in RULES.items():
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
        yield (
            f"DO $$ DECLARE p text; BEGIN FOR p IN SELECT policyname FROM pg_policies"
            f" WHERE schemaname = 'public' AND tablename = '{table}'"
            f" LOOP EXECUTE 'DROP POLICY ' || quote_ident(p) || ' ON {table}'; END LOOP; END $$"
        )
        yield f"REVOKE ALL ON {table} FROM PUBLIC, {', '.join(ROLES[1:])}"
        yield f"CREATE POLICY migrator ON {table} TO {MIGRATOR} USING (true) WITH CHECK (true)"
        for rule in rules:
            yield f"GRANT {rule.verbs} ON {table} TO {rule.role}"
            yield from _policies(table, rule)


def _policies(table: str, rule: Rule) -> Iterator[str]:
    written = rule.written or rule.rows
    for verb in ("SELECT", "INSERT", "UPDATE", "DELETE"):
        if verb not in rule.verbs:
            continue
        name = f"{rule.role}_{verb.lower()}"
        using = "" if verb == "INSERT" else f" USING ({rule.rows})"
        check = f" WITH CHECK ({written})" if verb in {"INSERT", "UPDATE"} else ""
        yield f"CREATE POLICY {name} ON {table} FOR {verb} TO {rule.role}{using}{check}"
