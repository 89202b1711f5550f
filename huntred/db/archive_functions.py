"""What moves old rows into the archives: functions that run as the owner of the tables, so that the app can move rows
and never simply delete them.

Laid anew after every migration, as the policies are. Each call is one short statement over at most so many rows, and
passes over rows that somebody has locked. Whatever they are told, nothing younger than 30 days leaves the inbox and
the outbox: vendors bring the same message again for up to 7 days (WhatsApp), and it must be known by then.
"""

from __future__ import annotations

from collections.abc import Iterator

from huntred.db.policies import APP

LEAST_DAYS = 30  # also in the functions' own text

_FUNCTIONS = {
    # Rows put aside wait for a person, whatever their age.
    "app_archive_inbox(before timestamptz, after_id bigint, most integer)": """
RETURNS TABLE (moved bigint, last_id bigint) LANGUAGE sql SECURITY DEFINER SET search_path = public AS $$
  WITH old AS (
    SELECT id FROM inbox WHERE id > after_id AND state = 'done'
      AND received_at < least(before, now() - interval '30 days')
    ORDER BY id LIMIT most FOR UPDATE SKIP LOCKED
  ), gone AS (
    DELETE FROM inbox i USING old WHERE i.id = old.id RETURNING i.*
  ), kept AS (
    INSERT INTO inbox_archive (id, unit, chat_id, conversation_id, at, row)
    SELECT g.id, coalesce(g.unit, c.unit), g.chat_id, g.conversation_id, g.received_at,
      to_jsonb(g) - 'raw' - 'parse'
    FROM gone g JOIN chats c ON c.id = g.chat_id
  ) SELECT count(*), max(id) FROM gone $$""",
    "app_archive_outbox(before timestamptz, after_id bigint, most integer)": """
RETURNS TABLE (moved bigint, last_id bigint) LANGUAGE sql SECURITY DEFINER SET search_path = public AS $$
  WITH old AS (
    SELECT id FROM outbox WHERE id > after_id AND state IN ('sent', 'delivered', 'read', 'failed', 'refused')
      AND created_at < least(before, now() - interval '30 days')
    ORDER BY id LIMIT most FOR UPDATE SKIP LOCKED
  ), gone AS (
    DELETE FROM outbox o USING old WHERE o.id = old.id RETURNING o.*
  ), kept AS (
    INSERT INTO outbox_archive (id, unit, chat_id, conversation_id, at, row)
    SELECT g.id, g.unit, g.chat_id, g.conversation_id, g.created_at, to_jsonb(g) FROM gone g
  ) SELECT count(*), max(id) FROM gone $$""",
    # A conversation is read from its last session start that an action_listen follows: what lies before it may go,
    # the first start at the end, for by it the conversation is found again.
    "app_archive_tracker(before timestamptz, after_id uuid, most integer)": """
RETURNS TABLE (moved bigint, last_id uuid) LANGUAGE sql SECURITY DEFINER SET search_path = public AS $$
  WITH sessions AS (
    SELECT conversation_id, array_agg(seq ORDER BY seq DESC) AS starts FROM tracker_events
    WHERE name = 'session_started' AND conversation_id > after_id
    GROUP BY conversation_id HAVING count(*) > 1 ORDER BY conversation_id LIMIT 100
  ), bounds AS (
    SELECT s.conversation_id, (
      SELECT max(start) FROM unnest(s.starts) start WHERE EXISTS (
        SELECT 1 FROM tracker_events e WHERE e.conversation_id = s.conversation_id AND e.seq > start
          AND e.name = 'action' AND e.event->>'name' = 'action_listen')
    ) AS start FROM sessions s
  ), old AS (
    SELECT e.conversation_id, e.seq FROM tracker_events e JOIN bounds b ON b.conversation_id = e.conversation_id
    WHERE e.seq < b.start AND e.at < before
    ORDER BY e.conversation_id, e.seq DESC LIMIT most FOR UPDATE OF e SKIP LOCKED
  ), gone AS (
    DELETE FROM tracker_events e USING old WHERE e.conversation_id = old.conversation_id AND e.seq = old.seq
    RETURNING e.*
  ), kept AS (
    INSERT INTO tracker_events_archive (conversation_id, seq, unit, at, row)
    SELECT g.conversation_id, g.seq, g.unit, g.at, to_jsonb(g) FROM gone g
  )
  -- A full batch may have left some of its last conversation: that one is looked at again.
  SELECT (SELECT count(*) FROM gone), CASE WHEN (SELECT count(*) FROM gone) < most
    THEN (SELECT conversation_id FROM sessions ORDER BY conversation_id DESC LIMIT 1)
    ELSE after_id END $$""",
    # What belongs to no unit, so that no unit's purge sees it.
    "app_forget_unowned(before timestamptz, most integer)": """
RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public AS $$
  WITH raws AS (
    UPDATE inbox SET raw = NULL WHERE id IN (
      SELECT id FROM inbox WHERE unit IS NULL AND raw IS NOT NULL AND received_at < before
      ORDER BY id LIMIT most FOR UPDATE SKIP LOCKED) RETURNING 1
  ), bodies AS (
    DELETE FROM quarantine WHERE id IN (
      SELECT id FROM quarantine WHERE received_at < before ORDER BY id LIMIT most FOR UPDATE SKIP LOCKED)
    RETURNING 1
  ) SELECT (SELECT count(*) FROM raws) + (SELECT count(*) FROM bodies) $$""",
}


def statements() -> Iterator[str]:
    """Yield the SQL that lays the functions, callable by the app alone."""
    for signature, body in _FUNCTIONS.items():
        yield f"CREATE OR REPLACE FUNCTION {signature} {body}"
        name, _, arguments = signature.rstrip(")").partition("(")
        types = ", ".join(argument.split()[-1] for argument in arguments.split(","))
        yield f"REVOKE ALL ON FUNCTION {name}({types}) FROM PUBLIC"
        yield f"GRANT EXECUTE ON FUNCTION {name}({types}) TO {APP}"
